import { describe, expect, it } from 'vitest';
import { openDirectory, refusalOf } from './testing/open-directory.js';

describe('an access key', () => {
  it('is found with its secret and its user, until it is inactive or deleted', async () => {
    const { directory, users, accessKeys, account, clock } = await openDirectory();
    const { userId } = await users.create({ userName: 'alice' });
    const made = await accessKeys.create('alice');
    expect(made).toEqual({
      accessKeyId: expect.stringMatching(/^LTAI[A-Za-z0-9]{20}$/),
      accessKeySecret: expect.stringMatching(/^[A-Za-z0-9]{30}$/),
      status: 'Active',
      createDate: clock.now,
    });
    const { accessKeyId: id, accessKeySecret: secret } = made;
    const key = {
      id,
      secret,
      principal: { kind: 'user', account, user: userId, name: 'alice' },
    };
    expect(directory.findAccessKey(id)).toEqual(key);
    await users.update('alice', { userName: 'alison' });
    expect(directory.findAccessKey(id)).toMatchObject({ principal: { name: 'alison' } });
    await accessKeys.setStatus('alison', id, 'Inactive');
    expect(directory.findAccessKey(id)).toBeUndefined();
    expect(directory.isInactive(id)).toBe(true);
    expect(await accessKeys.list('alison')).toEqual([
      { accessKeyId: id, status: 'Inactive', createDate: clock.now },
    ]);
    await accessKeys.setStatus('alison', id, 'Active');
    expect(directory.findAccessKey(id)).toMatchObject({ id, secret });
    await accessKeys.delete('alison', id);
    expect(directory.findAccessKey(id)).toBeUndefined();
    expect(directory.isInactive(id)).toBe(false);
    expect(await accessKeys.list('alison')).toEqual([]);
  });

  it('is one of two at most, however many are asked for at once', async () => {
    const { users, accessKeys } = await openDirectory();
    await users.create({ userName: 'alice' });
    const asked = await Promise.all(
      Array.from({ length: 6 }, () => refusalOf(accessKeys.create('alice'))),
    );
    expect(asked.sort()).toEqual([
      ...Array.from({ length: 4 }, () => '409 LimitExceeded.User.AccessKey'),
      'none',
      'none',
    ]);
    expect(await accessKeys.list('alice')).toHaveLength(2);
  });

  it('is not to be reached through another user', async () => {
    const { users, accessKeys } = await openDirectory();
    for (const userName of ['alice', 'bob']) await users.create({ userName });
    const { accessKeyId: id } = await accessKeys.create('alice');
    for (const refused of [
      accessKeys.delete('bob', id),
      accessKeys.setStatus('bob', id, 'Inactive'),
      accessKeys.lastUsed('bob', id),
      accessKeys.delete('alice', 'LTAI00000000000000000000'),
    ]) {
      expect(await refusalOf(refused)).toBe('404 EntityNotExist.User.AccessKey');
    }
    expect(await refusalOf(accessKeys.create('carol'))).toBe('404 EntityNotExist.User');
    expect(await refusalOf(accessKeys.list('carol'))).toBe('404 EntityNotExist.User');
  });

  it('is refused by every request that begins after its deletion was answered, in every process', async () => {
    const { directory, room, users, accessKeys } = await openDirectory();
    // Each with a memory of its own, as workers have.
    const others = await Promise.all([1, 2, 3].map(() => openDirectory({ room })));
    const all = [directory, ...others.map((other) => other.directory)];
    await users.create({ userName: 'alice' });
    for (let round = 0; round < 20; round++) {
      const { accessKeyId: id } = await accessKeys.create('alice');
      for (const one of all) {
        expect(one.findAccessKey(id)).toBeDefined();
        expect(one.findAccessKey(id)).toBeDefined();
      }
      const by = others[round % others.length] ?? { accessKeys };
      if (round % 2 === 0) await by.accessKeys.setStatus('alice', id, 'Inactive');
      else await by.accessKeys.delete('alice', id);
      for (const one of all) expect(one.findAccessKey(id)).toBeUndefined();
      if (round % 2 === 0) await accessKeys.delete('alice', id);
    }
  });

  it('that is none of ours is not even looked for', async () => {
    const { directory } = await openDirectory();
    for (const id of ['', 'x', 'LTAI', '../user', 'key/x', '/', 'STS.x', 'LTAI'.padEnd(24, '/')]) {
      expect(directory.findAccessKey(id), id).toBeUndefined();
    }
  });
});

describe('an account besides the first', () => {
  it('has RAM and access keys of its own', async () => {
    const first = await openDirectory();
    const { accounts } = first.identities;
    const other = await accounts.create('Other Ltd.');
    expect(other.account).toMatch(/^1\d{15}$/);
    expect((await accounts.list()).items).toEqual([other]);
    const ram = first.identities.ram(other.account);
    await first.users.create({ userName: 'alice' });
    await ram.users.create({ userName: 'alice', comments: 'another one' });
    expect((await first.users.get('alice')).comments).toBe('');
    const key = await ram.accessKeys.create(undefined);
    expect(first.directory.findAccessKey(key.accessKeyId)).toEqual({
      id: key.accessKeyId,
      secret: key.accessKeySecret,
      principal: { kind: 'account', account: other.account },
    });
    expect(await refusalOf(accounts.delete(other.account))).toBe('409 DeleteConflict.Account');
    await ram.users.delete('alice');
    await ram.accessKeys.delete(undefined, key.accessKeyId);
    await accounts.delete(other.account);
    expect(await refusalOf(accounts.get(other.account))).toBe('404 EntityNotExist.Account');
    expect(await refusalOf(ram.users.create({ userName: 'bob' }))).toBe(
      '404 EntityNotExist.Account',
    );
    expect(await refusalOf(ram.accessKeys.create(undefined))).toBe('404 EntityNotExist.Account');
    // The first account has the root access key, which is not RAM's.
    expect(await refusalOf(first.accessKeys.create(undefined))).toBe('404 EntityNotExist.Account');
  });
});
