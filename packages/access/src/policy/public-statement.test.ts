import { describe, expect, it } from 'vitest';
import { OWNER, policy } from '../testing/published.js';
import { compilePolicy } from './compile-policy.js';
import { parsePolicy } from './parse-policy.js';

// https://www.alibabacloud.com/help/en/oss/user-guide/block-public-access
describe('public access', () => {
  const statement = (Principal: unknown, Condition?: object) => ({
    Effect: 'Allow',
    Action: 'oss:GetObject',
    Principal,
    Resource: `acs:oss:*:${OWNER}:examplebucket/*`,
    ...(Condition === undefined ? {} : { Condition }),
  });
  const isPublic = (...statements: object[]) =>
    compilePolicy(parsePolicy(policy(...statements), 'bucket'), 'examplebucket').isPublic;

  it.each<[string, boolean, object[]]>([
    [
      'fixed users',
      false,
      [
        statement(['20214760404935000']),
        statement(['1'], { StringLike: { 'oss:Prefix': ['a/*'] } }),
      ],
    ],
    ['example 1: everybody', true, [statement('*')]],
    [
      'example 2: every VPC, beside a fixed user',
      true,
      [statement('*', { StringLike: { 'acs:SourceVpc': ['vpc-*'] } }), statement('27464958576000')],
    ],
    ['one VPC', false, [statement('*', { StringEquals: { 'acs:SourceVpc': ['vpc-1'] } })]],
    [
      'one VPC and any',
      true,
      [statement('*', { StringLike: { 'acs:SourceVpc': ['vpc-1', '*'] } })],
    ],
    [
      'every VPC but one',
      true,
      [statement('*', { StringNotEquals: { 'acs:SourceVpc': ['vpc-1'] } })],
    ],
    ['one key', false, [statement(['*'], { StringEquals: { 'acs:AccessId': 'LTAI' } })]],
    [
      'a network of 8 bits',
      false,
      [statement('*', { IpAddress: { 'acs:SourceIp': ['10.0.0.0/8'] } })],
    ],
    [
      'a network of 7 bits',
      true,
      [statement('*', { IpAddress: { 'acs:SourceIp': ['10.0.0.0/7'] } })],
    ],
    [
      'an IPv6 network of 32 bits',
      false,
      [statement('*', { IpAddress: { 'acs:SourceIp': ['2001:db8::/32'] } })],
    ],
    [
      'an IPv6 network of 31 bits',
      true,
      [statement('*', { IpAddress: { 'acs:SourceIp': ['2001:db8::/31'] } })],
    ],
    [
      'a wildcard address',
      true,
      [statement('*', { IpAddress: { 'acs:SourceIp': ['101.*.*.100'] } })],
    ],
    [
      'all but one user',
      true,
      [{ ...statement(undefined), Principal: undefined, NotPrincipal: ['1'] }],
    ],
    ['a prefix', true, [statement('*', { StringEquals: { 'oss:Prefix': 'a' } })]],
    ['a Deny', false, [{ ...statement('*'), Effect: 'Deny' }]],
  ])('%s: %s', (_, expected, statements) => {
    expect(isPublic(...statements.map((one) => JSON.parse(JSON.stringify(one))))).toBe(expected);
  });
});
