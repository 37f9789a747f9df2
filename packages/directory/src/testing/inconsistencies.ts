import type { RoomStore } from '@openoss/storage';
import {
  type AccessKeyEntry,
  type AttachedPolicy,
  type CountsEntry,
  decodeEntry,
  type EntryKey,
  type GroupEntry,
  type PolicyEntry,
  type RoleEntry,
  type UserEntry,
} from '../entries.js';
import { LIMITS } from '../parameter-rules.js';

/** What a room's entries contradict each other in, looked at without what wrote them. */
export async function inconsistencies(room: RoomStore): Promise<string[]> {
  const found: string[] = [];
  const listed = await room.list({ limit: 100_000 });
  const entries = new Map(listed.map(({ key, value }) => [key, value]));
  const all = <Entry>(prefix: string): [string[], Entry][] =>
    listed
      .filter(({ key }) => key.startsWith(`${prefix}/`))
      .map(({ key, value }) => [key.split('/'), decodeEntry(key as EntryKey<Entry>, value)]);
  const has = (key: string): boolean => entries.has(key);
  const check = (holds: boolean, what: string): void => {
    if (!holds) found.push(what);
  };
  const users = all<UserEntry>('user');
  const groups = all<GroupEntry>('group');
  const roles = all<RoleEntry>('role');
  const policies = all<PolicyEntry>('policy');
  const members = all<number>('member');
  const attached = all<number>('attached');
  const keys = all<AccessKeyEntry>('key');

  for (const kind of ['user', 'group', 'role']) {
    const named = all<string>(`${kind}-name`);
    const those = all<GroupEntry>(kind);
    check(named.length === those.length, `${named.length} names of ${those.length} ${kind}s`);
    for (const [[, account, name], id] of named) {
      const entity = those.find(([[, of, one]]) => of === account && one === id)?.[1];
      check(entity?.name === name, `${kind} ${id} is not called ${name}`);
    }
  }
  for (const [[, account], user] of users) {
    check(user.accessKeys.length <= LIMITS.accessKeys, `${user.name} has too many keys`);
    check(user.groups.length <= LIMITS.groupsOfUser, `${user.name} is in too many groups`);
    for (const { id } of user.groups) {
      check(has(`group/${account}/${id}`), `${user.name} is in a group that is gone`);
      check(has(`member/${account}/${id}/${user.id}`), `${user.name} is no member of its group`);
    }
    for (const id of user.accessKeys) {
      const [, key] = keys.find(([[, one]]) => one === id) ?? [];
      check(key?.user === user.id, `the key ${id} of ${user.name} is gone or another's`);
    }
  }
  for (const [[, account, group, id]] of members) {
    const [, user] = users.find(([[, of, one]]) => of === account && one === id) ?? [];
    check(user?.groups.some((one) => one.id === group) === true, `member ${id} is in no group`);
  }
  for (const [[, account], group] of groups) {
    const number = members.filter(([[, of, one]]) => of === account && one === group.id).length;
    check(number === group.members, `${group.name} has ${number} of ${group.members} members`);
  }
  for (const [[, id], key] of keys) {
    const [, user] = users.find(([[, , one]]) => one === key.user) ?? [];
    check(user?.accessKeys.includes(id ?? '') === true, `the key ${id} is nobody's`);
  }
  const holders = [
    ...holdersOf('user', users),
    ...holdersOf('group', groups),
    ...holdersOf('role', roles),
  ];
  let attachments = 0;
  for (const { kind, account, id, policies: those } of holders) {
    attachments += those.length;
    for (const { type, name } of those) {
      const entry = `attached/${account}/${type}/${name}/${kind}/${id}`;
      check(has(entry), `${entry} is missing`);
      if (type === 'Custom') check(has(`policy/${account}/${name}`), `${entry}: no such policy`);
    }
  }
  check(attachments === attached.length, `${attached.length} of ${attachments} attachments`);
  for (const [[, account], policy] of policies) {
    const number = attached.filter(
      ([[, of, type, name]]) => of === account && type === 'Custom' && name === policy.name,
    ).length;
    check(number === policy.attachments, `${policy.name}: ${number} of ${policy.attachments}`);
    const ids = policy.versions.map(({ id }) => id);
    check(ids.includes(policy.default), `${policy.name} has no default version`);
    check(ids.length <= LIMITS.policyVersions, `${policy.name} has too many versions`);
    check(new Set(ids).size === ids.length, `${policy.name} has a version twice`);
  }
  for (const [[, account], counts] of all<CountsEntry>('counts')) {
    const inAccount = (those: readonly (readonly [string[], unknown])[]): number =>
      those.filter(([[, of]]) => of === account).length;
    const { systemPolicies, ...numbers } = counts;
    const real = {
      users: inAccount(users),
      groups: inAccount(groups),
      roles: inAccount(roles),
      policies: inAccount(policies),
    };
    check(JSON.stringify(numbers) === JSON.stringify(real), `counted ${JSON.stringify(numbers)}`);
    for (const name of new Set([
      ...Object.keys(systemPolicies),
      ...attached.filter(([[, , type]]) => type === 'System').map(([[, , , one = '']]) => one),
    ])) {
      const number = attached.filter(
        ([[, of, type, one]]) => of === account && type === 'System' && one === name,
      ).length;
      check(number === (systemPolicies[name] ?? 0), `${name}: ${number} attachments`);
    }
  }
  return found;
}

/** Those that policies may be attached to. */
const holdersOf = (
  kind: string,
  those: readonly (readonly [
    string[],
    { readonly id: string; readonly policies: readonly AttachedPolicy[] },
  ])[],
) => those.map(([[, account = ''], { id, policies }]) => ({ kind, account, id, policies }));
