import { randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FailStop } from './engine/fail-stop.js';
import { EngineFailed } from './engine/metadata-engine.js';
import { DataDirectoryRefused } from './engines/embedded/data-directory.js';
import { DataDirectoryInUse } from './engines/embedded/directory-lock.js';
import { LmdbMetadata } from './engines/embedded/lmdb-metadata.js';
import { openEmbeddedStore } from './open-embedded-store.js';
import { systemError } from './testing/hooked-disk.js';
import { InstrumentedDisk } from './testing/instrumented-disk.js';
import { BUCKET, openStore, putRequest, RecordingLog, readBody } from './testing/open-store.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

describe('openEmbeddedStore', () => {
  it('makes a data directory that only its owner can read', async () => {
    const directory = join(await temporaryDirectory(), 'new', 'data');
    await openStore({ directory });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory)) {
      const entry = statSync(join(directory, name));
      if (!entry.isDirectory()) expect(entry.mode & 0o777, name).toBe(0o600);
      if (entry.isDirectory()) expect(entry.mode & 0o777, name).toBe(0o700);
    }
  });

  it('flushes the directory after the metadata file is there and before it calls it whole', async () => {
    const disk = new InstrumentedDisk();
    const { directory } = await openStore({ disk });
    const names = disk.calls.map(({ operation, path }) => `${operation} ${path}`);
    const flushed = names.indexOf(`flushDirectory ${directory}`);
    expect(flushed).toBeGreaterThan(names.indexOf(`create ${join(directory, 'metadata.mdb')}`));
    expect(names.indexOf(`rename ${join(directory, 'format')}`)).toBeGreaterThan(flushed);
    expect(names.lastIndexOf(`flushDirectory ${directory}`)).toBeGreaterThan(
      names.indexOf(`rename ${join(directory, 'format')}`),
    );
  });

  it('takes the lock it is given instead of its own, first, and lets go of it last', async () => {
    const events: string[] = [];
    const directory = await temporaryDirectory();
    const store = await openEmbeddedStore({
      directory,
      lock: async (path) => {
        events.push(`taken for ${path}, ${readdirSync(path).length} files`);
        return {
          release: async () => {
            events.push('released');
          },
        };
      },
    });
    expect(events).toEqual([`taken for ${directory}, 0 files`]);
    expect(readdirSync(directory).filter((name) => name.endsWith('.sock'))).toEqual([]);
    await store.close();
    expect(events.slice(1)).toEqual(['released']);
    const inUse = new DataDirectoryInUse(directory, undefined);
    await expect(openEmbeddedStore({ directory, lock: () => Promise.reject(inUse) })).rejects.toBe(
      inUse,
    );
  });

  it('finds everything again', async () => {
    const store = await openStore();
    const large = randomBytes(300_000);
    await store.objects.putObject(putRequest('small', 'hi oss'));
    await store.objects.putObject(putRequest('large', large));
    await store.close();
    const later = await openStore({ directory: store.directory });
    expect((await readBody(later, 'small'))?.toString()).toBe('hi oss');
    expect((await readBody(later, 'large'))?.equals(large)).toBe(true);
  });

  it('refuses a directory that is in use, whoever uses it, and takes it when it is free', async () => {
    const store = await openStore();
    await expect(openEmbeddedStore({ directory: store.directory })).rejects.toThrow(
      DataDirectoryInUse,
    );
    await store.objects.putObject(putRequest('key', 'still works'));
    await store.close();
    await openStore({ directory: store.directory });
  });

  it('lets exactly one of several openers have it', async () => {
    const directory = await temporaryDirectory();
    const opening = await Promise.allSettled(
      Array.from({ length: 6 }, () => openEmbeddedStore({ directory })),
    );
    const opened = opening.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    expect(opened).toHaveLength(1);
    await opened[0]?.close();
  });

  it('refuses what is not a data directory and leaves it as it was, free of a lock', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'thesis.tex'), '');
    for (let round = 0; round < 2; round++) {
      await expect(openEmbeddedStore({ directory })).rejects.toThrow(DataDirectoryRefused);
    }
    expect(readdirSync(directory).filter((name) => !name.startsWith('lock-'))).toEqual([
      'thesis.tex',
    ]);
  });

  it('refuses metadata that are not its own, and can be opened when the right ones are back', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', 'x'));
    await store.close();
    const path = join(store.directory, 'metadata.mdb');
    await rename(path, `${path}.kept`);
    await writeFile(path, 'not LMDB');
    await expect(openEmbeddedStore({ directory: store.directory })).rejects.toThrow(/is damaged/);
    await unlink(path);
    await new LmdbMetadata(path, new FailStop(() => {})).close();
    await expect(openEmbeddedStore({ directory: store.directory })).rejects.toThrow(/not ours/);
    await rename(`${path}.kept`, path);
    const again = await openStore({ directory: store.directory });
    expect((await readBody(again, 'key'))?.toString()).toBe('x');
  });
});

describe('a store whose disk fails a flush', () => {
  it('says so once and refuses every change from then on', async () => {
    const disk = new InstrumentedDisk();
    const onFatal = vi.fn<(error: Error) => void>();
    const store = await openStore({ disk, onFatal });
    await store.objects.putObject(putRequest('safe', 'x'));
    disk.before = ({ operation }) => {
      if (operation === 'flush') throw systemError('EIO');
    };
    const large = randomBytes(200_000);
    await expect(store.objects.putObject(putRequest('key', large))).rejects.toThrow(EngineFailed);
    disk.before = () => {};
    await expect(store.objects.putObject(putRequest('key', large))).rejects.toThrow(EngineFailed);
    await expect(store.objects.putObject(putRequest('key', 'small'))).rejects.toThrow(EngineFailed);
    await expect(store.objects.deleteObject(BUCKET, 'safe')).rejects.toThrow(EngineFailed);
    expect(onFatal).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'EIO' }));
  });

  it('keeps the blob of a put whose commit failed: its record may be on disk', async () => {
    const disk = new InstrumentedDisk();
    const store = await openStore({ disk, onFatal: () => {} });
    await store.objects.putObject(putRequest('key', randomBytes(200_000)));
    disk.before = ({ operation }) => {
      if (operation === 'flush') throw systemError('EIO');
    };
    await expect(store.objects.putObject(putRequest('key', randomBytes(200_000)))).rejects.toThrow(
      EngineFailed,
    );
    expect(disk.calls.filter(({ operation }) => operation === 'remove')).toEqual([]);
  });

  it('by default logs it and ends the process', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('the process has ended');
    });
    const disk = new InstrumentedDisk();
    const log = new RecordingLog();
    const directory = await temporaryDirectory();
    // Without a reserve, whose flush would fail as well.
    const store = await openEmbeddedStore({ directory, disk, log, minFreeBytes: 0 });
    try {
      await store.objects.createBucket({
        name: BUCKET,
        owner: '1',
        storageClass: 'Standard',
        redundancy: 'LRS',
        acl: 'private',
      });
      disk.before = ({ operation }) => {
        if (operation === 'flush') throw systemError('EIO');
      };
      await expect(
        store.objects.putObject(putRequest('key', randomBytes(200_000))),
      ).rejects.toThrow();
      expect(exit).toHaveBeenCalledWith(74);
      expect(log.entries).toMatchObject([{ level: 'error', details: { err: { code: 'EIO' } } }]);
    } finally {
      exit.mockRestore();
      await store.close();
    }
  });
});
