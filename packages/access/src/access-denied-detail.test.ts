import { describe, expect, it } from 'vitest';
import { accessDeniedDetail } from './access-denied-detail.js';
import type { Principal } from './principal.js';
import type { Denied } from './verdict.js';

const user: Principal = {
  kind: 'user',
  account: '1000',
  user: '205871000474254611',
  name: 'alice',
};
const session: Principal = { kind: 'session', account: '1000', role: 'ci', session: 'run-1' };
const denied = (denial: Denied['denial'], explicit: boolean): Denied => ({
  allowed: false,
  stage: 'bucket-acl',
  denial,
  explicit,
  action: 'oss:PutBucketReferer',
});

describe('AccessDeniedDetail', () => {
  // The example of https://www.alibabacloud.com/help/en/oss/support/0003-00000201
  it('tells a user which kind of policy denied, and how', () => {
    expect(accessDeniedDetail(user, denied('identity-policy', true))).toEqual({
      PolicyType: 'AccountLevelIdentityBasedPolicy',
      AuthPrincipalOwnerId: '1000',
      AuthPrincipalType: 'SubUser',
      AuthPrincipalDisplayName: '205871000474254611',
      NoPermissionType: 'ExplicitDeny',
      AuthAction: 'oss:PutBucketReferer',
    });
    expect(accessDeniedDetail(user, denied('bucket-acl', false))?.NoPermissionType).toBe(
      'ImplicitDeny',
    );
  });

  it('tells a session of its session policy', () => {
    expect(accessDeniedDetail(session, denied('session-policy', false))).toMatchObject({
      PolicyType: 'SessionPolicy',
      AuthPrincipalType: 'AssumedRoleUser',
      AuthPrincipalDisplayName: 'ci:run-1',
      NoPermissionType: 'ImplicitDeny',
    });
  });

  it('tells nothing of a bucket policy, and nothing to accounts and strangers', () => {
    expect(accessDeniedDetail(user, denied('bucket-policy', true))).toBeUndefined();
    expect(
      accessDeniedDetail({ kind: 'account', account: '2000' }, denied('bucket-acl', false)),
    ).toBeUndefined();
    expect(
      accessDeniedDetail({ kind: 'anonymous' }, denied('anonymous-operation', false)),
    ).toBeUndefined();
  });
});
