import { describe, expect, it } from 'vitest';
import { judge, judgeBeforeObject } from './judge.js';
import type { CompiledPolicy } from './policy/compile-policy.js';
import {
  bucket,
  foreigner,
  nobody,
  owned,
  owner,
  put,
  ram,
  says,
  user,
} from './testing/put-question.js';

describe('what no policy decides', () => {
  it('a fresh user is denied by the bucket’s ACL, or has no permission where no ACL speaks', () => {
    expect(judge(put(user))).toEqual({
      allowed: false,
      stage: 'bucket-acl',
      denial: 'bucket-acl',
      action: 'oss:PutObject',
      explicit: false,
    });
    expect(judge(put(user, { actions: ['oss:GetBucketInfo'] }))).toMatchObject({
      denial: 'no-permission',
    });
    expect(judge(put(user, { actions: ['oss:ListBuckets'], bucket: undefined }))).toMatchObject({
      stage: 'management',
      denial: 'no-permission',
    });
    expect(judge(put(foreigner, { actions: ['oss:GetBucketInfo'] }))).toMatchObject({
      denial: 'not-bucket-owner',
    });
  });

  it('a user that may put may not tag, too, until a policy says so', () => {
    const tagging = { actions: ['oss:PutObject', 'oss:PutObjectTagging'] };
    const verdict = (...policies: CompiledPolicy[]) =>
      judge(put(user, { ...tagging, identityPolicies: policies }));
    expect(verdict(ram(says('Allow', 'oss:PutObject')))).toMatchObject({
      denial: 'no-extra-permission',
      action: 'oss:PutObjectTagging',
    });
    expect(verdict(ram(says('Allow', ['oss:PutObject', 'oss:PutObjectTagging']))).allowed).toBe(
      true,
    );
    expect(
      verdict(ram(says('Allow', 'oss:PutObject')), ram(says('Allow', 'oss:PutObjectTagging')))
        .allowed,
    ).toBe(true);
    const policy = bucket(says('Allow', 'oss:PutObject*', { Principal: ['1001'] }));
    expect(judge(put(user, { ...tagging, ...owned(policy) })).allowed).toBe(true);
  });

  it('users have what the ACLs open to everybody', () => {
    const readable = { bucket: { owner: '1000', acl: 'public-read' as const } };
    expect(judge(put(user, { ...readable, actions: ['oss:GetObject'] }))).toEqual({
      allowed: true,
      stage: 'bucket-acl',
    });
    expect(judge(put(user, readable))).toMatchObject({ denial: 'bucket-acl' });
    expect(judge(put(user, { ...readable, object: { acl: 'public-read-write' } }))).toEqual({
      allowed: true,
      stage: 'object-acl',
    });
  });

  it('blocked public access makes public ACLs private, and ignores public statements alone', () => {
    const open = { owner: '1000', acl: 'public-read-write' as const };
    const blocked = { ...open, blocksPublicAccess: true };
    expect(judge(put(nobody, { bucket: open })).allowed).toBe(true);
    expect(judge(put(nobody, { bucket: blocked }))).toMatchObject({
      stage: 'public-access-block',
      denial: 'bucket-acl',
    });
    expect(
      judge(put(nobody, { bucket: blocked, object: { acl: 'public-read-write' } })),
    ).toMatchObject({
      stage: 'public-access-block',
      denial: 'object-acl',
    });
    expect(judge(put(owner, { bucket: blocked })).allowed).toBe(true);

    const block = { blocksPublicAccess: true };
    const Condition = { IpAddress: { 'acs:SourceIp': '10.0.0.0/8' } };
    const context = (key: string) => (key === 'acs:SourceIp' ? '10.1.1.1' : undefined);
    const anyone = bucket(says('Allow', 'oss:PutObject'));
    expect(judge(put(nobody, owned(anyone))).allowed).toBe(true);
    expect(judge(put(nobody, owned(anyone, block))).allowed).toBe(false);
    const pinned = bucket(says('Allow', 'oss:PutObject', { Condition }));
    expect(judge(put(nobody, { ...owned(pinned, block), context })).allowed).toBe(true);
    const named = bucket(says('Allow', 'oss:PutObject', { Principal: ['1001'] }));
    expect(judge(put(user, owned(named, block))).allowed).toBe(true);
    const denying = bucket(
      says('Allow', 'oss:PutObject', { Principal: ['1001'] }),
      says('Deny', '*'),
    );
    expect(judge(put(user, owned(denying, block))).allowed).toBe(false);
  });

  it('a request that needs no action is let through', () => {
    expect(judge(put(nobody, { actions: [] }))).toEqual({ allowed: true, stage: 'nothing-asked' });
  });
});

describe('before the object is known', () => {
  it('there is a verdict where its ACL does not matter, the same one', () => {
    const allow = { identityPolicies: [ram(says('Allow', '*'))] };
    const deny = owned(bucket(says('Deny', '*')));
    const questions = [
      put(owner),
      put(user, allow),
      put(nobody, deny),
      put(user, { actions: ['oss:PutBucketAcl'] }),
    ];
    for (const question of questions) {
      expect(judgeBeforeObject(question)).toEqual(judge(question));
      expect(judgeBeforeObject(question)).toBeDefined();
    }
  });

  it('there is none where it does', () => {
    expect(judgeBeforeObject(put(user))).toBeUndefined();
    expect(
      judgeBeforeObject(put(nobody, { bucket: { owner: '1000', acl: 'public-read-write' } })),
    ).toBeUndefined();
    expect(
      judgeBeforeObject(put(nobody, { actions: ['oss:PutObject', 'oss:PutObjectTagging'] })),
    ).toBeUndefined();
  });
});
