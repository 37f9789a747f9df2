import { describe, expect, it } from 'vitest';
import { type AccessKey, callerIdentity, Directory } from './index.js';
import {
  type OpenedDirectory,
  openDirectory,
  refusalOf,
  testRoot,
} from './testing/open-directory.js';
import { document, trusting } from './testing/plain-language.js';

const HOUR = 3_600_000;

/** A directory with alice, whose key may assume the role `reader`. */
async function withRole() {
  const opened = await openDirectory();
  const { directory, users, roles, accessKeys, identities, account } = opened;
  await users.create({ userName: 'alice' });
  const { accessKeyId } = await accessKeys.create('alice');
  const alice = (await directory.findAccessKey(accessKeyId)) as AccessKey;
  const role = await roles.create({
    roleName: 'reader',
    assumeRolePolicyDocument: trusting(`acs:ram::${account}:user/alice`),
  });
  const request = { roleArn: role.arn, roleSessionName: 'alice@work' };
  const assume = (more: object = {}, by: AccessKey = alice) =>
    identities.sts.assumeRole(by, { ...request, ...more });
  return { ...opened, alice, role, assume };
}

const sessionOf = async (
  { directory }: Pick<OpenedDirectory, 'directory'>,
  { credentials }: { credentials: { accessKeyId: string; securityToken: string } },
) => directory.findSession(credentials.accessKeyId, credentials.securityToken);

describe('AssumeRole', () => {
  it('gives a key, a token and a name for an hour', async () => {
    const opened = await withRole();
    const { account, role, assume, clock, alice } = opened;
    const assumed = await assume();
    expect(assumed).toEqual({
      credentials: {
        accessKeyId: expect.stringMatching(/^STS\.[A-Za-z0-9]{25}$/),
        accessKeySecret: expect.stringMatching(/^[A-Za-z0-9]{44}$/),
        securityToken: expect.stringMatching(/^[A-Za-z0-9_-]+$/),
        expiration: clock.now + HOUR,
      },
      assumedRoleUser: {
        arn: `acs:ram::${account}:role/reader/alice@work`,
        assumedRoleId: `${role.roleId}:alice@work`,
      },
    });
    const found = await sessionOf(opened, assumed);
    expect(found).toEqual({
      outcome: 'found',
      key: {
        id: assumed.credentials.accessKeyId,
        secret: assumed.credentials.accessKeySecret,
        principal: {
          kind: 'session',
          account,
          role: 'reader',
          roleId: role.roleId,
          session: 'alice@work',
          sessionPolicy: undefined,
          expires: clock.now + HOUR,
        },
        origin: { accessKey: alice.id, roles: [{ account, roleId: role.roleId }] },
      },
    });
    if (found.outcome !== 'found') return;
    expect(callerIdentity(found.key.principal)).toEqual({
      identityType: 'AssumedRoleUser',
      accountId: account,
      principalId: `${role.roleId}:alice@work`,
      arn: `acs:ram::${account}:assumed-role/reader/alice@work`,
      userId: undefined,
      roleId: role.roleId,
    });
  });

  it('keeps nothing: the token holds the session', async () => {
    const { assume, room } = await withRole();
    const entries = async () => JSON.stringify(await room.list({ limit: 1000 }));
    const before = await entries();
    for (let at = 0; at < 10; at++) await assume();
    expect(await entries()).toBe(before);
  });

  it.each([
    [{ roleArn: 'reader' }, '400 InvalidParameter.RoleArn'],
    [{ roleArn: 'acs:ram::1:role/reader' }, '400 InvalidParameter.RoleArn'],
    [{ roleArn: 'acs:ram::1000000000000000:role/a/b' }, '400 InvalidParameter.RoleArn'],
    [{ roleArn: 'acs:ram::1000000000000000:role/reader' }, '403 NoPermission'],
    [{ roleSessionName: 'x' }, '400 InvalidParameter.RoleSessionName'],
    [{ roleSessionName: 'a b' }, '400 InvalidParameter.RoleSessionName'],
    [{ roleSessionName: 'x'.repeat(65) }, '400 InvalidParameter.RoleSessionName'],
    [{ durationSeconds: 899 }, '400 InvalidParameter.DurationSeconds'],
    [{ durationSeconds: 3601 }, '400 InvalidParameter.DurationSeconds'],
    [{ durationSeconds: 900.5 }, '400 InvalidParameter.DurationSeconds'],
    [{ policy: '{' }, '400 InvalidParameter.PolicyGrammar'],
    [{ policy: '' }, '400 InvalidParameter.PolicySize'],
    [{ policy: document('x'.repeat(2048)) }, '400 InvalidParameter.PolicySize'],
  ])('with %j is refused with %s', async (wrong, refusal) => {
    const { assume } = await withRole();
    expect(await refusalOf(assume(wrong))).toBe(refusal);
  });

  it('says why the policy of a session cannot be read', async () => {
    const { assume } = await withRole();
    await expect(assume({ policy: '{' })).rejects.toThrow(
      'The parameter Policy has not passed grammar check. Reason: the document is no JSON.',
    );
  });

  it('gives as long as the role allows', async () => {
    const { assume, roles, clock } = await withRole();
    await roles.update('reader', { maxSessionDuration: 7200 });
    const { credentials } = await assume({ durationSeconds: 7200 });
    expect(credentials.expiration).toBe(clock.now + 2 * HOUR);
    await expect(assume({ durationSeconds: 7201 })).rejects.toThrow('15min/2hr');
  });

  it('is refused to an account, and to whom the role does not trust', async () => {
    const { assume, directory, users, accessKeys, roles, account } = await withRole();
    const root = (await directory.findAccessKey('root')) as AccessKey;
    const trusted = trusting(`acs:ram::${account}:root`);
    const { arn } = await roles.create({ roleName: 'r', assumeRolePolicyDocument: trusted });
    const byRoot = assume({ roleArn: arn }, root);
    await expect(byRoot).rejects.toThrow('Roles may not be assumed by root accounts.');
    expect(await refusalOf(byRoot)).toBe('403 NoPermission');
    expect(await refusalOf(assume({ roleArn: arn }))).toBe('none');
    await users.create({ userName: 'bob' });
    const { accessKeyId } = await accessKeys.create('bob');
    const bob = (await directory.findAccessKey(accessKeyId)) as AccessKey;
    expect(await refusalOf(assume({}, bob))).toBe('403 NoPermission');
    await roles.update('reader', { assumeRolePolicyDocument: trusting() });
    expect(await refusalOf(assume())).toBe('403 NoPermission');
  });

  it('is refused by the policies of who asks, and by what is known of the request', async () => {
    const { assume, policies, attachments } = await withRole();
    const context = (value: string) => (key: string) =>
      key === 'sts:ExternalId' ? value : undefined;
    expect(await refusalOf(assume({ context: context('right') }))).toBe('none');
    expect(await refusalOf(assume({ context: context('wrong') }))).toBe('403 NoPermission');
    await policies.create({ policyName: 'p', policyDocument: document('never') });
    await attachments.attach({ type: 'Custom', name: 'p' }, { kind: 'user', name: 'alice' });
    expect(await refusalOf(assume())).toBe('403 NoPermission');
  });

  it('does not tell who may not assume it whether a role is there', async () => {
    const { identities, assume, account, role, policies, attachments } = await withRole();
    const missing = role.arn.replace('reader', 'missing');
    expect(await refusalOf(assume({ roleArn: missing }))).toBe('404 EntityNotExist.Role');

    const other = await identities.accounts.create('Other Ltd.');
    const { arn } = await identities.ram(other.account).roles.create({
      roleName: 'guest',
      assumeRolePolicyDocument: trusting(`acs:ram::${other.account}:root`),
    });
    const refusal = async (roleArn: string) =>
      assume({ roleArn }).then(
        () => 'none',
        (error: unknown) => String(error),
      );
    expect(await refusal(arn)).toContain('You are not authorized');
    expect(await refusal(arn.replace('guest', 'missing'))).toBe(await refusal(arn));
    expect(await refusal(arn.replace(other.account, '1000000000000000'))).toBe(await refusal(arn));

    // And in its own account nobody whose policies do not let it ask.
    await policies.create({ policyName: 'p', policyDocument: document('never') });
    await attachments.attach({ type: 'Custom', name: 'p' }, { kind: 'user', name: 'alice' });
    expect(role.arn).toContain(account);
    expect(await refusal(missing)).toBe(await refusal(role.arn));
    expect(await refusal(missing)).toContain('You are not authorized');
  });

  it('works from account to account, where the role says so', async () => {
    const { identities, assume, account, alice, directory } = await withRole();
    const other = await identities.accounts.create('Other Ltd.');
    const { arn } = await identities.ram(other.account).roles.create({
      roleName: 'guest',
      assumeRolePolicyDocument: trusting(`acs:ram::${account}:root`),
    });
    const assumed = await assume({ roleArn: arn }, alice);
    expect(await sessionOf({ directory }, assumed)).toMatchObject({
      outcome: 'found',
      key: { principal: { account: other.account, role: 'guest' } },
    });
  });
});

describe('a session', () => {
  it('ends when its time is up', async () => {
    const opened = await withRole();
    const assumed = await opened.assume({ durationSeconds: 900 });
    opened.clock.now += 900_000 - 1;
    expect(await sessionOf(opened, assumed)).toMatchObject({ outcome: 'found' });
    opened.clock.now += 1;
    expect(await sessionOf(opened, assumed)).toEqual({ outcome: 'expired' });
  });

  it('lasts over midnight and a restart, with the same directory key', async () => {
    const opened = await withRole();
    opened.clock.now = Date.UTC(2026, 10, 26, 23, 50);
    const assumed = await opened.assume();
    const later = await openDirectory({ room: opened.room });
    later.clock.now = Date.UTC(2026, 10, 27, 0, 10);
    expect(await sessionOf(later, assumed)).toMatchObject({ outcome: 'found' });
  });

  it('ends at once, in every process, when its role is deleted, even if there is another of the name', async () => {
    const opened = await withRole();
    const other = await openDirectory({ room: opened.room });
    const assumed = await opened.assume();
    expect(await sessionOf(opened, assumed)).toMatchObject({ outcome: 'found' });
    expect(await sessionOf(other, assumed)).toMatchObject({ outcome: 'found' });
    await opened.roles.delete('reader');
    expect(await sessionOf(opened, assumed)).toEqual({ outcome: 'ended' });
    expect(await sessionOf(other, assumed)).toEqual({ outcome: 'ended' });
    await opened.roles.create({ roleName: 'reader', assumeRolePolicyDocument: trusting() });
    expect(await sessionOf(opened, assumed)).toEqual({ outcome: 'ended' });
  });

  it('ends at once when the key that it began with is inactive or deleted', async () => {
    const opened = await withRole();
    const { accessKeys, alice } = opened;
    const assumed = await opened.assume();
    await accessKeys.setStatus('alice', alice.id, 'Inactive');
    expect(await sessionOf(opened, assumed)).toEqual({ outcome: 'ended' });
    await accessKeys.setStatus('alice', alice.id, 'Active');
    expect(await sessionOf(opened, assumed)).toMatchObject({ outcome: 'found' });
    await accessKeys.delete('alice', alice.id);
    expect(await sessionOf(opened, assumed)).toEqual({ outcome: 'ended' });
  });

  it('may assume a further role, and falls with each it has come through', async () => {
    const opened = await withRole();
    const { roles, identities, account, alice } = opened;
    const first = await opened.assume();
    const found = await sessionOf(opened, first);
    if (found.outcome !== 'found') throw new Error(found.outcome);
    const { arn } = await roles.create({
      roleName: 'further',
      assumeRolePolicyDocument: trusting(`acs:ram::${account}:assumed-role/reader/alice@work`),
    });
    const assume = (key: AccessKey) =>
      identities.sts.assumeRole(key, { roleArn: arn, roleSessionName: 'further' });
    expect(await refusalOf(assume(alice))).toBe('403 NoPermission');
    const second = await assume(found.key);
    expect(await sessionOf(opened, second)).toMatchObject({
      outcome: 'found',
      key: { principal: { role: 'further' }, origin: { accessKey: alice.id } },
    });
    await roles.delete('reader');
    expect(await sessionOf(opened, second)).toEqual({ outcome: 'ended' });
  });

  it('is held to its policy, which is compiled once', async () => {
    const opened = await withRole();
    const { identities, attachments } = opened;
    const policy = { type: 'System', name: 'AliyunOSSFullAccess' } as const;
    await attachments.attach(policy, { kind: 'role', name: 'reader' });
    const assumed = await opened.assume({ policy: document('only this') });
    const found = await sessionOf(opened, assumed);
    if (found.outcome !== 'found') throw new Error(found.outcome);
    const permissions = await identities.permissions.of(found.key.principal);
    expect(permissions.session?.statements).toEqual(['only this']);
    expect(permissions.granted).toMatchObject([{ name: 'AliyunOSSFullAccess', group: undefined }]);
    const again = await sessionOf(opened, assumed);
    if (again.outcome !== 'found') throw new Error(again.outcome);
    expect((await identities.permissions.of(again.key.principal)).session).toBe(
      permissions.session,
    );
  });

  it('is not found by another key’s token, nor by one that was changed or made elsewhere', async () => {
    const opened = await withRole();
    const { directory } = opened;
    const one = (await opened.assume()).credentials;
    const other = (await opened.assume()).credentials;
    const ask = (id: string, token: string) => directory.findSession(id, token);
    expect(await ask(one.accessKeyId, other.securityToken)).toEqual({ outcome: 'mismatch' });
    expect(await ask('', one.securityToken)).toEqual({ outcome: 'mismatch' });
    const { securityToken: token } = one;
    for (let at = 0; at < token.length; at++) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      expect(await ask(one.accessKeyId, changed), `character ${at}`).toEqual({
        outcome: 'invalid',
      });
    }
    for (const changed of ['', 'x', `${token}=`, `${token} `, token.slice(0, -1), `${token}A`]) {
      expect(await ask(one.accessKeyId, changed)).toEqual({ outcome: 'invalid' });
    }
    const elsewhere = await openDirectory({ key: { bytes: Buffer.alloc(32, 8), source: 'x' } });
    expect(await sessionOf(elsewhere, { credentials: one })).toEqual({ outcome: 'invalid' });
  });

  it('cannot be had, nor is one found, without a directory key', async () => {
    const { room } = await openDirectory();
    await room.delete('key-check');
    const directory = await Directory.open(room, testRoot);
    expect(directory.findSession('STS.x', 'token')).toEqual({ outcome: 'invalid' });
  });
});
