import { callerIdentity } from '@openoss/directory';
import { type Operation, operation } from '../operation/operation.js';
import { integer, optional, required, text } from '../operation/parameter.js';
import { STS } from '../product.js';
import { shownDate } from './shown.js';

/** https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-overview */
export const stsOperations: readonly Operation[] = [
  operation({
    product: STS,
    name: 'AssumeRole',
    doc: 'Begins a session of a role.',
    parameters: {
      roleArn: required('RoleArn', text),
      roleSessionName: required('RoleSessionName', text),
      durationSeconds: optional('DurationSeconds', integer),
      policy: optional('Policy', text),
      externalId: optional('ExternalId', text),
    },
    unsupported: ['SourceIdentity'],
    // The trust policy has its say as well: the directory asks both.
    run: async ({ externalId, policy, ...request }, { sts, caller, context }) => {
      const { credentials, assumedRoleUser } = await sts.assumeRole(caller, {
        ...request,
        policy: policy === '' ? undefined : policy,
        context: (key) => (key === 'sts:ExternalId' ? externalId : context(key)),
      });
      return {
        Credentials: {
          AccessKeyId: credentials.accessKeyId,
          AccessKeySecret: credentials.accessKeySecret,
          SecurityToken: credentials.securityToken,
          Expiration: shownDate(credentials.expiration),
        },
        AssumedRoleUser: {
          Arn: assumedRoleUser.arn,
          AssumedRoleId: assumedRoleUser.assumedRoleId,
        },
      };
    },
  }),
  operation({
    product: STS,
    name: 'GetCallerIdentity',
    doc: 'Tells callers who they are; nobody needs a permission for that.',
    parameters: {},
    run: async (_input, { caller }) => {
      const identity = callerIdentity(caller.principal);
      return {
        IdentityType: identity.identityType,
        AccountId: identity.accountId,
        PrincipalId: identity.principalId,
        UserId: identity.userId,
        RoleId: identity.roleId,
        Arn: identity.arn,
      };
    },
  }),
];
