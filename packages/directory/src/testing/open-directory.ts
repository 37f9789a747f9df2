import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedStore, openEmbeddedStore, type RoomStore } from '@openoss/storage';
import { onTestFinished } from 'vitest';
import {
  Directory,
  type DirectoryKey,
  type DirectoryOptions,
  type GivenRootCredentials,
  type Identities,
  type Ram,
} from '../index.js';
import { type PlainPolicy, plainLanguage } from './plain-language.js';

export const testKey: DirectoryKey = { bytes: Buffer.alloc(32, 7), source: 'the test' };

export const testRoot: GivenRootCredentials = {
  accessKeyId: 'root',
  accessKeySecret: 'secret',
};

/** A store of its own, closed and removed when the test is over. */
export async function openStore(
  directory?: string,
): Promise<EmbeddedStore & { readonly directory: string }> {
  const own = directory ?? (await temporaryDirectory());
  const store = await openEmbeddedStore({ directory: own, minFreeBytes: 256 * 1024 });
  onTestFinished(() => store.close());
  return Object.assign(store, { directory: own });
}

/** A directory that is removed when the test is over. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'openoss-directory-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A directory on a store, with everything in it at hand. */
export interface OpenedDirectory extends Ram {
  readonly directory: Directory;
  readonly identities: Identities<PlainPolicy, PlainPolicy>;
  readonly room: RoomStore;
  /** The first account. */
  readonly account: string;
  /** What time it is; a test may say another. */
  readonly clock: { now: number };
}

/** Opens a directory; each that is opened on one store knows only what it looks up, as workers do. */
export async function openDirectory(
  options: Omit<DirectoryOptions, 'clock'> & {
    readonly room?: RoomStore;
    readonly root?: GivenRootCredentials;
  } = {},
): Promise<OpenedDirectory> {
  const { root = testRoot, key = testKey } = options;
  const room = options.room ?? (await openStore()).room('directory');
  const clock = { now: Date.UTC(2026, 10, 26) };
  const directory = await Directory.open(room, root, { ...options, key, clock: () => clock.now });
  const identities = directory.identities(plainLanguage);
  const { account } = directory;
  return { directory, identities, room, account, clock, ...identities.ram(account) };
}

/** What a promise is refused with, as `404 EntityNotExist.User`; `none` when it is not. */
export const refusalOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'status' in error) {
      return `${error.status} ${error.code}`;
    }
    throw error;
  }
  return 'none';
};
