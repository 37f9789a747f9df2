import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { AuditLog } from './audit-log.js';
import { takeWorkerLines } from './worker-lines.js';

function taker() {
  const taken: string[] = [];
  let lost = 0;
  const lines: Pick<AuditLog, 'addLines' | 'lose'> = {
    addLines: (bytes) => taken.push(bytes.toString()),
    lose: (count) => {
      lost += count;
    },
  };
  const pipe = new PassThrough();
  const over = takeWorkerLines(pipe, lines as AuditLog);
  return { pipe, over, taken, lost: () => lost };
}

it('takes whole lines only, however they are cut on their way', async () => {
  const text = Array.from({ length: 200 }, (_, at) => `{"line":"${at} é"}\n`).join('');
  const bytes = Buffer.from(text);
  for (const size of [1, 2, 7, 64, 5000]) {
    const { pipe, over, taken, lost } = taker();
    for (let at = 0; at < bytes.length; at += size) pipe.write(bytes.subarray(at, at + size));
    pipe.end();
    await over;
    expect(taken.join('')).toBe(text);
    expect(taken.every((lines) => lines.endsWith('\n'))).toBe(true);
    expect(lost()).toBe(0);
  }
});

it('leaves out what a worker that died had sent of a line, and counts it', async () => {
  const { pipe, over, taken, lost } = taker();
  pipe.write('one\ntw');
  pipe.destroy(new Error('ECONNRESET'));
  await over;
  expect(taken.join('') === 'one\n' || taken.length === 0).toBe(true);
  const ended = taker();
  ended.pipe.end('one\ntw');
  await ended.over;
  expect(ended.taken).toEqual(['one\n']);
  expect(ended.lost()).toBe(1);
  expect(lost()).toBeLessThanOrEqual(1);
});
