import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { blobEngineContract } from '../../engine/blob-engine.contract.js';
import { type BlobReader, CorruptBlob, StorageFull } from '../../engine/blob-engine.js';
import { FailStop } from '../../engine/fail-stop.js';
import { EngineFailed } from '../../engine/metadata-engine.js';
import { newSessionId } from '../../id-sequence.js';
import { silentLog } from '../../log.js';
import { systemError } from '../../testing/hooked-disk.js';
import { InstrumentedDisk } from '../../testing/instrumented-disk.js';
import { temporaryDirectory } from '../../testing/temporary-directory.js';
import { BLOB_HEADER_BYTES } from './blob-file.js';
import { FileBlobs } from './file-blobs.js';

const owner = { bucket: 'inc', key: 'key' };
const BLOCK = 64 * 1024;

async function openBlobs() {
  const directory = await temporaryDirectory();
  const disk = new InstrumentedDisk();
  const fatal: Error[] = [];
  const failStop = new FailStop((error) => fatal.push(error));
  const engineOfSession = () =>
    new FileBlobs({ directory, session: newSessionId(Date.now()), disk, failStop, log: silentLog });
  return {
    directory,
    disk,
    fatal,
    engine: engineOfSession(),
    reopen: async () => engineOfSession(),
  };
}

blobEngineContract('A directory of files', openBlobs);

async function store(engine: FileBlobs, body: Buffer): Promise<string> {
  const writer = await engine.create(owner, body.length);
  await writer.write(body);
  await writer.finish();
  return writer.id;
}

/** The one file under a directory with this name. */
function pathOf(directory: string, id: string): string {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return join(directory, names.find((name) => basename(name) === id) ?? 'missing');
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(directory, name)).isFile(),
  );
}

/** What a reader yields before it throws, and what it throws. */
async function readUntilError(reader: BlobReader): Promise<{ bytes: Buffer; error: unknown }> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of reader.read(0, reader.size)) pieces.push(Buffer.from(piece));
  } catch (error) {
    return { bytes: Buffer.concat(pieces), error };
  } finally {
    await reader.close();
  }
  return { bytes: Buffer.concat(pieces), error: undefined };
}

describe('a flipped byte in a blob’s file', () => {
  it('is never yielded, wherever it is', async () => {
    const { engine, directory } = await openBlobs();
    const body = randomBytes(20 * BLOCK + 100);
    const id = await store(engine, body);
    const path = pathOf(directory, id);
    const whole = readFileSync(path);
    const places = [0, 9, 15, 18, 25, 2000, BLOB_HEADER_BYTES - 1];
    for (let block = 0; block <= 20; block++) places.push(BLOB_HEADER_BYTES + block * BLOCK + 7);
    for (let back = 1; back < 32 + 4 * 21; back += 5) places.push(whole.length - back);
    for (const place of places) {
      const damaged = Buffer.from(whole);
      damaged[place] = (damaged[place] ?? 0) ^ 0x10;
      writeFileSync(path, damaged);
      const opened = await engine.open(id, owner).catch((error: unknown) => error);
      if (opened instanceof Error) {
        expect(opened, `byte ${place}`).toBeInstanceOf(CorruptBlob);
        continue;
      }
      const { bytes, error } = await readUntilError(opened as BlobReader);
      expect(error, `byte ${place}`).toBeInstanceOf(CorruptBlob);
      expect(bytes.equals(body.subarray(0, bytes.length))).toBe(true);
      expect(bytes.length).toBeLessThanOrEqual(place - BLOB_HEADER_BYTES);
    }
  });

  it('does not matter to a range that lies beside its block', async () => {
    const { engine, directory } = await openBlobs();
    const body = randomBytes(5 * BLOCK);
    const id = await store(engine, body);
    const path = pathOf(directory, id);
    const damaged = readFileSync(path);
    damaged[BLOB_HEADER_BYTES + 2 * BLOCK] = (damaged[BLOB_HEADER_BYTES + 2 * BLOCK] ?? 0) ^ 1;
    writeFileSync(path, damaged);
    const reader = await engine.open(id);
    for (const [start, end] of [
      [0, 2 * BLOCK],
      [3 * BLOCK, 5 * BLOCK],
    ] as const) {
      const pieces: Buffer[] = [];
      for await (const piece of reader.read(start, end)) pieces.push(Buffer.from(piece));
      expect(Buffer.concat(pieces).equals(body.subarray(start, end))).toBe(true);
    }
    await expect(
      reader
        .read(2 * BLOCK + 5, 2 * BLOCK + 6)
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toThrow(CorruptBlob);
    await reader.close();
  });

  it('is found as well when the file is cut short or is another blob’s', async () => {
    const { engine, directory } = await openBlobs();
    const one = await store(engine, randomBytes(100_000));
    const other = await store(engine, randomBytes(100_000));
    const path = pathOf(directory, one);
    const whole = readFileSync(path);
    for (const length of [0, 100, BLOB_HEADER_BYTES, BLOB_HEADER_BYTES + 32, whole.length - 1]) {
      writeFileSync(path, whole);
      await truncate(path, length);
      await expect(engine.open(one), `${length} bytes`).rejects.toThrow(CorruptBlob);
    }
    writeFileSync(path, readFileSync(pathOf(directory, other)));
    await expect(engine.open(one)).rejects.toThrow(CorruptBlob);
  });
});

describe('finish', () => {
  it('resolves after the file and every directory on the way to it were flushed, in order', async () => {
    const { engine, directory, disk } = await openBlobs();
    const id = await store(engine, randomBytes(300_000));
    const path = pathOf(directory, id);
    const done = (operation: string, of: string): number =>
      disk.calls.findLastIndex((call) => call.operation === operation && call.path === of);
    const fanOut = dirname(path);
    const session = dirname(fanOut);
    expect(done('flush', path)).toBeGreaterThan(done('write', path));
    expect(done('flushDirectory', fanOut)).toBeGreaterThan(done('create', path));
    expect(done('flushDirectory', session)).toBeGreaterThan(done('makeDirectory', fanOut));
    expect(done('flushDirectory', directory)).toBeGreaterThan(done('makeDirectory', session));
  });

  it('flushes a new directory’s entry once, however many writers wait for it', async () => {
    const { engine, directory, disk } = await openBlobs();
    await Promise.all(Array.from({ length: 30 }, () => store(engine, randomBytes(100))));
    const flushes = (of: string): number =>
      disk.calls.filter(({ operation, path }) => operation === 'flushDirectory' && path === of)
        .length;
    const [session = ''] = readdirSync(directory);
    const [fanOut = '', ...more] = readdirSync(join(directory, session));
    expect(more).toEqual([]);
    expect(flushes(directory)).toBe(1);
    expect(flushes(join(directory, session))).toBe(1);
    // Entries of the thirty files: shared, not one flush each.
    expect(flushes(join(directory, session, fanOut))).toBeLessThan(30);
  });

  it('makes files and directories that only their owner can read', async () => {
    const { engine, directory } = await openBlobs();
    const path = pathOf(directory, await store(engine, randomBytes(10)));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(statSync(dirname(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it('survives a disk that takes a few bytes at a time', async () => {
    const { engine, disk } = await openBlobs();
    disk.longestWrite = 10_007;
    const body = randomBytes(2_000_000);
    const reader = await engine.open(await store(engine, body));
    const { bytes } = await readUntilError(reader);
    expect(bytes.equals(body)).toBe(true);
  });
});

describe('a disk that fails', () => {
  it.each(['ENOSPC', 'EDQUOT'])(
    'makes a write %s StorageFull, and the abort leaves no file',
    async (code) => {
      const { engine, directory, disk, fatal } = await openBlobs();
      disk.before = ({ operation }) => {
        if (operation === 'write') throw systemError(code);
      };
      const writer = await engine.create(owner);
      await expect(
        (async () => {
          for (let i = 0; i < 5; i++) await writer.write(randomBytes(900_000));
          await writer.finish();
        })(),
      ).rejects.toThrow(StorageFull);
      await writer.abort();
      expect(filesIn(directory)).toEqual([]);
      expect(fatal).toEqual([]);
      disk.before = () => {};
      await store(engine, randomBytes(1000));
    },
  );

  it('passes another failure of a write on, and goes on afterwards', async () => {
    const { engine, directory, disk, fatal } = await openBlobs();
    disk.before = ({ operation }) => {
      if (operation === 'write') throw systemError('EIO');
    };
    const writer = await engine.create(owner);
    await writer.write(randomBytes(10));
    await expect(writer.finish()).rejects.toMatchObject({ code: 'EIO' });
    await writer.abort();
    expect(fatal).toEqual([]);
    disk.before = () => {};
    const reader = await engine.open(await store(engine, randomBytes(10)));
    await reader.close();
    expect(filesIn(directory)).toHaveLength(1);
  });

  it('is StorageFull as well when there is no room for a file, and is tried again later', async () => {
    const { engine, disk } = await openBlobs();
    for (const failing of ['makeDirectory', 'create'] as const) {
      disk.before = ({ operation }) => {
        if (operation === failing) throw systemError('ENOSPC');
      };
      await expect(engine.create(owner)).rejects.toThrow(StorageFull);
    }
    disk.before = () => {};
    await store(engine, randomBytes(10));
  });

  it.each(['flush', 'flushDirectory'] as const)(
    'ends everything when a %s fails',
    async (failing) => {
      const { engine, directory, disk, fatal } = await openBlobs();
      const safe = await store(engine, randomBytes(10));
      disk.before = ({ operation }) => {
        if (operation === failing) throw systemError('EIO');
      };
      const writer = await engine.create(owner);
      await writer.write(randomBytes(10));
      await expect(writer.finish()).rejects.toThrow(EngineFailed);
      expect(fatal).toMatchObject([{ code: 'EIO' }]);
      disk.before = () => {};
      await expect(engine.create(owner)).rejects.toThrow(EngineFailed);
      await expect(engine.deleteAll([safe])).rejects.toThrow(EngineFailed);
      // Nobody knows what is on disk: nothing is tidied up either.
      await writer.abort();
      expect(filesIn(directory)).toHaveLength(2);
    },
  );

  it('flushes a long blob while it comes in', async () => {
    const { engine, disk } = await openBlobs();
    const writer = await engine.create(owner);
    const chunk = randomBytes(4 * 1024 * 1024);
    for (let i = 0; i < 34; i++) await writer.write(chunk);
    const flushes = () => disk.calls.filter(({ operation }) => operation === 'flush').length;
    await vi.waitFor(() => expect(flushes()).toBeGreaterThan(0), { timeout: 10_000 });
    await writer.abort();
  });
});

describe('a deletion', () => {
  it('is flushed, also where the file was gone: an earlier process may not have come so far', async () => {
    const { engine, directory, disk } = await openBlobs();
    const id = await store(engine, randomBytes(10));
    const fanOut = dirname(pathOf(directory, id));
    for (let round = 0; round < 2; round++) {
      disk.calls.length = 0;
      await engine.deleteAll([id]);
      expect(disk.calls.at(-1)).toEqual({ operation: 'flushDirectory', path: fanOut });
    }
  });

  it('of a blob whose directories were tidied away flushes what is above them', async () => {
    const { engine, directory, disk, reopen, fatal } = await openBlobs();
    const id = await store(engine, randomBytes(10));
    const later = await reopen();
    await later.deleteAll([id]);
    const [session = ''] = await later.endedSessions();
    await later.tidy(session);
    disk.calls.length = 0;
    await later.deleteAll([id]);
    expect(disk.calls.at(-1)).toEqual({ operation: 'flushDirectory', path: directory });
    expect(fatal).toEqual([]);
  });

  it('is flushed before its directory can be tidied away', async () => {
    const { engine, disk, fatal, reopen } = await openBlobs();
    const id = await store(engine, randomBytes(10));
    const later = await reopen();
    const [session = ''] = await later.endedSessions();
    disk.calls.length = 0;
    // The flush comes late enough for anybody to come in between.
    disk.before = async ({ operation }) => {
      if (operation === 'flushDirectory') await new Promise((resolve) => setTimeout(resolve, 30));
    };
    await Promise.all([later.deleteAll([id]), later.tidy(session)]);
    expect(fatal).toEqual([]);
    const operations = disk.calls.map(({ operation }) => operation);
    expect(operations.slice(0, 2)).toEqual(['remove', 'flushDirectory']);
    expect(operations).toContain('removeDirectory');
  });
});

describe('blobs of an ended session', () => {
  it('tells one that never reached the disk from one whose header is damaged', async () => {
    const { engine, directory, reopen } = await openBlobs();
    const [empty, zeros, damaged, whole] = await Promise.all(
      Array.from({ length: 4 }, () => store(engine, randomBytes(100))),
    );
    if (!empty || !zeros || !damaged || !whole) throw new Error('four blobs were stored');
    writeFileSync(pathOf(directory, empty), '');
    writeFileSync(pathOf(directory, zeros), Buffer.alloc(10_000));
    const bytes = readFileSync(pathOf(directory, damaged));
    bytes[30] = (bytes[30] ?? 0) ^ 1;
    writeFileSync(pathOf(directory, damaged), bytes);
    const later = await reopen();
    const [session = ''] = await later.endedSessions();
    const found = new Map<string, unknown>();
    for await (const { id, binding } of later.blobsOf(session)) found.set(id, binding);
    expect(found.get(empty)).toBe('never-written');
    expect(found.get(zeros)).toBe('never-written');
    expect(found.get(damaged)).toBe('unreadable');
    expect(found.get(whole)).toEqual(owner);
  });

  it('are not begun under names that do not fit a header', async () => {
    const { engine, directory } = await openBlobs();
    await expect(engine.create({ bucket: 'b', key: 'k'.repeat(4096) })).rejects.toThrow(RangeError);
    expect(filesIn(directory)).toEqual([]);
  });

  it('passes over what is none of its business', async () => {
    const { engine, directory, reopen } = await openBlobs();
    await store(engine, randomBytes(1));
    const [session = ''] = readdirSync(directory);
    writeFileSync(join(directory, 'note.txt'), 'hands off');
    writeFileSync(join(directory, session, 'note.txt'), 'hands off');
    const later = await reopen();
    expect(await later.endedSessions()).toEqual([session]);
    const found: string[] = [];
    for await (const { id } of later.blobsOf(session)) found.push(id);
    expect(found).toHaveLength(1);
  });

  it('refuses an id that is no blob’s', async () => {
    const { engine } = await openBlobs();
    for (const id of ['', '../../../etc/passwd', 'x'.repeat(24), '0'.repeat(23)]) {
      await expect(engine.open(id)).rejects.toThrow(RangeError);
    }
  });
});
