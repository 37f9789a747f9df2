import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BlobReader, BlobWriter } from '../engine/blob-engine.js';
import { FailStop } from '../engine/fail-stop.js';
import { FileBlobs } from '../engines/embedded/file-blobs.js';
import { newSessionId } from '../id-sequence.js';
import { silentLog } from '../log.js';
import { InstrumentedDisk } from '../testing/instrumented-disk.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { TransferMemory } from './transfer-memory.js';

const MiB = 1024 * 1024;
const owner = { bucket: 'inc', key: 'key' };

async function openBlobs(limit: number) {
  const memory = new TransferMemory(limit);
  const blobs = new FileBlobs({
    directory: await temporaryDirectory(),
    session: newSessionId(Date.now()),
    disk: new InstrumentedDisk(),
    failStop: new FailStop(() => {}),
    log: silentLog,
    memory,
  });
  return { blobs, memory };
}

async function store(blobs: FileBlobs, body: Buffer, expectedSize: number): Promise<string> {
  const writer = await blobs.create(owner, expectedSize);
  for (let at = 0; at < body.length; at += 50_000) {
    await writer.write(body.subarray(at, at + 50_000));
  }
  await writer.finish();
  return writer.id;
}

async function read(reader: BlobReader): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of reader.read(0, reader.size)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

describe('the memory of large transfers', () => {
  it('grants what is wanted while there is room, then the least, and never nothing', () => {
    const memory = new TransferMemory(100);
    expect(memory.take(60, 10)).toBe(60);
    expect(memory.take(60, 10)).toBe(10);
    expect(memory.take(5, 10)).toBe(5);
    expect(memory.take(60, 10)).toBe(10);
    memory.giveBack(60);
    expect(memory.held).toBe(25);
    expect(memory.take(60, 10)).toBe(60);
  });

  it.each([0, 100_000, 3 * MiB, 64 * MiB])(
    'of %d bytes stores and reads the same',
    async (limit) => {
      const { blobs, memory } = await openBlobs(limit);
      for (const size of [65_537, 300_000, MiB - 10, MiB, 5 * MiB + 3]) {
        const body = randomBytes(size);
        for (const expected of [0, size]) {
          const reader = await blobs.open(await store(blobs, body, expected), owner);
          expect((await read(reader)).equals(body)).toBe(true);
          await reader.close();
        }
      }
      expect(memory.held).toBe(0);
    },
  );

  it('is bounded however many stand still, and given back however they end', async () => {
    const limit = 8 * MiB;
    const { blobs, memory } = await openBlobs(limit);
    const id = await store(blobs, randomBytes(5 * MiB), 5 * MiB);
    const block = randomBytes(700_000);
    const writers: BlobWriter[] = [];
    const readers: [BlobReader, AsyncIterator<Buffer>][] = [];
    const crowd = 40;
    for (let at = 0; at < crowd; at++) {
      const writer = await blobs.create(owner, 0);
      await writer.write(block);
      writers.push(writer);
      const reader = await blobs.open(id, owner);
      const spans = reader.read(0, reader.size)[Symbol.asyncIterator]();
      await spans.next();
      readers.push([reader, spans]);
    }
    // Two small buffers each, and no more, for those that came too late for large ones.
    expect(memory.held).toBeLessThanOrEqual(limit + crowd * 4 * 64 * 1024);
    expect(memory.held).toBeGreaterThan(limit / 2);
    for (const [at, writer] of writers.entries()) {
      if (at % 2 === 0) await writer.abort();
      else await writer.finish();
    }
    for (const [reader, spans] of readers) {
      await spans.return?.();
      await reader.close();
    }
    expect(memory.held).toBe(0);
  });
});
