import { bytesSource } from '../body/bytes-source.js';
import type { Clock } from '../clock.js';
import type { Endpoint } from '../endpoint.js';
import { CredentialsError } from '../errors/credentials-error.js';
import { NetworkError } from '../errors/network-error.js';
import type { Log } from '../log.js';
import { withRetries } from '../retry/with-retries.js';
import type { AnswerBody } from '../transport/answer-body.js';
import { attempt } from '../transport/attempt.js';
import { type ConnectionOptions, Connections } from '../transport/connections.js';

/** What the exchanges with those who give credentials are made with. */
export interface ExchangeOptions {
  readonly connection?: ConnectionOptions | undefined;
  readonly clock: Clock;
  /** From 0 to 1, 1 excluded; for the jitter of the waits. */
  readonly random?: (() => number) | undefined;
  readonly log?: Log | undefined;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** How long an exchange may take, in milliseconds. */
export interface ExchangeLimits {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** Between two bytes. */
  readonly readWriteMs: number;
  /** In all, once. */
  readonly totalMs: number;
}

/** As the credentials packages of Alibaba Cloud have it for what is reached over a network. */
export const NETWORK_LIMITS: ExchangeLimits = {
  connectMs: 5000,
  readWriteMs: 10_000,
  totalMs: 15_000,
};

/** A request to somebody who gives credentials. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What was answered, whatever the status; `text` is all of it. */
export interface ExchangeAnswer {
  readonly status: number;
  readonly text: string;
}

/** How often is asked in all before an answer is given up. */
const ATTEMPTS = 3;

/** The most that is read of an answer, in bytes; credentials have one or two thousand. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Asks until `run` succeeds, fails for good or has failed three times: what it rejects with says
 * whether another try is worth it.
 */
export async function withExchangeRetries<T>(
  run: () => Promise<T>,
  { clock, random = Math.random, log, signal }: ExchangeOptions,
): Promise<T> {
  return await withRetries(run, {
    maxAttempts: ATTEMPTS,
    clock,
    random,
    signal,
    mend: async () => false,
    onRetry: ({ error, attempt: next, delayMs }) => {
      const reason = error instanceof Error ? error.message : String(error);
      log?.(
        'warning',
        `credentials: ${reason}; attempt ${next} of ${ATTEMPTS} in ${Math.round(delayMs)} ms`,
      );
    },
  });
}

/**
 * Sends one request once and reads the answer, which may have 64 KiB. Nothing of either is logged but
 * where it went and the status. Rejects with a `ClientError`; the status is the caller's to judge.
 */
export async function exchange(
  request: ExchangeRequest,
  limits: ExchangeLimits,
  { connection = {}, log, signal }: ExchangeOptions,
): Promise<ExchangeAnswer> {
  const { method, url } = request;
  const place = placeOf(url);
  const endpoint = endpointOf(url);
  const connections = new Connections(endpoint, connection);
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(), limits.totalMs);
  log?.('info', `credentials: ${method} ${place}`);
  try {
    const body = request.body === undefined ? undefined : Buffer.from(request.body, 'utf8');
    const raw = await attempt(
      {
        ...endpoint,
        method,
        target: `${url.pathname}${url.search}`,
        headers: headersOf(request, endpoint, body),
        body: body === undefined ? undefined : bytesSource(body),
        maxBodyBytes: undefined,
      },
      {
        connections,
        connectTimeoutMs: limits.connectMs,
        readWriteTimeoutMs: limits.readWriteMs,
        signal: AbortSignal.any([overdue.signal, signal]),
        onProgress: undefined,
      },
    );
    log?.('info', `credentials: ${raw.status} ${raw.statusText}`);
    return { status: raw.status, text: await wholeText(raw.body, place) };
  } catch (error) {
    if (!overdue.signal.aborted || signal.aborted) throw error;
    throw new NetworkError(`${place} did not answer within ${limits.totalMs / 1000} s`, {
      code: 'ETIMEDOUT',
      retryable: true,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    connections.close();
  }
}

/** A URL as it may be shown: what stands in its query or before its host may be a secret. */
export function placeOf(url: URL): string {
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}

/** Whether a status says that asking again may help. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

function endpointOf(url: URL): Endpoint {
  const { protocol, host, port } = url;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new CredentialsError(`${protocol}// is neither http:// nor https://`);
  }
  return {
    protocol,
    host,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    isIp: false,
  };
}

function headersOf(
  { url, headers = {} }: ExchangeRequest,
  { host }: Endpoint,
  body: Buffer | undefined,
): ReadonlyMap<string, readonly [name: string, value: string]> {
  const all: Record<string, string> = { Host: host, ...headers };
  if (body !== undefined) all['Content-Length'] = String(body.length);
  if (url.username !== '') {
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    all.Authorization = `Basic ${Buffer.from(user, 'utf8').toString('base64')}`;
  }
  return new Map(
    Object.entries(all).map(([name, value]) => [name.toLowerCase(), [name, value] as const]),
  );
}

async function wholeText(body: AnswerBody, place: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  body.begin({});
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) {
      throw new CredentialsError(
        `${place} answered more than ${MAX_ANSWER_BYTES / 1024} KiB, which are no credentials`,
      );
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}
