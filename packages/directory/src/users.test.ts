import { describe, expect, it } from 'vitest';
import { openDirectory, refusalOf } from './testing/open-directory.js';

describe('a RAM user', () => {
  it('is as it was said, until it is changed', async () => {
    const { users, clock } = await openDirectory();
    const created = clock.now;
    const alice = await users.create({
      userName: 'alice',
      displayName: '张三 (Alice)',
      comments: 'an engineer',
      email: 'alice@example.com',
      mobilePhone: '86-18600008888',
    });
    expect(alice).toEqual({
      userId: expect.stringMatching(/^2\d{17}$/),
      userName: 'alice',
      displayName: '张三 (Alice)',
      comments: 'an engineer',
      email: 'alice@example.com',
      mobilePhone: '86-18600008888',
      createDate: created,
      updateDate: created,
    });
    expect(await users.get('alice')).toEqual(alice);
    clock.now += 1000;
    const renamed = await users.update('alice', {
      userName: 'alice.b',
      comments: '',
      email: 'b@b.c',
    });
    expect(renamed).toEqual({
      ...alice,
      userName: 'alice.b',
      comments: '',
      email: 'b@b.c',
      updateDate: created + 1000,
    });
    expect(await users.get('alice.b')).toEqual(renamed);
    expect(await refusalOf(users.get('alice'))).toBe('404 EntityNotExist.User');
    // The name is free again.
    expect((await users.create({ userName: 'alice' })).userId).not.toBe(alice.userId);
    await users.delete('alice.b');
    expect(await refusalOf(users.get('alice.b'))).toBe('404 EntityNotExist.User');
  });

  it('has a name of its own', async () => {
    const { users } = await openDirectory();
    await users.create({ userName: 'alice' });
    await users.create({ userName: 'Alice' });
    expect(await refusalOf(users.create({ userName: 'alice' }))).toBe(
      '409 EntityAlreadyExists.User',
    );
    expect(await refusalOf(users.update('Alice', { userName: 'alice' }))).toBe(
      '409 EntityAlreadyExists.User',
    );
    expect((await users.list()).items.map(({ userName }) => userName)).toEqual(['Alice', 'alice']);
  });

  it.each([
    [{ userName: '' }, '400 InvalidParameter.UserName.Length'],
    [{ userName: 'x'.repeat(65) }, '400 InvalidParameter.UserName.Length'],
    [{ userName: 'a b' }, '400 InvalidParameter.UserName.InvalidChars'],
    [{ userName: 'a/b' }, '400 InvalidParameter.UserName.InvalidChars'],
    [{ userName: 'a\n' }, '400 InvalidParameter.UserName.InvalidChars'],
    [{ userName: 'ü' }, '400 InvalidParameter.UserName.InvalidChars'],
    [{ userName: 'a', displayName: '' }, '400 InvalidParameter.DisplayName.Length'],
    [{ userName: 'a', displayName: '猫'.repeat(129) }, '400 InvalidParameter.DisplayName.Length'],
    [{ userName: 'a', displayName: 'a\u0000' }, '400 InvalidParameter.DisplayName.InvalidChars'],
    [{ userName: 'a', comments: 'x'.repeat(129) }, '400 InvalidParameter.Comments.Length'],
    [{ userName: 'a', email: 'nobody' }, '400 InvalidParameter.Email.Format'],
    [{ userName: 'a', mobilePhone: '18600008888' }, '400 InvalidParameter.MobilePhone.Format'],
  ])('of %j is refused with %s', async (request, refusal) => {
    const { users } = await openDirectory();
    expect(await refusalOf(users.create(request))).toBe(refusal);
    expect((await users.list()).items).toEqual([]);
  });

  it('is refused under the names of the new parameters when it is changed', async () => {
    const { users } = await openDirectory();
    await users.create({ userName: 'alice' });
    const refused = (request: object) => refusalOf(users.update('alice', request));
    expect(await refused({ userName: '!' })).toBe('400 InvalidParameter.NewUserName.InvalidChars');
    expect(await refused({ displayName: '' })).toBe('400 InvalidParameter.NewDisplayName.Length');
    expect(await refused({ email: '@' })).toBe('400 InvalidParameter.NewEmail.Format');
    expect(await refused({ mobilePhone: '1' })).toBe('400 InvalidParameter.NewMobilePhone.Format');
    expect(await refused({ comments: 'x'.repeat(200) })).toBe(
      '400 InvalidParameter.NewComments.Length',
    );
  });

  it('with 64 characters of every kind that a name may have is taken', async () => {
    const { users } = await openDirectory();
    const userName = 'aZ0.@_-'.padEnd(64, 'x');
    expect((await users.create({ userName, displayName: '猫'.repeat(128) })).userName).toBe(
      userName,
    );
  });

  it('is not deleted while something hangs on it', async () => {
    const { users, groups, accessKeys, attachments } = await openDirectory();
    await users.create({ userName: 'alice' });
    await groups.create({ groupName: 'staff' });
    await groups.addUser('staff', 'alice');
    const key = await accessKeys.create('alice');
    const policy = { type: 'System', name: 'AliyunOSSFullAccess' } as const;
    const alice = { kind: 'user', name: 'alice' } as const;
    await attachments.attach(policy, alice);
    expect(await refusalOf(users.delete('alice'))).toBe('409 DeleteConflict.User.Group');
    await groups.removeUser('staff', 'alice');
    expect(await refusalOf(users.delete('alice'))).toBe('409 DeleteConflict.User.AccessKey');
    await accessKeys.delete('alice', key.accessKeyId);
    expect(await refusalOf(users.delete('alice'))).toBe('409 DeleteConflict.User.Policy');
    await attachments.detach(policy, alice);
    await users.delete('alice');
    expect(await refusalOf(users.delete('alice'))).toBe('404 EntityNotExist.User');
  });
});

describe('a list of users', () => {
  it('comes page by page, each once, in order', async () => {
    const { users } = await openDirectory();
    const names = Array.from({ length: 25 }, (_, at) => `user-${String(at).padStart(2, '0')}`);
    for (const userName of [...names].reverse()) await users.create({ userName });
    for (const maxItems of [1, 7, 24, 25, 26]) {
      const seen: string[] = [];
      let marker: string | undefined;
      let pages = 0;
      do {
        const page = await users.list({ maxItems, marker });
        pages++;
        expect(page.items.length).toBeLessThanOrEqual(maxItems);
        expect(page.isTruncated).toBe(page.marker !== undefined);
        seen.push(...page.items.map(({ userName }) => userName));
        marker = page.marker;
      } while (marker !== undefined);
      expect(seen).toEqual(names);
      expect(pages).toBe(Math.ceil(names.length / maxItems));
    }
    expect(await users.list()).toMatchObject({ isTruncated: false });
  });

  it('goes on after a user that is gone', async () => {
    const { users } = await openDirectory();
    for (const userName of ['a', 'b', 'c']) await users.create({ userName });
    const { marker } = await users.list({ maxItems: 2 });
    await users.delete('b');
    const rest = await users.list({ marker });
    expect(rest.items.map(({ userName }) => userName)).toEqual(['c']);
  });

  it.each([{ maxItems: 0 }, { maxItems: 1001 }, { maxItems: 1.5 }, { maxItems: Number.NaN }])(
    'of %j is refused',
    async (request) => {
      const { users } = await openDirectory();
      expect(await refusalOf(users.list(request))).toBe('400 InvalidParameter.MaxItems');
    },
  );

  it('with a marker that is none is refused', async () => {
    const { users } = await openDirectory();
    expect(await refusalOf(users.list({ marker: 'no marker!' }))).toBe(
      '400 InvalidParameter.Marker',
    );
  });
});
