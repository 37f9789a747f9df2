import { describe, expect, it } from 'vitest';
import { RamError } from './ram-error.js';
import { openDirectory, refusalOf } from './testing/open-directory.js';
import { document } from './testing/plain-language.js';

const custom = (name: string) => ({ type: 'Custom', name }) as const;
const system = (name: string) => ({ type: 'System', name }) as const;
const user = (name: string) => ({ kind: 'user', name }) as const;
const group = (name: string) => ({ kind: 'group', name }) as const;
const role = (name: string) => ({ kind: 'role', name }) as const;

describe('a custom policy', () => {
  it('is as it was said, with one version', async () => {
    const { policies, policyVersions, clock } = await openDirectory();
    const made = await policies.create({
      policyName: 'put-only',
      policyDocument: document('put'),
      description: 'puts',
    });
    expect(made).toEqual({
      policyName: 'put-only',
      policyType: 'Custom',
      description: 'puts',
      defaultVersion: 'v1',
      attachmentCount: 0,
      createDate: clock.now,
      updateDate: clock.now,
    });
    expect(await policies.get('Custom', 'put-only')).toEqual({
      ...made,
      policyDocument: document('put'),
    });
    expect(await policyVersions.list('Custom', 'put-only')).toEqual([
      {
        versionId: 'v1',
        isDefaultVersion: true,
        policyDocument: document('put'),
        createDate: clock.now,
      },
    ]);
    const request = { policyName: 'put-only', policyDocument: document() };
    expect(await refusalOf(policies.create(request))).toBe('409 EntityAlreadyExists.Policy');
    expect((await policies.updateDescription('put-only', 'only puts')).description).toBe(
      'only puts',
    );
    await policies.delete('put-only');
    expect(await refusalOf(policies.get('Custom', 'put-only'))).toBe('404 EntityNotExist.Policy');
  });

  it.each([
    [{ policyName: '' }, '400 InvalidParameter.PolicyName.Length'],
    [{ policyName: 'x'.repeat(129) }, '400 InvalidParameter.PolicyName.Length'],
    [{ policyName: 'a_b' }, '400 InvalidParameter.PolicyName.InvalidChars'],
    [{ description: 'x'.repeat(1025) }, '400 InvalidParameter.Description.Length'],
    [{ policyDocument: '' }, '400 InvalidParameter.PolicyDocument.Length'],
    [{ policyDocument: document('x'.repeat(6144)) }, '400 InvalidParameter.PolicyDocument.Length'],
    [{ policyDocument: '{}' }, '400 MalformedPolicyDocument'],
    [{ policyName: 'AdministratorAccess' }, '409 EntityAlreadyExists.Policy'],
  ])('with %j is refused with %s', async (wrong, refusal) => {
    const { policies } = await openDirectory();
    const request = { policyName: 'p', policyDocument: document(), ...wrong };
    expect(await refusalOf(policies.create(request))).toBe(refusal);
    expect((await policies.list({ policyType: 'Custom' })).items).toEqual([]);
  });

  it('that cannot be read is refused with the reason', async () => {
    const { policies } = await openDirectory();
    const refused = policies.create({ policyName: 'p', policyDocument: '{}' });
    await expect(refused).rejects.toBeInstanceOf(RamError);
    await expect(refused).rejects.toThrow('Statement is missing');
  });

  it('is one of 1,500 at most', async () => {
    const { policies, room, account } = await openDirectory();
    await policies.create({ policyName: 'p', policyDocument: document() });
    const key = `counts/${account}`;
    const counts = await room.get(key);
    await room.put(key, Buffer.from(String(counts).replace('"policies":1', '"policies":1500')));
    expect(await refusalOf(policies.create({ policyName: 'q', policyDocument: document() }))).toBe(
      '409 LimitExceeded.Policy',
    );
  });
});

describe('the versions of a policy', () => {
  it('are five at most; the oldest that does not count makes room if it is told to', async () => {
    const { policies, policyVersions } = await openDirectory();
    const policyName = 'p';
    await policies.create({ policyName, policyDocument: document(1) });
    for (let at = 2; at <= 5; at++) {
      const version = await policyVersions.create({ policyName, policyDocument: document(at) });
      expect(version).toMatchObject({ versionId: `v${at}`, isDefaultVersion: false });
    }
    const more = { policyName, policyDocument: document(6) };
    expect(await refusalOf(policyVersions.create(more))).toBe('409 LimitExceeded.Policy.Version');
    const rotating = {
      ...more,
      rotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded',
    } as const;
    expect((await policyVersions.create({ ...rotating, setAsDefault: true })).versionId).toBe('v6');
    const ids = async () =>
      (await policyVersions.list('Custom', policyName)).map(
        ({ versionId, isDefaultVersion }) => `${versionId}${isDefaultVersion ? '*' : ''}`,
      );
    expect(await ids()).toEqual(['v1', 'v3', 'v4', 'v5', 'v6*']);
    expect((await policies.get('Custom', policyName)).policyDocument).toBe(document(6));
    await policyVersions.setDefault(policyName, 'v3');
    expect((await policies.get('Custom', policyName)).policyDocument).toBe(document(3));
    expect(await refusalOf(policyVersions.delete(policyName, 'v3'))).toBe(
      '409 DeleteConflict.Policy.Version.Default',
    );
    await policyVersions.delete(policyName, 'v6');
    // A version's number is never used again: what was made of it may be remembered somewhere.
    expect((await policyVersions.create(more)).versionId).toBe('v7');
    expect(await ids()).toEqual(['v1', 'v3*', 'v4', 'v5', 'v7']);
  });

  it('must be gone, but for the one that counts, before the policy goes', async () => {
    const { policies, policyVersions } = await openDirectory();
    await policies.create({ policyName: 'p', policyDocument: document() });
    await policyVersions.create({ policyName: 'p', policyDocument: document() });
    expect(await refusalOf(policies.delete('p'))).toBe('409 DeleteConflict.Policy.Version');
    await policyVersions.delete('p', 'v2');
    await policies.delete('p');
  });

  it('are refused where there are none', async () => {
    const { policies, policyVersions } = await openDirectory();
    await policies.create({ policyName: 'p', policyDocument: document() });
    expect(await refusalOf(policyVersions.get('Custom', 'p', 'v2'))).toBe(
      '404 EntityNotExist.Policy.Version',
    );
    expect(await refusalOf(policyVersions.get('Custom', 'p', '2'))).toBe(
      '400 InvalidParameter.VersionId.Format',
    );
    expect(await refusalOf(policyVersions.setDefault('p', 'v9'))).toBe(
      '404 EntityNotExist.Policy.Version',
    );
    expect(await refusalOf(policyVersions.list('Custom', 'q'))).toBe('404 EntityNotExist.Policy');
    expect(await refusalOf(policyVersions.create({ policyName: 'p', policyDocument: '{' }))).toBe(
      '400 MalformedPolicyDocument',
    );
  });
});

it('a type of policy, or a strategy, that there is none of is refused', async () => {
  const { users, policies, policyVersions, attachments } = await openDirectory();
  await users.create({ userName: 'alice' });
  await policies.create({ policyName: 'p', policyDocument: document() });
  // As a request brings them, which is not checked by a compiler.
  const type = 'system' as 'System';
  for (const refused of [
    policies.get(type, 'p'),
    policies.list({ policyType: type }),
    policyVersions.list(type, 'p'),
    policyVersions.get(type, 'p', 'v1'),
    attachments.attach({ type, name: 'p' }, user('alice')),
    attachments.detach({ type, name: 'p' }, user('alice')),
    attachments.entities({ type, name: 'p' }),
  ]) {
    expect(await refusalOf(refused)).toBe('400 InvalidParameter.PolicyType');
  }
  const strategy = { rotateStrategy: 'none' as 'None' };
  expect(
    await refusalOf(
      policyVersions.create({ policyName: 'p', policyDocument: document(), ...strategy }),
    ),
  ).toBe('400 InvalidParameter.RotateStrategy');
});

describe('a system policy', () => {
  it('is there without being made, and cannot be changed', async () => {
    const { policies, policyVersions } = await openDirectory();
    const policy = await policies.get('System', 'AliyunOSSReadOnlyAccess');
    expect(policy).toMatchObject({ policyType: 'System', defaultVersion: 'v1' });
    expect(JSON.parse(policy.policyDocument)).toEqual({
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: ['oss:Get*', 'oss:List*'], Resource: '*' }],
    });
    expect(await policyVersions.get('System', policy.policyName, 'v1')).toMatchObject({
      isDefaultVersion: true,
      policyDocument: policy.policyDocument,
    });
    expect(await refusalOf(policies.delete(policy.policyName))).toBe('404 EntityNotExist.Policy');
    expect(await refusalOf(policies.get('System', 'AliyunNothing'))).toBe(
      '404 EntityNotExist.Policy',
    );
  });
});

describe('a list of policies', () => {
  it('has the system’s first, of one type or of both, page by page', async () => {
    const { policies } = await openDirectory();
    const names = ['a', 'b', 'c'];
    for (const policyName of names)
      await policies.create({ policyName, policyDocument: document() });
    const listed = async (request: object) => {
      const seen: string[] = [];
      let marker: string | undefined;
      do {
        const page = await policies.list({ ...request, marker });
        seen.push(...page.items.map(({ policyName }) => policyName));
        marker = page.marker;
      } while (marker !== undefined);
      return seen;
    };
    const systems = await listed({ policyType: 'System' });
    expect(systems).toEqual([...systems].sort());
    expect(systems).toContain('AdministratorAccess');
    expect(await listed({ policyType: 'Custom' })).toEqual(names);
    for (let maxItems = 1; maxItems <= systems.length + 4; maxItems++) {
      expect(await listed({ maxItems })).toEqual([...systems, ...names]);
      expect(await listed({ maxItems, policyType: 'Custom' })).toEqual(names);
      expect(await listed({ maxItems, policyType: 'System' })).toEqual(systems);
    }
    const marker = Buffer.from('nothing').toString('base64url');
    expect(await refusalOf(policies.list({ marker }))).toBe('400 InvalidParameter.Marker');
  });
});

describe('an attachment', () => {
  it('is seen from both sides, and counted', async () => {
    const { users, groups, roles, policies, attachments, account, clock } = await openDirectory();
    const { userId } = await users.create({ userName: 'alice', displayName: 'Alice' });
    const { groupId } = await groups.create({ groupName: 'staff', comments: 'us' });
    const { roleId, arn } = await roles.create({
      roleName: 'reader',
      assumeRolePolicyDocument: document(),
    });
    await policies.create({ policyName: 'p', policyDocument: document(), description: 'd' });
    for (const entity of [user('alice'), group('staff'), role('reader')]) {
      await attachments.attach(custom('p'), entity);
      await attachments.attach(system('AliyunOSSFullAccess'), entity);
      expect(await attachments.of(entity)).toEqual([
        { ...custom('p'), description: 'd', defaultVersion: 'v1', attachDate: clock.now },
        {
          ...system('AliyunOSSFullAccess'),
          description: 'Permission for managing OSS',
          defaultVersion: 'v1',
          attachDate: clock.now,
        },
      ]);
    }
    const attachDate = clock.now;
    const entities = {
      users: [{ userId, userName: 'alice', displayName: 'Alice', attachDate }],
      groups: [{ groupId, groupName: 'staff', comments: 'us', attachDate }],
      roles: [{ roleId, roleName: 'reader', arn, description: '', attachDate }],
    };
    expect(arn).toBe(`acs:ram::${account}:role/reader`);
    for (const policy of [custom('p'), system('AliyunOSSFullAccess')]) {
      expect(await attachments.entities(policy)).toEqual(entities);
      expect((await policies.get(policy.type, policy.name)).attachmentCount).toBe(3);
    }
    expect((await policies.get('System', 'AdministratorAccess')).attachmentCount).toBe(0);

    expect(await refusalOf(policies.delete('p'))).toBe('409 DeleteConflict.Policy.User');
    await attachments.detach(custom('p'), user('alice'));
    expect(await refusalOf(policies.delete('p'))).toBe('409 DeleteConflict.Policy.Group');
    expect(await refusalOf(groups.delete('staff'))).toBe('409 DeleteConflict.Group.Policy');
    await attachments.detach(custom('p'), group('staff'));
    expect(await refusalOf(policies.delete('p'))).toBe('409 DeleteConflict.Role.Policy');
    expect(await refusalOf(roles.delete('reader'))).toBe('409 DeleteConflict.Role.Policy');
    await attachments.detach(custom('p'), role('reader'));
    await policies.delete('p');
    await attachments.detach(system('AliyunOSSFullAccess'), role('reader'));
    await roles.delete('reader');
    expect((await policies.get('System', 'AliyunOSSFullAccess')).attachmentCount).toBe(2);
  });

  it('is there once, of something there is, to something there is', async () => {
    const { users, groups, roles, policies, attachments } = await openDirectory();
    await users.create({ userName: 'alice' });
    await groups.create({ groupName: 'staff' });
    await roles.create({ roleName: 'reader', assumeRolePolicyDocument: document() });
    await policies.create({ policyName: 'p', policyDocument: document() });
    const entities = [
      [user('alice'), 'User'],
      [group('staff'), 'Group'],
      [role('reader'), 'Role'],
    ] as const;
    for (const [entity, kind] of entities) {
      const nobody = { ...entity, name: 'nobody' };
      expect(await refusalOf(attachments.detach(custom('p'), entity))).toBe(
        `404 EntityNotExist.${kind}.Policy`,
      );
      await attachments.attach(custom('p'), entity);
      expect(await refusalOf(attachments.attach(custom('p'), entity))).toBe(
        `409 EntityAlreadyExists.${kind}.Policy`,
      );
      expect(await refusalOf(attachments.attach(custom('q'), entity))).toBe(
        '404 EntityNotExist.Policy',
      );
      expect(await refusalOf(attachments.attach(system('p'), entity))).toBe(
        '404 EntityNotExist.Policy',
      );
      for (const refused of [
        attachments.attach(custom('p'), nobody),
        attachments.detach(custom('p'), nobody),
        attachments.of(nobody),
      ]) {
        expect(await refusalOf(refused)).toBe(`404 EntityNotExist.${kind}`);
      }
    }
  });

  it('is one of ten custom ones at most for each', async () => {
    const { users, groups, policies, attachments } = await openDirectory();
    await users.create({ userName: 'alice' });
    await groups.create({ groupName: 'staff' });
    for (let at = 0; at <= 10; at++) {
      await policies.create({ policyName: `p${at}`, policyDocument: document() });
    }
    for (let at = 0; at < 10; at++) await attachments.attach(custom(`p${at}`), user('alice'));
    expect(await refusalOf(attachments.attach(custom('p10'), user('alice')))).toBe(
      '409 LimitExceeded.User.Policy',
    );
    await attachments.attach(system('AdministratorAccess'), user('alice'));
    await attachments.attach(custom('p10'), group('staff'));
  });
});
