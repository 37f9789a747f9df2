import { randomBytes } from 'node:crypto';
import { Crc64Engine } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import {
  type BodyKey,
  bodyKeyBytes,
  CHUNK_BYTES,
  ChunkCipher,
  tagBytes,
} from '../../threads/chunk-cipher.mjs';
import { BodyThreads } from '../body/body-threads.js';
import { sealedSize } from './sealed-size.js';

const ID = '01hc9vq3ab00000000000001';

/** The chunks from one on, opened as the end of the body or not; undefined when they do not open. */
function opened(key: BodyKey, sealed: Buffer, first = 0, isEnd = true): Buffer | undefined {
  const buffer = Buffer.from(sealed);
  const length = new ChunkCipher(key).openAll(buffer, buffer.length, first, isEnd);
  return length < 0 ? undefined : buffer.subarray(0, length);
}

describe.each(['AES256', 'SM4'] as const)('chunks sealed with %s', (cipher) => {
  const key: BodyKey = { cipher, id: ID, key: randomBytes(bodyKeyBytes(cipher)) };
  const chunk = CHUNK_BYTES - tagBytes(cipher);
  const plain = randomBytes(3 * chunk + 1000);
  const sealed = sealedOf(plain);

  function sealedOf(body: Buffer, of: BodyKey = key): Buffer {
    const buffer = Buffer.alloc(sealedSize(body.length, cipher));
    body.copy(buffer);
    expect(new ChunkCipher(of).sealAll(buffer, body.length, 0, true)).toBe(buffer.length);
    return buffer;
  }

  /** The sealed body with its chunks in another order, or others. */
  const arranged = (...chunks: number[]): Buffer =>
    Buffer.concat(chunks.map((at) => sealed.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES)));

  it('open to what they were, all together and in parts', () => {
    expect(opened(key, sealed)?.equals(plain)).toBe(true);
    expect(opened(key, arranged(1, 2), 1, false)?.equals(plain.subarray(chunk, 3 * chunk))).toBe(
      true,
    );
    expect(opened(key, arranged(3), 3)?.equals(plain.subarray(3 * chunk))).toBe(true);
    expect(opened(key, arranged(2, 3), 2)?.equals(plain.subarray(2 * chunk))).toBe(true);
    for (const size of [1, chunk - 1, chunk, chunk + 1, 2 * chunk]) {
      const part = plain.subarray(0, size);
      expect(opened(key, sealedOf(part))?.equals(part), `${size} bytes`).toBe(true);
    }
  });

  it('are the same when they are sealed in pieces, here or on a thread', async () => {
    const threads = new BodyThreads(new Crc64Engine());
    for (const size of [1000, 10_000_000]) {
      const sealer = threads.startSealing(size, key);
      const pieces: Buffer[] = [];
      for (const first of [0, 2]) {
        const isEnd = first === 2;
        const part = plain.subarray(first * chunk, isEnd ? plain.length : 2 * chunk);
        const slab = Buffer.from(new SharedArrayBuffer(2 * CHUNK_BYTES));
        part.copy(slab);
        const bytes = await sealer.seal(slab, part.length, first, isEnd);
        pieces.push(slab.subarray(0, bytes));
      }
      expect(await sealer.finish()).toMatch(/^[0-9A-F]{32}$/);
      expect(Buffer.concat(pieces).equals(sealed)).toBe(true);
      const opener = threads.startOpening(size, key);
      const [slab] = pieces;
      if (slab === undefined) throw new Error('there are two pieces');
      expect(await opener.open(slab, slab.length, 0, false)).toBe(2 * chunk);
      expect(slab.subarray(0, 2 * chunk).equals(plain.subarray(0, 2 * chunk))).toBe(true);
      expect(await opener.open(slab, slab.length, 0, false)).toBe(-1);
      opener.end();
    }
  });

  it('leave no memory behind, however many they are', () => {
    const chunks = 160;
    const slab = Buffer.from(new SharedArrayBuffer(chunks * CHUNK_BYTES));
    const before = process.memoryUsage().arrayBuffers;
    const ciphering = new ChunkCipher(key);
    const bytes = ciphering.sealAll(slab, chunks * chunk, 0, true);
    expect(ciphering.openAll(slab, bytes, 0, true)).toBe(chunks * chunk);
    // Twenty megabytes came from OpenSSL.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
  });

  it('are found out when a bit of them is flipped', () => {
    const last = sealed.length - 1;
    for (const at of [
      0,
      chunk - 1,
      chunk,
      CHUNK_BYTES - 1,
      CHUNK_BYTES,
      150_000,
      last - 40,
      last,
    ]) {
      const flipped = Buffer.from(sealed);
      flipped[at] = (flipped[at] ?? 0) ^ 0x20;
      expect(opened(key, flipped), `byte ${at}`).toBeUndefined();
    }
  });

  it('are found out in another order, left out, doubled, or cut short', () => {
    expect(opened(key, arranged(0, 1, 2, 3))).toBeDefined();
    for (const chunks of [
      [1, 0, 2, 3],
      [0, 1, 3],
      [0, 1, 2],
      [0],
      [0, 0, 1, 2, 3],
      [3],
      [0, 1, 2, 3, 3],
    ]) {
      expect(opened(key, arranged(...chunks)), chunks.join()).toBeUndefined();
    }
    for (const length of [1, 16, 32, 1000, CHUNK_BYTES - 1, CHUNK_BYTES + 5, sealed.length - 1]) {
      expect(opened(key, sealed.subarray(0, length)), `${length} bytes`).toBeUndefined();
    }
    expect(opened(key, Buffer.concat([sealed, Buffer.alloc(1)]))).toBeUndefined();
    // The end is not to be taken for the middle, nor the middle for the end.
    expect(opened(key, arranged(0, 1, 2, 3), 0, false)).toBeUndefined();
    expect(opened(key, arranged(1, 2), 1, true)).toBeUndefined();
  });

  it('are found out under another id, and with another key', () => {
    expect(opened({ ...key, id: ID.replace('1', '2') }, sealed)).toBeUndefined();
    expect(opened({ ...key, key: randomBytes(bodyKeyBytes(cipher)) }, sealed)).toBeUndefined();
  });
});
