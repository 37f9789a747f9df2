import { describe, expect, it } from 'vitest';
import { openDirectory, refusalOf } from './testing/open-directory.js';

describe('a user group', () => {
  it('is as it was said, until it is changed or deleted', async () => {
    const { groups, clock } = await openDirectory();
    const staff = await groups.create({ groupName: 'staff', comments: 'all of us' });
    expect(staff).toEqual({
      groupId: expect.stringMatching(/^g-[A-Za-z0-9]{16}$/),
      groupName: 'staff',
      comments: 'all of us',
      createDate: clock.now,
      updateDate: clock.now,
    });
    expect(await refusalOf(groups.create({ groupName: 'staff' }))).toBe(
      '409 EntityAlreadyExists.Group',
    );
    const renamed = await groups.update('staff', { groupName: 'crew' });
    expect(renamed).toEqual({ ...staff, groupName: 'crew' });
    expect(await groups.get('crew')).toEqual(renamed);
    expect(await refusalOf(groups.get('staff'))).toBe('404 EntityNotExist.Group');
    expect((await groups.list()).items).toEqual([renamed]);
    await groups.delete('crew');
    expect((await groups.list()).items).toEqual([]);
    expect(await refusalOf(groups.create({ groupName: 'a@b' }))).toBe(
      '400 InvalidParameter.GroupName.InvalidChars',
    );
    expect(await refusalOf(groups.update('x', { groupName: '' }))).toBe(
      '400 InvalidParameter.NewGroupName.Length',
    );
  });

  it('has the members that were added, whatever they are called by then', async () => {
    const { users, groups, clock } = await openDirectory();
    for (const userName of ['alice', 'bob']) await users.create({ userName });
    for (const groupName of ['staff', 'admins']) await groups.create({ groupName });
    await groups.addUser('staff', 'alice');
    await groups.addUser('staff', 'bob');
    await groups.addUser('admins', 'alice');
    await users.update('alice', { userName: 'alison', displayName: 'Alison' });
    await groups.update('staff', { groupName: 'crew' });
    const { items } = await groups.members('crew');
    expect(items.map(({ userName }) => userName).sort()).toEqual(['alison', 'bob']);
    expect(items).toContainEqual({
      userName: 'alison',
      displayName: 'Alison',
      joinDate: clock.now,
    });
    expect(await groups.ofUser('alison')).toEqual([
      { groupName: 'crew', comments: '', joinDate: clock.now },
      { groupName: 'admins', comments: '', joinDate: clock.now },
    ]);
    expect(await refusalOf(groups.addUser('crew', 'bob'))).toBe(
      '409 EntityAlreadyExists.User.Group',
    );
    expect(await refusalOf(groups.delete('crew'))).toBe('409 DeleteConflict.Group.User');
    await groups.removeUser('crew', 'alison');
    expect(await refusalOf(groups.removeUser('crew', 'alison'))).toBe(
      '404 EntityNotExist.User.Group',
    );
    await groups.removeUser('crew', 'bob');
    await groups.delete('crew');
    expect(await groups.ofUser('bob')).toEqual([]);
  });

  it('takes nobody who does not exist, and is not found where there is none', async () => {
    const { users, groups } = await openDirectory();
    await groups.create({ groupName: 'staff' });
    expect(await refusalOf(groups.addUser('staff', 'alice'))).toBe('404 EntityNotExist.User');
    await users.create({ userName: 'alice' });
    expect(await refusalOf(groups.addUser('crew', 'alice'))).toBe('404 EntityNotExist.Group');
    expect(await refusalOf(groups.members('crew'))).toBe('404 EntityNotExist.Group');
    expect(await refusalOf(groups.ofUser('bob'))).toBe('404 EntityNotExist.User');
  });

  it('is one of ten at most that a user is in', async () => {
    const { users, groups } = await openDirectory();
    await users.create({ userName: 'alice' });
    for (let at = 0; at <= 10; at++) await groups.create({ groupName: `g${at}` });
    for (let at = 0; at < 10; at++) await groups.addUser(`g${at}`, 'alice');
    expect(await refusalOf(groups.addUser('g10', 'alice'))).toBe('409 LimitExceeded.User.Group');
    await groups.removeUser('g0', 'alice');
    await groups.addUser('g10', 'alice');
  });

  it('lists its members page by page', async () => {
    const { users, groups } = await openDirectory();
    await groups.create({ groupName: 'staff' });
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const userName of names) {
      await users.create({ userName });
      await groups.addUser('staff', userName);
    }
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const page = await groups.members('staff', { maxItems: 2, marker });
      seen.push(...page.items.map(({ userName }) => userName));
      marker = page.marker;
    } while (marker !== undefined);
    expect(seen.sort()).toEqual(names);
  });

  it('is one of 300 at most', async () => {
    const { groups } = await openDirectory();
    const names = Array.from({ length: 300 }, (_, at) => `g${at}`);
    await Promise.all(names.map((groupName) => groups.create({ groupName })));
    expect(await refusalOf(groups.create({ groupName: 'more' }))).toBe('409 LimitExceeded.Group');
    await groups.delete('g7');
    await groups.create({ groupName: 'more' });
  });
});
