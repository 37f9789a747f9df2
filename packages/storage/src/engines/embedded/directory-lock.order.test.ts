import { link, readdir } from 'node:fs/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { silentLog } from '../../log.js';
import { temporaryDirectory } from '../../testing/temporary-directory.js';
import { DataDirectoryInUse, type DirectoryLock, lockDirectory } from './directory-lock.js';

// Node's own `link`, which a test may hold up: the step of the lock that must not trust a stale view.
vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>();
  return { ...original, link: vi.fn(original.link) };
});

async function lock(directory: string): Promise<DirectoryLock> {
  const held = await lockDirectory(directory, { log: silentLog, onLost: () => {} });
  onTestFinished(() => held.release());
  return held;
}

it('is not taken by a starter whose view of the directory is many generations old', async () => {
  const directory = await temporaryDirectory();
  await (await lock(directory)).release();
  const original = vi.mocked(link).getMockImplementation() ?? link;
  let holder: DirectoryLock | undefined;
  vi.mocked(link).mockImplementationOnce(async (...names) => {
    // The slow starter has seen generation 1 dead and is about to link generation 2. Meanwhile that
    // one and the next come and go, and the third to come has cleared the second's name away.
    for (let i = 0; i < 3; i++) {
      await holder?.release();
      holder = await lock(directory);
    }
    expect((await readdir(directory)).filter((name) => name.endsWith('.sock')).sort()).toEqual([
      'lock-3.sock',
      'lock-4.sock',
    ]);
    await original(...names);
  });
  await expect(lock(directory)).rejects.toThrow(DataDirectoryInUse);
  await holder?.release();
  await (await lock(directory)).release();
});
