import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Crc64Engine } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { bodyKeyBytes, CHUNK_BYTES, ChunkCipher } from '../../threads/chunk-cipher.mjs';
import { BodyThreads } from '../body/body-threads.js';
import { CorruptBlob } from '../engine/blob-engine.js';
import { FailStop } from '../engine/fail-stop.js';
import { BLOB_HEADER_BYTES } from '../engines/embedded/blob-file.js';
import { FileBlobs } from '../engines/embedded/file-blobs.js';
import { newSessionId } from '../id-sequence.js';
import { silentLog } from '../log.js';
import { SlabPool } from '../memory/slab-pool.js';
import { TransferMemory } from '../memory/transfer-memory.js';
import { type DiskCall, HookedDisk } from '../testing/hooked-disk.js';
import { blobFiles } from '../testing/open-store.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { SealedReader } from './sealed-reader.js';
import { plainChunkBytes, sealedSize } from './sealed-size.js';

const MiB = 1024 * 1024;
const SLABS = 3;
const plainChunk = plainChunkBytes('AES256');

/** Tells how many bytes each read was asked for, and keeps them all waiting while it is told to. */
class ReadDisk extends HookedDisk {
  readonly asked: number[] = [];
  held: Promise<void> | undefined;

  protected override async hook<T>(
    { operation }: DiskCall,
    perform: (bytes?: Buffer) => Promise<T>,
    bytes: Buffer | undefined,
  ): Promise<T> {
    if (operation === 'read') {
      this.asked.push(bytes?.length ?? 0);
      await this.held;
    }
    return perform();
  }
}

/** A sealed blob of noise on a disk. */
async function sealedBlob(size: number) {
  const root = await temporaryDirectory();
  mkdirSync(join(root, 'blobs'));
  const disk = new ReadDisk();
  const memory = new TransferMemory();
  const blobs = new FileBlobs({
    directory: join(root, 'blobs'),
    session: newSessionId(Date.now()),
    disk,
    failStop: new FailStop(() => {}),
    log: silentLog,
    memory,
  });
  const plain = randomBytes(size);
  const writer = await blobs.create({ bucket: 'incarnation', key: 'key' }, size);
  const key = {
    cipher: 'AES256',
    id: writer.id,
    key: randomBytes(bodyKeyBytes('AES256')),
  } as const;
  const sealed = Buffer.alloc(sealedSize(size, 'AES256'));
  plain.copy(sealed);
  new ChunkCipher(key).sealAll(sealed, size, 0, true);
  await writer.write(sealed);
  await writer.finish();
  const parts = { bodyThreads: new BodyThreads(new Crc64Engine()), slabs: new SlabPool(memory) };
  const [file = ''] = blobFiles(root);
  return {
    plain,
    disk,
    memory,
    path: join(root, 'blobs', file),
    open: async () => new SealedReader(parts, await blobs.open(writer.id), size, key),
  };
}

describe('a sealed blob', () => {
  it('is read once, whole chunks of it, and no more than a range touches', async () => {
    const size = 40 * plainChunk + 5000;
    const { plain, disk, memory, open } = await sealedBlob(size);
    const reader = await open();
    for (const [start, end, chunks] of [
      [0, size, 41],
      [0, 1, 1],
      [plainChunk - 1, plainChunk + 1, 2],
      [plainChunk, 2 * plainChunk, 1],
      [5 * plainChunk - 1, 30 * plainChunk + 1, 27],
      [40 * plainChunk, size, 1],
    ] as const) {
      disk.asked.length = 0;
      const pieces: Buffer[] = [];
      for await (const piece of reader.read(start, end)) pieces.push(Buffer.from(piece));
      expect(Buffer.concat(pieces).equals(plain.subarray(start, end))).toBe(true);
      const toItsEnd = Math.ceil(end / plainChunk) === 41;
      const expected = toItsEnd ? (chunks - 1) * CHUNK_BYTES + 5000 + 16 : chunks * CHUNK_BYTES;
      const asked = disk.asked.reduce((sum, bytes) => sum + bytes, 0);
      expect(asked, `${start} to ${end}`).toBe(expected);
    }
    await reader.close();
    expect(memory.held).toBe(0);
  });

  it('is read ahead, in three slabs however long it is', async () => {
    const { disk, memory, open } = await sealedBlob(9 * MiB);
    const reader = await open();
    disk.asked.length = 0;
    let sent = 0;
    for await (const piece of reader.read(0, reader.size)) {
      expect(piece.length).toBeLessThanOrEqual(MiB);
      sent++;
      // All there are, or all that is left.
      expect(disk.asked.length).toBe(Math.min(sent + SLABS - 1, 10));
      expect(memory.held).toBeLessThanOrEqual(SLABS * MiB);
    }
    expect(sent).toBe(10);
    await reader.close();
    expect(memory.held).toBe(0);
  });

  it('whose reader stops gives nothing back while the disk is still at it', async () => {
    const { disk, memory, open } = await sealedBlob(9 * MiB);
    const reader = await open();
    const pieces = reader.read(0, reader.size);
    await pieces.next();
    let goOn = () => {};
    disk.held = new Promise((resolve) => {
      goOn = resolve;
    });
    await pieces.next();
    let stopped = false;
    const stopping = pieces.return().then(() => {
      stopped = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stopped).toBe(false);
    expect(memory.held).toBe(SLABS * MiB);
    goOn();
    await stopping;
    expect(memory.held).toBe(0);
    await reader.close();
  });

  it('that has rotted ends before the slab with the chunk, and is said to fail its checksum', async () => {
    const size = 40 * plainChunk + 5000;
    const { plain, memory, path, open } = await sealedBlob(size);
    const whole = readFileSync(path);
    for (const [chunk, slab] of [
      [0, 0],
      [15, 0],
      [16, 16],
      [39, 32],
      [40, 32],
    ] as const) {
      for (const at of [0, 4000, 5000 + 15]) {
        const rotten = Buffer.from(whole);
        const place = BLOB_HEADER_BYTES + chunk * CHUNK_BYTES + at;
        rotten[place] = (rotten[place] ?? 0) ^ 8;
        writeFileSync(path, rotten);
        const reader = await open();
        const pieces: Buffer[] = [];
        const reading = (async () => {
          for await (const piece of reader.read(0, size)) pieces.push(Buffer.from(piece));
        })();
        await expect(reading).rejects.toThrow(CorruptBlob);
        await expect(reading).rejects.toThrow(`block ${chunk} fails its checksum`);
        expect(Buffer.concat(pieces).equals(plain.subarray(0, slab * plainChunk))).toBe(true);
        await reader.close();
      }
    }
    expect(memory.held).toBe(0);
  });
});
