import { describe, expect, it } from 'vitest';
import { judgeAskingForRole, judgeAssumeRole } from './judge-assume-role.js';
import { compilePolicy } from './policy/compile-policy.js';
import { parsePolicy } from './policy/parse-policy.js';
import type { PolicyKind } from './policy/policy-kind.js';
import type { Principal } from './principal.js';
import { parseResource, type Resource } from './resource.js';

const role = parseResource('acs:ram::1000:role/ci') as Resource;
const alice: Principal = { kind: 'user', account: '1000', user: '1001', name: 'alice' };
const bob: Principal = { kind: 'user', account: '2000', user: '2001', name: 'bob' };
const ops: Principal = { kind: 'session', account: '1000', role: 'ops', session: 's' };
const account: Principal = { kind: 'account', account: '1000' };

const make = (kind: PolicyKind, ...Statement: object[]) =>
  compilePolicy(parsePolicy({ Version: '1', Statement }, kind), kind);
const trust = (...RAM: string[]) =>
  make('trust', {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { RAM, Service: 'ecs.aliyuncs.com' },
  });
const mayAssume = make('ram', {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Resource: 'acs:ram:*:1000:role/ci',
});
const asks = (
  principal: Principal,
  trustPolicy = trust('acs:ram::1000:root'),
  identityPolicies = [mayAssume],
) => judgeAssumeRole({ principal, role, trustPolicy, identityPolicies });

describe('AssumeRole', () => {
  // https://www.alibabacloud.com/help/en/ram/user-guide/edit-the-trust-policy-of-a-ram-role
  it.each<[string, readonly Principal[]]>([
    ['acs:ram::1000:root', [alice, ops, account]],
    ['acs:ram::2000:root', [bob]],
    ['acs:ram::1000:user/alice', [alice]],
    ['acs:ram::1000:user/a*', [alice]],
    ['acs:ram::2000:user/alice', []],
    ['acs:ram::1000:role/ops', [ops]],
    ['acs:ram::1000:role/alice', []],
  ])('%s is trusted', (trusted, who) => {
    const all = [alice, bob, ops, account, { kind: 'anonymous' } as const];
    expect(all.filter((one) => asks(one, trust(trusted)).allowed)).toEqual(who);
  });

  it('needs both sides to allow it, and tells which does not', () => {
    expect(asks(alice)).toMatchObject({
      allowed: true,
      by: 'identity-policy',
      statement: { index: 0 },
    });
    expect(asks(alice, trust('acs:ram::2000:root'))).toMatchObject({
      allowed: false,
      by: 'trust-policy',
      explicit: false,
    });
    expect(asks(alice, undefined, [])).toMatchObject({
      allowed: false,
      by: 'identity-policy',
      explicit: false,
    });
    const elsewhere = make('ram', {
      Effect: 'Allow',
      Action: 'sts:*',
      Resource: 'acs:ram:*:*:role/other',
    });
    expect(asks(alice, undefined, [elsewhere]).allowed).toBe(false);
  });

  it('may be asked for by whose own policies allow it, whatever the role says', () => {
    const may = (identityPolicies: (typeof mayAssume)[], sessionPolicy?: typeof mayAssume) =>
      judgeAskingForRole({ principal: alice, role, identityPolicies, sessionPolicy });
    expect(may([mayAssume])).toMatchObject({ allowed: true, by: 'identity-policy' });
    expect(may([])).toMatchObject({ allowed: false, by: 'identity-policy', explicit: false });
    const deny = make('ram', { Effect: 'Deny', Action: 'sts:*', Resource: '*' });
    expect(may([mayAssume, deny])).toMatchObject({ allowed: false, explicit: true });
    const narrow = make('session', { Effect: 'Allow', Action: 'oss:*', Resource: '*' });
    expect(may([mayAssume], narrow)).toMatchObject({ allowed: false, by: 'session-policy' });
  });

  it('is denied by any Deny', () => {
    const deny = make('ram', { Effect: 'Deny', Action: '*', Resource: '*' });
    expect(asks(alice, undefined, [mayAssume, deny])).toMatchObject({
      allowed: false,
      by: 'identity-policy',
      explicit: true,
    });
    const trustPolicy = make(
      'trust',
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: 'acs:ram::1000:root' } },
      { Effect: 'Deny', Action: 'sts:AssumeRole', Principal: { RAM: 'acs:ram::1000:user/alice' } },
    );
    expect(asks(alice, trustPolicy)).toMatchObject({
      allowed: false,
      by: 'trust-policy',
      explicit: true,
      statement: { index: 1 },
    });
    expect(asks(ops, trustPolicy).allowed).toBe(true);
  });

  it('of a narrowed session has to be within its policy', () => {
    const narrowed = (Action: string) =>
      judgeAssumeRole({
        principal: ops,
        role,
        trustPolicy: trust('acs:ram::1000:root'),
        identityPolicies: [mayAssume],
        sessionPolicy: make('session', { Effect: 'Allow', Action, Resource: '*' }),
      });
    expect(narrowed('sts:*').allowed).toBe(true);
    expect(narrowed('oss:*')).toMatchObject({
      allowed: false,
      by: 'session-policy',
      explicit: false,
    });
  });
});
