import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FailStop } from '../../engine/fail-stop.js';
import { put } from '../../engine/metadata-engine.js';
import { InstrumentedDisk } from '../../testing/instrumented-disk.js';
import { temporaryDirectory } from '../../testing/temporary-directory.js';
import {
  DataDirectoryRefused,
  makeDataDirectory,
  prepareDataDirectory,
  sealFormat,
} from './data-directory.js';
import { LmdbMetadata } from './lmdb-metadata.js';

/** A directory as the first start leaves it. */
async function usedDirectory(): Promise<{ disk: InstrumentedDisk; path: string }> {
  const disk = new InstrumentedDisk();
  const path = await makeDataDirectory(disk, join(await temporaryDirectory(), 'data'));
  const { metadata } = await prepareDataDirectory(disk, path);
  await new LmdbMetadata(metadata, new FailStop(() => {})).close();
  await sealFormat(disk, path);
  return { disk, path };
}

describe('makeDataDirectory', () => {
  it('makes what leads to the directory and flushes each new entry in its parent', async () => {
    const base = await temporaryDirectory();
    const disk = new InstrumentedDisk();
    const path = await makeDataDirectory(disk, join(base, 'a', 'b', 'c'));
    expect(statSync(path).mode & 0o777).toBe(0o700);
    const flushed = disk.calls.filter(({ operation }) => operation === 'flushDirectory');
    expect(flushed.map((call) => call.path)).toEqual([base, join(base, 'a'), join(base, 'a', 'b')]);
  });

  it('refuses a file, and what would lie below one', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'data')]) {
      await expect(makeDataDirectory(new InstrumentedDisk(), path)).rejects.toThrow(/it is a file/);
    }
  });

  it('takes one that is there as it is', async () => {
    const base = await temporaryDirectory();
    expect(await makeDataDirectory(new InstrumentedDisk(), base)).toBe(base);
  });
});

describe('prepareDataDirectory', () => {
  it('makes a new directory’s files, readable by their owner only, and the format last', async () => {
    const disk = new InstrumentedDisk();
    const path = await temporaryDirectory();
    expect(await prepareDataDirectory(disk, path)).toMatchObject({ isNew: true });
    expect(readdirSync(path).sort()).toEqual(['blobs', 'metadata.mdb', 'metadata.mdb-lock']);
    expect(statSync(join(path, 'metadata.mdb')).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, 'metadata.mdb-lock')).mode & 0o777).toBe(0o600);
    await sealFormat(disk, path);
    expect(readFileSync(join(path, 'format'), 'latin1')).toBe('OpenOSS data directory\nformat 1\n');
    expect(statSync(join(path, 'format')).mode & 0o777).toBe(0o600);
    const operations = disk.calls.map(({ operation }) => operation);
    // Written, flushed, and only then given its name, which is flushed too.
    expect(operations.slice(-5)).toEqual(['write', 'flush', 'close', 'rename', 'flushDirectory']);
  });

  it('knows a directory it has made', async () => {
    const { disk, path } = await usedDirectory();
    expect(await prepareDataDirectory(disk, path)).toEqual({
      path,
      metadata: join(path, 'metadata.mdb'),
      blobs: join(path, 'blobs'),
      isNew: false,
    });
  });

  it('goes on where a first start was killed, at any point', async () => {
    for (const leave of [
      [],
      ['metadata.mdb'],
      ['metadata.mdb', 'metadata.mdb-lock', 'format.new'],
    ]) {
      const path = await temporaryDirectory();
      for (const name of leave) await writeFile(join(path, name), '');
      const disk = new InstrumentedDisk();
      expect(await prepareDataDirectory(disk, path)).toMatchObject({ isNew: true });
      await sealFormat(disk, path);
      expect(readdirSync(path).sort()).toContain('format');
      expect(readdirSync(path)).not.toContain('format.new');
    }
  });

  it('drops metadata that no first start flushed, and none that hold more', async () => {
    const path = await temporaryDirectory();
    await writeFile(join(path, 'metadata.mdb'), Buffer.alloc(8192));
    await prepareDataDirectory(new InstrumentedDisk(), path);
    expect(statSync(join(path, 'metadata.mdb')).size).toBe(0);
    const other = await temporaryDirectory();
    await writeFile(join(other, 'metadata.mdb'), Buffer.alloc(1_000_000));
    await expect(prepareDataDirectory(new InstrumentedDisk(), other)).rejects.toThrow(
      /holds something else/,
    );
  });

  it('makes anew what a crash tore while LMDB made its meta pages', async () => {
    const made = join(await temporaryDirectory(), 'metadata.mdb');
    await writeFile(made, '');
    await new LmdbMetadata(made, new FailStop(() => {})).close();
    const whole = await readFile(made);
    expect(whole.length).toBe(32 * 1024);
    for (const torn of [
      whole.subarray(0, 12 * 1024),
      Buffer.concat([whole.subarray(0, 4096), Buffer.alloc(20 * 1024)]),
    ]) {
      const path = await temporaryDirectory();
      await writeFile(join(path, 'metadata.mdb'), torn);
      await prepareDataDirectory(new InstrumentedDisk(), path);
      expect(statSync(join(path, 'metadata.mdb')).size).toBe(0);
    }
    const path = await temporaryDirectory();
    await writeFile(join(path, 'metadata.mdb'), whole);
    await prepareDataDirectory(new InstrumentedDisk(), path);
    expect(statSync(join(path, 'metadata.mdb')).size).toBe(whole.length);
  });

  it('refuses metadata whose last commit rot has taken back', async () => {
    const { disk, path } = await usedDirectory();
    const file = join(path, 'metadata.mdb');
    const metadata = new LmdbMetadata(file, new FailStop(() => {}));
    for (const key of ['a', 'b', 'c']) {
      await metadata.commit('p', [], [put(Buffer.from(key), Buffer.from('v'))]);
    }
    await metadata.close();
    const bytes = await readFile(file);
    // The last was 3: as 1 it looks like the one before 2.
    const newest = bytes.readBigUInt64LE(152) > bytes.readBigUInt64LE(16_384 + 152) ? 0 : 16_384;
    bytes[newest + 152] = (bytes[newest + 152] ?? 0) ^ 2;
    await writeFile(file, bytes);
    await expect(prepareDataDirectory(disk, path)).rejects.toThrow(
      /metadata\.mdb is damaged \(page [01]: .*\); restore it from a backup/,
    );
  });

  it('takes a fresh file system of its own, and one with a lock in it', async () => {
    const path = await temporaryDirectory();
    await mkdir(join(path, 'lost+found'));
    await writeFile(join(path, 'lock-1.sock'), '');
    expect(await prepareDataDirectory(new InstrumentedDisk(), path)).toMatchObject({ isNew: true });
  });

  it('refuses a directory that holds something else', async () => {
    const path = await temporaryDirectory();
    await writeFile(join(path, 'thesis.tex'), '');
    const refused = prepareDataDirectory(new InstrumentedDisk(), path);
    await expect(refused).rejects.toThrow(DataDirectoryRefused);
    await expect(refused).rejects.toThrow(/holds something else \(thesis\.tex\)/);
    expect(readdirSync(path)).toEqual(['thesis.tex']);
  });

  it('refuses a newer format and one it did not write', async () => {
    const { disk, path } = await usedDirectory();
    await writeFile(join(path, 'format'), 'OpenOSS data directory\nformat 2\n');
    await expect(prepareDataDirectory(disk, path)).rejects.toThrow(
      /written by a newer OpenOSS \(format 2; this version knows 1\)/,
    );
    await writeFile(join(path, 'format'), 'some other format\n');
    await expect(prepareDataDirectory(disk, path)).rejects.toThrow(/not written by OpenOSS/);
  });

  it('refuses a directory that has lost its metadata or its blobs, and keeps what is left', async () => {
    for (const lose of [
      (path: string) => rm(join(path, 'metadata.mdb')),
      (path: string) => rm(join(path, 'blobs'), { recursive: true }),
    ]) {
      const { disk, path } = await usedDirectory();
      await lose(path);
      await expect(prepareDataDirectory(disk, path)).rejects.toThrow(/missing; restore it from/);
    }
    for (const spoil of [
      (path: string) => truncate(path, 0),
      (path: string) => truncate(path, 5000),
      (path: string) => writeFile(path, 'not LMDB'),
      (path: string) => writeFile(path, Buffer.alloc(100_000)),
    ]) {
      const { disk, path } = await usedDirectory();
      await spoil(join(path, 'metadata.mdb'));
      await expect(prepareDataDirectory(disk, path)).rejects.toThrow(/is damaged; restore it from/);
    }
    const { disk, path } = await usedDirectory();
    await mkdir(join(path, 'blobs', '0'.repeat(16)));
    await rm(join(path, 'format'));
    await expect(prepareDataDirectory(disk, path)).rejects.toThrow(/holds blobs/);
  });
});
