import type { IncomingMessage, ServerResponse } from 'node:http';
import { type EmbeddedStore, ScrubInProgress, type ScrubOptions } from '@openoss/storage';
import type { Logger } from 'pino';
import type { AdminRoute } from '../admin-listener.js';

/** One line of the answer to `POST /scrub`, each a JSON document. */
export type ScrubLine =
  | ({ readonly type: 'progress' } & Parameters<NonNullable<ScrubOptions['onProgress']>>[0])
  | ({ readonly type: 'finding' } & Parameters<NonNullable<ScrubOptions['onFinding']>>[0])
  /** The last line of a scrub that came to its end. */
  | ({ readonly type: 'summary' } & Awaited<ReturnType<EmbeddedStore['scrub']>>)
  /** The last line of one that did not. */
  | { readonly type: 'error'; readonly message: string };

const MIB = 1024 * 1024;

/**
 * `POST /scrub?rate=MIB&repair=safe|none` scrubs the store and answers, while it does, with one JSON
 * document a line. Who goes away ends it.
 *
 * The listener asks for no credentials, so this offers nothing that loses anything: `accept-loss` is
 * for `openoss fsck`. What a stranger on the machine can do with it is to have the disk read, at the
 * rate it says; a web page cannot even that, for browsers say where a request comes from.
 */
export function scrubRoute(store: Pick<EmbeddedStore, 'scrub'>, log: Logger): AdminRoute {
  return (request, response) => {
    const refuse = (status: number, message: string): void => {
      response.writeHead(status, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' });
      response.end(`${message}\n`);
    };
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST');
      refuse(405, 'only POST');
      return;
    }
    if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined) {
      refuse(403, 'not for web pages');
      return;
    }
    const options = readOptions(request);
    if (typeof options === 'string') {
      refuse(400, options);
      return;
    }
    request.resume();
    answer(store, options, response).catch((error: unknown) => {
      if (error instanceof ScrubInProgress) refuse(409, error.message);
      else if (!response.headersSent) refuse(503, messageOf(error));
      else {
        if (!response.destroyed) log.error({ err: error }, 'a scrub failed');
        response.end(`${JSON.stringify({ type: 'error', message: messageOf(error) })}\n`);
      }
    });
  };
}

function readOptions(request: IncomingMessage): ScrubOptions | string {
  const { searchParams } = new URL(request.url ?? '/', 'http://admin');
  const rate = Number(searchParams.get('rate') ?? '0');
  if (!(rate >= 0 && rate <= 1_000_000))
    return 'rate takes a number of MiB a second, 0 for no limit';
  const repair = searchParams.get('repair') ?? 'safe';
  if (repair !== 'safe' && repair !== 'none') return 'repair takes safe or none';
  return { repair, ...(rate === 0 ? {} : { bytesPerSecond: rate * MIB }) };
}

async function answer(
  store: Pick<EmbeddedStore, 'scrub'>,
  options: ScrubOptions,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('whoever asked for the scrub went away')));
  const write = (line: ScrubLine): boolean => {
    if (!response.headersSent) {
      response.writeHead(200, {
        'Content-Type': 'application/x-ndjson',
        'Cache-Control': 'no-store',
      });
    }
    return response.write(`${JSON.stringify(line)}\n`);
  };
  const summary = await store.scrub({
    ...options,
    signal: gone.signal,
    onProgress: (progress) => void write({ type: 'progress', ...progress }),
    async onFinding(finding) {
      if (write({ type: 'finding', ...finding }) || gone.signal.aborted) return;
      // Findings may be very many: no faster than they are read.
      await new Promise<void>((resolve) => {
        response.once('drain', resolve);
        gone.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
  });
  write({ type: 'summary', ...summary });
  response.end();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
