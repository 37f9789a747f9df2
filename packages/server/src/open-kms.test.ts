import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KmsSetupError, RemoteKms } from '@openoss/kms';
import type { RoomStore } from '@openoss/storage';
import { expect, it, onTestFinished } from 'vitest';
import { createLog } from './log.js';
import { findKms, openKms, receivedKmsSetup, sentKmsSetup } from './open-kms.js';

/** Keys of a store that is not looked at before they are set up. */
async function opened(environment: Record<string, string>, development = false) {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'openoss-open-kms-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
  await writeFile(path.join(dataDirectory, 'inside'), 'correct horse battery');
  const told = Object.entries(environment).map(([name, value]) => [
    name,
    value.replace('DATA', dataDirectory),
  ]);
  const setup = await findKms(dataDirectory, Object.fromEntries(told), { development });
  // As a worker gets it: through JSON.
  const received = receivedKmsSetup(JSON.parse(JSON.stringify(sentKmsSetup(setup))));
  expect(received).toEqual(setup);
  const { kms } = await openKms(received, {
    room: {
      get: async () => undefined,
      list: async () => [],
      watch: () => () => undefined,
    } as unknown as RoomStore,
    directory: { account: '1234567890123456' },
    region: 'cn-hangzhou',
    clock: Date.now,
    log: createLog('error'),
  });
  return kms;
}

const remote = {
  OPENOSS_KMS_ENDPOINT: 'http://kms',
  OPENOSS_KMS_ACCESS_KEY_ID: 'id',
  OPENOSS_KMS_ACCESS_KEY_SECRET: 'hush',
};

it('opens what the environment says, and locks the keys that are here without a root key', async () => {
  const asked = await opened(remote);
  expect(asked).toBeInstanceOf(RemoteKms);
  expect(asked.keysAre).toBe('with http://kms');
  expect((await opened(remote, true)).keysAre).toBe('with http://kms');
  expect((await opened({})).keysAre).toBe('locked: there is no root key');
});

it.each<[string, Record<string, string>]>([
  ['a root key', { OPENOSS_KMS_ROOT_KEY: Buffer.alloc(32, 1).toString('base64') }],
  ['a passphrase', { OPENOSS_KMS_PASSPHRASE: 'correct horse battery' }],
])('hands %s on to workers as it is', async (_what, environment) => {
  const setup = await findKms('/nowhere', environment, { development: false });
  expect(setup).toMatchObject({ kind: 'keyring', rootSecret: { source: expect.any(String) } });
  expect(receivedKmsSetup(JSON.parse(JSON.stringify(sentKmsSetup(setup))))).toEqual(setup);
});

it.each<[string, Record<string, string>]>([
  ['set up one of both', { ...remote, OPENOSS_KMS_PASSPHRASE: 'correct horse battery' }],
  ['is not the address of a KMS', { ...remote, OPENOSS_KMS_ENDPOINT: 'http://kms/path' }],
  ['OPENOSS_KMS_ACCESS_KEY_ID', { OPENOSS_KMS_ENDPOINT: 'http://kms' }],
  ['lies in the data directory', { OPENOSS_KMS_PASSPHRASE_FILE: 'DATA/inside' }],
])('refuses what cannot be meant: %s', async (message, environment) => {
  const error = await opened(environment).catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(KmsSetupError);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toMatch(/hush|correct horse/);
});
