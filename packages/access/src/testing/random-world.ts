import type { Principal } from '../principal.js';

// Random policies and requests out of a few names, so that they often meet. Policies are the plain objects
// that their JSON text says: nothing here knows how they are parsed or compiled.

/** A policy as JSON says it. */
export interface PlainPolicy {
  readonly Version: '1';
  readonly Statement: readonly PlainStatement[];
}

export interface PlainStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Principal?: readonly string[];
  readonly NotPrincipal?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export type PlainAcl = 'private' | 'public-read' | 'public-read-write';

/** All that one decision depends on. */
export interface World {
  readonly principal: Principal;
  readonly actions: readonly string[];
  readonly region: string;
  readonly bucketOwner: string;
  readonly bucketAcl: PlainAcl;
  readonly blocked: boolean;
  readonly bucketName: string;
  readonly key: string | undefined;
  readonly objectAcl: PlainAcl | 'default' | undefined;
  readonly session: PlainPolicy | undefined;
  readonly identity: readonly PlainPolicy[];
  readonly bucketPolicy: PlainPolicy | undefined;
  readonly known: Readonly<Record<string, string | readonly string[]>>;
}

/** Draws from a sequence of pseudorandom numbers that its seed determines (Mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0, below a limit. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  one<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  some<T>(from: readonly T[], most: number): T[] {
    return Array.from({ length: 1 + this.below(most) }, () => this.one(from));
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

const ACTIONS = [
  'oss:GetObject',
  'oss:PutObject',
  'oss:PutObjectTagging',
  'oss:DeleteObject',
  'oss:ListObjects',
  'oss:PutBucketAcl',
];
const ACTION_PATTERNS = [
  ...ACTIONS,
  'oss:*',
  'oss:Get*',
  'oss:put*',
  'oss:*Object',
  'oss:Put?bject*',
  '*',
  'kms:*',
];
const BUCKETS = ['b', 'c'];
const KEYS = ['k', 'a/k', 'a/b:c', 'z'];
const RESOURCE_PATTERNS = [
  '*',
  'acs:oss:*:*:*',
  'acs:oss:*:*:b',
  'acs:oss:*:*:b/*',
  'acs:oss:*:1:b/a/*',
  'acs:oss:*:2:*',
  'acs:oss:cn-a:*:?/k',
  'acs:oss:oss-cn-a:*:b/*',
  'acs:oss:cn-*:1:*/*:c',
  'acs:kms:*:*:*',
];
const PRINCIPALS = [
  '*',
  '1',
  '2',
  '11',
  '21',
  'arn:sts::1:assumed-role/r/s',
  'arn:sts::*:assumed-role/r?/*',
  'arn:sts::2:*/*/*',
];
const CONDITIONS: readonly (readonly [readonly string[], string, readonly string[]])[] = [
  [
    ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
    'oss:x-oss-object-acl',
    ['private', 'Public-Read', 'default'],
  ],
  [['StringLike', 'StringNotLike'], 'acs:SourceVpc', ['vpc-*', 'vpc-1', '*', '?']],
  [['StringLike', 'StringNotLike', 'StringEquals'], 'oss:Prefix', ['', 'a/*', 'a/b', '*/*']],
  [
    ['IpAddress', 'NotIpAddress', 'IpAddressIncludeBorder'],
    'acs:SourceIp',
    ['10.0.0.0/8', '10.1.2.3', '10.1.0.0/15', '2001:db8::/32', '2001:db8::7', '8.0.0.0/6'],
  ],
  [
    [
      'NumericEquals',
      'NumericNotEquals',
      'NumericLessThan',
      'NumericLessThanEquals',
      'NumericGreaterThan',
      'NumericGreaterThanEquals',
    ],
    'oss:object-remaining-retention-days',
    ['3', '10', '-1', '2.5'],
  ],
  [
    [
      'DateEquals',
      'DateNotEquals',
      'DateLessThan',
      'DateLessThanEquals',
      'DateGreaterThan',
      'DateGreaterThanEquals',
    ],
    'acs:CurrentTime',
    ['2026-01-01T00:00:00Z', '2026-06-01T08:00:00+08:00', '2027-01-01'],
  ],
  [['Bool'], 'acs:SecureTransport', ['true', 'false']],
  [['StringEquals', 'StringNotEquals', 'StringLike'], 'oss:ExistingObjectTag/k', ['v', 'w']],
];
const KNOWN: Readonly<Record<string, readonly (string | readonly string[])[]>> = {
  'oss:x-oss-object-acl': ['private', 'public-read', 'DEFAULT'],
  'acs:SourceVpc': ['', 'vpc-1', 'vpc-2'],
  'oss:Prefix': ['', 'a/', 'a/b', 'z'],
  'acs:SourceIp': ['10.1.2.3', '10.2.0.0', '9.9.9.9', '2001:db8::7', '2001:db9::1', 'unix'],
  'oss:object-remaining-retention-days': ['3', '2.5', '11', 'many'],
  'acs:CurrentTime': ['2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z', '2027-05-05T00:00:00.500Z'],
  'acs:SecureTransport': ['true', 'false'],
  'oss:ExistingObjectTag/k': ['v', 'x', ['x', 'w'], []],
};

/** One random statement, of a bucket policy if it names principals. */
export function randomStatement(dice: Dice, ofBucket: boolean): PlainStatement {
  const condition: Record<string, Record<string, string[]>> = {};
  for (let left = dice.chance(45) ? 1 + dice.below(2) : 0; left > 0; left--) {
    const [operators, key, values] = dice.one(CONDITIONS);
    const operator = dice.one(operators);
    condition[operator] = { ...condition[operator], [key]: dice.some(values, 2) };
  }
  return {
    Effect: dice.chance(65) ? 'Allow' : 'Deny',
    [dice.chance(85) ? 'Action' : 'NotAction']: dice.some(ACTION_PATTERNS, 3),
    [dice.chance(88) ? 'Resource' : 'NotResource']: dice.some(RESOURCE_PATTERNS, 3),
    ...(ofBucket
      ? { [dice.chance(85) ? 'Principal' : 'NotPrincipal']: dice.some(PRINCIPALS, 3) }
      : {}),
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

function randomPolicy(dice: Dice, ofBucket: boolean): PlainPolicy {
  const Statement = Array.from({ length: 1 + dice.below(4) }, () =>
    randomStatement(dice, ofBucket),
  );
  return { Version: '1', Statement };
}

/** Everything there is about policies, of one random world. */
export function randomPolicies(dice: Dice): Pick<World, 'session' | 'identity' | 'bucketPolicy'> {
  return {
    session: dice.chance(30) ? randomPolicy(dice, false) : undefined,
    identity: Array.from({ length: dice.below(4) }, () => randomPolicy(dice, false)),
    bucketPolicy: dice.chance(70) ? randomPolicy(dice, true) : undefined,
  };
}

/** A random request into a world of these policies. */
export function randomWorld(
  dice: Dice,
  policies: Pick<World, 'session' | 'identity' | 'bucketPolicy'>,
): World {
  const principal = dice.one<Principal>([
    { kind: 'account', account: '1' },
    { kind: 'account', account: '2' },
    { kind: 'user', account: '1', user: '11', name: 'alice' },
    { kind: 'user', account: '2', user: '21', name: 'bob' },
    { kind: 'session', account: '1', role: 'r', session: 's' },
    { kind: 'session', account: '2', role: 'r2', session: 't' },
    { kind: 'anonymous' },
  ]);
  const known: Record<string, string | readonly string[]> = {};
  for (const [key, values] of Object.entries(KNOWN)) {
    if (dice.chance(60)) known[key] = dice.one(values);
  }
  const key = dice.chance(75) ? dice.one(KEYS) : undefined;
  return {
    ...policies,
    // Sessions alone are narrowed.
    session: principal.kind === 'session' ? policies.session : undefined,
    principal,
    actions: dice.chance(75) ? [dice.one(ACTIONS)] : dice.some(ACTIONS, 3),
    region: dice.one(['cn-a', 'cn-b']),
    bucketOwner:
      principal.kind !== 'anonymous' && dice.chance(50) ? principal.account : dice.one(['1', '2']),
    bucketAcl: dice.one<PlainAcl>(['private', 'private', 'public-read', 'public-read-write']),
    blocked: dice.chance(25),
    bucketName: dice.one(BUCKETS),
    key,
    objectAcl:
      key === undefined || dice.chance(30)
        ? undefined
        : dice.one(['default', 'default', 'private', 'public-read', 'public-read-write'] as const),
    known,
  };
}
