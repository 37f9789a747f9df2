import type { Readable } from 'node:stream';

/** What the commands touch of the process that they run in. */
export interface AdminEdge {
  readonly out: Writer;
  readonly err: Writer;
  readonly input: Readable;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where text goes. */
export interface Writer {
  write(text: string): unknown;
}

/** This very process. */
export function processEdge(): AdminEdge {
  const { stdout: out, stderr: err, stdin: input, env: environment } = process;
  return { out, err, input, environment };
}
