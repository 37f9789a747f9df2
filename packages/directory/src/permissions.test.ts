import { describe, expect, it } from 'vitest';
import type { Identity, PolicyCompiler } from './index.js';
import { openDirectory } from './testing/open-directory.js';
import { document, type PlainPolicy, plainLanguage } from './testing/plain-language.js';

const custom = (name: string) => ({ type: 'Custom', name }) as const;

/** A directory in which alice is in a group, whose language counts what it compiles. */
async function withAlice() {
  const opened = await openDirectory();
  const { users, groups, policies, directory } = opened;
  const { userId } = await users.create({ userName: 'alice' });
  await groups.create({ groupName: 'staff' });
  await groups.addUser('staff', 'alice');
  for (const policyName of ['own', 'shared']) {
    await policies.create({ policyName, policyDocument: document(policyName) });
  }
  const compiled: string[] = [];
  const managed: PolicyCompiler<PlainPolicy> = (text, name) => {
    compiled.push(`${name}: ${text}`);
    return plainLanguage.managed(text, name);
  };
  const identities = directory.identities({ ...plainLanguage, managed });
  const { account } = opened;
  const alice: Identity = { kind: 'user', account, user: userId, name: 'alice' };
  const granted = async () =>
    (await identities.permissions.of(alice)).granted.map(
      ({ name, version, group, policy }) =>
        `${name} ${version} ${group ?? '-'} ${JSON.stringify(policy.statements)}`,
    );
  return { ...opened, identities, compiled, alice, granted };
}

describe('the policies of a user', () => {
  it('are its own and those of its groups, as they are now', async () => {
    const { attachments, groups, policies, policyVersions, granted } = await withAlice();
    expect(await granted()).toEqual([]);
    await attachments.attach(custom('own'), { kind: 'user', name: 'alice' });
    await attachments.attach(custom('shared'), { kind: 'group', name: 'staff' });
    const system = { type: 'System', name: 'AliyunSTSAssumeRoleAccess' } as const;
    await attachments.attach(system, { kind: 'group', name: 'staff' });
    const sts = expect.stringMatching(/^AliyunSTSAssumeRoleAccess v1 staff .*sts:AssumeRole/);
    expect(await granted()).toEqual(['own v1 - ["own"]', 'shared v1 staff ["shared"]', sts]);
    await policyVersions.create({
      policyName: 'own',
      policyDocument: document('other'),
      setAsDefault: true,
    });
    expect(await granted()).toEqual(['own v2 - ["other"]', 'shared v1 staff ["shared"]', sts]);
    await policyVersions.setDefault('own', 'v1');
    expect((await granted())[0]).toBe('own v1 - ["own"]');
    await groups.removeUser('staff', 'alice');
    expect(await granted()).toEqual(['own v1 - ["own"]']);
    await attachments.detach(custom('own'), { kind: 'user', name: 'alice' });
    // Another policy of the same name is another policy.
    await policyVersions.delete('own', 'v2');
    await policies.delete('own');
    await policies.create({ policyName: 'own', policyDocument: document('new') });
    await attachments.attach(custom('own'), { kind: 'user', name: 'alice' });
    expect(await granted()).toEqual(['own v1 - ["new"]']);
  });

  it('are compiled once a version, whatever else changes', async () => {
    const { attachments, users, granted, compiled, identities, alice } = await withAlice();
    await attachments.attach(custom('own'), { kind: 'user', name: 'alice' });
    await attachments.attach(custom('shared'), { kind: 'group', name: 'staff' });
    for (let at = 0; at < 5; at++) {
      await users.create({ userName: `user-${at}` });
      expect(await granted()).toHaveLength(2);
      // Nothing has changed: it is there at once.
      expect(identities.permissions.of(alice)).not.toBeInstanceOf(Promise);
    }
    expect(compiled).toEqual([`own: ${document('own')}`, `shared: ${document('shared')}`]);
  });

  it('that cannot be read any more are not passed over, for they might deny', async () => {
    const { attachments, directory, alice } = await withAlice();
    await attachments.attach(custom('own'), { kind: 'user', name: 'alice' });
    const strict = directory.identities({
      ...plainLanguage,
      managed: () => ({ malformed: 'no policy is good enough' }),
    });
    await expect(async () => strict.permissions.of(alice)).rejects.toThrow('good enough');
  });

  it('that are lost, because the disk rotted, are not passed over either', async () => {
    const { attachments, groups, room, directory, account, alice } = await withAlice();
    await attachments.attach(custom('own'), { kind: 'user', name: 'alice' });
    const { groupId } = await groups.get('staff');
    for (const lost of [`policy/${account}/own`, `group/${account}/${groupId}`]) {
      const kept = (await room.get(lost)) ?? Buffer.alloc(0);
      await room.delete(lost);
      // A process that has not seen it before.
      const { permissions } = directory.identities(plainLanguage);
      await expect(async () => permissions.of(alice)).rejects.toThrow(`${lost} is corrupt`);
      await room.put(lost, kept);
    }
    expect((await directory.identities(plainLanguage).permissions.of(alice)).granted).toHaveLength(
      1,
    );
  });

  it('are none for an account, which needs none, and for a user that is gone', async () => {
    const { identities, account, alice } = await withAlice();
    expect(await identities.permissions.of({ kind: 'account', account })).toEqual({
      granted: [],
      session: undefined,
    });
    const gone = { ...alice, user: '200000000000000000' } as Identity;
    expect(await identities.permissions.of(gone)).toEqual({ granted: [], session: undefined });
  });
});
