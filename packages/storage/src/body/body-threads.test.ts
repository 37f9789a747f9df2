import { createHash } from 'node:crypto';
import { Crc64Engine, crc64 } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { BodyThreads } from './body-threads.js';

const MiB = 1024 * 1024;
const noise = Buffer.from(new SharedArrayBuffer(3 * MiB));
for (let at = 0; at < noise.length; at += 32) {
  createHash('sha256').update(String(at)).digest().copy(noise, at);
}
const threads = new BodyThreads(new Crc64Engine(), 3);

/** What the digests of a body must be. */
const expected = (pieces: readonly Uint8Array[]) => ({
  md5: createHash('md5').update(Buffer.concat(pieces)).digest('hex').toUpperCase(),
  crc64: crc64(Buffer.concat(pieces)),
});

/** Pieces of noise, of lengths and at places that fit no word, some of them not in shared memory. */
function piecesOf(body: number): Buffer[] {
  return Array.from({ length: 9 }, (_, piece) => {
    const start = (body * 7919 + piece * 104_729) % MiB;
    const bytes = noise.subarray(start, start + (((body + 1) * 50_021 + piece * 31) % 700_000));
    return piece % 3 === 0 ? Buffer.from(bytes) : bytes;
  });
}

describe('the digests of a body', () => {
  it.each([
    ['here', 1000],
    ['on threads', 300 * 1024],
    ['on threads where nobody knows its size', undefined],
  ])('are the same when they are reckoned %s', async (_, size) => {
    const pieces = [noise.subarray(1, 200_000), Buffer.from('end'), Buffer.alloc(0)];
    const running = threads.start(size);
    for (const piece of pieces) await running.update(piece);
    expect(await running.finish()).toEqual(expected(pieces));
  });

  it('are not mixed with those of others at the same time, nor with abandoned ones', async () => {
    const bodies = Array.from({ length: 12 }, (_, body) => ({
      running: threads.start(undefined),
      pieces: piecesOf(body),
    }));
    for (let piece = 0; piece < 9; piece++) {
      await Promise.all(
        bodies.map(({ running, pieces }, at) => {
          if (at % 4 === 3 && piece === 5) running.abandon();
          if (at % 4 === 3 && piece >= 5) return undefined;
          return running.update(pieces[piece] ?? Buffer.alloc(0));
        }),
      );
    }
    for (const [at, { running, pieces }] of bodies.entries()) {
      if (at % 4 !== 3) expect(await running.finish()).toEqual(expected(pieces));
    }
  });
});
