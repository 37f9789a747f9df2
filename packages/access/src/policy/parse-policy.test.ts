import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile-policy.js';
import { parsePolicy } from './parse-policy.js';
import { PolicyError } from './policy-error.js';
import type { PolicyKind } from './policy-kind.js';

const allow = { Effect: 'Allow', Action: 'oss:GetObject', Resource: 'acs:oss:*:*:bucket/*' };
const granted = { ...allow, Principal: ['*'] };
const trusting = {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { RAM: 'acs:ram::1000:root' },
};
const policy = (...statements: object[]) => ({ Version: '1', Statement: statements });

describe('a policy', () => {
  it('parses from its text and from what the text says, into one form', () => {
    const document = policy(
      { ...allow, Condition: { StringLike: { 'oss:Prefix': '*', 'ACS:sourceip': ['x', ''] } } },
      { Effect: 'Deny', NotAction: ['oss:*', 'kms:Decrypt'], NotResource: '*' },
    );
    const expected = {
      kind: 'ram',
      statements: [
        {
          effect: 'Allow',
          principals: undefined,
          actions: { negated: false, values: ['oss:GetObject'] },
          resources: { negated: false, values: ['acs:oss:*:*:bucket/*'] },
          conditions: [
            { operator: 'StringLike', key: 'oss:Prefix', values: ['*'] },
            { operator: 'StringLike', key: 'acs:SourceIp', values: ['x', ''] },
          ],
        },
        {
          effect: 'Deny',
          principals: undefined,
          actions: { negated: true, values: ['oss:*', 'kms:Decrypt'] },
          resources: { negated: true, values: ['*'] },
          conditions: [],
        },
      ],
    };
    expect(parsePolicy(document, 'ram')).toEqual(expected);
    expect(parsePolicy(JSON.stringify(document, null, 2), 'ram')).toEqual(expected);
    expect(parsePolicy(JSON.stringify(document), 'session')).toEqual({
      ...expected,
      kind: 'session',
    });
  });

  it('may have one statement without a list, and an empty Condition', () => {
    const parsed = parsePolicy({ Version: '1', Statement: { ...allow, Condition: {} } }, 'ram');
    expect(parsed.statements).toHaveLength(1);
    expect(parsed.statements[0]?.conditions).toEqual([]);
  });

  it('of a bucket names principals; an empty list is everybody', () => {
    const principals = (element: object) =>
      parsePolicy(policy({ ...allow, ...element }), 'bucket').statements[0]?.principals;
    expect(principals({ Principal: [] })).toEqual({ negated: false, values: ['*'] });
    expect(principals({ Principal: '*' })).toEqual({ negated: false, values: ['*'] });
    const named = ['2000', 'arn:sts::1000:assumed-role/role/*', 'arn:sts::*:*/*/*'];
    expect(principals({ NotPrincipal: named })).toEqual({ negated: true, values: named });
  });

  it('of trust names accounts, users, roles, services and identity providers', () => {
    const Principal = {
      RAM: ['acs:ram::1000:root', 'acs:ram::1000:user/alice', 'acs:ram:*:1000:role/ci-*'],
      Service: ['ecs.aliyuncs.com'],
      Federated: 'acs:ram::1000:oidc-provider/idp',
    };
    expect(
      parsePolicy(policy({ ...trusting, Principal }), 'trust').statements[0]?.principals?.values,
    ).toEqual([
      'RAM:acs:ram::1000:root',
      'RAM:acs:ram::1000:user/alice',
      'RAM:acs:ram:*:1000:role/ci-*',
      'Service:ecs.aliyuncs.com',
      'Federated:acs:ram::1000:oidc-provider/idp',
    ]);
  });

  it('is frozen throughout', () => {
    const parsed = parsePolicy(
      policy({ ...granted, Condition: { Bool: { 'acs:SecureTransport': 'true' } } }),
      'bucket',
    );
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(parsed)).toBe(true);
  });

  it('is parsed or refused, whatever it is: nothing else is thrown', () => {
    const valid = JSON.stringify(
      policy({ ...granted, Condition: { IpAddress: { 'acs:SourceIp': ['10.0.0.0/8', '::1'] } } }),
    );
    const edited = fc
      .array(
        fc.tuple(
          fc.nat(valid.length),
          fc.nat(6),
          fc.constantFrom('', '"', '{', '[', ',', '*', 'null', '\\u0000'),
        ),
        { maxLength: 3 },
      )
      .map((edits) =>
        edits.reduce(
          (text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length),
          valid,
        ),
      );
    const kinds = fc.constantFrom<PolicyKind>('ram', 'bucket', 'trust', 'session');
    const documents = fc.oneof(
      edited,
      fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
      fc.record({ Version: fc.constant('1'), Statement: fc.anything() }),
      fc.record({
        Version: fc.constant('1'),
        Statement: fc.array(
          fc.record(
            {
              Effect: fc.constantFrom('Allow', 'Deny'),
              Action: fc.oneof(fc.constant('*'), fc.anything()),
              Resource: fc.oneof(fc.constant('*'), fc.anything()),
              Principal: fc.oneof(fc.constant('*'), fc.anything()),
              Condition: fc.oneof(fc.constant({}), fc.anything()),
            },
            { requiredKeys: ['Effect', 'Action'] },
          ),
        ),
      }),
    );
    let parsed = 0;
    fc.assert(
      fc.property(documents, kinds, (document, kind) => {
        try {
          compilePolicy(parsePolicy(document, kind), kind);
          parsed++;
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyError);
        }
      }),
      { numRuns: 5000 },
    );
    expect(parsed).toBeGreaterThan(10);
  });
});
