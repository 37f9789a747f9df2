import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** What a small file system is made of: memory, or an ext4 in a file on a loop device. */
export type SmallFileSystemKind = 'tmpfs' | 'ext4';

/** A file system of a test's own. */
export interface SmallFileSystem {
  /** Where it is, for every process of this user. */
  readonly path: string;
}

/**
 * Mounts it in a mount namespace of its own, whose keeper ends when its input does: nothing of it
 * outlives the test. Processes outside reach it through the keeper's root directory.
 */
const KEEPER = {
  tmpfs: 'mount -t tmpfs -o size=$1,mode=0755 small "$2/mount"',
  ext4: 'truncate -s $1 "$2/image" && mkfs.ext4 -q -m 0 "$2/image" && mount -o loop "$2/image" "$2/mount"',
} as const;

/** Makes a file system of so many bytes; it goes when the test is over. Throws where that cannot be. */
export async function smallFileSystem(
  kind: SmallFileSystemKind,
  bytes: number,
): Promise<SmallFileSystem> {
  const directory = await mkdtemp(path.join(tmpdir(), 'openoss-small-'));
  const keeper = startKeeper(kind, bytes, directory);
  const end = async () => {
    const ended = keeper.exitCode === null ? once(keeper, 'exit') : undefined;
    keeper.stdin?.end();
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await mounted(keeper);
  } catch (error) {
    await end();
    throw error;
  }
  onTestFinished(end);
  return { path: `/proc/${keeper.pid}/root${directory}/mount` };
}

/** Why this machine has no small file systems of a kind; undefined where it has. */
export async function whyNoSmallFileSystem(kind: SmallFileSystemKind): Promise<string | undefined> {
  const directory = await mkdtemp(path.join(tmpdir(), 'openoss-small-'));
  const keeper = startKeeper(kind, 16 * 1024 * 1024, directory);
  try {
    await mounted(keeper);
    return undefined;
  } catch (error) {
    return `no ${kind} can be mounted here (needs Linux with unshare, mount and ${kind === 'ext4' ? 'mkfs.ext4, and to be root' : 'user namespaces, or to be root'}): ${error}`;
  } finally {
    const ended = keeper.exitCode === null ? once(keeper, 'exit') : undefined;
    keeper.stdin?.end();
    await ended;
    await rm(directory, { recursive: true, force: true });
  }
}

function startKeeper(kind: SmallFileSystemKind, bytes: number, directory: string): ChildProcess {
  const script = `mkdir "$2/mount" && ${KEEPER[kind]} && echo mounted && exec cat`;
  const isRoot = process.getuid?.() === 0;
  return spawn(
    'unshare',
    [isRoot ? '-m' : '-rm', 'sh', '-c', script, 'keeper', String(bytes), directory],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
}

function mounted(keeper: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let complaint = '';
    keeper.stderr?.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    keeper.once('error', reject);
    keeper.once('close', () => reject(new Error(complaint.trim())));
    keeper.stdout?.once('data', () => resolve());
  });
}
