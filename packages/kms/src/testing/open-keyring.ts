import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedStore, type Log, openEmbeddedStore, type RoomStore } from '@openoss/storage';
import { onTestFinished } from 'vitest';
import type { KeyService } from '../key-service.js';
import { Keyring } from '../keyring/keyring.js';
import type { RootSecret } from '../keyring/root-key.js';
import { KmsError } from '../kms-error.js';

export const testRootKey: RootSecret = { key: Buffer.alloc(32, 5), source: 'the test' };
export const testAccount = '1234567890123456';

/** A directory that is removed when the test is over. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'openoss-kms-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A store of its own, closed and removed when the test is over. */
export async function openStore(): Promise<EmbeddedStore & { readonly directory: string }> {
  const directory = await temporaryDirectory();
  const store = await openEmbeddedStore({ directory, minFreeBytes: 256 * 1024 });
  onTestFinished(() => store.close());
  return Object.assign(store, { directory });
}

export interface OpenedKeyring {
  readonly keyring: Keyring;
  /** Those of the test's account. */
  readonly keys: KeyService;
  readonly room: RoomStore;
  /** What time it is; a test may say another. */
  readonly clock: { now: number };
}

/** Opens a keyring; each that is opened on one room knows only what it looks up, as workers do. */
export async function openKeyring(
  options: {
    readonly room?: RoomStore;
    readonly rootSecret?: RootSecret | undefined;
    readonly region?: string;
    readonly clock?: { now: number };
    readonly log?: Pick<Log, 'warn'>;
  } = {},
): Promise<OpenedKeyring> {
  const room = options.room ?? (await openStore()).room('kms');
  const clock = options.clock ?? { now: Date.UTC(2026, 10, 26) };
  const rootSecret = 'rootSecret' in options ? options.rootSecret : testRootKey;
  const keyring = await Keyring.open(room, {
    region: options.region ?? 'cn-hangzhou',
    rootSecret,
    clock: () => clock.now,
    log: options.log,
  });
  return { keyring, keys: keyring.keysOf(testAccount), room, clock };
}

/** Why a promise is refused, as `404 Forbidden.KeyNotFound`; `none` when it is not. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof KmsError) return `${error.status} ${error.code}`;
    throw error;
  }
  return 'none';
}
