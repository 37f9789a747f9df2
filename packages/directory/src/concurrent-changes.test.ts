import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RamError } from './ram-error.js';
import { inconsistencies } from './testing/inconsistencies.js';
import { type OpenedDirectory, openDirectory } from './testing/open-directory.js';
import { document } from './testing/plain-language.js';

/** A change, by one of the processes, to one of a few things: they get in each other's way. */
type Step = readonly [change: number, process: number, one: number, other: number];

const type = (n: number) => (n % 2 === 0 ? 'Custom' : 'System');
const policy = (n: number) =>
  ({ type: type(n), name: n % 2 === 0 ? `policy-${n % 4}` : 'AdministratorAccess' }) as const;
const entity = (n: number) => {
  const kind = (['user', 'group', 'role'] as const)[n % 3] ?? 'user';
  return { kind, name: `${kind}-${n % 2}` };
};

/** Everything that RAM can do to users, groups, roles, policies and keys called by few names. */
const CHANGES: readonly ((ram: OpenedDirectory, one: number, other: number) => Promise<unknown>)[] =
  [
    ({ users }, one) => users.create({ userName: `user-${one % 2}` }),
    ({ users }, one) => users.delete(`user-${one % 2}`),
    ({ users }, one, other) => users.update(`user-${one % 2}`, { userName: `user-${other % 3}` }),
    ({ groups }, one) => groups.create({ groupName: `group-${one % 2}` }),
    ({ groups }, one) => groups.delete(`group-${one % 2}`),
    ({ groups }, one, other) =>
      groups.update(`group-${one % 2}`, { groupName: `group-${other % 3}` }),
    ({ groups }, one, other) => groups.addUser(`group-${one % 2}`, `user-${other % 2}`),
    ({ groups }, one, other) => groups.addUser(`group-${one % 2}`, `user-${other % 2}`),
    ({ groups }, one, other) => groups.removeUser(`group-${one % 2}`, `user-${other % 2}`),
    ({ roles }, one) =>
      roles.create({ roleName: `role-${one % 2}`, assumeRolePolicyDocument: document() }),
    ({ roles }, one) => roles.delete(`role-${one % 2}`),
    ({ policies }, one) =>
      policies.create({ policyName: policy(one * 2).name, policyDocument: document() }),
    ({ policies }, one) => policies.delete(policy(one * 2).name),
    ({ policyVersions }, one, other) =>
      policyVersions.create({
        policyName: policy(one * 2).name,
        policyDocument: document(other),
        setAsDefault: other % 2 === 0,
        rotateStrategy: other % 3 === 0 ? 'DeleteOldestNonDefaultVersionWhenLimitExceeded' : 'None',
      }),
    ({ policyVersions }, one, other) =>
      policyVersions.setDefault(policy(one * 2).name, `v${(other % 6) + 1}`),
    ({ policyVersions }, one, other) =>
      policyVersions.delete(policy(one * 2).name, `v${(other % 6) + 1}`),
    ({ attachments }, one, other) => attachments.attach(policy(one), entity(other)),
    ({ attachments }, one, other) => attachments.attach(policy(one), entity(other)),
    ({ attachments }, one, other) => attachments.detach(policy(one), entity(other)),
    ({ accessKeys }, one) => accessKeys.create(`user-${one % 2}`),
    ({ accessKeys }, one) => accessKeys.create(`user-${one % 2}`),
    async ({ accessKeys }, one, other) => {
      const userName = `user-${one % 2}`;
      const keys = await accessKeys.list(userName);
      const { accessKeyId = 'none' } = keys[other % 2] ?? {};
      await (other % 3 === 0
        ? accessKeys.setStatus(userName, accessKeyId, 'Inactive')
        : accessKeys.delete(userName, accessKeyId));
    },
  ];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.nat(CHANGES.length - 1),
  fc.nat(2),
  fc.nat(11),
  fc.nat(11),
);

it('changes of several processes at once contradict each other in nothing', async () => {
  const codes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 5, maxLength: 20 }),
      async (rounds) => {
        const first = await openDirectory();
        const { room } = first;
        const processes = [first, await openDirectory({ room }), await openDirectory({ room })];
        for (const steps of rounds) {
          await Promise.all(
            steps.map(async ([change, process, one, other]) => {
              const by = processes[process] ?? first;
              try {
                await CHANGES[change]?.(by, one, other);
                codes.set('done', (codes.get('done') ?? 0) + 1);
              } catch (error) {
                // Refusals are what is to be expected here; anything else is not.
                if (!(error instanceof RamError)) throw error;
                codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
              }
            }),
          );
        }
        expect(await inconsistencies(room)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
  // The changes did get in each other's way.
  expect(codes.get('done')).toBeGreaterThan(100);
  for (const code of ['EntityAlreadyExists.User', 'EntityNotExist.User', 'EntityNotExist.Policy']) {
    expect(codes.get(code), code).toBeGreaterThan(0);
  }
});

it('a race for the last place is won by one', async () => {
  const first = await openDirectory();
  const processes = [first, await openDirectory({ room: first.room })];
  await first.users.create({ userName: 'alice' });
  for (let round = 0; round < 10; round++) {
    const { accessKeyId } = await first.accessKeys.create('alice');
    const outcomes = await Promise.allSettled(
      processes.flatMap(({ accessKeys }) => [
        accessKeys.create('alice'),
        accessKeys.create('alice'),
      ]),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await first.accessKeys.delete('alice', accessKeyId);
    for (const key of await first.accessKeys.list('alice')) {
      await first.accessKeys.delete('alice', key.accessKeyId);
    }
  }
});

it('nothing is attached to, or put into, what is deleted at the same time', async () => {
  const one = await openDirectory();
  const other = await openDirectory({ room: one.room });
  const custom = { type: 'Custom', name: 'policy' } as const;
  for (let round = 0; round < 20; round++) {
    await one.users.create({ userName: 'alice' });
    await one.groups.create({ groupName: 'staff' });
    await one.policies.create({ policyName: 'policy', policyDocument: document() });
    await Promise.allSettled([
      one.attachments.attach(custom, { kind: 'user', name: 'alice' }),
      other.policies.delete('policy'),
      other.groups.addUser('staff', 'alice'),
      one.groups.delete('staff'),
      other.users.delete('alice'),
      one.accessKeys.create('alice'),
    ]);
    expect(await inconsistencies(one.room)).toEqual([]);
    const tidy = async (change: () => Promise<unknown>): Promise<void> => {
      await change().catch((error: unknown) => {
        if (!(error instanceof RamError)) throw error;
      });
    };
    await tidy(() => one.attachments.detach(custom, { kind: 'user', name: 'alice' }));
    await tidy(() => one.groups.removeUser('staff', 'alice'));
    for (const key of await one.accessKeys.list('alice').catch(() => [])) {
      await one.accessKeys.delete('alice', key.accessKeyId);
    }
    await tidy(() => one.users.delete('alice'));
    await tidy(() => one.groups.delete('staff'));
    await tidy(() => one.policies.delete('policy'));
  }
});
