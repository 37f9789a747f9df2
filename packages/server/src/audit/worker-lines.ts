import type { Readable } from 'node:stream';
import type { AuditLog } from './audit-log.js';

const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);

/**
 * Takes the lines of a worker from the pipe it sends them through; resolves when that has ended and all of
 * them are taken. What a worker that was killed had sent of a line is left out, and counted as a line lost.
 */
export function takeWorkerLines(pipe: Readable, lines: AuditLog): Promise<void> {
  let begun: Buffer = NOTHING;
  pipe.on('data', (chunk: Buffer) => {
    const bytes = begun.length === 0 ? chunk : Buffer.concat([begun, chunk]);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) lines.addLines(bytes.subarray(0, end));
    begun = bytes.subarray(end);
  });
  // It ends all the same, and what it had is lost with the worker.
  pipe.on('error', () => {});
  return new Promise((resolve) => {
    pipe.once('close', () => {
      if (begun.length > 0) lines.lose(1);
      resolve();
    });
  });
}
