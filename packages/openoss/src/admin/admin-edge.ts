import type { Readable } from 'node:stream';

/** What the commands touch of the process that they run in. */
export interface AdminEdge {
  readonly out: Writer;
  readonly err: Writer;
  readonly input: Readable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether somebody watches what is written to `err`, on a terminal. */
  readonly isWatched: boolean;
  /** Whoever runs it wants it to end (Ctrl-C); asked for, it is no end of the process any more. */
  readonly interruption: () => AbortSignal;
}

/** Where text goes. */
export interface Writer {
  write(text: string): unknown;
}

/** This very process. */
export function processEdge(): AdminEdge {
  const { stdout: out, stderr: err, stdin: input, env: environment } = process;
  return { out, err, input, environment, isWatched: err.isTTY === true, interruption };
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  // The second time it ends whatever is going on.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort());
  }
  return controller.signal;
}
