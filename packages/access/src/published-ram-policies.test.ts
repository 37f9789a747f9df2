import { describe, expect, it } from 'vitest';
import { alice, ask, context, fromInternet, may, policy } from './testing/published.js';

// https://www.alibabacloud.com/help/en/oss/user-guide/common-examples-of-ram-policies
describe('common examples of RAM policies', () => {
  it('example 1: full control over a bucket', () => {
    const ram = policy({
      Effect: 'Allow',
      Action: 'oss:*',
      Resource: ['acs:oss:*:*:mybucket', 'acs:oss:*:*:mybucket/*'],
    });
    expect(may({ ram, by: alice, action: 'oss:PutBucketAcl', bucket: 'mybucket' })).toBe(true);
    expect(
      may({ ram, by: alice, action: 'oss:DeleteObject', bucket: 'mybucket', key: 'a/b' }),
    ).toBe(true);
    expect(may({ ram, by: alice, action: 'oss:GetObject', bucket: 'mybucket2', key: 'a' })).toBe(
      false,
    );
  });

  // "abc*.txt indicates all files with the prefix abc and the .txt extension"
  it('a resource with a wildcard inside', () => {
    const ram = policy({
      Effect: 'Allow',
      Action: 'oss:GetObject',
      Resource: 'acs:oss:*:*:mybucket/abc*.txt',
    });
    const reads = (key: string) =>
      may({ ram, by: alice, action: 'oss:GetObject', bucket: 'mybucket', key });
    expect(['abc.txt', 'abcd/e.txt', 'abc.txt.gz', 'xabc.txt'].map(reads)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

// https://www.alibabacloud.com/help/en/ram/access-oss-through-an-ip-address
describe('access to OSS from given addresses', () => {
  const buckets = {
    Effect: 'Allow',
    Action: [
      'oss:ListBuckets',
      'oss:GetBucketStat',
      'oss:GetBucketInfo',
      'oss:GetBucketTagging',
      'oss:GetBucketAcl',
    ],
    Resource: ['acs:oss:*:*:*'],
  };
  const photos = {
    Effect: 'Allow',
    Action: ['oss:ListObjects', 'oss:GetObject'],
    Resource: ['acs:oss:*:*:myphotos', 'acs:oss:*:*:myphotos/*'],
  };
  const get = (ram: object, address: string) =>
    ask({
      ram,
      by: alice,
      action: 'oss:GetObject',
      bucket: 'myphotos',
      key: 'a.jpg',
      context: fromInternet(address),
    });

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
    expect(get(ram, '10.0.0.1')).toMatchObject({
      allowed: false,
      denial: 'identity-policy',
      explicit: true,
    });
  });
});

// https://help.aliyun.com/zh/terraform/alicloud-ram-policy-document
it('listing a folder step by step: an empty prefix is a prefix', () => {
  const ram = policy({
    Effect: 'Allow',
    Action: ['oss:ListObjects'],
    Resource: ['acs:oss:*:*:myphotos'],
    Condition: {
      StringLike: { 'oss:Delimiter': ['/'], 'oss:Prefix': ['', 'hangzhou/', 'hangzhou/2015/*'] },
    },
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
