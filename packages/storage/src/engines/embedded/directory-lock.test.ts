import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { silentLog } from '../../log.js';
import { childBundle, runChild } from '../../testing/child-process.js';
import { temporaryDirectory } from '../../testing/temporary-directory.js';
import { DataDirectoryInUse, type DirectoryLock, lockDirectory } from './directory-lock.js';

interface Options {
  readonly withoutSocketFile?: boolean;
  readonly onLost?: (error: Error) => void;
}

async function lock(directory: string, options: Options = {}): Promise<DirectoryLock> {
  const held = await lockDirectory(directory, { log: silentLog, onLost: () => {}, ...options });
  onTestFinished(() => held.release());
  return held;
}

/** How many of those that try at once get the lock; every other one must be told it is in use. */
async function winners(attempts: readonly Promise<DirectoryLock>[]): Promise<DirectoryLock[]> {
  const won: DirectoryLock[] = [];
  for (const attempt of await Promise.allSettled(attempts)) {
    if (attempt.status === 'fulfilled') won.push(attempt.value);
    else expect(attempt.reason).toBeInstanceOf(DataDirectoryInUse);
  }
  return won;
}

describe.each([
  ['a socket in the directory', false],
  ['an abstract socket', true],
])('the lock by %s', (_, withoutSocketFile) => {
  it('is one process’s at a time, and free after its release', async () => {
    const directory = await temporaryDirectory();
    const first = await lock(directory, { withoutSocketFile });
    const refused: unknown = await lock(directory, { withoutSocketFile }).catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(DataDirectoryInUse);
    expect(refused).toMatchObject({ pid: process.pid });
    expect(String(refused)).toContain(`process id ${process.pid}`);
    expect(String(refused)).toContain(directory);
    await first.release();
    const second = await lock(directory, { withoutSocketFile });
    await second.release();
  });

  it('is won by exactly one of many that ask at once', async () => {
    const directory = await temporaryDirectory();
    for (let round = 0; round < 10; round++) {
      const won = await winners(
        Array.from({ length: 8 }, () => lock(directory, { withoutSocketFile })),
      );
      expect(won).toHaveLength(1);
      await won[0]?.release();
    }
  });
});

describe('the lock by a socket in the directory', () => {
  const child = childBundle('lock-child.ts');

  it('tells the process id of a holder in another process', async () => {
    const directory = await temporaryDirectory();
    const holder = runChild(child(), [directory]);
    expect((await holder.lines.next()).value).toBe('locked');
    await expect(lock(directory)).rejects.toMatchObject({ pid: holder.process.pid });
  });

  it('is taken over at once from a process that was killed', async () => {
    const directory = await temporaryDirectory();
    for (let round = 0; round < 3; round++) {
      const holder = runChild(child(), [directory]);
      expect((await holder.lines.next()).value).toBe('locked');
      holder.process.kill('SIGKILL');
      await holder.ended;
    }
    await lock(directory);
    // Of the dead at most the last one is still there.
    expect((await readdir(directory)).sort()).toEqual(['lock-3.sock', 'lock-4.sock']);
  });

  it('is won by exactly one of several processes that find a dead one', async () => {
    const directory = await temporaryDirectory();
    for (let round = 0; round < 3; round++) {
      const startAt = String(Date.now() + 300);
      const children = Array.from({ length: 4 }, () => runChild(child(), [directory, startAt]));
      const said = await Promise.all(children.map(async ({ lines }) => (await lines.next()).value));
      expect(said.filter((line) => line === 'locked')).toHaveLength(1);
      expect(said.filter((line) => line.startsWith('DataDirectoryInUse'))).toHaveLength(3);
      for (const { process: started } of children) started.kill('SIGKILL');
      await Promise.all(children.map(({ ended }) => ended));
    }
  });

  it('works in a directory whose path is longer than a socket’s address', async () => {
    const parts = Array.from({ length: 8 }, () => randomBytes(20).toString('hex'));
    const directory = join(await temporaryDirectory(), ...parts);
    await mkdir(directory, { recursive: true });
    const held = await lock(directory);
    await expect(lock(directory)).rejects.toMatchObject({ pid: process.pid });
    await held.release();
    await (await lock(directory)).release();
  });

  it('counts a holder that does not answer, or not in our words, as alive', async () => {
    const directory = await temporaryDirectory();
    const silent = createServer(() => {}).listen(join(directory, 'lock-1.sock'));
    onTestFinished(() => void silent.close());
    const refused: unknown = await lock(directory).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DataDirectoryInUse);
    expect(refused).toMatchObject({ pid: undefined });

    const other = await temporaryDirectory();
    const foreign = createServer((socket) => socket.end('hello')).listen(
      join(other, 'lock-1.sock'),
    );
    onTestFinished(() => void foreign.close());
    await expect(lock(other)).rejects.toMatchObject({ pid: undefined });
  });

  it('clears away what dead starters left, and nothing else', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'lock-00000000.new'), '');
    await writeFile(join(directory, 'lock-1.sock'), '');
    await writeFile(join(directory, 'lock-7.sock'), '');
    await writeFile(join(directory, 'lock.txt'), '');
    await lock(directory);
    expect((await readdir(directory)).sort()).toEqual(['lock-7.sock', 'lock-8.sock', 'lock.txt']);
  });

  it('notices when the lock is taken away or replaced', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    for (const spoil of [
      (path: string) => unlink(path),
      async (path: string) => {
        await writeFile(`${path}.other`, '');
        await rename(`${path}.other`, path);
      },
    ]) {
      const directory = await temporaryDirectory();
      const lost = vi.fn<(error: Error) => void>();
      await lock(directory, { onLost: lost });
      vi.advanceTimersByTime(5000);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(lost).not.toHaveBeenCalled();
      await spoil(join(directory, 'lock-1.sock'));
      vi.advanceTimersByTime(5000);
      await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce());
      expect(String(lost.mock.calls[0]?.[0])).toContain('lock-1.sock');
    }
  });
});
