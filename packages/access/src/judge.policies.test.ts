import { describe, expect, it } from 'vitest';
import { judge } from './judge.js';
import { parseResource } from './resource.js';
import {
  bucket,
  everyone,
  foreigner,
  make,
  nobody,
  owned,
  owner,
  put,
  ram,
  says,
  session,
  stranger,
  user,
} from './testing/put-question.js';

describe('policies', () => {
  it('of an identity allow its own account’s buckets, and nobody else’s', () => {
    const identityPolicies = [ram(says('Allow', 'oss:*'))];
    for (const principal of [user, session]) {
      expect(judge(put(principal, { identityPolicies }))).toMatchObject({
        allowed: true,
        stage: 'identity-policy',
        statement: { index: 0, policy: { kind: 'ram' } },
      });
    }
    expect(judge(put(foreigner, { identityPolicies }))).toMatchObject({
      denial: 'bucket-acl',
      explicit: false,
    });
    // An account's own key has no policies, and nobody has any whom nobody knows.
    expect(judge(put(stranger, { identityPolicies })).allowed).toBe(false);
    expect(judge(put(nobody, { identityPolicies })).allowed).toBe(false);
  });

  it('of a bucket allow whom they name, of whatever account', () => {
    const Principal = ['2000', '2001', 'arn:sts::1000:assumed-role/ci/*'];
    const policy = bucket(says('Allow', 'oss:PutObject', { Principal }));
    expect(everyone.map((principal) => judge(put(principal, owned(policy))).allowed)).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(judge(put(foreigner, owned(policy)))).toMatchObject({
      stage: 'bucket-policy',
      statement: { index: 0 },
    });
  });

  it('that name an account do not name its users and roles', () => {
    const policy = bucket(says('Allow', 'oss:PutObject', { Principal: ['2000', '1000'] }));
    expect([foreigner, user, session].map((one) => judge(put(one, owned(policy))).allowed)).toEqual(
      [false, false, false],
    );
  });

  it('with NotPrincipal are about all the others', () => {
    const policy = make('bucket', {
      ...says('Allow', 'oss:PutObject'),
      NotPrincipal: ['1001', '2000'],
    });
    expect(everyone.map((principal) => judge(put(principal, owned(policy))).allowed)).toEqual([
      true,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  // "Principal * without a condition applies to all users except the bucket owner, with one to all"
  // (https://help.aliyun.com/en/oss/user-guide/bucket-policy/).
  it('on everybody meet the bucket’s owner only with a condition, or by name', () => {
    const deny = says('Deny', 'oss:*');
    const Condition = { StringNotLike: { 'acs:SourceVpc': 'vpc-*' } };
    const ownerMay = (...statements: object[]) =>
      judge(put(owner, owned(bucket(...statements)))).allowed;
    expect(ownerMay(deny)).toBe(true);
    expect(ownerMay({ ...deny, Principal: [] })).toBe(true);
    expect(ownerMay({ ...deny, Condition })).toBe(false);
    expect(ownerMay({ ...deny, Condition: {} })).toBe(true);
    expect(ownerMay({ ...deny, Principal: ['*', '1000'] })).toBe(false);
    expect(
      judge(put(owner, owned(make('bucket', { ...deny, NotPrincipal: ['2000'] })))).allowed,
    ).toBe(true);
    // The owner's users and roles are not the owner.
    expect(
      judge(put(user, { ...owned(bucket(deny)), identityPolicies: [ram(says('Allow', '*'))] }))
        .allowed,
    ).toBe(false);
  });

  it('deny before any allows, and tell whose Deny it was', () => {
    const allow = says('Allow', '*');
    const deny = says('Deny', 'oss:PutObject');
    const verdict = (identity: object[], ofBucket: object[]) =>
      judge(put(user, { identityPolicies: [ram(...identity)], ...owned(bucket(...ofBucket)) }));
    expect(verdict([allow, deny], [allow])).toMatchObject({
      denial: 'identity-policy',
      explicit: true,
      statement: { index: 1 },
    });
    expect(verdict([allow], [allow, deny])).toMatchObject({
      denial: 'bucket-policy',
      explicit: true,
      statement: { index: 1 },
    });
    expect(verdict([allow, deny], [deny])).toMatchObject({
      denial: 'both-policies',
      explicit: true,
      statement: { index: 1, policy: { kind: 'ram' } },
      bucketStatement: { index: 0, policy: { kind: 'bucket' } },
    });
    expect(verdict([allow], [says('Deny', 'oss:GetObject')]).allowed).toBe(true);
  });

  it('of several kinds need not agree: one Allow is enough', () => {
    const none = says('Allow', 'oss:GetObject');
    const allow = says('Allow', 'oss:PutObject');
    expect(
      judge(put(user, { identityPolicies: [ram(none), ram(allow)], ...owned(bucket(none)) }))
        .allowed,
    ).toBe(true);
    expect(
      judge(put(user, { identityPolicies: [ram(none)], ...owned(bucket(allow)) })).allowed,
    ).toBe(true);
    expect(
      judge(put(user, { identityPolicies: [ram(none)], ...owned(bucket(none)) })).allowed,
    ).toBe(false);
  });

  it('of a session have to allow it as well', () => {
    const identityPolicies = [ram(says('Allow', '*'))];
    const narrowed = (...statements: object[]) =>
      judge(put(session, { identityPolicies, sessionPolicy: make('session', ...statements) }));
    expect(narrowed(says('Allow', 'oss:Put*')).allowed).toBe(true);
    expect(narrowed(says('Allow', 'oss:Get*'))).toMatchObject({
      stage: 'session-policy',
      denial: 'session-policy',
      explicit: false,
    });
    expect(narrowed(says('Allow', '*'), says('Deny', 'oss:Put*'))).toMatchObject({
      denial: 'session-policy',
      explicit: true,
      statement: { index: 1, policy: { kind: 'session' } },
    });
    // What it allows is not given by it.
    const question = put(session, { sessionPolicy: make('session', says('Allow', '*')) });
    expect(judge(question)).toMatchObject({ denial: 'bucket-acl' });
    // Neither a bucket policy nor a public ACL widens it.
    const sessionPolicy = make('session', says('Allow', 'oss:Get*'));
    expect(
      judge(put(session, { sessionPolicy, ...owned(bucket(says('Allow', '*'))) })).allowed,
    ).toBe(false);
    expect(
      judge(put(session, { sessionPolicy, bucket: { owner: '1000', acl: 'public-read-write' } }))
        .allowed,
    ).toBe(false);
  });

  it('take actions in any case, resources and regions as they are written', () => {
    const allows = (statement: object) =>
      judge(put(user, { identityPolicies: [ram(statement)] })).allowed;
    expect(allows(says('Allow', 'OSS:putobject'))).toBe(true);
    expect(allows(says('Allow', 'oss:Put?bject'))).toBe(true);
    expect(allows(says('Allow', 'kms:*'))).toBe(false);
    expect(allows({ Effect: 'Allow', NotAction: ['oss:Get*'], Resource: '*' })).toBe(true);
    expect(allows({ Effect: 'Allow', NotAction: ['oss:Put*'], Resource: '*' })).toBe(false);
    const on = (Resource: string) => allows(says('Allow', '*', { Resource }));
    expect(on('acs:oss:*:*:b/k')).toBe(true);
    expect(on('acs:oss:*:*:b/K')).toBe(false);
    expect(on('acs:oss:*:*:b')).toBe(false);
    expect(on('acs:oss:cn-hangzhou:1000:b/*')).toBe(true);
    expect(on('acs:oss:oss-cn-hangzhou:1000:b/*')).toBe(true);
    expect(on('acs:oss:cn-beijing:*:b/*')).toBe(false);
    expect(on('acs:oss:*:2000:b/*')).toBe(false);
    expect(on('acs:*:*:*:*')).toBe(true);
    expect(on('acs:kms:*:*:*')).toBe(false);
    expect(allows({ Effect: 'Allow', Action: '*', NotResource: 'acs:oss:*:*:c/*' })).toBe(true);
    expect(
      allows({ Effect: 'Allow', Action: '*', NotResource: ['acs:oss:*:*:c/*', 'acs:oss:*:*:b/*'] }),
    ).toBe(false);
  });

  it('keep to the parts of a resource: a star does not reach into the next', () => {
    const identityPolicies = [ram(says('Allow', '*', { Resource: 'acs:oss:*:1000:mine/*' }))];
    const tricky = parseResource('acs:oss:cn-hangzhou:1000:other/x:1000:mine/k');
    expect(judge(put(user, { identityPolicies, resource: tricky })).allowed).toBe(false);
  });

  it('cannot be asked without a resource', () => {
    const question = put(user, {
      identityPolicies: [ram(says('Allow', '*'))],
      resource: undefined,
    });
    expect(() => judge(question)).toThrow(TypeError);
  });
});
