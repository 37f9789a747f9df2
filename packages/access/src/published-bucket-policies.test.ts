import { describe, expect, it } from 'vitest';
import type { RequestContext } from './condition/request-context.js';
import type { Principal } from './principal.js';
import {
  alice,
  ask,
  bob,
  context,
  fromInternet,
  fromVpc,
  may,
  nobody,
  OWNER,
  owner,
  policy,
} from './testing/published.js';

// https://www.alibabacloud.com/help/en/oss/user-guide/oss-bucket-policy/, by the number of its scenario
describe('bucket policies', () => {
  const objects = [`acs:oss:*:${OWNER}:example-bucket/*`];
  const whole = [...objects, `acs:oss:*:${OWNER}:example-bucket`];
  const get = (bucketPolicy: object, by: Principal, its?: RequestContext) =>
    ask({
      bucketPolicy,
      by,
      action: 'oss:GetObject',
      key: 'a.txt',
      ...(its === undefined ? {} : { context: its }),
    });

  it('2: read-only for one user in two folders', () => {
    const bucketPolicy = policy(
      {
        Action: [
          'oss:GetObject',
          'oss:GetObjectAcl',
          'oss:GetObjectVersion',
          'oss:GetObjectVersionAcl',
        ],
        Effect: 'Allow',
        Principal: ['20214760404935000'],
        Resource: [
          `acs:oss:*:${OWNER}:example-bucket/hangzhou/2020/*`,
          `acs:oss:*:${OWNER}:example-bucket/shanghai/2015/*`,
        ],
      },
      {
        Action: ['oss:ListObjects', 'oss:ListObjectVersions'],
        Condition: { StringLike: { 'oss:Prefix': ['hangzhou/2020/*', 'shanghai/2015/*'] } },
        Effect: 'Allow',
        Principal: ['20214760404935000'],
        Resource: [`acs:oss:*:${OWNER}:example-bucket`],
      },
    );
    const asked = { bucketPolicy, by: alice, action: 'oss:GetObject' } as const;
    expect(may({ ...asked, key: 'hangzhou/2020/a' })).toBe(true);
    expect(may({ ...asked, key: 'hangzhou/2021/a' })).toBe(false);
    expect(may({ ...asked, key: 'hangzhou/2020/a', by: bob })).toBe(false);
    expect(may({ ...asked, key: 'hangzhou/2020/a', action: 'oss:PutObject' })).toBe(false);
    const list = { bucketPolicy, by: alice, action: 'oss:ListObjects' } as const;
    expect(may({ ...list, context: context({ 'oss:Prefix': 'shanghai/2015/' }) })).toBe(true);
    expect(may({ ...list, context: context({ 'oss:Prefix': '' }) })).toBe(false);
  });

  it('4: sessions of roles, whose names tell upper from lower case', () => {
    const bucketPolicy = policy({
      Action: ['oss:GetObject'],
      Effect: 'Allow',
      Principal: [
        'arn:sts::1032300000072056:assumed-role/role-name/session-name',
        'arn:sts::1032300000072056:assumed-role/role2-name/*',
      ],
      Resource: objects,
    });
    const reads = (role: string, session: string, account = '1032300000072056') =>
      get(bucketPolicy, { kind: 'session', account, role, session }).allowed;
    expect(reads('role-name', 'session-name')).toBe(true);
    expect(reads('role-name', 'another')).toBe(false);
    expect(reads('Role-name', 'session-name')).toBe(false);
    expect(reads('role2-name', 'whatever')).toBe(true);
    expect(reads('role2-name', 'whatever', '1')).toBe(false);
  });

  it('5: listing for everybody, without reading', () => {
    const bucketPolicy = policy({
      Action: ['oss:ListObjects', 'oss:ListObjectVersions'],
      Effect: 'Allow',
      Principal: ['*'],
      Resource: [`acs:oss:*:${OWNER}:example-bucket`],
    });
    expect(may({ bucketPolicy, by: nobody, action: 'oss:ListObjects' })).toBe(true);
    expect(get(bucketPolicy, nobody).allowed).toBe(false);
  });

  // "blocks all non-VPC access … applies to all users, including the bucket owner"
  it('6: nothing from the Internet', () => {
    const bucketPolicy = policy({
      Effect: 'Deny',
      Action: 'oss:*',
      Principal: ['*'],
      Resource: whole,
      Condition: { StringNotLike: { 'acs:SourceVpc': ['vpc-*'] } },
    });
    expect(get(bucketPolicy, owner, fromInternet('8.8.8.8'))).toMatchObject({
      denial: 'bucket-policy',
      explicit: true,
    });
    expect(get(bucketPolicy, owner, context({})).allowed).toBe(false);
    expect(get(bucketPolicy, owner, fromVpc('vpc-t4nlw426y44rd3iq40000')).allowed).toBe(true);
  });

  it('9: only from part of one VPC', () => {
    const vpc = 'vpc-t4nlw426y44rd3iq40000';
    const denial = {
      Effect: 'Deny',
      Action: ['oss:GetObject'],
      Principal: ['*'],
      Resource: objects,
    };
    const bucketPolicy = policy(
      { ...denial, Condition: { StringNotEquals: { 'acs:SourceVpc': [vpc] } } },
      {
        ...denial,
        Condition: {
          StringEquals: { 'acs:SourceVpc': [vpc] },
          NotIpAddress: { 'acs:SourceIp': ['192.168.0.0/16'] },
        },
      },
    );
    expect(get(bucketPolicy, owner, fromVpc(vpc, '192.168.3.4')).allowed).toBe(true);
    expect(get(bucketPolicy, owner, fromVpc(vpc, '10.0.0.1')).allowed).toBe(false);
    expect(get(bucketPolicy, owner, fromVpc('vpc-other', '192.168.3.4')).allowed).toBe(false);
    expect(get(bucketPolicy, owner, fromInternet('192.168.3.4')).allowed).toBe(false);
    // "This Deny statement only restricts access. It does not grant any permissions."
    expect(get(bucketPolicy, alice, fromVpc(vpc, '192.168.3.4'))).toMatchObject({
      denial: 'bucket-acl',
    });
  });

  it('11: a list of blocked addresses, from the Internet too', () => {
    const bucketPolicy = policy({
      Effect: 'Deny',
      Action: 'oss:*',
      Principal: ['*'],
      Resource: whole,
      Condition: {
        IpAddress: { 'acs:SourceIp': ['101.*.*.100'] },
        StringLike: { 'acs:SourceVpc': ['*'] },
      },
    });
    expect(get(bucketPolicy, owner, fromInternet('101.1.2.100')).allowed).toBe(false);
    expect(get(bucketPolicy, owner, fromVpc('vpc-x', '101.1.2.100')).allowed).toBe(false);
    expect(get(bucketPolicy, owner, fromInternet('101.1.2.101')).allowed).toBe(true);
  });

  it('12: temporary keys only', () => {
    const bucketPolicy = policy({
      Effect: 'Deny',
      Action: ['oss:Get*', 'oss:ListObjects', 'oss:ListObjectVersions'],
      Principal: ['*'],
      Resource: objects,
      Condition: { StringNotLike: { 'acs:AccessId': ['TMP.*', 'STS.*'] } },
    });
    expect(get(bucketPolicy, owner, context({ 'acs:AccessId': 'STS.abc' })).allowed).toBe(true);
    expect(get(bucketPolicy, owner, context({ 'acs:AccessId': 'LTAIabc' })).allowed).toBe(false);
    expect(get(bucketPolicy, nobody, context({})).allowed).toBe(false);
  });

  it('13: no public ACLs', () => {
    const bucketPolicy = policy({
      Effect: 'Deny',
      Action: ['oss:PutObjectAcl'],
      Principal: ['*'],
      Resource: ['acs:oss:*:*:example-bucket/*'],
      Condition: { StringNotEquals: { 'oss:x-oss-object-acl': ['private', 'default'] } },
    });
    const sets = (acl: string) =>
      may({
        bucketPolicy,
        by: owner,
        action: 'oss:PutObjectAcl',
        key: 'a',
        context: context({ 'oss:x-oss-object-acl': acl }),
      });
    expect(['private', 'default', 'public-read', 'public-read-write'].map(sets)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
