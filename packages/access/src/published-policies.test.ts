import { describe, expect, it } from 'vitest';
import type { RequestContext } from './condition/request-context.js';
import { judge } from './judge.js';
import { compilePolicy } from './policy/compile-policy.js';
import { parsePolicy } from './policy/parse-policy.js';
import type { Principal } from './principal.js';
import { ossResource } from './resource.js';
import type { Verdict } from './verdict.js';

// Policies as Alibaba Cloud's help publishes them, and what it says of them. Digits stand where the pages
// hide them.

const OWNER = '1746495857600000';
const owner: Principal = { kind: 'account', account: OWNER };
const alice: Principal = { kind: 'user', account: OWNER, user: '20214760404935000', name: 'alice' };
const bob: Principal = { kind: 'user', account: OWNER, user: '27737962156157000', name: 'bob' };
const nobody: Principal = { kind: 'anonymous' };

const context =
  (known: Readonly<Record<string, string>>): RequestContext =>
  (key) =>
    known[key];
const fromInternet = (address: string) => context({ 'acs:SourceIp': address, 'acs:SourceVpc': '' });
const fromVpc = (vpc: string, address = '192.168.0.1') =>
  context({ 'acs:SourceIp': address, 'acs:SourceVpc': vpc });

interface Asked {
  readonly ram?: object;
  readonly bucketPolicy?: object;
  readonly by: Principal;
  readonly action: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly context?: RequestContext;
}

function ask({ ram, bucketPolicy, by, action, bucket = 'example-bucket', key, context }: Asked): Verdict {
  return judge({
    principal: by,
    actions: [action],
    resource: ossResource({ region: 'cn-hangzhou', account: OWNER, bucket, key }),
    bucket: {
      owner: OWNER,
      acl: 'private',
      policy:
        bucketPolicy === undefined
          ? undefined
          : compilePolicy(parsePolicy(JSON.stringify(bucketPolicy), 'bucket'), bucket),
    },
    identityPolicies:
      ram === undefined ? [] : [compilePolicy(parsePolicy(JSON.stringify(ram), 'ram'), 'published')],
    context,
  });
}
const may = (asked: Asked) => ask(asked).allowed;
const policy = (...Statement: object[]) => ({ Version: '1', Statement });

// https://www.alibabacloud.com/help/en/oss/user-guide/common-examples-of-ram-policies
describe('common examples of RAM policies', () => {
  it('example 1: full control over a bucket', () => {
    const ram = policy({
      Effect: 'Allow',
      Action: 'oss:*',
      Resource: ['acs:oss:*:*:mybucket', 'acs:oss:*:*:mybucket/*'],
    });
    expect(may({ ram, by: alice, action: 'oss:PutBucketAcl', bucket: 'mybucket' })).toBe(true);
    expect(may({ ram, by: alice, action: 'oss:DeleteObject', bucket: 'mybucket', key: 'a/b' })).toBe(true);
    expect(may({ ram, by: alice, action: 'oss:GetObject', bucket: 'mybucket2', key: 'a' })).toBe(false);
  });

  // "abc*.txt indicates all files with the prefix abc and the .txt extension"
  it('a resource with a wildcard inside', () => {
    const ram = policy({ Effect: 'Allow', Action: 'oss:GetObject', Resource: 'acs:oss:*:*:mybucket/abc*.txt' });
    const reads = (key: string) => may({ ram, by: alice, action: 'oss:GetObject', bucket: 'mybucket', key });
    expect(['abc.txt', 'abcd/e.txt', 'abc.txt.gz', 'xabc.txt'].map(reads)).toEqual([true, true, false, false]);
  });
});

// https://www.alibabacloud.com/help/en/ram/access-oss-through-an-ip-address
describe('access to OSS from given addresses', () => {
  const buckets = {
    Effect: 'Allow',
    Action: ['oss:ListBuckets', 'oss:GetBucketStat', 'oss:GetBucketInfo', 'oss:GetBucketTagging', 'oss:GetBucketAcl'],
    Resource: ['acs:oss:*:*:*'],
  };
  const photos = {
    Effect: 'Allow',
    Action: ['oss:ListObjects', 'oss:GetObject'],
    Resource: ['acs:oss:*:*:myphotos', 'acs:oss:*:*:myphotos/*'],
  };
  const get = (ram: object, address: string) =>
    ask({ ram, by: alice, action: 'oss:GetObject', bucket: 'myphotos', key: 'a.jpg', context: fromInternet(address) });

  it('an Allow from two networks', () => {
    const ram = policy(buckets, {
      ...photos,
      Condition: { IpAddress: { 'acs:SourceIp': ['192.168.0.0/16', '172.16.0.0/12'] } },
    });
    expect(get(ram, '192.168.5.5').allowed).toBe(true);
    expect(get(ram, '172.31.0.1').allowed).toBe(true);
    expect(get(ram, '172.32.0.1').allowed).toBe(false);
  });

  it('a Deny from everywhere else', () => {
    const ram = policy(buckets, photos, {
      Effect: 'Deny',
      Action: 'oss:*',
      Resource: ['acs:oss:*:*:*'],
      Condition: { NotIpAddress: { 'acs:SourceIp': ['192.168.0.0/16'] } },
    });
    expect(get(ram, '192.168.5.5').allowed).toBe(true);
    expect(get(ram, '10.0.0.1')).toMatchObject({ allowed: false, denial: 'identity-policy', explicit: true });
  });
});

// https://help.aliyun.com/zh/terraform/alicloud-ram-policy-document
it('listing a folder step by step: an empty prefix is a prefix', () => {
  const ram = policy({
    Effect: 'Allow',
    Action: ['oss:ListObjects'],
    Resource: ['acs:oss:*:*:myphotos'],
    Condition: { StringLike: { 'oss:Delimiter': ['/'], 'oss:Prefix': ['', 'hangzhou/', 'hangzhou/2015/*'] } },
  });
  const list = (prefix: string, delimiter: string) =>
    may({
      ram,
      by: alice,
      action: 'oss:ListObjects',
      bucket: 'myphotos',
      context: context({ 'oss:Prefix': prefix, 'oss:Delimiter': delimiter }),
    });
  expect(list('', '/')).toBe(true);
  expect(list('hangzhou/2015/06/', '/')).toBe(true);
  expect(list('hangzhou/2016/', '/')).toBe(false);
  expect(list('', '')).toBe(false);
});

// https://www.alibabacloud.com/help/en/oss/user-guide/oss-bucket-policy/, by the number of its scenario
describe('bucket policies', () => {
  const objects = [`acs:oss:*:${OWNER}:example-bucket/*`];
  const whole = [...objects, `acs:oss:*:${OWNER}:example-bucket`];
  const get = (bucketPolicy: object, by: Principal, its?: RequestContext) =>
    ask({ bucketPolicy, by, action: 'oss:GetObject', key: 'a.txt', ...(its === undefined ? {} : { context: its }) });

  it('2: read-only for one user in two folders', () => {
    const bucketPolicy = policy(
      {
        Action: ['oss:GetObject', 'oss:GetObjectAcl', 'oss:GetObjectVersion', 'oss:GetObjectVersionAcl'],
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
      Principal: ['arn:sts::1032300000072056:assumed-role/role-name/session-name', 'arn:sts::1032300000072056:assumed-role/role2-name/*'],
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
    expect(get(bucketPolicy, owner, fromInternet('8.8.8.8'))).toMatchObject({ denial: 'bucket-policy', explicit: true });
    expect(get(bucketPolicy, owner, context({})).allowed).toBe(false);
    expect(get(bucketPolicy, owner, fromVpc('vpc-t4nlw426y44rd3iq40000')).allowed).toBe(true);
  });

  it('9: only from part of one VPC', () => {
    const vpc = 'vpc-t4nlw426y44rd3iq40000';
    const denial = { Effect: 'Deny', Action: ['oss:GetObject'], Principal: ['*'], Resource: objects };
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
    expect(get(bucketPolicy, alice, fromVpc(vpc, '192.168.3.4'))).toMatchObject({ denial: 'bucket-acl' });
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
      may({ bucketPolicy, by: owner, action: 'oss:PutObjectAcl', key: 'a', context: context({ 'oss:x-oss-object-acl': acl }) });
    expect(['private', 'default', 'public-read', 'public-read-write'].map(sets)).toEqual([true, true, false, false]);
  });
});

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
    ['fixed users', false, [statement(['20214760404935000']), statement(['1'], { StringLike: { 'oss:Prefix': ['a/*'] } })]],
    ['example 1: everybody', true, [statement('*')]],
    ['example 2: every VPC, beside a fixed user', true, [statement('*', { StringLike: { 'acs:SourceVpc': ['vpc-*'] } }), statement('27464958576000')]],
    ['one VPC', false, [statement('*', { StringEquals: { 'acs:SourceVpc': ['vpc-1'] } })]],
    ['one VPC and any', true, [statement('*', { StringLike: { 'acs:SourceVpc': ['vpc-1', '*'] } })]],
    ['every VPC but one', true, [statement('*', { StringNotEquals: { 'acs:SourceVpc': ['vpc-1'] } })]],
    ['one key', false, [statement(['*'], { StringEquals: { 'acs:AccessId': 'LTAI' } })]],
    ['a network of 8 bits', false, [statement('*', { IpAddress: { 'acs:SourceIp': ['10.0.0.0/8'] } })]],
    ['a network of 7 bits', true, [statement('*', { IpAddress: { 'acs:SourceIp': ['10.0.0.0/7'] } })]],
    ['an IPv6 network of 32 bits', false, [statement('*', { IpAddress: { 'acs:SourceIp': ['2001:db8::/32'] } })]],
    ['an IPv6 network of 31 bits', true, [statement('*', { IpAddress: { 'acs:SourceIp': ['2001:db8::/31'] } })]],
    ['a wildcard address', true, [statement('*', { IpAddress: { 'acs:SourceIp': ['101.*.*.100'] } })]],
    ['all but one user', true, [{ ...statement(undefined), Principal: undefined, NotPrincipal: ['1'] }]],
    ['a prefix', true, [statement('*', { StringEquals: { 'oss:Prefix': 'a' } })]],
    ['a Deny', false, [{ ...statement('*'), Effect: 'Deny' }]],
  ])('%s: %s', (_, expected, statements) => {
    expect(isPublic(...statements.map((one) => JSON.parse(JSON.stringify(one))))).toBe(expected);
  });
});
