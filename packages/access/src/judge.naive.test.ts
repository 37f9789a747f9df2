import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.js';
import { compilePolicy } from './policy/compile-policy.js';
import { parsePolicy } from './policy/parse-policy.js';
import { ossResource } from './resource.js';
import {
  Dice,
  type PlainPolicy,
  type PlainStatement,
  randomPolicies,
  randomWorld,
  type World,
} from './testing/random-world.js';

// A second evaluator, straight from oss-protocol.md 4.1 and 4.4 to 4.8, that shares no code with the first:
// regular expressions for wildcards, Node's BlockList for addresses, plain JSON for policies.

const cache = new Map<string, RegExp>();
function glob(pattern: string, text: string, flags = ''): boolean {
  let expression = cache.get(flags + pattern);
  if (expression === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\/]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    expression = new RegExp(`^${source}$`, `us${flags}`);
    cache.set(flags + pattern, expression);
  }
  return expression.test(text);
}

function inBlock(block: string, address: string): boolean {
  if (!isIPv4(address) && !isIPv6(address)) return false;
  const [net = '', bits] = block.split('/');
  const family = isIPv4(net) ? 'ipv4' : 'ipv6';
  if ((family === 'ipv4') !== isIPv4(address)) return false;
  const list = new BlockList();
  list.addSubnet(net, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  return list.check(address, family);
}

const compare = (operator: string, a: number, b: number): boolean => {
  if (Number.isNaN(a)) return false;
  if (operator.endsWith('NotEquals')) throw new Error('negations are turned around before');
  if (operator.endsWith('LessThan')) return a < b;
  if (operator.endsWith('LessThanEquals')) return a <= b;
  if (operator.endsWith('GreaterThan')) return a > b;
  if (operator.endsWith('GreaterThanEquals')) return a >= b;
  return a === b;
};

function valueMatches(operator: string, wanted: string, actual: string): boolean {
  if (operator.startsWith('Numeric')) return compare(operator, Number(actual), Number(wanted));
  if (operator.startsWith('Date')) return compare(operator, Date.parse(actual), Date.parse(wanted));
  if (operator.startsWith('IpAddress')) return inBlock(wanted, actual);
  if (operator === 'StringLike') return glob(wanted, actual);
  if (operator === 'StringEqualsIgnoreCase') return wanted.toUpperCase() === actual.toUpperCase();
  return wanted === actual;
}

function conditionHolds(
  operator: string,
  wanted: readonly string[],
  actual: string | readonly string[] | undefined,
): boolean {
  if (operator.includes('Not')) return !conditionHolds(operator.replace('Not', ''), wanted, actual);
  const actuals = actual === undefined ? [] : typeof actual === 'string' ? [actual] : actual;
  return actuals.some((one) => wanted.some((value) => valueMatches(operator, value, one)));
}

const isOwnerOf = ({ principal, bucketOwner }: World) =>
  principal.kind === 'account' && principal.account === bucketOwner;

function namesPrincipal(listed: readonly string[], { principal }: World): boolean {
  if (principal.kind === 'account') return listed.includes(principal.account);
  if (principal.kind === 'user') return listed.includes(principal.user);
  if (principal.kind === 'anonymous') return false;
  const { account, role, session } = principal;
  return listed.some(
    (one) => one !== '*' && glob(one, `arn:sts::${account}:assumed-role/${role}/${session}`),
  );
}

function applies(statement: PlainStatement, action: string, world: World): boolean {
  const actionListed = (statement.Action ?? statement.NotAction ?? []).some((one) =>
    glob(one, action, 'i'),
  );
  if (actionListed !== (statement.Action !== undefined)) return false;

  const target = [
    'acs',
    'oss',
    world.region,
    world.bucketOwner,
    world.key === undefined ? world.bucketName : `${world.bucketName}/${world.key}`,
  ];
  const resourceListed = (statement.Resource ?? statement.NotResource ?? []).some((one) => {
    if (one === '*') return true;
    const parts = one.replace(':oss-', ':').split(':');
    const wanted = [...parts.slice(0, 4), parts.slice(4).join(':')];
    return wanted.every((part, index) => glob(part, target[index] ?? ''));
  });
  if (resourceListed !== (statement.Resource !== undefined)) return false;

  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => ({ operator, key, wanted })),
  );
  const { Principal, NotPrincipal } = statement;
  const named = namesPrincipal(Principal ?? NotPrincipal ?? [], world);
  if (Principal !== undefined && !named && !Principal.includes('*')) return false;
  if (NotPrincipal !== undefined && (named || NotPrincipal.includes('*'))) return false;
  if (Principal !== undefined || NotPrincipal !== undefined) {
    if (isOwnerOf(world) && !named && conditions.length === 0) return false;
    if (world.blocked && isPublic(statement)) return false;
  }
  return conditions.every(({ operator, key, wanted }) =>
    conditionHolds(operator, wanted, world.known[key]),
  );
}

function isPublic({ Effect, Principal, Condition = {} }: PlainStatement): boolean {
  if (Effect === 'Deny') return false;
  if (Principal?.every((one) => !/[*?]/.test(one))) return false;
  for (const operator of ['StringEquals', 'StringLike']) {
    if (Condition[operator]?.['acs:SourceVpc']?.every((one) => /^[^*?]+$/.test(one))) return false;
  }
  for (const operator of ['IpAddress', 'IpAddressIncludeBorder']) {
    const blocks = Condition[operator]?.['acs:SourceIp'];
    if (
      blocks?.every(
        (one) => !one.includes('/') || Number(one.split('/')[1]) >= (one.includes(':') ? 32 : 8),
      )
    )
      return false;
  }
  return true;
}

type Outcome = 'allow' | 'explicit' | 'implicit';
function outcome(policies: readonly PlainPolicy[], action: string, world: World): Outcome {
  const effects = policies.flatMap(({ Statement }) =>
    Statement.filter((one) => applies(one, action, world)).map(({ Effect }) => Effect),
  );
  if (effects.includes('Deny')) return 'explicit';
  return effects.includes('Allow') ? 'allow' : 'implicit';
}

/** `allow`, or why not. */
function naive(world: World): string {
  for (const action of world.actions) {
    if (world.session !== undefined && outcome([world.session], action, world) !== 'allow')
      return 'session-policy';
    const { principal } = world;
    const atHome = principal.kind !== 'anonymous' && principal.account === world.bucketOwner;
    const hasPolicies = principal.kind === 'user' || principal.kind === 'session';
    const a = outcome(atHome && hasPolicies ? world.identity : [], action, world);
    const b = outcome(world.bucketPolicy === undefined ? [] : [world.bucketPolicy], action, world);
    if (a === 'explicit') return b === 'explicit' ? 'both-policies' : 'identity-policy';
    if (b === 'explicit') return 'bucket-policy';
    if (a === 'allow' || b === 'allow' || isOwnerOf(world)) continue;
    const reads = action === 'oss:GetObject';
    if (!reads && action !== 'oss:PutObject' && action !== 'oss:DeleteObject') return 'management';
    const own = world.objectAcl !== undefined && world.objectAcl !== 'default';
    const acl = world.blocked ? 'private' : own ? world.objectAcl : world.bucketAcl;
    if (acl === 'public-read-write' || (reads && acl === 'public-read')) continue;
    return own ? 'object-acl' : 'bucket-acl';
  }
  return 'allow';
}

const MANAGEMENT = [
  'no-permission',
  'no-extra-permission',
  'not-bucket-owner',
  'anonymous-operation',
  'anonymous-extra-action',
];

/** Sets of policies, each of two or three, and requests into each: all are made anew. */
const ROUNDS = 50_000;
const REQUESTS = 2;

describe('an evaluator written from the rules alone', () => {
  it('agrees on 100,000 random requests into as many random policies', { timeout: 60_000 }, () => {
    const seed = Number(process.env.OPENOSS_TEST_SEED ?? Date.now() % 1_000_000);
    const dice = new Dice(seed);
    const counts = new Map<string, number>();
    let policies = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const plain = randomPolicies(dice);
      const { session, identity, bucketPolicy } = plain;
      policies += [session, ...identity, bucketPolicy].filter((one) => one !== undefined).length;
      const compiled = {
        session:
          plain.session &&
          compilePolicy(parsePolicy(JSON.stringify(plain.session), 'session'), 's'),
        identity: plain.identity.map((one) => compilePolicy(parsePolicy(one, 'ram'), 'i')),
        bucket:
          plain.bucketPolicy &&
          compilePolicy(parsePolicy(JSON.stringify(plain.bucketPolicy), 'bucket'), 'b'),
      };
      for (let request = 0; request < REQUESTS; request++) {
        const world = randomWorld(dice, plain);
        const verdict = judge({
          principal: world.principal,
          actions: world.actions,
          resource: ossResource({
            region: world.region,
            account: world.bucketOwner,
            bucket: world.bucketName,
            key: world.key,
          }),
          bucket: {
            owner: world.bucketOwner,
            acl: world.bucketAcl,
            blocksPublicAccess: world.blocked,
            policy: compiled.bucket,
          },
          object: world.objectAcl === undefined ? undefined : { acl: world.objectAcl },
          sessionPolicy: world.session === undefined ? undefined : compiled.session,
          identityPolicies: compiled.identity,
          context: (key) => world.known[key],
        });
        const said = verdict.allowed
          ? 'allow'
          : MANAGEMENT.includes(verdict.denial)
            ? 'management'
            : verdict.denial;
        const expected = naive(world);
        if (said !== expected) {
          expect.fail(
            `seed ${seed}: ${said}, by the rules ${expected}\n${JSON.stringify(world, null, 1)}`,
          );
        }
        counts.set(said, (counts.get(said) ?? 0) + 1);
      }
    }
    expect(policies).toBeGreaterThan(100_000);
    // All outcomes came up, often: the worlds are not all of one kind.
    expect([...counts.keys()].sort()).toEqual([
      'allow',
      'both-policies',
      'bucket-acl',
      'bucket-policy',
      'identity-policy',
      'management',
      'object-acl',
      'session-policy',
    ]);
    expect(Math.min(...counts.values())).toBeGreaterThan(200);
  });
});
