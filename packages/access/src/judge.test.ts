import { describe, expect, it } from 'vitest';
import type { AccessQuestion } from './access-question.js';
import { judge, judgeBeforeObject } from './judge.js';
import { type CompiledPolicy, compilePolicy } from './policy/compile-policy.js';
import { parsePolicy } from './policy/parse-policy.js';
import type { PolicyKind } from './policy/policy-kind.js';
import type { Principal } from './principal.js';
import { ossResource, parseResource } from './resource.js';

const owner: Principal = { kind: 'account', account: '1000' };
const stranger: Principal = { kind: 'account', account: '2000' };
const user: Principal = { kind: 'user', account: '1000', user: '1001', name: 'alice' };
const foreigner: Principal = { kind: 'user', account: '2000', user: '2001', name: 'bob' };
const session: Principal = { kind: 'session', account: '1000', role: 'ci', session: 'run-1' };
const nobody: Principal = { kind: 'anonymous' };
const everyone = [owner, stranger, user, foreigner, session, nobody];

const make = (kind: PolicyKind, ...statements: object[]): CompiledPolicy =>
  compilePolicy(parsePolicy({ Version: '1', Statement: statements }, kind), kind);
const says = (Effect: 'Allow' | 'Deny', Action: string | string[], more: object = {}) => ({
  Effect,
  Action,
  Resource: '*',
  ...more,
});
const ram = (...statements: object[]) => make('ram', ...statements);
const bucket = (...statements: object[]) =>
  make('bucket', ...statements.map((one) => ({ Principal: ['*'], ...one })));

const resource = ossResource({ region: 'cn-hangzhou', account: '1000', bucket: 'b', key: 'k' });
const put = (principal: Principal, more: Partial<AccessQuestion> = {}): AccessQuestion => ({
  principal,
  actions: ['oss:PutObject'],
  resource,
  bucket: { owner: '1000', acl: 'private' },
  ...more,
});
const owned = (policy: CompiledPolicy, more: object = {}) => ({
  bucket: { owner: '1000', acl: 'private' as const, policy, ...more },
});

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
    expect(judge(put(foreigner, { identityPolicies }))).toMatchObject({ denial: 'bucket-acl', explicit: false });
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
    expect(judge(put(foreigner, owned(policy)))).toMatchObject({ stage: 'bucket-policy', statement: { index: 0 } });
  });

  it('that name an account do not name its users and roles', () => {
    const policy = bucket(says('Allow', 'oss:PutObject', { Principal: ['2000', '1000'] }));
    expect([foreigner, user, session].map((one) => judge(put(one, owned(policy))).allowed)).toEqual([false, false, false]);
  });

  it('with NotPrincipal are about all the others', () => {
    const policy = make('bucket', { ...says('Allow', 'oss:PutObject'), NotPrincipal: ['1001', '2000'] });
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
    const ownerMay = (...statements: object[]) => judge(put(owner, owned(bucket(...statements)))).allowed;
    expect(ownerMay(deny)).toBe(true);
    expect(ownerMay({ ...deny, Principal: [] })).toBe(true);
    expect(ownerMay({ ...deny, Condition })).toBe(false);
    expect(ownerMay({ ...deny, Condition: {} })).toBe(true);
    expect(ownerMay({ ...deny, Principal: ['*', '1000'] })).toBe(false);
    expect(judge(put(owner, owned(make('bucket', { ...deny, NotPrincipal: ['2000'] })))).allowed).toBe(true);
    // The owner's users and roles are not the owner.
    expect(judge(put(user, { ...owned(bucket(deny)), identityPolicies: [ram(says('Allow', '*'))] })).allowed).toBe(false);
  });

  it('deny before any allows, and tell whose Deny it was', () => {
    const allow = says('Allow', '*');
    const deny = says('Deny', 'oss:PutObject');
    const verdict = (identity: object[], ofBucket: object[]) =>
      judge(put(user, { identityPolicies: [ram(...identity)], ...owned(bucket(...ofBucket)) }));
    expect(verdict([allow, deny], [allow])).toMatchObject({ denial: 'identity-policy', explicit: true, statement: { index: 1 } });
    expect(verdict([allow], [allow, deny])).toMatchObject({ denial: 'bucket-policy', explicit: true, statement: { index: 1 } });
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
    expect(judge(put(user, { identityPolicies: [ram(none), ram(allow)], ...owned(bucket(none)) })).allowed).toBe(true);
    expect(judge(put(user, { identityPolicies: [ram(none)], ...owned(bucket(allow)) })).allowed).toBe(true);
    expect(judge(put(user, { identityPolicies: [ram(none)], ...owned(bucket(none)) })).allowed).toBe(false);
  });

  it('of a session have to allow it as well', () => {
    const identityPolicies = [ram(says('Allow', '*'))];
    const narrowed = (...statements: object[]) =>
      judge(put(session, { identityPolicies, sessionPolicy: make('session', ...statements) }));
    expect(narrowed(says('Allow', 'oss:Put*')).allowed).toBe(true);
    expect(narrowed(says('Allow', 'oss:Get*'))).toMatchObject({ stage: 'session-policy', denial: 'session-policy', explicit: false });
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
    expect(judge(put(session, { sessionPolicy, ...owned(bucket(says('Allow', '*'))) })).allowed).toBe(false);
    expect(judge(put(session, { sessionPolicy, bucket: { owner: '1000', acl: 'public-read-write' } })).allowed).toBe(false);
  });

  it('take actions in any case, resources and regions as they are written', () => {
    const allows = (statement: object) => judge(put(user, { identityPolicies: [ram(statement)] })).allowed;
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
    expect(allows({ Effect: 'Allow', Action: '*', NotResource: ['acs:oss:*:*:c/*', 'acs:oss:*:*:b/*'] })).toBe(false);
  });

  it('keep to the parts of a resource: a star does not reach into the next', () => {
    const identityPolicies = [ram(says('Allow', '*', { Resource: 'acs:oss:*:1000:mine/*' }))];
    const tricky = parseResource('acs:oss:cn-hangzhou:1000:other/x:1000:mine/k');
    expect(judge(put(user, { identityPolicies, resource: tricky })).allowed).toBe(false);
  });

  it('cannot be asked without a resource', () => {
    const question = put(user, { identityPolicies: [ram(says('Allow', '*'))], resource: undefined });
    expect(() => judge(question)).toThrow(TypeError);
  });
});

describe('what no policy decides', () => {
  it('a fresh user is denied by the bucket’s ACL, or has no permission where no ACL speaks', () => {
    expect(judge(put(user))).toEqual({
      allowed: false,
      stage: 'bucket-acl',
      denial: 'bucket-acl',
      action: 'oss:PutObject',
      explicit: false,
    });
    expect(judge(put(user, { actions: ['oss:GetBucketInfo'] }))).toMatchObject({ denial: 'no-permission' });
    expect(judge(put(user, { actions: ['oss:ListBuckets'], bucket: undefined }))).toMatchObject({
      stage: 'management',
      denial: 'no-permission',
    });
    expect(judge(put(foreigner, { actions: ['oss:GetBucketInfo'] }))).toMatchObject({ denial: 'not-bucket-owner' });
  });

  it('a user that may put may not tag, too, until a policy says so', () => {
    const tagging = { actions: ['oss:PutObject', 'oss:PutObjectTagging'] };
    const verdict = (...policies: CompiledPolicy[]) => judge(put(user, { ...tagging, identityPolicies: policies }));
    expect(verdict(ram(says('Allow', 'oss:PutObject')))).toMatchObject({
      denial: 'no-extra-permission',
      action: 'oss:PutObjectTagging',
    });
    expect(verdict(ram(says('Allow', ['oss:PutObject', 'oss:PutObjectTagging']))).allowed).toBe(true);
    expect(verdict(ram(says('Allow', 'oss:PutObject')), ram(says('Allow', 'oss:PutObjectTagging'))).allowed).toBe(true);
    const policy = bucket(says('Allow', 'oss:PutObject*', { Principal: ['1001'] }));
    expect(judge(put(user, { ...tagging, ...owned(policy) })).allowed).toBe(true);
  });

  it('users have what the ACLs open to everybody', () => {
    const readable = { bucket: { owner: '1000', acl: 'public-read' as const } };
    expect(judge(put(user, { ...readable, actions: ['oss:GetObject'] }))).toEqual({ allowed: true, stage: 'bucket-acl' });
    expect(judge(put(user, readable))).toMatchObject({ denial: 'bucket-acl' });
    expect(judge(put(user, { ...readable, object: { acl: 'public-read-write' } }))).toEqual({ allowed: true, stage: 'object-acl' });
  });

  it('blocked public access makes public ACLs private, and ignores public statements alone', () => {
    const open = { owner: '1000', acl: 'public-read-write' as const };
    const blocked = { ...open, blocksPublicAccess: true };
    expect(judge(put(nobody, { bucket: open })).allowed).toBe(true);
    expect(judge(put(nobody, { bucket: blocked }))).toMatchObject({ stage: 'public-access-block', denial: 'bucket-acl' });
    expect(judge(put(nobody, { bucket: blocked, object: { acl: 'public-read-write' } }))).toMatchObject({
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
    const denying = bucket(says('Allow', 'oss:PutObject', { Principal: ['1001'] }), says('Deny', '*'));
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
    const questions = [put(owner), put(user, allow), put(nobody, deny), put(user, { actions: ['oss:PutBucketAcl'] })];
    for (const question of questions) {
      expect(judgeBeforeObject(question)).toEqual(judge(question));
      expect(judgeBeforeObject(question)).toBeDefined();
    }
  });

  it('there is none where it does', () => {
    expect(judgeBeforeObject(put(user))).toBeUndefined();
    expect(judgeBeforeObject(put(nobody, { bucket: { owner: '1000', acl: 'public-read-write' } }))).toBeUndefined();
    expect(judgeBeforeObject(put(nobody, { actions: ['oss:PutObject', 'oss:PutObjectTagging'] }))).toBeUndefined();
  });
});
