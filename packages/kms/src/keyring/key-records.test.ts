import { expect, it, vi } from 'vitest';
import { openStore, testAccount, testRootKey } from '../testing/open-keyring.js';
import { entryKeys } from './entries.js';
import { KeyRecords } from './key-records.js';
import { RootSeal } from './root-seal.js';

const scope = { account: testAccount, region: 'cn-hangzhou' };

it('wipes a master key when it was made and when it was used, also where its use fails', async () => {
  const room = (await openStore()).room('kms');
  const records = new KeyRecords(room, await RootSeal.open(room, testRootKey), Date.now);
  const wiped = vi.spyOn(Buffer.prototype, 'fill');
  const version = await records.change(async (draft) => records.addVersion(draft, scope, 'key'));
  expect(wiped.mock.contexts.some((bytes) => (bytes as Buffer).length === 32)).toBe(true);
  wiped.mockRestore();

  let seen: Buffer | undefined;
  let copy: Buffer | undefined;
  records.withMasterKey(scope, 'key', version, (masterKey) => {
    seen = masterKey;
    copy = Buffer.from(masterKey);
  });
  expect(copy?.equals(Buffer.alloc(32))).toBe(false);
  expect(seen?.equals(Buffer.alloc(32))).toBe(true);
  expect(() =>
    records.withMasterKey(scope, 'key', version, (masterKey) => {
      seen = masterKey;
      throw new Error('no use');
    }),
  ).toThrow('no use');
  expect(seen?.equals(Buffer.alloc(32))).toBe(true);
});

it('deletes the other keys whose time has come where one cannot be deleted, and tells of it', async () => {
  const room = (await openStore()).room('kms');
  const records = new KeyRecords(room, await RootSeal.open(room, testRootKey), Date.now);
  const ids = ['one', 'two', 'three'];
  for (const id of ids) {
    await records.change(async (draft) => {
      const { id: primary, created } = records.addVersion(draft, scope, id);
      const times = { created, rotated: created, deletion: created };
      const key = { id, description: '', enabled: true, primary, versions: 1, ...times };
      draft.put(entryKeys.key(scope, id), key);
    });
  }
  // The alphabet's first is in the way of none of the others.
  const commit = vi.spyOn(room, 'commit').mockRejectedValueOnce(new Error('no'));
  await expect(records.tidy()).rejects.toThrow('no');
  expect(commit).toHaveBeenCalledTimes(ids.length);
  const left = (await room.list({ prefix: 'key/', limit: 9 })).map(({ key }) => key);
  expect(left).toEqual([entryKeys.key(scope, 'one')]);
});

it('opens no master key in the place of another', async () => {
  const room = (await openStore()).room('kms');
  const records = new KeyRecords(room, await RootSeal.open(room, testRootKey), Date.now);
  const version = await records.change(async (draft) => records.addVersion(draft, scope, 'key'));
  const use = () => 'used';
  expect(records.withMasterKey(scope, 'key', version, use)).toBe('used');
  expect(() => records.withMasterKey(scope, 'other', version, use)).toThrow('cannot be opened');
  const other = { account: 'other', region: 'cn-hangzhou' };
  expect(() => records.withMasterKey(other, 'key', version, use)).toThrow('cannot be opened');
  expect(() => records.withMasterKey(scope, 'key', { ...version, id: 'x' }, use)).toThrow(
    'cannot be opened',
  );
  expect(await records.findVersion(scope, 'key', version.id)).toEqual(version);
  expect(entryKeys.version(scope, 'key', version.id)).toBe(
    `version/${testAccount}/cn-hangzhou/key/${version.id}`,
  );
});
