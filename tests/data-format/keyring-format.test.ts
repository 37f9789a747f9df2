/** docs/encryption.md is what the keyring writes: a reader made from the page opens every ciphertext. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Keyring } from '@openoss/kms';
import { openEmbeddedStore } from '@openoss/storage';
import { expect, it } from 'vitest';
import { scratchDirectory } from '../support/programs.js';
import { readKeyring } from './independent-keyring.js';

const scratch = await scratchDirectory();
const account = '1234567890123456';
const key = randomBytes(32);
const passphrase = 'correct horse ü';

it.each([
  ['a root key', { key, source: 'x' }, { rootKey: key }],
  ['a passphrase', { passphrase: Buffer.from(passphrase), source: 'x' }, { passphrase }],
] as const)(
  'a reader made from the page alone opens everything with %s',
  async (name, rootSecret, told) => {
    const directory = path.join(scratch, name);
    const store = await openEmbeddedStore({ directory, minFreeBytes: 256 * 1024 });
    const keyring = await Keyring.open(store.room('kms'), { region: 'cn-hangzhou', rootSecret });
    const keys = keyring.keysOf(account);
    const { keyId } = await keys.createKey({ description: 'ü', rotationInterval: 604_800 });
    await keys.createAlias('alias/a/b', keyId);
    const context = { bucket: 'b', 'object/名': 'o', '': '' };
    const made = [
      { ...(await keys.generateDataKey({ keyId, context })), context },
      { ...(await keys.generateDataKey({ bytes: 1024 })), context: {} },
    ];
    await keys.createKeyVersion(keyId);
    made.push({ ...(await keys.generateDataKey({ keyId })), context: {} });
    await keys.disableKey(keyId);
    const { deletion } = await keys
      .scheduleKeyDeletion(keyId, 7)
      .then(() => keys.describeKey(keyId));
    await keyring.close();
    await store.close();

    const read = await readKeyring(directory, told);
    expect(read.unexplained).toEqual([]);
    for (const { ciphertextBlob, plaintext, context: bound } of made) {
      expect(read.openBlob(ciphertextBlob, bound).equals(plaintext)).toBe(true);
      expect(() => read.openBlob(ciphertextBlob, { ...bound, more: 'x' })).toThrow();
    }
    expect(read.entries.get(`key/${account}/cn-hangzhou/${keyId}`)).toEqual({
      id: keyId,
      description: 'ü',
      created: expect.any(Number),
      enabled: false,
      deletion,
      primary: made[2]?.keyVersionId,
      rotated: expect.any(Number),
      versions: 2,
      rotationInterval: 604_800,
    });
    expect(read.entries.get(`alias/${account}/cn-hangzhou/a/b`)).toEqual({ key: keyId });
    expect(read.entries.get(`key/${account}/cn-hangzhou/${made[1]?.keyId}`)).toMatchObject({
      service: 'OSS',
    });
  },
);
