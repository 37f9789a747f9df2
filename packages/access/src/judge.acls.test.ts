import { describe, expect, it } from 'vitest';
import type { BucketGrant, ObjectGrant } from './acl.js';
import { judge } from './judge.js';
import { nobody, owner, put, stranger } from './testing/put-question.js';
import type { Denial, Stage, Verdict } from './verdict.js';

const deny = (stage: Stage, denial: Denial, action: string): Verdict => ({
  allowed: false,
  stage,
  denial,
  action,
  explicit: false,
});

describe('an account', () => {
  it('may do everything to a bucket of its own, whatever the ACLs', () => {
    for (const action of [
      'oss:PutObject',
      'oss:PutBucketAcl',
      'oss:ListObjects',
      'oss:PutObjectTagging',
    ]) {
      expect(judge(put(owner, { actions: [action], object: { acl: 'private' } }))).toEqual({
        allowed: true,
        stage: 'ownership',
      });
    }
  });

  it('may act on the service', () => {
    expect(judge(put(owner, { actions: ['oss:ListBuckets'], bucket: undefined }))).toEqual({
      allowed: true,
      stage: 'ownership',
    });
  });

  it("has in another's bucket what is open to everybody, and nothing else", () => {
    const bucket = { owner: '1000', acl: 'public-read' } as const;
    const verdict = (action: string) => judge(put(stranger, { actions: [action], bucket }));
    expect(verdict('oss:GetObject')).toEqual({ allowed: true, stage: 'bucket-acl' });
    expect(verdict('oss:PutObject')).toEqual(deny('bucket-acl', 'bucket-acl', 'oss:PutObject'));
    expect(verdict('oss:PutBucketAcl')).toEqual(
      deny('management', 'not-bucket-owner', 'oss:PutBucketAcl'),
    );
  });
});

describe('an anonymous request', () => {
  const ask = (action: string, bucketAcl: BucketGrant, objectAcl?: ObjectGrant) =>
    judge(
      put(nobody, {
        actions: [action],
        bucket: { owner: '1000', acl: bucketAcl },
        object: objectAcl === undefined ? undefined : { acl: objectAcl },
      }),
    );

  // Every pair of ACLs: may it read, may it write, and whose ACL said so.
  it.each<[BucketGrant, ObjectGrant | undefined, boolean, boolean, 'bucket-acl' | 'object-acl']>([
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
    (bucketAcl, objectAcl, reads, writes, by) => {
      for (const action of ['oss:GetObject', 'oss:GetObjectVersion']) {
        expect(ask(action, bucketAcl, objectAcl)).toEqual(
          reads ? { allowed: true, stage: by } : deny(by, by, action),
        );
      }
      for (const action of ['oss:PutObject', 'oss:DeleteObject', 'oss:DeleteObjectVersion']) {
        expect(ask(action, bucketAcl, objectAcl)).toEqual(
          writes ? { allowed: true, stage: by } : deny(by, by, action),
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
      deny('management', 'anonymous-operation', action),
    );
  });

  it('may not act on the service', () => {
    expect(judge(put(nobody, { actions: ['oss:ListBuckets'], bucket: undefined }))).toEqual(
      deny('management', 'anonymous-operation', 'oss:ListBuckets'),
    );
  });

  it('may put but not tag in a public-read-write bucket', () => {
    expect(
      judge(
        put(nobody, {
          actions: ['oss:PutObject', 'oss:PutObjectTagging'],
          bucket: { owner: '1000', acl: 'public-read-write' },
        }),
      ),
    ).toEqual(deny('management', 'anonymous-extra-action', 'oss:PutObjectTagging'));
  });
});
