import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type OpenedDirectory, openDirectory, refusalOf } from './testing/open-directory.js';
import { document } from './testing/plain-language.js';

/** RAM as one would write it on a napkin: names, and what hangs on them. */
class Model {
  readonly users = new Map<string, { groups: Set<string>; keys: number; policies: Set<string> }>();
  readonly groups = new Map<string, { policies: Set<string> }>();
  readonly roles = new Map<string, { policies: Set<string> }>();
  readonly policies = new Map<string, { versions: string[]; counts: string; next: number }>();

  holders(kind: 'User' | 'Group' | 'Role'): ReadonlyMap<string, { policies: Set<string> }> {
    return { User: this.users, Group: this.groups, Role: this.roles }[kind];
  }

  holds(kind: 'User' | 'Group' | 'Role', policy: string): boolean {
    return [...this.holders(kind).values()].some(({ policies }) => policies.has(policy));
  }
}

/** One operation: what comes of it by the model, which it changes, and by RAM. */
interface Operation {
  readonly name: string;
  model(model: Model, one: string, other: string): string;
  real(ram: OpenedDirectory, one: string, other: string): Promise<unknown>;
}

const NONE = 'none';
const kindOf = (name: string): 'User' | 'Group' | 'Role' =>
  (({ u: 'User', g: 'Group', r: 'Role' }) as const)[name[0] as 'u' | 'g' | 'r'];
const entity = (name: string) => {
  const kind = ({ u: 'user', g: 'group', r: 'role' } as const)[name[0] as 'u' | 'g' | 'r'];
  return { kind, name };
};
const policy = (name: string) =>
  ({ type: name === 'AliyunOSSFullAccess' ? 'System' : 'Custom', name }) as const;

const OPERATIONS: readonly (Operation & { readonly of: readonly [string, string] })[] = [
  {
    name: 'create user',
    of: ['u', 'u'],
    model({ users }, one) {
      if (users.has(one)) return '409 EntityAlreadyExists.User';
      users.set(one, { groups: new Set(), keys: 0, policies: new Set() });
      return NONE;
    },
    real: ({ users }, userName) => users.create({ userName }),
  },
  {
    name: 'delete user',
    of: ['u', 'u'],
    model({ users }, one) {
      const user = users.get(one);
      if (user === undefined) return '404 EntityNotExist.User';
      if (user.groups.size > 0) return '409 DeleteConflict.User.Group';
      if (user.keys > 0) return '409 DeleteConflict.User.AccessKey';
      if (user.policies.size > 0) return '409 DeleteConflict.User.Policy';
      users.delete(one);
      return NONE;
    },
    real: ({ users }, one) => users.delete(one),
  },
  {
    name: 'rename user',
    of: ['u', 'u'],
    model({ users }, one, other) {
      const user = users.get(one);
      if (user === undefined) return '404 EntityNotExist.User';
      if (one !== other && users.has(other)) return '409 EntityAlreadyExists.User';
      users.delete(one);
      users.set(other, user);
      return NONE;
    },
    real: ({ users }, one, userName) => users.update(one, { userName }),
  },
  {
    name: 'create group',
    of: ['g', 'g'],
    model({ groups }, one) {
      if (groups.has(one)) return '409 EntityAlreadyExists.Group';
      groups.set(one, { policies: new Set() });
      return NONE;
    },
    real: ({ groups }, groupName) => groups.create({ groupName }),
  },
  {
    name: 'delete group',
    of: ['g', 'g'],
    model({ groups, users }, one) {
      const group = groups.get(one);
      if (group === undefined) return '404 EntityNotExist.Group';
      const hasMembers = [...users.values()].some((user) => user.groups.has(one));
      if (hasMembers) return '409 DeleteConflict.Group.User';
      if (group.policies.size > 0) return '409 DeleteConflict.Group.Policy';
      groups.delete(one);
      return NONE;
    },
    real: ({ groups }, one) => groups.delete(one),
  },
  {
    name: 'join',
    of: ['g', 'u'],
    model({ groups, users }, group, one) {
      const user = users.get(one);
      if (user === undefined) return '404 EntityNotExist.User';
      if (!groups.has(group)) return '404 EntityNotExist.Group';
      if (user.groups.has(group)) return '409 EntityAlreadyExists.User.Group';
      user.groups.add(group);
      return NONE;
    },
    real: ({ groups }, group, one) => groups.addUser(group, one),
  },
  {
    name: 'leave',
    of: ['g', 'u'],
    model({ groups, users }, group, one) {
      const user = users.get(one);
      if (user === undefined) return '404 EntityNotExist.User';
      if (!groups.has(group)) return '404 EntityNotExist.Group';
      return user.groups.delete(group) ? NONE : '404 EntityNotExist.User.Group';
    },
    real: ({ groups }, group, one) => groups.removeUser(group, one),
  },
  {
    name: 'create role',
    of: ['r', 'r'],
    model({ roles }, one) {
      if (roles.has(one)) return '409 EntityAlreadyExists.Role';
      roles.set(one, { policies: new Set() });
      return NONE;
    },
    real: ({ roles }, roleName) => roles.create({ roleName, assumeRolePolicyDocument: document() }),
  },
  {
    name: 'delete role',
    of: ['r', 'r'],
    model({ roles }, one) {
      const role = roles.get(one);
      if (role === undefined) return '404 EntityNotExist.Role';
      if (role.policies.size > 0) return '409 DeleteConflict.Role.Policy';
      roles.delete(one);
      return NONE;
    },
    real: ({ roles }, one) => roles.delete(one),
  },
  {
    name: 'create key',
    of: ['u', 'u'],
    model({ users }, one) {
      const user = users.get(one);
      if (user === undefined) return '404 EntityNotExist.User';
      if (user.keys === 2) return '409 LimitExceeded.User.AccessKey';
      user.keys++;
      return NONE;
    },
    real: ({ accessKeys }, one) => accessKeys.create(one),
  },
  {
    name: 'delete key',
    of: ['u', 'u'],
    model({ users }, one) {
      const user = users.get(one);
      if (user === undefined) return '404 EntityNotExist.User';
      if (user.keys === 0) return '404 EntityNotExist.User.AccessKey';
      user.keys--;
      return NONE;
    },
    async real({ accessKeys }, one) {
      const [{ accessKeyId = 'none' } = {}] = await accessKeys.list(one);
      await accessKeys.delete(one, accessKeyId);
    },
  },
  {
    name: 'create policy',
    of: ['p', 'p'],
    model({ policies }, one) {
      if (policies.has(one)) return '409 EntityAlreadyExists.Policy';
      policies.set(one, { versions: ['v1'], counts: 'v1', next: 2 });
      return NONE;
    },
    real: ({ policies }, policyName) => policies.create({ policyName, policyDocument: document() }),
  },
  {
    name: 'delete policy',
    of: ['p', 'p'],
    model(model, one) {
      const found = model.policies.get(one);
      if (found === undefined) return '404 EntityNotExist.Policy';
      if (model.holds('User', one)) return '409 DeleteConflict.Policy.User';
      if (model.holds('Group', one)) return '409 DeleteConflict.Policy.Group';
      if (model.holds('Role', one)) return '409 DeleteConflict.Role.Policy';
      if (found.versions.length > 1) return '409 DeleteConflict.Policy.Version';
      model.policies.delete(one);
      return NONE;
    },
    real: ({ policies }, one) => policies.delete(one),
  },
  {
    name: 'add version',
    of: ['p', 'p'],
    model({ policies }, one, other) {
      const found = policies.get(one);
      if (found === undefined) return '404 EntityNotExist.Policy';
      if (found.versions.length === 5) {
        if (one !== other) return '409 LimitExceeded.Policy.Version';
        const oldest = found.versions.find((id) => id !== found.counts);
        found.versions = found.versions.filter((id) => id !== oldest);
      }
      found.versions.push(`v${found.next}`);
      if (one === other) found.counts = `v${found.next}`;
      found.next++;
      return NONE;
    },
    real: ({ policyVersions }, policyName, other) =>
      policyVersions.create({
        policyName,
        policyDocument: document(),
        setAsDefault: policyName === other,
        rotateStrategy:
          policyName === other ? 'DeleteOldestNonDefaultVersionWhenLimitExceeded' : 'None',
      }),
  },
  {
    name: 'delete version',
    of: ['p', 'v'],
    model({ policies }, one, version) {
      const found = policies.get(one);
      if (found === undefined) return '404 EntityNotExist.Policy';
      if (!found.versions.includes(version)) return '404 EntityNotExist.Policy.Version';
      if (found.counts === version) return '409 DeleteConflict.Policy.Version.Default';
      found.versions = found.versions.filter((id) => id !== version);
      return NONE;
    },
    real: ({ policyVersions }, one, version) => policyVersions.delete(one, version),
  },
  {
    name: 'attach',
    of: ['a', 'e'],
    model(model, one, other) {
      const kind = kindOf(other);
      const holder = model.holders(kind).get(other);
      if (holder === undefined) return `404 EntityNotExist.${kind}`;
      const { type } = policy(one);
      if (type === 'Custom' && !model.policies.has(one)) return '404 EntityNotExist.Policy';
      if (holder.policies.has(one)) return `409 EntityAlreadyExists.${kind}.Policy`;
      holder.policies.add(one);
      return NONE;
    },
    real: ({ attachments }, one, other) => attachments.attach(policy(one), entity(other)),
  },
  {
    name: 'detach',
    of: ['a', 'e'],
    model(model, one, other) {
      const kind = kindOf(other);
      const holder = model.holders(kind).get(other);
      if (holder === undefined) return `404 EntityNotExist.${kind}`;
      return holder.policies.delete(one) ? NONE : `404 EntityNotExist.${kind}.Policy`;
    },
    real: ({ attachments }, one, other) => attachments.detach(policy(one), entity(other)),
  },
];

/** Names for each kind of operand: few, so that operations meet. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  u: ['u1', 'u2'],
  g: ['g1', 'g2'],
  r: ['r1', 'r2'],
  p: ['p1', 'p2'],
  v: ['v1', 'v2', 'v3'],
  a: ['p1', 'p2', 'AliyunOSSFullAccess'],
  e: ['u1', 'u2', 'g1', 'g2', 'r1', 'r2'],
};

const step = fc.tuple(fc.nat(OPERATIONS.length - 1), fc.nat(11), fc.nat(11));

it('does and refuses what RAM does and refuses, one thing after another', async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 80, maxLength: 160 }), async (steps) => {
      const ram = await openDirectory();
      const model = new Model();
      const history: string[] = [];
      for (const [at, first, second] of steps) {
        const operation = OPERATIONS[at];
        if (operation === undefined) continue;
        const [one, other] = operation.of.map((kind, n) => {
          const names = NAMES[kind] ?? [];
          return names[(n === 0 ? first : second) % names.length] ?? '';
        }) as [string, string];
        history.push(`${operation.name} ${one} ${other}`);
        const expected = operation.model(model, one, other);
        met.add(`${operation.name}: ${expected}`);
        const refusal = await refusalOf(operation.real(ram, one, other));
        expect(refusal, history.join('\n')).toBe(expected);
      }
      await isAsIn(model, ram);
    }),
    { numRuns: 40 },
  );
  // Nearly everything that can come of an operation has.
  expect(met.size).toBeGreaterThan(50);
});

async function isAsIn(model: Model, ram: OpenedDirectory): Promise<void> {
  const users = (await ram.users.list()).items.map(({ userName }) => userName);
  expect(users).toEqual([...model.users.keys()].sort());
  for (const [name, user] of model.users) {
    const groups = (await ram.groups.ofUser(name)).map(({ groupName }) => groupName);
    expect(groups.sort()).toEqual([...user.groups].sort());
    expect(await ram.accessKeys.list(name)).toHaveLength(user.keys);
  }
  const holders = [...model.users, ...model.groups, ...model.roles];
  for (const [name, { policies }] of holders) {
    const attached = (await ram.attachments.of(entity(name))).map((one) => one.name);
    expect(attached.sort()).toEqual([...policies].sort());
  }
  for (const [name, { versions, counts }] of model.policies) {
    const listed = await ram.policyVersions.list('Custom', name);
    expect(listed.map(({ versionId }) => versionId)).toEqual(versions);
    expect((await ram.policies.get('Custom', name)).defaultVersion).toBe(counts);
  }
}
