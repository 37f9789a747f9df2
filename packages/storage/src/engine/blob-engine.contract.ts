import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  BLOB_BLOCK_BYTES,
  type BlobBinding,
  type BlobEngine,
  BlobGone,
  type BlobReader,
  CorruptBlob,
  type FoundBlob,
} from './blob-engine.js';
import { StoreClosed } from './metadata-engine.js';

/** An engine on a store of its own, and that store as a later process finds it. */
export interface BlobEngineUnderTest {
  readonly engine: BlobEngine;
  /** Another session on the same store; the first one counts as ended. */
  reopen(): Promise<BlobEngine>;
}

const owner: BlobBinding = { bucket: 'incarnation', key: 'photos/ä cat.jpg' };

/** Writes a blob in chunks of a size and finishes it. */
async function writeBlob(
  engine: BlobEngine,
  body: Buffer,
  chunkSize = 50_000,
  binding = owner,
): Promise<string> {
  const writer = await engine.create(binding, body.length);
  for (let at = 0; at < body.length; at += chunkSize) {
    await writer.write(body.subarray(at, at + chunkSize));
  }
  await writer.finish();
  return writer.id;
}

async function readAll(reader: BlobReader, start = 0, end = reader.size): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of reader.read(start, end)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

async function listing(blobs: AsyncIterable<FoundBlob>): Promise<FoundBlob[]> {
  const found: FoundBlob[] = [];
  for await (const blob of blobs) found.push(blob);
  return found.sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** What every blob engine must do. `open` makes an empty store and sees to its removal. */
export function blobEngineContract(name: string, open: () => Promise<BlobEngineUnderTest>): void {
  describe(`${name} keeps the contract of a blob engine`, () => {
    const block = BLOB_BLOCK_BYTES;
    const mebibyte = 1024 * 1024;

    it.each([
      0,
      1,
      block - 1,
      block,
      block + 1,
      3 * block,
      mebibyte - 4096,
      mebibyte,
      mebibyte + 1,
      5 * mebibyte + 12_345,
    ])('gives back the %i bytes it was given', async (size) => {
      const { engine } = await open();
      const body = randomBytes(size);
      for (const chunkSize of [7_001, block, 3 * mebibyte]) {
        const reader = await engine.open(await writeBlob(engine, body, chunkSize), owner);
        expect(reader.size).toBe(size);
        expect((await readAll(reader)).equals(body)).toBe(true);
        await reader.close();
      }
    });

    it('takes a body whose size was not said, or said wrong', async () => {
      const { engine } = await open();
      const body = randomBytes(300_000);
      for (const said of [undefined, 1, 100_000, 10_000_000]) {
        const writer = await engine.create(owner, said);
        await writer.write(body);
        await writer.finish();
        const reader = await engine.open(writer.id, owner);
        expect((await readAll(reader)).equals(body)).toBe(true);
        await reader.close();
      }
    });

    it('has copied a chunk when its write has resolved', async () => {
      const { engine } = await open();
      const writer = await engine.create(owner);
      const chunk = Buffer.alloc(100_000);
      const hash = createHash('md5');
      for (let i = 0; i < 40; i++) {
        chunk.fill(i);
        hash.update(chunk);
        await writer.write(chunk);
      }
      await writer.finish();
      const reader = await engine.open(writer.id);
      const read = createHash('md5').update(await readAll(reader));
      expect(read.digest('hex')).toBe(hash.digest('hex'));
      await reader.close();
    });

    it('reads any range', async () => {
      const { engine } = await open();
      const body = randomBytes(2 * mebibyte + 777);
      const reader = await engine.open(await writeBlob(engine, body));
      const edges = [
        0,
        1,
        block - 1,
        block,
        block + 1,
        mebibyte,
        17 * block,
        body.length - 1,
        body.length,
      ];
      for (const start of edges) {
        for (const end of edges.filter((edge) => edge >= start)) {
          const range = await readAll(reader, start, end);
          expect(range.equals(body.subarray(start, end)), `${start} to ${end}`).toBe(true);
        }
      }
      await expect(readAll(reader, 0, body.length + 1)).rejects.toThrow(RangeError);
      await expect(readAll(reader, 5, 4)).rejects.toThrow(RangeError);
      await reader.close();
    });

    it('fills a buffer with what is there, for who verifies it otherwise', async () => {
      const { engine } = await open();
      const body = randomBytes(2 * mebibyte + 777);
      const reader = await engine.open(await writeBlob(engine, body));
      for (const [start, length] of [
        [0, 1],
        [0, mebibyte],
        [block - 1, 2],
        [12_345, mebibyte + 7],
        [body.length - 1000, 1000],
      ] as const) {
        const targets = [Buffer.alloc(length), Buffer.from(new SharedArrayBuffer(length))];
        for (const target of targets) {
          await reader.readUnverified(target, start);
          expect(target.equals(body.subarray(start, start + length)), `from ${start}`).toBe(true);
        }
      }
      for (const start of [-1, body.length - 999]) {
        const reading = reader.readUnverified(Buffer.alloc(1000), start);
        await expect(reading).rejects.toThrow(RangeError);
      }
      await reader.close();
    });

    it('serves several readers of one blob, and one that stops early', async () => {
      const { engine } = await open();
      const body = randomBytes(3 * mebibyte);
      const id = await writeBlob(engine, body);
      const readers = await Promise.all(Array.from({ length: 5 }, () => engine.open(id)));
      const bodies = await Promise.all(readers.map((reader) => readAll(reader)));
      for (const read of bodies) expect(read.equals(body)).toBe(true);
      const [first, ...others] = readers;
      for await (const piece of first?.read(0, body.length) ?? []) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      await Promise.all(readers.map((reader) => reader.close()));
      expect(others).toHaveLength(4);
    });

    it('gives every blob an id of its own that begins with the session', async () => {
      const { engine, reopen } = await open();
      const ids = await Promise.all(
        Array.from({ length: 20 }, () => writeBlob(engine, Buffer.from('x'))),
      );
      const later = await reopen();
      ids.push(await writeBlob(later, Buffer.from('x')));
      expect(new Set(ids).size).toBe(21);
      const [session] = await later.endedSessions();
      expect(ids.slice(0, 20).every((id) => session !== undefined && id.startsWith(session))).toBe(
        true,
      );
    });

    it('opens a blob only for the object it belongs to', async () => {
      const { engine } = await open();
      const id = await writeBlob(engine, Buffer.from('mine'));
      await expect(engine.open(id, { ...owner, key: 'other' })).rejects.toThrow(CorruptBlob);
      await expect(engine.open(id, { ...owner, bucket: 'other' })).rejects.toThrow(CorruptBlob);
    });

    it('keeps a finished blob for later sessions', async () => {
      const { engine, reopen } = await open();
      const body = randomBytes(200_000);
      const id = await writeBlob(engine, body);
      const reader = await (await reopen()).open(id, owner);
      expect((await readAll(reader)).equals(body)).toBe(true);
      await reader.close();
    });

    it('says that a deleted blob is gone, and deletes it again without complaint', async () => {
      const { engine } = await open();
      const id = await writeBlob(engine, Buffer.from('x'));
      await engine.deleteAll([id]);
      await engine.deleteAll([id]);
      await expect(engine.open(id)).rejects.toThrow(BlobGone);
      const error: unknown = await engine.open(id).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ id });
    });

    it('lets an open reader read to the end although the blob is deleted', async () => {
      const { engine } = await open();
      const body = randomBytes(4 * mebibyte);
      const id = await writeBlob(engine, body);
      const reader = await engine.open(id);
      const pieces: Buffer[] = [];
      for await (const piece of reader.read(0, body.length)) {
        if (pieces.length === 0) await engine.deleteAll([id]);
        pieces.push(Buffer.from(piece));
      }
      expect(Buffer.concat(pieces).equals(body)).toBe(true);
      await reader.close();
    });

    it('tells when the last reader of a blob has closed it', async () => {
      const { engine } = await open();
      const id = await writeBlob(engine, Buffer.from('x'));
      expect(engine.released(id)).toBeUndefined();
      const [one, other] = await Promise.all([engine.open(id), engine.open(id)]);
      let released = false;
      const release = engine.released(id)?.then(() => {
        released = true;
      });
      await one.close();
      await one.close();
      await new Promise((resolve) => setImmediate(resolve));
      expect(released).toBe(false);
      await other.close();
      await release;
      expect(engine.released(id)).toBeUndefined();
    });

    it('does not hold a blob that could not be opened', async () => {
      const { engine } = await open();
      const id = await writeBlob(engine, Buffer.from('x'));
      await expect(engine.open(id, { ...owner, key: 'other' })).rejects.toThrow(CorruptBlob);
      expect(engine.released(id)).toBeUndefined();
      await engine.deleteAll([id]);
      await expect(engine.open(id)).rejects.toThrow(BlobGone);
      expect(engine.released(id)).toBeUndefined();
    });

    it('leaves nothing of an aborted blob, written in part, in full or finished', async () => {
      const { engine, reopen } = await open();
      const started = await engine.create(owner);
      await started.abort();
      const written = await engine.create(owner);
      await written.write(randomBytes(3 * mebibyte));
      await written.abort();
      await written.abort();
      const finished = await engine.create(owner);
      await finished.write(randomBytes(1000));
      await finished.finish();
      await finished.abort();
      for (const { id } of [started, written, finished]) {
        await expect(engine.open(id)).rejects.toThrow(BlobGone);
      }
      const later = await reopen();
      for (const session of await later.endedSessions()) {
        expect(await listing(later.blobsOf(session))).toEqual([]);
      }
    });

    it('shows the blobs of ended sessions with whom they belong to, and no living one’s', async () => {
      const { engine, reopen } = await open();
      const bindings = Array.from({ length: 5 }, (_, i) => ({ bucket: 'inc', key: `k${i}/ü` }));
      const ids = await Promise.all(
        bindings.map((binding) => writeBlob(engine, Buffer.from('x'), 10, binding)),
      );
      expect(await engine.endedSessions()).toEqual([]);
      const later = await reopen();
      await writeBlob(later, Buffer.from('of the living'));
      const sessions = await later.endedSessions();
      expect(sessions).toHaveLength(1);
      const found = await listing(later.blobsOf(sessions[0] ?? ''));
      expect(found).toEqual(
        ids
          .map((id, i) => ({ id, binding: bindings[i] }))
          .sort((one, other) => (one.id < other.id ? -1 : 1)),
      );
    });

    it('tidies a session away once its blobs are gone', async () => {
      const { engine, reopen } = await open();
      const id = await writeBlob(engine, Buffer.from('x'));
      const later = await reopen();
      const [session = ''] = await later.endedSessions();
      expect(await later.tidy(session)).toBe(false);
      await later.deleteAll([id]);
      expect(await later.tidy(session)).toBe(true);
      expect(await later.tidy(session)).toBe(true);
      expect(await later.endedSessions()).toEqual([]);
    });

    it('creates and opens nothing once it is closed', async () => {
      const { engine } = await open();
      const id = await writeBlob(engine, Buffer.from('x'));
      const reader = await engine.open(id);
      await engine.close();
      await expect(engine.create(owner)).rejects.toThrow(StoreClosed);
      await expect(engine.open(id)).rejects.toThrow(StoreClosed);
      expect((await readAll(reader)).toString()).toBe('x');
      await reader.close();
    });
  });
}
