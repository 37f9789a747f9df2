import { describe, expect, it } from 'vitest';
import { type BucketGrant, type Denial, decide, type ObjectGrant } from './index.js';

const owner = { kind: 'account', account: '1000' } as const;
const stranger = { kind: 'account', account: '2000' } as const;
const nobody = { kind: 'anonymous' } as const;

const deny = (denial: Denial, action: string) => ({ allowed: false, denial, action });

describe('an account', () => {
  it('may do everything to a bucket of its own, whatever the ACLs', () => {
    for (const action of [
      'oss:PutObject',
      'oss:PutBucketAcl',
      'oss:ListObjects',
      'oss:PutObjectTagging',
    ]) {
      expect(
        decide({
          principal: owner,
          actions: [action],
          bucket: { owner: '1000', acl: 'private' },
          object: { acl: 'private' },
        }),
      ).toEqual({ allowed: true });
    }
  });

  it('may act on the service', () => {
    expect(decide({ principal: owner, actions: ['oss:ListBuckets'] })).toEqual({ allowed: true });
  });

  it("has in another's bucket what is open to everybody, and nothing else", () => {
    const bucket = { owner: '1000', acl: 'public-read' } as const;
    expect(decide({ principal: stranger, actions: ['oss:GetObject'], bucket })).toEqual({
      allowed: true,
    });
    expect(decide({ principal: stranger, actions: ['oss:PutObject'], bucket })).toEqual(
      deny('bucket-acl', 'oss:PutObject'),
    );
    expect(decide({ principal: stranger, actions: ['oss:PutBucketAcl'], bucket })).toEqual(
      deny('not-bucket-owner', 'oss:PutBucketAcl'),
    );
  });
});

describe('an anonymous request', () => {
  const ask = (action: string, bucketAcl: BucketGrant, objectAcl?: ObjectGrant) =>
    decide({
      principal: nobody,
      actions: [action],
      bucket: { owner: '1000', acl: bucketAcl },
      object: objectAcl === undefined ? undefined : { acl: objectAcl },
    });

  // Every pair of ACLs: may it read, may it write, and whose ACL said so.
  it.each<[BucketGrant, ObjectGrant | undefined, boolean, boolean, Denial]>([
    ['private', undefined, false, false, 'bucket-acl'],
    ['public-read', undefined, true, false, 'bucket-acl'],
    ['public-read-write', undefined, true, true, 'bucket-acl'],
    ['private', 'default', false, false, 'bucket-acl'],
    ['public-read', 'default', true, false, 'bucket-acl'],
    ['public-read-write', 'default', true, true, 'bucket-acl'],
    ['private', 'private', false, false, 'object-acl'],
    ['public-read', 'private', false, false, 'object-acl'],
    ['public-read-write', 'private', false, false, 'object-acl'],
    ['private', 'public-read', true, false, 'object-acl'],
    ['public-read', 'public-read', true, false, 'object-acl'],
    ['public-read-write', 'public-read', true, false, 'object-acl'],
    ['private', 'public-read-write', true, true, 'object-acl'],
    ['public-read', 'public-read-write', true, true, 'object-acl'],
    ['public-read-write', 'public-read-write', true, true, 'object-acl'],
  ])(
    'with bucket ACL %s and object ACL %s: reads %s, writes %s',
    (bucketAcl, objectAcl, reads, writes, denial) => {
      for (const action of ['oss:GetObject', 'oss:GetObjectVersion']) {
        expect(ask(action, bucketAcl, objectAcl)).toEqual(
          reads ? { allowed: true } : deny(denial, action),
        );
      }
      for (const action of ['oss:PutObject', 'oss:DeleteObject']) {
        expect(ask(action, bucketAcl, objectAcl)).toEqual(
          writes ? { allowed: true } : deny(denial, action),
        );
      }
    },
  );

  it.each([
    'oss:ListObjects',
    'oss:GetBucketInfo',
    'oss:PutObjectAcl',
    'oss:GetObjectTagging',
    'oss:DeleteBucket',
  ])('may not %s even in a public-read-write bucket', (action) => {
    expect(ask(action, 'public-read-write', 'public-read-write')).toEqual(
      deny('anonymous-operation', action),
    );
  });

  it('may not act on the service', () => {
    expect(decide({ principal: nobody, actions: ['oss:ListBuckets'] })).toEqual(
      deny('anonymous-operation', 'oss:ListBuckets'),
    );
  });

  it('may put but not tag in a public-read-write bucket', () => {
    expect(
      decide({
        principal: nobody,
        actions: ['oss:PutObject', 'oss:PutObjectTagging'],
        bucket: { owner: '1000', acl: 'public-read-write' },
      }),
    ).toEqual(deny('anonymous-extra-action', 'oss:PutObjectTagging'));
  });
});
