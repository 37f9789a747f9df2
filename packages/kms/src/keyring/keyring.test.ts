import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type RoomStore, StorageFull } from '@openoss/storage';
import { describe, expect, it } from 'vitest';
import { type DataKey, DEFAULT_KEY_ALIAS } from '../key-service.js';
import { KmsError } from '../kms-error.js';
import {
  openKeyring,
  openStore,
  refusalOf,
  testAccount,
  testRootKey,
} from '../testing/open-keyring.js';
import { Keyring } from './keyring.js';

const DAY = 24 * 60 * 60;
const first = { number: 1, size: 10 };

const opens = async (
  keys: { decrypt(request: { ciphertextBlob: string }): Promise<{ plaintext: Buffer }> },
  { ciphertextBlob, plaintext }: DataKey,
): Promise<boolean> => (await keys.decrypt({ ciphertextBlob })).plaintext.equals(plaintext);

describe('the default key', () => {
  it('is made when it is first needed, once, however many need it', async () => {
    const { room } = await openKeyring();
    const rings = await Promise.all([1, 2, 3].map(() => openKeyring({ room })));
    const made = await Promise.all(
      rings.flatMap(({ keys }) => [keys.generateDataKey({}), keys.generateDataKey({})]),
    );
    expect(new Set(made.map(({ keyId }) => keyId)).size).toBe(1);
    const [{ keys }] = rings as [(typeof rings)[0]];
    const described = await keys.describeKey(DEFAULT_KEY_ALIAS);
    expect(described).toMatchObject({ keyId: made[0]?.keyId, creator: 'OSS', state: 'Enabled' });
    const filters = [{ property: 'CreatorType', values: ['Service'] }] as const;
    expect((await keys.listKeys(first, filters)).total).toBe(1);
    expect(await refusalOf(keys.updateRotationPolicy(described.keyId, 30 * DAY))).toBe(
      '400 Rejected.UnsupportedOperation',
    );
  });

  it('is each account’s and each region’s own', async () => {
    const { keyring, keys, room } = await openKeyring();
    const beijing = await openKeyring({ room, region: 'cn-beijing' });
    const another = keyring.keysOf('6543210987654321');
    const made = await keys.generateDataKey({});
    const ids = [
      made.keyId,
      (await another.generateDataKey({})).keyId,
      (await beijing.keys.generateDataKey({})).keyId,
    ];
    expect(new Set(ids).size).toBe(3);
    for (const others of [another, beijing.keys]) {
      expect(await refusalOf(others.decrypt(made))).toBe('404 Forbidden.KeyNotFound');
      const { arn } = await keys.describeKey(made.keyId);
      expect(await refusalOf(others.describeKey(arn))).toBe('404 Forbidden.KeyNotFound');
    }
  });

  it('is made anew when it is gone', async () => {
    const { keys, clock } = await openKeyring();
    const before = await keys.generateDataKey({});
    await keys.scheduleKeyDeletion(before.keyId, 7);
    expect(await refusalOf(keys.generateDataKey({}))).toBe('409 Rejected.PendingDeletion');
    clock.now += 7 * DAY * 1000;
    const after = await keys.generateDataKey({});
    expect(after.keyId).not.toBe(before.keyId);
    expect(await refusalOf(keys.decrypt(before))).toBe('404 Forbidden.KeyNotFound');
  });
});

describe('rotation', () => {
  it('happens by itself when its time has come, and leaves old data readable', async () => {
    const { keyring, keys, clock } = await openKeyring();
    const created = clock.now;
    const { keyId } = await keys.createKey({ rotationInterval: 7 * DAY });
    const old = await keys.generateDataKey({ keyId });
    clock.now += 7 * DAY * 1000 - 1;
    expect((await keys.generateDataKey({ keyId })).keyVersionId).toBe(old.keyVersionId);
    clock.now += 1;
    const [one, other] = await Promise.all([
      keys.generateDataKey({ keyId }),
      keys.generateDataKey({ keyId }),
    ]);
    expect(one.keyVersionId).toBe(other.keyVersionId);
    expect(one.keyVersionId).not.toBe(old.keyVersionId);
    expect(await keys.describeKey(keyId)).toMatchObject({
      primaryVersionId: one.keyVersionId,
      lastRotation: clock.now,
      automaticRotation: 'Enabled',
      nextRotation: clock.now + 7 * DAY * 1000,
    });
    // Nobody asks, and it is rotated all the same.
    clock.now += 8 * DAY * 1000;
    await keyring.tidy();
    const versions = await keys.listKeyVersions(keyId, first);
    expect(versions.total).toBe(3);
    expect(versions.items.map((version) => version.created)).toEqual([
      clock.now,
      created + 7 * DAY * 1000,
      created,
    ]);
    for (const made of [old, one, other]) expect(await opens(keys, made)).toBe(true);
  });

  it('rests while the key may not be used, and ends with its policy', async () => {
    const { keyring, keys, clock } = await openKeyring();
    const { keyId } = await keys.createKey({ rotationInterval: 7 * DAY });
    await keys.disableKey(keyId);
    clock.now += 10 * DAY * 1000;
    await keyring.tidy();
    expect(await keys.describeKey(keyId)).toMatchObject({ automaticRotation: 'Suspended' });
    expect((await keys.listKeyVersions(keyId, first)).total).toBe(1);
    await keys.enableKey(keyId);
    expect((await keys.listKeyVersions(keyId, first)).total).toBe(2);
    await keys.updateRotationPolicy(keyId, undefined);
    clock.now += 10 * DAY * 1000;
    await keyring.tidy();
    expect(await keys.describeKey(keyId)).toMatchObject({
      automaticRotation: 'Disabled',
      rotationInterval: undefined,
      nextRotation: undefined,
    });
    expect((await keys.listKeyVersions(keyId, first)).total).toBe(2);
  });
});

describe('a full disk', () => {
  it('refuses what changes keys, and keeps nobody from using them', async () => {
    const room = (await openStore()).room('kms');
    let isFull = false;
    const full: RoomStore = new Proxy(room, {
      get(target, name) {
        if (name === 'commit' && isFull) return () => Promise.reject(new StorageFull('full'));
        return Reflect.get(target, name).bind(target);
      },
    });
    const { keys, clock } = await openKeyring({ room: full });
    const { keyId } = await keys.createKey({ rotationInterval: 7 * DAY });
    const made = await keys.generateDataKey({ keyId });
    isFull = true;
    clock.now += 8 * DAY * 1000;
    expect(await opens(keys, made)).toBe(true);
    expect((await keys.generateDataKey({ keyId })).keyVersionId).toBe(made.keyVersionId);
    for (const change of [
      keys.createKey({}),
      keys.disableKey(keyId),
      keys.createKeyVersion(keyId),
    ]) {
      expect(await refusalOf(change)).toBe('503 ServiceUnavailableTemporary');
    }
    isFull = false;
    expect((await keys.generateDataKey({ keyId })).keyVersionId).not.toBe(made.keyVersionId);
  });
});

describe('a key that is deleted', () => {
  it('is not there any more when its time has come, and then nothing of it is kept', async () => {
    const { keyring, keys, room, clock } = await openKeyring();
    const kept = await keys.createKey({});
    const { keyId } = await keys.createKey({});
    await keys.createAlias('alias/gone', keyId);
    await keys.createAlias('alias/kept', kept.keyId);
    await keys.createKeyVersion(keyId);
    const made = await keys.generateDataKey({ keyId: 'alias/gone' });
    await keys.scheduleKeyDeletion(keyId, 7);
    clock.now += 7 * DAY * 1000 - 1;
    await keyring.tidy();
    expect((await keys.describeKey(keyId)).state).toBe('PendingDeletion');
    clock.now += 1;
    for (const promise of [
      keys.describeKey(keyId),
      keys.cancelKeyDeletion(keyId),
      keys.decrypt(made),
    ]) {
      expect(await refusalOf(promise)).toBe('404 Forbidden.KeyNotFound');
    }
    expect(await refusalOf(keys.describeKey('alias/gone'))).toBe('404 Forbidden.AliasNotFound');
    expect((await keys.listKeys(first)).items.map((key) => key.keyId)).toEqual([kept.keyId]);
    await keyring.tidy();
    const names = (await room.list({ limit: 100 })).map(({ key }) => key);
    expect(names.filter((name) => name.includes(keyId))).toEqual([]);
    expect((await keys.listAliases(first)).items.map(({ name }) => name)).toEqual(['alias/kept']);
    expect(names.filter((name) => name.includes(kept.keyId))).toHaveLength(2);
  });

  it('goes where nobody has the root key, too', async () => {
    const { keys, room, clock } = await openKeyring();
    const { keyId } = await keys.createKey({});
    await keys.scheduleKeyDeletion(keyId, 7);
    clock.now += 7 * DAY * 1000;
    const locked = await openKeyring({ room, rootSecret: undefined, clock });
    await locked.keyring.tidy();
    expect((await room.list({ limit: 100 })).map(({ key }) => key)).toEqual(['generation', 'root']);
  });
});

describe('a change', () => {
  it('is seen at once by whoever uses the same store', async () => {
    const { keys, room } = await openKeyring();
    const other = await openKeyring({ room });
    const { keyId } = await keys.createKey({});
    const made = await other.keys.generateDataKey({ keyId });
    await keys.disableKey(keyId);
    expect(await refusalOf(other.keys.generateDataKey({ keyId }))).toBe('409 Rejected.Disabled');
    expect(await refusalOf(other.keys.decrypt(made))).toBe('409 Rejected.Disabled');
    await keys.enableKey(keyId);
    const { keyVersionId } = await keys.createKeyVersion(keyId);
    expect((await other.keys.generateDataKey({ keyId })).keyVersionId).toBe(keyVersionId);
    expect(await opens(other.keys, made)).toBe(true);
  });
});

describe('the root key', () => {
  it('is missing: every call is refused as locked', async () => {
    const { keys, room } = await openKeyring();
    const { keyId, keyVersionId, ciphertextBlob } = await keys.generateDataKey({});
    const warnings: string[] = [];
    const log = { warn: (_details: object, message: string) => warnings.push(message) };
    const { keys: locked } = await openKeyring({ room, rootSecret: undefined, log });
    expect(warnings).toEqual([expect.stringContaining('the keyring is locked')]);
    await openKeyring({ rootSecret: undefined, log });
    expect(warnings).toHaveLength(1);
    const calls = [
      locked.generateDataKey({}),
      locked.encrypt({ keyId, plaintext: Buffer.of(1) }),
      locked.decrypt({ ciphertextBlob }),
      locked.reencrypt({ ciphertextBlob, keyId }),
      locked.keyIdOf(keyId),
      locked.createKey({}),
      locked.describeKey(keyId),
      locked.listKeys(first),
      locked.enableKey(keyId),
      locked.disableKey(keyId),
      locked.scheduleKeyDeletion(keyId, 7),
      locked.cancelKeyDeletion(keyId),
      locked.updateRotationPolicy(keyId, undefined),
      locked.createKeyVersion(keyId),
      locked.describeKeyVersion(keyId, keyVersionId),
      locked.listKeyVersions(keyId, first),
      locked.createAlias('alias/a', keyId),
      locked.updateAlias('alias/a', keyId),
      locked.deleteAlias('alias/a'),
      locked.listAliases(first),
      locked.listAliasesOfKey(keyId, first),
    ];
    for (const call of calls) {
      const error = await call.catch((refusal: unknown) => refusal);
      expect(error).toBeInstanceOf(KmsError);
      expect(error).toMatchObject({ reason: 'Locked', status: 503 });
      expect(String(error)).toContain('OPENOSS_KMS_ROOT_KEY');
    }
  });

  it('is another one: the room is not opened, and not changed', async () => {
    const { keys, room } = await openKeyring();
    await keys.generateDataKey({});
    const before = await room.list({ limit: 100 });
    for (const rootSecret of [
      { key: Buffer.alloc(32, 6), source: 'elsewhere' },
      { passphrase: Buffer.from('a passphrase'), source: 'elsewhere' },
    ]) {
      await expect(Keyring.open(room, { region: 'cn-hangzhou', rootSecret })).rejects.toThrow(
        /elsewhere.*Nothing was changed/,
      );
    }
    expect(await room.list({ limit: 100 })).toEqual(before);
  });

  it('is made of a passphrase with what the room keeps, and of no other', async () => {
    const rootSecret = { passphrase: Buffer.from('correct horse battery'), source: 'a file' };
    const { keys, room } = await openKeyring({ rootSecret });
    const made = await keys.generateDataKey({});
    const again = await openKeyring({ room, rootSecret });
    expect(await opens(again.keys, made)).toBe(true);
    for (const wrong of [
      { passphrase: Buffer.from('correct horse batter'), source: 'x' },
      testRootKey,
    ]) {
      await expect(openKeyring({ room, rootSecret: wrong })).rejects.toThrow('passphrase');
    }
  });

  it('and every secret under it is nowhere on the disk in the open', async () => {
    const store = await openStore();
    const key = Buffer.from('a root key that one can find ...');
    const { keys } = await openKeyring({
      room: store.room('kms'),
      rootSecret: { key, source: 'a file' },
    });
    const made = await keys.generateDataKey({});
    await keys.encrypt({ keyId: made.keyId, plaintext: Buffer.from('what was encrypted here') });
    await store.close();
    const files = await readdir(store.directory, { recursive: true, withFileTypes: true });
    const all = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map((file) => readFile(path.join(file.parentPath, file.name))),
    );
    const content = Buffer.concat(all);
    expect(content.includes(made.keyId)).toBe(true);
    for (const secret of [key, made.plaintext, 'what was encrypted here']) {
      expect(content.includes(secret)).toBe(false);
    }
    expect(content.includes(made.plaintext.toString('base64'))).toBe(false);
    expect(content.includes(testAccount)).toBe(true);
  });

  it('is forgotten when the keyring is closed', async () => {
    const { keyring, keys } = await openKeyring();
    await keys.generateDataKey({});
    await keyring.close();
    expect(await refusalOf(keys.generateDataKey({}))).toBe('503 ServiceUnavailableTemporary');
  });
});
