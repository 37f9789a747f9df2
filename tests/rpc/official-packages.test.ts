/** RAM and STS as Alibaba Cloud's own packages call them, told nothing but where the service is. */
import { describe, expect, it } from 'vitest';
import { officialClients, ram, refusalOf, sts } from '../support/official-packages.js';
import { startRpc } from '../support/start-rpc.js';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const REQUEST_ID = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const allowing = (...actions: string[]) =>
  JSON.stringify({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  });
const trusting = (account: string, condition?: object) =>
  JSON.stringify({
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { RAM: [`acs:ram::${account}:root`] },
        ...(condition && { Condition: condition }),
      },
    ],
  });

describe.each([
  ['ACS3-HMAC-SHA256', undefined],
  ['HMAC-SHA1', 'v2'],
] as const)('signed with %s,', (_name, algorithm) => {
  const start = async () => {
    const service = await startRpc();
    return {
      ...service,
      ...officialClients(service.endpoint, service.root, algorithm),
      as: (keys: Parameters<typeof officialClients>[1]) =>
        officialClients(service.endpoint, keys, algorithm),
    };
  };

  it('users are made, shown, changed, listed page by page and deleted', async () => {
    const { ram: client } = await start();
    const { body: made } = await client.createUser(
      new ram.CreateUserRequest({
        userName: 'alice',
        displayName: "Ålice & 'Co' <*~>",
        comments: 'a b+c=d%',
        email: 'alice@example.com',
        mobilePhone: '86-18600008888',
      }),
    );
    expect(made?.requestId).toMatch(REQUEST_ID);
    expect(made?.user).toMatchObject({
      userName: 'alice',
      displayName: "Ålice & 'Co' <*~>",
      comments: 'a b+c=d%',
      email: 'alice@example.com',
      mobilePhone: '86-18600008888',
    });
    expect(made?.user?.userId).toMatch(/^\d{18}$/);
    expect(made?.user?.createDate).toMatch(INSTANT);
    await client.createUser(new ram.CreateUserRequest({ userName: 'bob' }));
    expect(await refusalOf(client.createUser(new ram.CreateUserRequest({ userName: 'bob' })))).toBe(
      '409 EntityAlreadyExists.User',
    );

    const { body: changed } = await client.updateUser(
      new ram.UpdateUserRequest({ userName: 'alice', newUserName: 'carol', newComments: '' }),
    );
    expect(changed?.user).toMatchObject({ userName: 'carol', comments: '' });
    expect(await refusalOf(client.getUser(new ram.GetUserRequest({ userName: 'alice' })))).toBe(
      '404 EntityNotExist.User',
    );
    const { body: shown } = await client.getUser(new ram.GetUserRequest({ userName: 'carol' }));
    expect(shown?.user).toEqual(
      expect.objectContaining({ userId: made?.user?.userId, userName: 'carol' }),
    );

    const { body: first } = await client.listUsers(new ram.ListUsersRequest({ maxItems: 1 }));
    expect(first).toMatchObject({ isTruncated: true });
    expect(first?.users?.user?.map((user) => user.userName)).toEqual(['bob']);
    const { body: second } = await client.listUsers(
      new ram.ListUsersRequest({ maxItems: 1, marker: first?.marker ?? '' }),
    );
    expect(second).toMatchObject({ isTruncated: false });
    expect(second?.users?.user?.map((user) => user.userName)).toEqual(['carol']);

    await client.deleteUser(new ram.DeleteUserRequest({ userName: 'carol' }));
    await client.deleteUser(new ram.DeleteUserRequest({ userName: 'bob' }));
    const { body: none } = await client.listUsers(new ram.ListUsersRequest({}));
    expect(none?.users?.user).toEqual([]);
  });

  it('groups have members and policies', async () => {
    const { ram: client } = await start();
    await client.createUser(new ram.CreateUserRequest({ userName: 'alice', displayName: 'A' }));
    const { body: made } = await client.createGroup(
      new ram.CreateGroupRequest({ groupName: 'devs', comments: 'who develops' }),
    );
    expect(made?.group).toMatchObject({ groupName: 'devs', comments: 'who develops' });
    const membership = { groupName: 'devs', userName: 'alice' };
    await client.addUserToGroup(new ram.AddUserToGroupRequest(membership));
    expect(await refusalOf(client.addUserToGroup(new ram.AddUserToGroupRequest(membership)))).toBe(
      '409 EntityAlreadyExists.User.Group',
    );
    const { body: ofUser } = await client.listGroupsForUser(
      new ram.ListGroupsForUserRequest({ userName: 'alice' }),
    );
    expect(ofUser?.groups?.group).toEqual([
      expect.objectContaining({ groupName: 'devs', comments: 'who develops' }),
    ]);
    const { body: members } = await client.listUsersForGroup(
      new ram.ListUsersForGroupRequest({ groupName: 'devs' }),
    );
    expect(members?.users?.user).toEqual([
      expect.objectContaining({ userName: 'alice', displayName: 'A' }),
    ]);
    expect(members?.users?.user?.[0]?.joinDate).toMatch(INSTANT);

    const policy = { policyType: 'System', policyName: 'AliyunOSSReadOnlyAccess' };
    const attachment = { ...policy, groupName: 'devs' };
    await client.attachPolicyToGroup(new ram.AttachPolicyToGroupRequest(attachment));
    const { body: policies } = await client.listPoliciesForGroup(
      new ram.ListPoliciesForGroupRequest({ groupName: 'devs' }),
    );
    expect(policies?.policies?.policy).toEqual([expect.objectContaining(policy)]);
    await client.detachPolicyFromGroup(new ram.DetachPolicyFromGroupRequest(attachment));

    const { body: changed } = await client.updateGroup(
      new ram.UpdateGroupRequest({ groupName: 'devs', newGroupName: 'ops' }),
    );
    expect(changed?.group).toMatchObject({ groupName: 'ops', comments: 'who develops' });
    const { body: shown } = await client.getGroup(new ram.GetGroupRequest({ groupName: 'ops' }));
    expect(shown?.group?.groupId).toBe(made?.group?.groupId);
    const { body: listed } = await client.listGroups(new ram.ListGroupsRequest({}));
    expect(listed?.groups?.group?.map((group) => group.groupName)).toEqual(['ops']);
    expect(
      await refusalOf(client.deleteGroup(new ram.DeleteGroupRequest({ groupName: 'ops' }))),
    ).toBe('409 DeleteConflict.Group.User');
    await client.removeUserFromGroup(
      new ram.RemoveUserFromGroupRequest({ groupName: 'ops', userName: 'alice' }),
    );
    await client.deleteGroup(new ram.DeleteGroupRequest({ groupName: 'ops' }));
  });

  it('access keys are made, used, switched off and deleted', async () => {
    const { ram: client, sts: rootSts, as, account, directory } = await start();
    await client.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
    const { body: made } = await client.createAccessKey(
      new ram.CreateAccessKeyRequest({ userName: 'alice' }),
    );
    const key = made?.accessKey;
    expect(key).toMatchObject({ status: 'Active' });
    const accessKeyId = key?.accessKeyId ?? '';
    const alice = as({ accessKeyId, accessKeySecret: key?.accessKeySecret ?? '' });
    const { body: who } = await alice.sts.getCallerIdentity();
    expect(who).toMatchObject({
      identityType: 'RAMUser',
      accountId: account,
      arn: `acs:ram::${account}:user/alice`,
    });
    const { body: rootWho } = await rootSts.getCallerIdentity();
    expect(rootWho).toMatchObject({
      identityType: 'Account',
      accountId: account,
      principalId: account,
      arn: `acs:ram::${account}:root`,
    });

    await directory.close();
    const one = { userName: 'alice', userAccessKeyId: accessKeyId };
    const { body: used } = await client.getAccessKeyLastUsed(
      new ram.GetAccessKeyLastUsedRequest(one),
    );
    expect(used?.accessKeyLastUsed?.lastUsedDate).toMatch(INSTANT);

    await client.updateAccessKey(new ram.UpdateAccessKeyRequest({ ...one, status: 'Inactive' }));
    expect(await refusalOf(alice.sts.getCallerIdentity())).toBe('400 InvalidAccessKeyId.Inactive');
    const { body: listed } = await client.listAccessKeys(
      new ram.ListAccessKeysRequest({ userName: 'alice' }),
    );
    expect(listed?.accessKeys?.accessKey).toEqual([
      expect.objectContaining({ accessKeyId, status: 'Inactive' }),
    ]);
    await client.updateAccessKey(new ram.UpdateAccessKeyRequest({ ...one, status: 'Active' }));
    expect(await refusalOf(alice.sts.getCallerIdentity())).toBe('none');
    await client.deleteAccessKey(new ram.DeleteAccessKeyRequest(one));
    expect(await refusalOf(alice.sts.getCallerIdentity())).toBe('404 InvalidAccessKeyId.NotFound');
  });

  it('policies have versions, and are attached to users and roles', async () => {
    const { ram: client, account } = await start();
    const policyName = 'reading';
    const custom = { policyType: 'Custom', policyName };
    // As long as a document may be, of what grows most in a query: they all send it there.
    const folder = '目录'.repeat(600);
    const long = JSON.stringify({
      Version: '1',
      Statement: [1, 2, 3, 4].map((at) => ({
        Effect: 'Allow',
        Action: 'oss:GetObject',
        Resource: `acs:oss:*:*:bucket/${at}${folder}/*`,
      })),
    });
    const { body: made } = await client.createPolicy(
      new ram.CreatePolicyRequest({
        policyName,
        policyDocument: allowing('oss:Get*'),
        description: 'who reads',
      }),
    );
    expect(made?.policy).toMatchObject({
      ...custom,
      defaultVersion: 'v1',
      description: 'who reads',
    });
    const { body: second } = await client.createPolicyVersion(
      new ram.CreatePolicyVersionRequest({ policyName, policyDocument: long, setAsDefault: true }),
    );
    expect(second?.policyVersion).toMatchObject({ versionId: 'v2', isDefaultVersion: true });
    const { body: shown } = await client.getPolicy(new ram.GetPolicyRequest(custom));
    expect(shown?.policy).toMatchObject({ defaultVersion: 'v2', attachmentCount: 0 });
    expect(shown?.defaultPolicyVersion).toMatchObject({ versionId: 'v2', policyDocument: long });
    const { body: versions } = await client.listPolicyVersions(
      new ram.ListPolicyVersionsRequest(custom),
    );
    expect(
      versions?.policyVersions?.policyVersion?.map((one) => [one.versionId, one.isDefaultVersion]),
    ).toEqual([
      ['v1', false],
      ['v2', true],
    ]);
    const { body: version } = await client.getPolicyVersion(
      new ram.GetPolicyVersionRequest({ ...custom, versionId: 'v1' }),
    );
    expect(version?.policyVersion?.policyDocument).toBe(allowing('oss:Get*'));
    await client.setDefaultPolicyVersion(
      new ram.SetDefaultPolicyVersionRequest({ policyName, versionId: 'v1' }),
    );
    await client.deletePolicyVersion(
      new ram.DeletePolicyVersionRequest({ policyName, versionId: 'v2' }),
    );

    await client.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
    await client.createGroup(new ram.CreateGroupRequest({ groupName: 'devs' }));
    await client.createRole(
      new ram.CreateRoleRequest({
        roleName: 'reader',
        assumeRolePolicyDocument: trusting(account),
      }),
    );
    await client.attachPolicyToUser(
      new ram.AttachPolicyToUserRequest({ ...custom, userName: 'alice' }),
    );
    await client.attachPolicyToGroup(
      new ram.AttachPolicyToGroupRequest({ ...custom, groupName: 'devs' }),
    );
    await client.attachPolicyToRole(
      new ram.AttachPolicyToRoleRequest({ ...custom, roleName: 'reader' }),
    );
    const { body: entities } = await client.listEntitiesForPolicy(
      new ram.ListEntitiesForPolicyRequest(custom),
    );
    expect(entities?.users?.user).toEqual([expect.objectContaining({ userName: 'alice' })]);
    expect(entities?.groups?.group).toEqual([expect.objectContaining({ groupName: 'devs' })]);
    expect(entities?.roles?.role).toEqual([
      expect.objectContaining({ roleName: 'reader', arn: `acs:ram::${account}:role/reader` }),
    ]);
    const { body: ofUser } = await client.listPoliciesForUser(
      new ram.ListPoliciesForUserRequest({ userName: 'alice' }),
    );
    expect(ofUser?.policies?.policy).toEqual([expect.objectContaining(custom)]);
    const { body: ofRole } = await client.listPoliciesForRole(
      new ram.ListPoliciesForRoleRequest({ roleName: 'reader' }),
    );
    expect(ofRole?.policies?.policy).toEqual([expect.objectContaining(custom)]);
    expect(await refusalOf(client.deletePolicy(new ram.DeletePolicyRequest({ policyName })))).toBe(
      '409 DeleteConflict.Policy.User',
    );
    await client.detachPolicyFromUser(
      new ram.DetachPolicyFromUserRequest({ ...custom, userName: 'alice' }),
    );
    await client.detachPolicyFromGroup(
      new ram.DetachPolicyFromGroupRequest({ ...custom, groupName: 'devs' }),
    );
    await client.detachPolicyFromRole(
      new ram.DetachPolicyFromRoleRequest({ ...custom, roleName: 'reader' }),
    );
    const { body: own } = await client.listPolicies(
      new ram.ListPoliciesRequest({ policyType: 'Custom' }),
    );
    expect(own?.policies?.policy?.map((policy) => policy.policyName)).toEqual([policyName]);
    const { body: all } = await client.listPolicies(new ram.ListPoliciesRequest({}));
    expect(all?.policies?.policy?.map((policy) => policy.policyName)).toContain(
      'AdministratorAccess',
    );
    await client.deletePolicy(new ram.DeletePolicyRequest({ policyName }));
  });

  it('roles are made, shown, changed, listed and deleted', async () => {
    const { ram: client, account } = await start();
    const document = trusting(account);
    const { body: made } = await client.createRole(
      new ram.CreateRoleRequest({
        roleName: 'reader',
        description: 'reads',
        assumeRolePolicyDocument: document,
        maxSessionDuration: 7200,
      }),
    );
    expect(made?.role).toMatchObject({
      roleName: 'reader',
      arn: `acs:ram::${account}:role/reader`,
      assumeRolePolicyDocument: document,
      maxSessionDuration: 7200,
    });
    const { body: changed } = await client.updateRole(
      new ram.UpdateRoleRequest({ roleName: 'reader', newMaxSessionDuration: 3600 }),
    );
    expect(changed?.role).toMatchObject({ maxSessionDuration: 3600, description: 'reads' });
    const { body: shown } = await client.getRole(new ram.GetRoleRequest({ roleName: 'reader' }));
    expect(shown?.role).toMatchObject({ assumeRolePolicyDocument: document });
    const { body: listed } = await client.listRoles(new ram.ListRolesRequest({}));
    expect(listed?.roles?.role).toEqual([
      expect.objectContaining({ roleName: 'reader', maxSessionDuration: 3600 }),
    ]);
    await client.deleteRole(new ram.DeleteRoleRequest({ roleName: 'reader' }));
    expect(await refusalOf(client.getRole(new ram.GetRoleRequest({ roleName: 'reader' })))).toBe(
      '404 EntityNotExist.Role',
    );
  });

  it('a user assumes a role, and its session may what the role and the session policy allow', async () => {
    const { ram: client, sts: rootSts, as, account, clock } = await start();
    await client.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
    const { body: made } = await client.createAccessKey(
      new ram.CreateAccessKeyRequest({ userName: 'alice' }),
    );
    const { accessKeyId = '', accessKeySecret = '' } = made?.accessKey ?? {};
    const alice = as({ accessKeyId, accessKeySecret });
    await client.createRole(
      new ram.CreateRoleRequest({
        roleName: 'lister',
        assumeRolePolicyDocument: trusting(account, { StringEquals: { 'sts:ExternalId': 'abc' } }),
      }),
    );
    const toRole = {
      policyType: 'System',
      policyName: 'AliyunRAMReadOnlyAccess',
      roleName: 'lister',
    };
    await client.attachPolicyToRole(new ram.AttachPolicyToRoleRequest(toRole));
    const roleArn = `acs:ram::${account}:role/lister`;
    const request = { roleArn, roleSessionName: 'session', externalId: 'abc' };
    const assume = (more: object = {}) =>
      alice.sts.assumeRole(new sts.AssumeRoleRequest({ ...request, ...more }));
    expect(await refusalOf(rootSts.assumeRole(new sts.AssumeRoleRequest(request)))).toBe(
      '403 NoPermission',
    );
    expect(await refusalOf(assume())).toBe('403 NoPermission');
    const missing = { roleArn: `acs:ram::${account}:role/missing` };
    expect(await refusalOf(assume(missing))).toBe('403 NoPermission');
    await client.attachPolicyToUser(
      new ram.AttachPolicyToUserRequest({
        policyType: 'System',
        policyName: 'AliyunSTSAssumeRoleAccess',
        userName: 'alice',
      }),
    );
    expect(await refusalOf(assume(missing))).toBe('404 EntityNotExist.Role');
    const elsewhere = { roleArn: 'acs:ram::1000000000000000:role/missing' };
    expect(await refusalOf(assume(elsewhere))).toBe('403 NoPermission');
    expect(await refusalOf(assume({ externalId: 'abd' }))).toBe('403 NoPermission');
    expect(await refusalOf(assume({ durationSeconds: 899 }))).toBe(
      '400 InvalidParameter.DurationSeconds',
    );
    const { body: assumed } = await assume({ durationSeconds: 900 });
    expect(assumed?.assumedRoleUser?.arn).toBe(`${roleArn}/session`);
    expect(assumed?.credentials?.expiration).toMatch(INSTANT);
    const keysOf = (credentials: typeof assumed) => ({
      accessKeyId: credentials?.credentials?.accessKeyId ?? '',
      accessKeySecret: credentials?.credentials?.accessKeySecret ?? '',
      securityToken: credentials?.credentials?.securityToken ?? '',
    });
    const session = as(keysOf(assumed));
    const { body: who } = await session.sts.getCallerIdentity();
    expect(who).toMatchObject({
      identityType: 'AssumedRoleUser',
      arn: `acs:ram::${account}:assumed-role/lister/session`,
      principalId: assumed?.assumedRoleUser?.assumedRoleId,
    });
    expect(await refusalOf(session.ram.listUsers(new ram.ListUsersRequest({})))).toBe('none');
    expect(
      await refusalOf(session.ram.createUser(new ram.CreateUserRequest({ userName: 'eve' }))),
    ).toBe('403 NoPermission');
    expect(await refusalOf(session.ram.createAccessKey(new ram.CreateAccessKeyRequest({})))).toBe(
      '400 MissingUserName',
    );

    const { body: narrow } = await assume({ policy: allowing('oss:GetObject') });
    const narrowed = as(keysOf(narrow));
    expect(await refusalOf(narrowed.ram.listUsers(new ram.ListUsersRequest({})))).toBe(
      '403 NoPermission',
    );

    const { securityToken } = keysOf(narrow);
    const mixed = as({ ...keysOf(assumed), securityToken });
    expect(await refusalOf(mixed.sts.getCallerIdentity())).toBe(
      '400 InvalidSecurityToken.MismatchWithAccessKey',
    );
    const forged = as({ ...keysOf(assumed), securityToken: `${securityToken.slice(0, -2)}xx` });
    expect(await refusalOf(forged.sts.getCallerIdentity())).toBe(
      '400 InvalidSecurityToken.Malformed',
    );
    const { accessKeyId: sessionId, accessKeySecret: sessionSecret } = keysOf(assumed);
    const tokenless = as({ accessKeyId: sessionId, accessKeySecret: sessionSecret });
    expect(await refusalOf(tokenless.sts.getCallerIdentity())).toBe('400 MissingSecurityToken');
    clock.ahead = 899_000;
    expect(await refusalOf(session.sts.getCallerIdentity())).toBe('none');
    await client.detachPolicyFromRole(new ram.DetachPolicyFromRoleRequest(toRole));
    await client.deleteRole(new ram.DeleteRoleRequest({ roleName: 'lister' }));
    expect(await refusalOf(session.sts.getCallerIdentity())).toBe(
      '400 InvalidSecurityToken.Expired',
    );
  });

  it('a user may what its policies allow, and nothing more', async () => {
    const { ram: client, as, account } = await start();
    await client.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
    const { body: made } = await client.createAccessKey(
      new ram.CreateAccessKeyRequest({ userName: 'alice' }),
    );
    const { accessKeyId = '', accessKeySecret = '' } = made?.accessKey ?? {};
    const alice = as({ accessKeyId, accessKeySecret }).ram;
    const get = (userName: string) =>
      refusalOf(alice.getUser(new ram.GetUserRequest({ userName })));
    expect(await get('alice')).toBe('403 NoPermission');
    const statement = (Effect: string, Action: string, Resource: string) => ({
      Effect,
      Action,
      Resource,
    });
    await client.createPolicy(
      new ram.CreatePolicyRequest({
        policyName: 'managing',
        policyDocument: JSON.stringify({
          Version: '1',
          Statement: [
            statement('Allow', 'ram:*', `acs:ram:*:${account}:user/dev-*`),
            statement('Allow', 'ram:AttachPolicyToUser', `acs:ram::*:policy/AliyunOSS*`),
            statement('Deny', 'ram:Delete*', 'acs:ram:*:*:user/dev-keep'),
          ],
        }),
      }),
    );
    await client.attachPolicyToUser(
      new ram.AttachPolicyToUserRequest({
        policyType: 'Custom',
        policyName: 'managing',
        userName: 'alice',
      }),
    );
    expect(await get('alice')).toBe('403 NoPermission');
    expect(await get('dev-1')).toBe('404 EntityNotExist.User');
    const create = (userName: string) =>
      refusalOf(alice.createUser(new ram.CreateUserRequest({ userName })));
    expect(await create('eve')).toBe('403 NoPermission');
    expect(await create('dev-1')).toBe('none');
    expect(await create('dev-keep')).toBe('none');
    const remove = (userName: string) =>
      refusalOf(alice.deleteUser(new ram.DeleteUserRequest({ userName })));
    expect(await remove('dev-keep')).toBe('403 NoPermission');
    // Both what is attached and what it is attached to have to be allowed.
    const attach = (policyName: string, userName: string) =>
      refusalOf(
        alice.attachPolicyToUser(
          new ram.AttachPolicyToUserRequest({ policyType: 'System', policyName, userName }),
        ),
      );
    expect(await attach('AdministratorAccess', 'dev-1')).toBe('403 NoPermission');
    expect(await attach('AliyunOSSFullAccess', 'alice')).toBe('403 NoPermission');
    expect(await attach('AliyunOSSFullAccess', 'dev-1')).toBe('none');
    // Its own keys, without a name, are those of user/alice.
    expect(await refusalOf(alice.createAccessKey(new ram.CreateAccessKeyRequest({})))).toBe(
      '403 NoPermission',
    );
    await client.attachPolicyToUser(
      new ram.AttachPolicyToUserRequest({
        policyType: 'System',
        policyName: 'AliyunRAMFullAccess',
        userName: 'alice',
      }),
    );
    const { body: second } = await alice.createAccessKey(new ram.CreateAccessKeyRequest({}));
    const { body: listed } = await client.listAccessKeys(
      new ram.ListAccessKeysRequest({ userName: 'alice' }),
    );
    expect(listed?.accessKeys?.accessKey?.map((key) => key.accessKeyId)).toEqual([
      accessKeyId,
      second?.accessKey?.accessKeyId,
    ]);
  });

  it('a wrong secret, an unknown key and a wrong clock are refused', async () => {
    const { sts: client, as, root, clock } = await start();
    const wrong = as({ ...root, accessKeySecret: 'rootkeysecreT' });
    expect(await refusalOf(wrong.sts.getCallerIdentity())).toBe('400 SignatureDoesNotMatch');
    const unknown = as({ accessKeyId: `LTAI${'x'.repeat(20)}`, accessKeySecret: 'x' });
    expect(await refusalOf(unknown.sts.getCallerIdentity())).toBe(
      '404 InvalidAccessKeyId.NotFound',
    );
    clock.ahead = 16 * 60 * 1000;
    expect(await refusalOf(client.getCallerIdentity())).toBe('400 InvalidTimeStamp.Expired');
    clock.ahead = -16 * 60 * 1000;
    expect(await refusalOf(client.getCallerIdentity())).toBe('400 InvalidTimeStamp.Expired');
    clock.ahead = 0;
    expect(await refusalOf(client.getCallerIdentity())).toBe('none');
  });

  it('what the service does not do is refused, not passed over', async () => {
    const { ram: client } = await start();
    const attach = new ram.AttachPolicyToUserRequest({
      policyType: 'System',
      policyName: 'AdministratorAccess',
      userName: 'alice',
      resourceGroupId: 'rg-1',
    });
    expect(await refusalOf(client.attachPolicyToUser(attach))).toBe('400 UnsupportedParameter');
    const tag = new ram.CreatePolicyRequestTag({ key: 'a', value: 'b' });
    const policyDocument = allowing('oss:*');
    const create = new ram.CreatePolicyRequest({ policyName: 'x', policyDocument, tag: [tag] });
    expect(await refusalOf(client.createPolicy(create))).toBe('400 UnsupportedParameter');
    expect(await refusalOf(client.getAccountAlias())).toBe('404 InvalidAction.NotFound');
    expect(
      await refusalOf(
        client.createPolicy(new ram.CreatePolicyRequest({ policyName: 'x', policyDocument: '{' })),
      ),
    ).toBe('400 MalformedPolicyDocument');
  });
});
