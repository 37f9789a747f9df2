import { describe, expect, it } from 'vitest';
import { openDirectory, refusalOf } from './testing/open-directory.js';
import { trusting } from './testing/plain-language.js';

const role = { roleName: 'reader', assumeRolePolicyDocument: trusting() };

describe('a role', () => {
  it('is as it was said, until it is changed or deleted', async () => {
    const { roles, account, clock } = await openDirectory();
    const made = await roles.create({ ...role, description: 'reads' });
    expect(made).toEqual({
      roleId: expect.stringMatching(/^3\d{17}$/),
      roleName: 'reader',
      arn: `acs:ram::${account}:role/reader`,
      description: 'reads',
      assumeRolePolicyDocument: trusting(),
      maxSessionDuration: 3600,
      createDate: clock.now,
      updateDate: clock.now,
    });
    expect(await refusalOf(roles.create(role))).toBe('409 EntityAlreadyExists.Role');
    clock.now += 5;
    const changed = await roles.update('reader', {
      assumeRolePolicyDocument: trusting('x'),
      maxSessionDuration: 43_200,
    });
    expect(changed).toEqual({
      ...made,
      assumeRolePolicyDocument: trusting('x'),
      maxSessionDuration: 43_200,
      updateDate: clock.now,
    });
    expect(await roles.get('reader')).toEqual(changed);
    expect((await roles.list()).items).toEqual([changed]);
    await roles.delete('reader');
    expect(await refusalOf(roles.get('reader'))).toBe('404 EntityNotExist.Role');
  });

  it.each([
    [{ roleName: '' }, '400 InvalidParameter.RoleName.Length'],
    [{ roleName: 'a/b' }, '400 InvalidParameter.RoleName.InvalidChars'],
    [{ description: 'x'.repeat(1025) }, '400 InvalidParameter.Description.Length'],
    [{ maxSessionDuration: 3599 }, '400 InvalidParameter.MaxSessionDuration'],
    [{ maxSessionDuration: 43_201 }, '400 InvalidParameter.MaxSessionDuration'],
    [{ assumeRolePolicyDocument: '{' }, '400 MalformedPolicyDocument'],
    [
      { assumeRolePolicyDocument: trusting('x'.repeat(6200)) },
      '400 InvalidParameter.AssumeRolePolicyDocument.Length',
    ],
  ])('with %j is refused with %s', async (wrong, refusal) => {
    const { roles } = await openDirectory();
    expect(await refusalOf(roles.create({ ...role, ...wrong }))).toBe(refusal);
    expect((await roles.list()).items).toEqual([]);
  });

  it('keeps what it had when a change of it is refused', async () => {
    const { roles } = await openDirectory();
    const before = await roles.create(role);
    const refused = (request: object) => refusalOf(roles.update('reader', request));
    expect(await refused({ assumeRolePolicyDocument: '{}' })).toBe('400 MalformedPolicyDocument');
    expect(await refused({ assumeRolePolicyDocument: '' })).toBe(
      '400 InvalidParameter.NewAssumeRolePolicyDocument.Length',
    );
    expect(await refused({ maxSessionDuration: 1 })).toBe(
      '400 InvalidParameter.NewMaxSessionDuration',
    );
    expect(await roles.get('reader')).toEqual(before);
  });
});
