/** What every provider of keys holds: the keyring itself, and one that is asked over KMS's API. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Keyring, type KeyService, KmsError, RemoteKms } from '@openoss/kms';
import { openEmbeddedStore } from '@openoss/storage';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRpc } from '../support/start-rpc.js';

const account = '1234567890123456';
const DAY = 24 * 60 * 60;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const first = { number: 1, size: 10 };

/** A store of its own, closed and removed when the test is over. */
async function openStore() {
  const directory = await mkdtemp(path.join(tmpdir(), 'openoss-kms-'));
  const store = await openEmbeddedStore({ directory, minFreeBytes: 256 * 1024 });
  onTestFinished(async () => {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });
  return store;
}

const providers: Record<string, () => Promise<{ keys: KeyService; account: string }>> = {
  'the keyring': async () => {
    const room = (await openStore()).room('kms');
    const rootSecret = { key: randomBytes(32), source: 'the test' };
    const keyring = await Keyring.open(room, { region: 'cn-hangzhou', rootSecret });
    onTestFinished(() => keyring.close());
    return { keys: keyring.keysOf(account), account };
  },
  'another KMS': async () => {
    const service = await startRpc();
    const { endpoint, root } = service;
    const room = (await openStore()).room('kms');
    const kms = new RemoteKms({ endpoint, ...root, account: service.account, room });
    onTestFinished(() => kms.close());
    return { keys: kms.keysOf(service.account), account: service.account };
  },
};

const refusalOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof KmsError) return error.reason;
    throw error;
  }
  return 'none';
};

describe.each(Object.entries(providers))('keys of %s', (_name, open) => {
  it('make data keys of the length that is asked for, and open them again', async () => {
    const { keys } = await open();
    const { keyId } = await keys.createKey({ description: 'a key: ü & <*~>' });
    for (const bytes of [1, 16, 32, 1024]) {
      const made = await keys.generateDataKey({ keyId, bytes });
      expect(made.plaintext).toHaveLength(bytes);
      expect(made.keyId).toBe(keyId);
      const opened = await keys.decrypt(made);
      expect(opened).toEqual({
        keyId,
        keyVersionId: made.keyVersionId,
        plaintext: made.plaintext,
      });
    }
    const [one, other] = [await keys.generateDataKey({ keyId }), await keys.generateDataKey({})];
    expect(one.plaintext).toHaveLength(32);
    expect(one.plaintext).not.toEqual(other.plaintext);
    expect(other.keyId).toBe(await keys.keyIdOf('alias/acs/oss'));
    expect((await keys.describeKey(keyId)).description).toBe('a key: ü & <*~>');
    for (const bytes of [0, 1025, 1.5]) {
      expect(await refusalOf(keys.generateDataKey({ keyId, bytes }))).toBe('InvalidParameter');
    }
  });

  it('seal and open what they are given, and seal it anew', async () => {
    const { keys } = await open();
    const { keyId } = await keys.createKey({});
    const { keyId: otherId } = await keys.createKey({});
    for (const length of [1, 6144]) {
      const plaintext = randomBytes(length);
      const sealed = await keys.encrypt({ keyId, plaintext });
      expect((await keys.decrypt(sealed)).plaintext.equals(plaintext)).toBe(true);
      const anew = await keys.reencrypt({ ...sealed, keyId: otherId, context: { to: 'b' } });
      expect(anew.keyId).toBe(otherId);
      const opened = await keys.decrypt({ ...anew, context: { to: 'b' } });
      expect(opened.plaintext.equals(plaintext)).toBe(true);
      expect(await refusalOf(keys.decrypt(anew))).toBe('InvalidParameter');
    }
    for (const length of [0, 6145]) {
      const plaintext = Buffer.alloc(length);
      expect(['InvalidParameter']).toContain(await refusalOf(keys.encrypt({ keyId, plaintext })));
    }
  });

  it('bind a ciphertext to its context, whatever its order', async () => {
    const { keys } = await open();
    const context = { bucket: 'b', 'object.name': '对象 &=+%', '': '' };
    const made = await keys.generateDataKey({ context });
    const again = Object.fromEntries(Object.entries(context).reverse());
    expect((await keys.decrypt({ ...made, context: again })).plaintext).toEqual(made.plaintext);
    const { bucket: _, ...less } = context;
    for (const other of [undefined, {}, less, { ...context, bucket: 'c' }]) {
      expect(await refusalOf(keys.decrypt({ ...made, context: other }))).toBe('InvalidParameter');
    }
    const bytes = Buffer.from(made.ciphertextBlob, 'base64');
    bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 1;
    const changed = { ciphertextBlob: bytes.toString('base64'), context };
    expect(await refusalOf(keys.decrypt(changed))).toBe('InvalidParameter');
    expect(await refusalOf(keys.decrypt({ ciphertextBlob: 'bm9uZQ==' }))).toBe('InvalidParameter');
  });

  it('are described, and listed as they were made', async () => {
    const { keys, account: owner } = await open();
    const before = Math.floor(Date.now() / 1000) * 1000;
    const made = await keys.createKey({ description: 'first', rotationInterval: 30 * DAY });
    expect(made.keyId).toMatch(UUID);
    expect(made.created).toBeGreaterThanOrEqual(before);
    expect(made.created).toBeLessThanOrEqual(Date.now());
    expect(made).toMatchObject({
      arn: `acs:kms:cn-hangzhou:${owner}:key/${made.keyId}`,
      state: 'Enabled',
      spec: 'Aliyun_AES_256',
      usage: 'ENCRYPT/DECRYPT',
      origin: 'Aliyun_KMS',
      protectionLevel: 'SOFTWARE',
      description: 'first',
      creator: owner,
      deletion: undefined,
      lastRotation: made.created,
      automaticRotation: 'Enabled',
      rotationInterval: 30 * DAY,
      nextRotation: made.created + 30 * DAY * 1000,
    });
    expect(await keys.describeKey(made.arn)).toEqual(made);
    const ids = [made.keyId];
    for (let i = 0; i < 2; i++) ids.push((await keys.createKey({})).keyId);
    await keys.disableKey(ids[1] ?? '');
    const listed = await keys.listKeys({ number: 1, size: 2 });
    expect(listed.total).toBe(3);
    expect(new Set(listed.items.map(({ keyId }) => keyId)).size).toBe(2);
    const rest = await keys.listKeys({ number: 2, size: 2 });
    const all = [...listed.items, ...rest.items];
    expect(all.map(({ keyId }) => keyId).sort()).toEqual([...ids].sort());
    expect(all[0]?.arn).toBe(`acs:kms:cn-hangzhou:${owner}:key/${all[0]?.keyId}`);
    expect((await keys.listKeys({ number: 3, size: 2 })).items).toEqual([]);
    const disabled = await keys.listKeys(first, [
      { property: 'KeyState', values: ['Disabled', 'PendingDeletion'] },
      { property: 'CreatorType', values: ['User'] },
    ]);
    expect(disabled.items.map(({ keyId }) => keyId)).toEqual([ids[1]]);
    expect(disabled.total).toBe(1);
    for (const rotationInterval of [7 * DAY - 1, 730 * DAY + 1]) {
      expect(await refusalOf(keys.createKey({ rotationInterval }))).toBe('InvalidParameter');
    }
    expect(await refusalOf(keys.createKey({ description: 'x'.repeat(8193) }))).toBe(
      'InvalidParameter',
    );
  });

  it('may be used in one state only, and go from one to another as KMS has it', async () => {
    const { keys } = await open();
    const { keyId } = await keys.createKey({});
    const made = await keys.generateDataKey({ keyId });
    const uses = () => [
      keys.generateDataKey({ keyId }),
      keys.encrypt({ keyId, plaintext: Buffer.of(1) }),
      keys.decrypt({ ...made, context: {} }),
      keys.reencrypt({ ...made, keyId }),
      keys.createKeyVersion(keyId),
      keys.updateRotationPolicy(keyId, 7 * DAY),
    ];
    const all = async (reason: string) => {
      const refusals = await Promise.all(uses().map(refusalOf));
      expect(refusals).toEqual(refusals.map(() => reason));
    };
    expect(await refusalOf(keys.cancelKeyDeletion(keyId))).toBe('StateConflict');
    await keys.enableKey(keyId);
    await keys.disableKey(keyId);
    await keys.disableKey(keyId);
    expect((await keys.describeKey(keyId)).state).toBe('Disabled');
    await all('Disabled');
    await keys.createAlias('alias/disabled', keyId);
    for (const days of [6, 367]) {
      expect(await refusalOf(keys.scheduleKeyDeletion(keyId, days))).toBe('InvalidParameter');
    }
    await keys.scheduleKeyDeletion(keyId, 366);
    const pending = await keys.describeKey(keyId);
    expect(pending.state).toBe('PendingDeletion');
    expect(Math.round(((pending.deletion ?? 0) - Date.now()) / (DAY * 1000))).toBe(366);
    await all('PendingDeletion');
    const conflicts = await Promise.all(
      [
        keys.enableKey(keyId),
        keys.disableKey(keyId),
        keys.scheduleKeyDeletion(keyId, 7),
        keys.createAlias('alias/pending', keyId),
      ].map(refusalOf),
    );
    expect(conflicts).toEqual(conflicts.map(() => 'StateConflict'));
    expect(await refusalOf(keys.updateAlias('alias/disabled', keyId))).toBe('PendingDeletion');
    await keys.cancelKeyDeletion(keyId);
    expect(await keys.describeKey(keyId)).toMatchObject({ state: 'Enabled', deletion: undefined });
    for (const use of uses()) expect(await refusalOf(use)).toBe('none');
  });

  it('have versions, of which the newest seals and each opens', async () => {
    const { keys } = await open();
    const { keyId, primaryVersionId } = await keys.createKey({});
    const old = await keys.generateDataKey({ keyId });
    expect(old.keyVersionId).toBe(primaryVersionId);
    const version = await keys.createKeyVersion(keyId);
    expect(version.keyId).toBe(keyId);
    expect((await keys.describeKey(keyId)).primaryVersionId).toBe(version.keyVersionId);
    const made = await keys.generateDataKey({ keyId });
    expect(made.keyVersionId).toBe(version.keyVersionId);
    expect(await keys.decrypt(old)).toMatchObject({
      keyVersionId: primaryVersionId,
      plaintext: old.plaintext,
    });
    const anew = await keys.reencrypt({ ...old, keyId });
    expect(anew.keyVersionId).toBe(version.keyVersionId);
    expect(await keys.describeKeyVersion(keyId, version.keyVersionId)).toEqual(version);
    const { items, total } = await keys.listKeyVersions(keyId, first);
    expect(total).toBe(2);
    expect(items.map(({ keyVersionId }) => keyVersionId).sort()).toEqual(
      [primaryVersionId, version.keyVersionId].sort(),
    );
    expect((await keys.listKeyVersions(keyId, { number: 2, size: 1 })).items).toHaveLength(1);
    for (const none of [keyId, '../x', 'x'.repeat(3000)]) {
      expect(await refusalOf(keys.describeKeyVersion(keyId, none))).toBe('KeyVersionNotFound');
    }
  });

  it('are known by aliases', async () => {
    const { keys, account: owner } = await open();
    const [one, other] = [await keys.createKey({}), await keys.createKey({})];
    await keys.createAlias('alias/a/b_c-1', one.keyId);
    await keys.createAlias('alias/second', one.keyId);
    expect(await refusalOf(keys.createAlias('alias/second', other.keyId))).toBe('AliasExists');
    expect(await keys.keyIdOf('alias/a/b_c-1')).toBe(one.keyId);
    expect((await keys.generateDataKey({ keyId: 'alias/a/b_c-1' })).keyId).toBe(one.keyId);
    const arn = `acs:kms:cn-hangzhou:${owner}:alias/a/b_c-1`;
    expect((await keys.describeKey(arn)).keyId).toBe(one.keyId);
    expect(await keys.listAliases({ number: 1, size: 1 })).toEqual({
      items: [{ name: 'alias/a/b_c-1', arn, keyId: one.keyId }],
      total: 2,
    });
    await keys.updateAlias('alias/second', other.keyId);
    expect(await keys.keyIdOf('alias/second')).toBe(other.keyId);
    expect((await keys.listAliasesOfKey(one.keyId, first)).total).toBe(1);
    await keys.deleteAlias('alias/second');
    expect(await keys.keyIdOf('alias/second')).toBeUndefined();
    expect(await refusalOf(keys.deleteAlias('alias/second'))).toBe('AliasNotFound');
    expect(await refusalOf(keys.updateAlias('alias/second', one.keyId))).toBe('AliasNotFound');
    expect(await refusalOf(keys.generateDataKey({ keyId: 'alias/second' }))).toBe('AliasNotFound');
    for (const wrong of [
      'second',
      'alias/',
      'alias/a b',
      `alias/${'x'.repeat(256)}`,
      'alias/acs/x',
    ]) {
      expect(await refusalOf(keys.createAlias(wrong, one.keyId))).toBe('InvalidParameter');
    }
    await keys.generateDataKey({});
    expect(await refusalOf(keys.deleteAlias('alias/acs/oss'))).toBe('InvalidParameter');
  });

  it('that are not there are not found', async () => {
    const { keys, account: owner } = await open();
    const nobodys = '00000000-0000-4000-8000-000000000000';
    const foreign = `acs:kms:cn-beijing:${owner}:key/${nobodys}`;
    for (const name of [nobodys, foreign, 'no such key', `acs:kms:cn-hangzhou:1:key/${nobodys}`]) {
      expect(await refusalOf(keys.generateDataKey({ keyId: name }))).toBe('KeyNotFound');
      expect(await refusalOf(keys.describeKey(name))).toBe('KeyNotFound');
      expect(await refusalOf(keys.disableKey(name))).toBe('KeyNotFound');
      expect(await keys.keyIdOf(name)).toBeUndefined();
    }
  });
});
