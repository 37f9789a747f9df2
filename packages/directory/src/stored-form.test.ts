/** What docs/data-format.md says of the directory, read as the page says, with none of its code. */
import { createDecipheriv, hkdfSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { Directory } from './index.js';
import { openDirectory, openStore, testKey, testRoot } from './testing/open-directory.js';
import { document, trusting } from './testing/plain-language.js';

function unsealed(sealed: Buffer, context: string): string {
  expect(sealed[0]).toBe(1);
  const key = Buffer.from(hkdfSync('sha256', testKey.bytes, '', 'openoss secrets', 32));
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(-16));
  return decipher.update(sealed.subarray(13, -16)).toString() + decipher.final().toString();
}

it('the entries are as the page says', async () => {
  const root = { ...testRoot, source: 'generated' } as const;
  const opened = await openDirectory({ root });
  const { users, groups, roles, policies, attachments, accessKeys, room, account } = opened;
  const { directory, identities } = opened;
  const details = { displayName: 'Alice', comments: 'c', email: 'a@b.c', mobilePhone: '86-12345' };
  const { userId } = await users.create({ userName: 'alice', ...details });
  const { groupId } = await groups.create({ groupName: 'staff', comments: 'us' });
  await groups.addUser('staff', 'alice');
  const trust = trusting();
  const { roleId } = await roles.create({
    roleName: 'reader',
    assumeRolePolicyDocument: trust,
    description: 'reads',
  });
  await policies.create({ policyName: 'p', policyDocument: document(), description: 'd' });
  await attachments.attach({ type: 'Custom', name: 'p' }, { kind: 'group', name: 'staff' });
  const administrator = { type: 'System', name: 'AdministratorAccess' } as const;
  await attachments.attach(administrator, { kind: 'role', name: 'reader' });
  const key = await accessKeys.create('alice');
  const found = await directory.findAccessKey(key.accessKeyId);
  if (found !== undefined) directory.noteUse(found, 'Oss');
  await directory.close();
  const rotated = await directory.rotateRoot();
  const other = await identities.accounts.create('Other Ltd.');
  await directory.blockPublicAccess(account, true);

  const raw = new Map((await room.list({ limit: 100 })).map(({ key: k, value }) => [k, value]));
  const take = (name: string): Buffer => {
    const value = raw.get(name) ?? Buffer.alloc(0);
    raw.delete(name);
    return value;
  };
  const json = (name: string): unknown => {
    const value = take(name);
    expect(value[0], name).toBe(1);
    return JSON.parse(value.toString('utf8', 1));
  };
  const secretOf = (entry: unknown, context: string): string =>
    unsealed(Buffer.from((entry as { secret: string }).secret, 'base64'), context);
  const { now } = opened.clock;
  const times = { created: now, updated: now };

  expect(take('account').toString()).toBe(account);
  expect(take('generation')).toEqual(Buffer.from([0, 0, 0, 0, 0, 0, 0, 11]));
  expect(unsealed(take('key-check'), 'key check')).toBe('openoss directory');
  const rootKey = json('root-key');
  expect(rootKey).toEqual({
    id: rotated.accessKeyId,
    replaces: 'root',
    secret: expect.any(String),
    created: now,
  });
  expect(secretOf(rootKey, `root access key ${rotated.accessKeyId}`)).toBe(rotated.accessKeySecret);
  expect(json(`accounts/${other.account}`)).toEqual({
    account: other.account,
    name: 'Other Ltd.',
    created: now,
    accessKeys: [],
  });
  expect(json(`account-settings/${account}`)).toEqual({ blocksPublicAccess: true });
  expect(json(`counts/${account}`)).toEqual({
    users: 1,
    groups: 1,
    roles: 1,
    policies: 1,
    systemPolicies: { AdministratorAccess: 1 },
  });
  expect(json(`user/${account}/${userId}`)).toEqual({
    id: userId,
    name: 'alice',
    ...details,
    ...times,
    groups: [{ id: groupId, joined: now }],
    accessKeys: [key.accessKeyId],
    policies: [],
  });
  expect(json(`user-name/${account}/alice`)).toBe(userId);
  expect(json(`group/${account}/${groupId}`)).toEqual({
    id: groupId,
    name: 'staff',
    comments: 'us',
    ...times,
    members: 1,
    policies: [{ type: 'Custom', name: 'p', attached: now }],
  });
  expect(json(`group-name/${account}/staff`)).toBe(groupId);
  expect(json(`member/${account}/${groupId}/${userId}`)).toBe(now);
  expect(json(`role/${account}/${roleId}`)).toEqual({
    id: roleId,
    name: 'reader',
    description: 'reads',
    trust,
    maxSessionDuration: 3600,
    ...times,
    policies: [{ ...administrator, attached: now }],
  });
  expect(json(`role-name/${account}/reader`)).toBe(roleId);
  expect(json(`policy/${account}/p`)).toEqual({
    id: expect.any(String),
    name: 'p',
    description: 'd',
    ...times,
    default: 'v1',
    next: 2,
    attachments: 1,
    versions: [{ id: 'v1', created: now, document: document() }],
  });
  expect(json(`attached/${account}/Custom/p/group/${groupId}`)).toBe(now);
  expect(json(`attached/${account}/System/AdministratorAccess/role/${roleId}`)).toBe(now);
  const accessKey = json(`key/${key.accessKeyId}`);
  expect(accessKey).toEqual({
    account,
    user: userId,
    secret: expect.any(String),
    active: true,
    created: now,
  });
  expect(secretOf(accessKey, `access key ${account} ${key.accessKeyId}`)).toBe(key.accessKeySecret);
  expect(json(`used/${key.accessKeyId}`)).toEqual({ at: now, service: 'Oss' });
  expect([...raw.keys()]).toEqual([]);
});

it('a data directory from before there were identities has its account, and gets them', async () => {
  const room = (await openStore()).room('directory');
  await room.put('account', Buffer.from('1234567890123456'));
  const before = await Directory.open(room, testRoot);
  expect(before.account).toBe('1234567890123456');
  // Without a directory key nothing is added to what an earlier version knows.
  expect(await room.list({ limit: 9 })).toHaveLength(1);
  const { account, users } = await openDirectory({ room });
  expect(account).toBe('1234567890123456');
  await users.create({ userName: 'alice' });
  expect((await Directory.open(room, testRoot, { key: testKey })).account).toBe(account);
});
