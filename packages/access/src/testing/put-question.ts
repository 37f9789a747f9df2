import type { AccessQuestion } from '../access-question.js';
import { type CompiledPolicy, compilePolicy } from '../policy/compile-policy.js';
import { parsePolicy } from '../policy/parse-policy.js';
import type { PolicyKind } from '../policy/policy-kind.js';
import type { Principal } from '../principal.js';
import { ossResource } from '../resource.js';

// Who may put an object into a private bucket of account 1000: the question most tests vary.

export const owner: Principal = { kind: 'account', account: '1000' };
export const stranger: Principal = { kind: 'account', account: '2000' };
export const user: Principal = { kind: 'user', account: '1000', user: '1001', name: 'alice' };
export const foreigner: Principal = { kind: 'user', account: '2000', user: '2001', name: 'bob' };
export const session: Principal = {
  kind: 'session',
  account: '1000',
  role: 'ci',
  session: 'run-1',
};
export const nobody: Principal = { kind: 'anonymous' };
/** One of each kind, at home and from another account. */
export const everyone = [owner, stranger, user, foreigner, session, nobody];

/** A policy of these statements. */
export const make = (kind: PolicyKind, ...statements: object[]): CompiledPolicy =>
  compilePolicy(parsePolicy({ Version: '1', Statement: statements }, kind), kind);
/** A statement on every resource, unless more says otherwise. */
export const says = (Effect: 'Allow' | 'Deny', Action: string | string[], more: object = {}) => ({
  Effect,
  Action,
  Resource: '*',
  ...more,
});
export const ram = (...statements: object[]) => make('ram', ...statements);
/** A bucket policy, on everybody where a statement names nobody. */
export const bucket = (...statements: object[]) =>
  make('bucket', ...statements.map((one) => ({ Principal: ['*'], ...one })));

const resource = ossResource({ region: 'cn-hangzhou', account: '1000', bucket: 'b', key: 'k' });
/** The question, varied. */
export const put = (principal: Principal, more: Partial<AccessQuestion> = {}): AccessQuestion => ({
  principal,
  actions: ['oss:PutObject'],
  resource,
  bucket: { owner: '1000', acl: 'private' },
  ...more,
});
/** The private bucket, with a policy. */
export const owned = (policy: CompiledPolicy, more: object = {}) => ({
  bucket: { owner: '1000', acl: 'private' as const, policy, ...more },
});
