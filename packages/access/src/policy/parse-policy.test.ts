import { describe, expect, it } from 'vitest';
import { parsePolicy } from './parse-policy.js';

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
});
