import { randomBytes } from 'node:crypto';
import {
  chmod,
  constants,
  type FileHandle,
  link,
  open,
  readdir,
  stat,
  unlink,
} from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasErrorCode } from '../../engine/disk.js';
import type { Log } from '../../log.js';

/**
 * One living server for a data directory.
 *
 * Node has no flock, and a file with a pid in it says nothing about a process in another container
 * that shares the volume. A listening Unix socket does: the kernel refuses connections to it the
 * moment its process is gone, however it went, so a lock left by `kill -9` is seen to be dead.
 *
 * Sockets are named by generation, `lock-<n>.sock`; the greatest generation is the lock. To take it:
 *
 *   1. listen on a socket under a name of one's own, so that it answers before anybody sees it;
 *   2. find the greatest generation; if it answers, the directory is in use;
 *   3. `link` the socket as the next generation, which exactly one process can do;
 *   4. look again: if there is a greater generation, somebody cleaned up in between: start over.
 *
 * The greatest generation is never removed, only passed by a greater one, not even at a clean end.
 * So whoever holds it stays the greatest until its process is gone, and nobody with a stale view can
 * take its place: the name that view leads to exists already, or is found smaller in step 4. (A
 * fixed name that is renamed away when found dead has no such order: a slow taker renames away the
 * living lock of a quick one.)
 */
const LOCK_NAME = /^lock-(\d{1,15})\.sock$/;
const OWN_NAME = /^lock-[0-9a-f]{8}\.new$/;

/** A path of a Unix socket has at most 107 bytes on Linux, 103 on macOS. */
const LONGEST_SOCKET_PATH = 103;

/** How long a holder may take to say who it is before it is called nameless. */
const ANSWER_TIMEOUT_MS = 2000;

/** How often the holder looks whether the lock is still its own. */
const RECHECK_MS = 5000;

/** Names that belong to the lock; whoever inspects the directory passes them over. */
export function isLockFile(name: string): boolean {
  return LOCK_NAME.test(name) || OWN_NAME.test(name);
}

/** Another server, alive, uses the directory. */
export class DataDirectoryInUse extends Error {
  /** The holder's process id as it sees itself, if it answered in time. */
  readonly pid: number | undefined;

  constructor(directory: string, holder: Holder | undefined) {
    const who =
      holder === undefined
        ? 'another server, which does not say who it is'
        : `the server with process id ${holder.pid} on ${holder.host}`;
    super(`The data directory ${directory} is in use by ${who}`);
    this.name = 'DataDirectoryInUse';
    this.pid = holder?.pid;
  }
}

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** The lock, held. */
export interface DirectoryLock {
  release(): Promise<void>;
}

export interface DirectoryLockOptions {
  readonly log: Log;
  /** Told once when the lock turns out to be lost: the process must not write any more. */
  readonly onLost: (error: Error) => void;
  /** Takes the lock that needs no socket in the file system, as where there can be none. */
  readonly withoutSocketFile?: boolean;
}

/**
 * Takes the lock of a directory that exists. Throws {@link DataDirectoryInUse} when another server
 * has it, in this process or another.
 */
export async function lockDirectory(
  directory: string,
  options: DirectoryLockOptions,
): Promise<DirectoryLock> {
  if (options.withoutSocketFile === true) return lockByAbstractSocket(directory);
  const place = await SocketPlace.open(directory);
  try {
    return await lockBySocketFile(directory, place, options);
  } catch (error) {
    await place.close();
    // FAT, some network and FUSE file systems have no sockets or no hard links.
    const hasNoSockets = hasErrorCode(error, 'ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'ENOSYS');
    if (!hasNoSockets || process.platform !== 'linux') throw error;
    options.log.warn(
      { err: error, directory },
      'the file system has no sockets: the lock holds only within one network namespace',
    );
    return lockByAbstractSocket(directory);
  }
}

/**
 * Throws {@link DataDirectoryInUse} when a server has the directory's lock; leaves nothing in it, so
 * that it works on a medium that cannot be written to.
 */
export async function refuseLockedDirectory(directory: string): Promise<void> {
  const greatest = await greatestGeneration(directory);
  if (greatest === 0) return;
  const place = await SocketPlace.open(directory);
  try {
    const answer = await ask(place.address(lockName(greatest)));
    if (answer.alive) throw new DataDirectoryInUse(directory, answer.holder);
  } finally {
    await place.close();
  }
}

/** Turns names in the directory into paths that fit a socket's address. */
class SocketPlace {
  readonly directory: string;
  readonly #base: string;
  readonly #handle: FileHandle | undefined;

  private constructor(directory: string, base: string, handle: FileHandle | undefined) {
    this.directory = directory;
    this.#base = base;
    this.#handle = handle;
  }

  static async open(directory: string): Promise<SocketPlace> {
    const longest = join(directory, 'lock-000000000000000.sock');
    if (Buffer.byteLength(longest) <= LONGEST_SOCKET_PATH || process.platform !== 'linux') {
      return new SocketPlace(directory, directory, undefined);
    }
    // A descriptor of the directory stands for its path, however long that is.
    const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    return new SocketPlace(directory, `/proc/self/fd/${handle.fd}`, handle);
  }

  address(name: string): string {
    return join(this.#base, name);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }
}

async function lockBySocketFile(
  directory: string,
  place: SocketPlace,
  { log, onLost }: DirectoryLockOptions,
): Promise<DirectoryLock> {
  const ownName = `lock-${randomBytes(4).toString('hex')}.new`;
  const server = await listen(place.address(ownName));
  try {
    await chmod(place.path(ownName), 0o600);
    const generation = await takeGeneration(directory, place, ownName);
    const name = lockName(generation);
    const { ino } = await stat(place.path(name));
    await unlink(place.path(ownName));
    await removeOlder(place, generation);
    const recheck = setInterval(() => {
      stat(place.path(name)).then(
        (now) => {
          if (now.ino !== ino) lost('it was replaced');
        },
        (error: unknown) => {
          lost(error instanceof Error ? error.message : String(error));
        },
      );
    }, RECHECK_MS);
    recheck.unref();
    const lost = (reason: string): void => {
      clearInterval(recheck);
      log.error({ directory, lock: name, reason }, 'the lock of the data directory is lost');
      onLost(new Error(`The lock ${place.path(name)} is lost: ${reason}`));
    };
    return {
      async release() {
        clearInterval(recheck);
        await closeServer(server);
        await place.close();
      },
    };
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

const lockName = (generation: number): string => `lock-${generation}.sock`;

/** Steps 2 to 4: links the socket as the greatest generation and returns that. */
async function takeGeneration(
  directory: string,
  place: SocketPlace,
  ownName: string,
): Promise<number> {
  for (;;) {
    const greatest = await greatestGeneration(directory);
    if (greatest > 0) {
      const answer = await ask(place.address(lockName(greatest)));
      if (answer.alive) throw new DataDirectoryInUse(directory, answer.holder);
    }
    const generation = greatest + 1;
    try {
      await link(place.path(ownName), place.path(lockName(generation)));
    } catch (error) {
      if (hasErrorCode(error, 'EEXIST')) continue;
      throw error;
    }
    if ((await greatestGeneration(directory)) === generation) return generation;
    await unlink(place.path(lockName(generation)));
  }
}

async function greatestGeneration(directory: string): Promise<number> {
  let greatest = 0;
  for (const name of await readdir(directory)) {
    const generation = LOCK_NAME.exec(name)?.[1];
    if (generation !== undefined) greatest = Math.max(greatest, Number(generation));
  }
  return greatest;
}

/**
 * Removes what dead servers left. The generation before one's own stays: a directory that changes
 * while it is listed may show neither of two names of which one followed the other.
 */
async function removeOlder(place: SocketPlace, own: number): Promise<void> {
  for (const name of await readdir(place.directory)) {
    const generation = LOCK_NAME.exec(name)?.[1];
    const isOld = generation !== undefined && Number(generation) < own - 1;
    if (!isOld && !OWN_NAME.test(name)) continue;
    // A name of its own may be that of a server about to ask: it is alive.
    if (!isOld && (await ask(place.address(name))).alive) continue;
    await unlink(place.path(name)).catch((error: unknown) => {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    });
  }
}

/** A lock in Linux's abstract namespace, which needs no file: its name is the directory's identity. */
async function lockByAbstractSocket(directory: string): Promise<DirectoryLock> {
  const { dev, ino } = await stat(directory, { bigint: true });
  const address = `\0openoss-data-directory-${dev}-${ino}`;
  for (;;) {
    try {
      const server = await listen(address);
      return { release: () => closeServer(server) };
    } catch (error) {
      if (!hasErrorCode(error, 'EADDRINUSE')) throw error;
    }
    const answer = await ask(address);
    if (answer.alive) throw new DataDirectoryInUse(directory, answer.holder);
  }
}

/** Listens and tells whoever connects who holds the lock; does not keep the process alive. */
function listen(address: string): Promise<Server> {
  const answer = JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    // The answer is in the kernel by then; whoever never closes must not hold up a release.
    socket.end(answer, () => socket.destroy());
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // `exclusive`: a cluster's primary must not hold the socket for its worker.
    server.listen({ path: address, exclusive: true }, () => {
      server.off('error', reject);
      server.on('error', () => {});
      resolve(server);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

type Answer = { readonly alive: false } | { readonly alive: true; readonly holder?: Holder };

/** Whether anybody listens. Only a refusal proves death; silence may be a process that is stopped. */
function ask(address: string): Promise<Answer> {
  return new Promise((resolve) => {
    let text = '';
    const socket = createConnection({ path: address });
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_TIMEOUT_MS);
    const settle = (answer: Answer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (data: string) => {
      text += data;
    });
    socket.on('end', () => settle(holderIn(text)));
    socket.on('timeout', () => settle({ alive: true }));
    socket.on('close', () => settle({ alive: true }));
    socket.on('error', (error) => {
      settle({ alive: !hasErrorCode(error, 'ECONNREFUSED', 'ENOENT') });
    });
  });
}

function holderIn(text: string): Answer {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said === 'object' && said !== null && 'pid' in said && 'host' in said) {
      const { pid, host } = said;
      if (typeof pid === 'number' && typeof host === 'string') {
        return { alive: true, holder: { pid, host } };
      }
    }
  } catch {
    // Not ours, but alive.
  }
  return { alive: true };
}
