import type { ScrubLine } from '@openoss/server';
import { readFlags, UsageError } from './command-line.js';
import { processStreams, SCRUB_STATUS_HELP, ScrubReport } from './scrub-report.js';

const HELP = `Looks at everything that a running server keeps: every record, every body, LMDB's pages, and
whether anything vanished. Clients go on meanwhile. What can be put right without losing anything
(orphans, counters) is.

Usage: openoss scrub [flags]

Flags:
      --admin URL    where the server's health and metrics are (default http://127.0.0.1:9001)
      --rate MIB     how much of bodies it reads a second, at most; 0: no limit (default 50)
      --read-only    put nothing right
      --json         print one JSON document a line
  -h, --help         this text

${SCRUB_STATUS_HELP}`;

const FLAGS = {
  admin: { type: 'string' },
  rate: { type: 'string' },
  'read-only': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_ADMIN = 'http://127.0.0.1:9001';
/** So that clients do not suffer from it, even on a slow disk. */
const DEFAULT_RATE = '50';

/** `openoss scrub`. */
export async function scrub(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, FLAGS);
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const url = scrubUrl(flags.admin ?? DEFAULT_ADMIN);
  url.searchParams.set('rate', String(readRate(flags.rate ?? DEFAULT_RATE)));
  url.searchParams.set('repair', flags['read-only'] === true ? 'none' : 'safe');
  const report = new ScrubReport(processStreams(), flags.json ?? false);
  let answer: Response;
  try {
    answer = await fetch(url, { method: 'POST' });
  } catch (error) {
    return report.failure(`no server answers at ${url.origin}: ${causeOf(error)}`);
  }
  if (answer.status !== 200) {
    const text = (await answer.text()).trim();
    return report.failure(`the server at ${url.origin} answers ${answer.status}: ${text}`);
  }
  try {
    for await (const line of linesOf(answer)) {
      if (line.type === 'finding') report.finding(line);
      if (line.type === 'progress') report.progress(line);
      if (line.type === 'summary') return report.summary(line);
      if (line.type === 'error') return report.failure(`the scrub ended early: ${line.message}`);
    }
    return report.failure('the server ended the scrub, or itself, before it was done');
  } catch (error) {
    return report.failure(`the server went away during the scrub: ${causeOf(error)}`);
  }
}

function scrubUrl(text: string): URL {
  const admin = URL.canParse(text) ? new URL(text) : undefined;
  if (admin === undefined || !/^https?:$/.test(admin.protocol)) {
    throw new UsageError(`--admin takes a URL such as ${DEFAULT_ADMIN}, not ${text}`);
  }
  return new URL('/scrub', admin);
}

/** MiB a second. */
export function readRate(text: string): number {
  const rate = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || rate > 1_000_000) {
    throw new UsageError(`--rate takes a number of MiB, not ${JSON.stringify(text)}`);
  }
  return rate;
}

async function* linesOf(answer: Response): AsyncGenerator<ScrubLine, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of answer.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}

/** `fetch` says only that it failed, and keeps the reason in the cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
