import type { StorageFull } from '@openoss/storage';

/** How RAM or STS refuses something. */
interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

const refusal = (status: number, code: string, message: string): Refusal => ({
  code,
  status,
  message,
});

/**
 * Refusals by cause. Codes, statuses and messages (their English too) are those of the error lists of
 * RAM 2015-05-01 and STS 2015-04-01 and of the pages of their operations; those marked "ours" stand for
 * what no page lists.
 */
const REFUSALS = {
  UserMissing: refusal(404, 'EntityNotExist.User', 'The user does not exist.'),
  AccessKeyMissing: refusal(
    404,
    'EntityNotExist.User.AccessKey',
    'The user access key does not exist.',
  ),
  UserPolicyMissing: refusal(
    404,
    'EntityNotExist.User.Policy',
    'The indicate policy of the user does not exist.',
  ),
  UserGroupMissing: refusal(404, 'EntityNotExist.User.Group', 'The user has not joined the group.'),
  GroupMissing: refusal(404, 'EntityNotExist.Group', 'The group does not exist.'),
  GroupPolicyMissing: refusal(
    404,
    'EntityNotExist.Group.Policy',
    'The indicate policy attached to the group does not exist.',
  ),
  RoleMissing: refusal(404, 'EntityNotExist.Role', 'The role does not exist.'),
  // The code is observed by clients of RAM, the message is ours.
  RolePolicyMissing: refusal(
    404,
    'EntityNotExist.Role.Policy',
    'The indicate policy attached to the role does not exist.',
  ),
  PolicyMissing: refusal(404, 'EntityNotExist.Policy', 'The policy does not exist.'),
  PolicyVersionMissing: refusal(
    404,
    'EntityNotExist.Policy.Version',
    'The policy version does not exist.',
  ),
  // Ours: RAM does not make accounts.
  AccountMissing: refusal(404, 'EntityNotExist.Account', 'The account does not exist.'),

  UserExists: refusal(409, 'EntityAlreadyExists.User', 'The user does already EXIST.'),
  UserGroupExists: refusal(
    409,
    'EntityAlreadyExists.User.Group',
    'The user has already joined the group.',
  ),
  UserPolicyExists: refusal(
    409,
    'EntityAlreadyExists.User.Policy',
    'The user has already been attached this policy.',
  ),
  GroupExists: refusal(409, 'EntityAlreadyExists.Group', 'The group does already EXIST.'),
  GroupPolicyExists: refusal(
    409,
    'EntityAlreadyExists.Group.Policy',
    'The group has already been attached this policy.',
  ),
  RoleExists: refusal(409, 'EntityAlreadyExists.Role', 'The role does already EXIST.'),
  // The code is observed by clients of RAM, the message is ours.
  RolePolicyExists: refusal(
    409,
    'EntityAlreadyExists.Role.Policy',
    'The role has already been attached this policy.',
  ),
  // The documented message of this one speaks of a group.
  PolicyExists: refusal(409, 'EntityAlreadyExists.Policy', 'The policy does already EXIST.'),

  UserInGroup: refusal(
    409,
    'DeleteConflict.User.Group',
    'The user CAN NOT be in any group while deleting the user.',
  ),
  UserHasAccessKey: refusal(
    409,
    'DeleteConflict.User.AccessKey',
    'The user CAN NOT has any access key while deleting the user.',
  ),
  UserHasPolicy: refusal(
    409,
    'DeleteConflict.User.Policy',
    'The user CAN NOT has any attached policy while deleting the user.',
  ),
  GroupHasUser: refusal(
    409,
    'DeleteConflict.Group.User',
    'The group CAN NOT has any user member while deleting the group.',
  ),
  GroupHasPolicy: refusal(
    409,
    'DeleteConflict.Group.Policy',
    'The entity CAN NOT has any attached policy while deleting the group.',
  ),
  RoleHasPolicy: refusal(
    409,
    'DeleteConflict.Role.Policy',
    'The role CAN NOT has any attached policy while deleting the role.',
  ),
  PolicyHasUser: refusal(
    409,
    'DeleteConflict.Policy.User',
    'The policy CAN NOT been attached to any user while deleting the policy.',
  ),
  PolicyHasGroup: refusal(
    409,
    'DeleteConflict.Policy.Group',
    'The policy CAN NOT been attached to any group while deleting the policy.',
  ),
  // The code is what clients of DeletePolicy wait for, the message is ours.
  PolicyHasRole: refusal(
    409,
    'DeleteConflict.Role.Policy',
    'The policy CAN NOT been attached to any role while deleting the policy.',
  ),
  PolicyHasVersion: refusal(
    409,
    'DeleteConflict.Policy.Version',
    'The policy CAN NOT has any version except the default version.',
  ),
  PolicyVersionIsDefault: refusal(
    409,
    'DeleteConflict.Policy.Version.Default',
    'The default policy version CAN NOT been deleted directly.',
  ),
  AccountNotEmpty: refusal(
    409,
    'DeleteConflict.Account',
    'The account CAN NOT has any access key, user, group, role or policy while deleting the account.',
  ),

  TooManyUsers: refusal(409, 'LimitExceeded.User', 'The count of users beyond the current limits.'),
  TooManyAccessKeys: refusal(
    409,
    'LimitExceeded.User.AccessKey',
    'The access key count of the user access keys beyond the current limits.',
  ),
  TooManyGroupsOfUser: refusal(
    409,
    'LimitExceeded.User.Group',
    'The count of groups the target user joined beyond the current limits.',
  ),
  TooManyPoliciesOfUser: refusal(
    409,
    'LimitExceeded.User.Policy',
    'The policy count of the user attached policies beyond the current limits.',
  ),
  TooManyGroups: refusal(
    409,
    'LimitExceeded.Group',
    'The count of groups beyond the current limits.',
  ),
  TooManyPoliciesOfGroup: refusal(
    409,
    'LimitExceeded.Group.Policy',
    'The policy count of the group beyond the current limits.',
  ),
  TooManyRoles: refusal(409, 'LimitExceeded.Role', 'The count of roles beyond the current limits.'),
  TooManyPoliciesOfRole: refusal(
    409,
    'LimitExceeded.Role.Policy',
    'The count of policies attached to the role beyond the current limits.',
  ),
  TooManyPolicies: refusal(
    409,
    'LimitExceeded.Policy',
    'The count of policy beyond the current limits.',
  ),
  TooManyPolicyVersions: refusal(
    409,
    'LimitExceeded.Policy.Version',
    'The count of policy version beyond the current limits.',
  ),

  PolicyTypeWrong: refusal(
    400,
    'InvalidParameter.PolicyType',
    'The parameter - "PolicyType" is incorrect.',
  ),
  PolicyMalformed: refusal(400, 'MalformedPolicyDocument', 'The policy document is malformed.'),

  StsRoleArnWrong: refusal(
    400,
    'InvalidParameter.RoleArn',
    'The parameter RoleArn is wrongly formed.',
  ),
  StsSessionNameWrong: refusal(
    400,
    'InvalidParameter.RoleSessionName',
    'The parameter RoleSessionName is wrongly formed.',
  ),
  StsDurationWrong: refusal(
    400,
    'InvalidParameter.DurationSeconds',
    'The Min/Max value of DurationSeconds is 15min/1hr.',
  ),
  StsPolicyGrammar: refusal(
    400,
    'InvalidParameter.PolicyGrammar',
    'The parameter Policy has not passed grammar check.',
  ),
  StsPolicySize: refusal(
    400,
    'InvalidParameter.PolicySize',
    'The size of Policy must be smaller than 2048 characters.',
  ),
  StsRoleMissing: refusal(404, 'EntityNotExist.Role', 'The specified Role not exists.'),
  StsNotByAccount: refusal(403, 'NoPermission', 'Roles may not be assumed by root accounts.'),
  /** By the role's trust policy, or by its own policies. */
  StsNotTrusted: refusal(
    403,
    'NoPermission',
    'You are not authorized to do this action. You should be authorized by RAM.',
  ),
  NoPermission: refusal(403, 'NoPermission', 'You are not authorized to do this action.'),

  // Ours: what a server without the key that seals secrets cannot do.
  DirectoryKeyMissing: refusal(
    503,
    'ServiceUnavailable',
    'The service has no directory key, without which it keeps no secrets. Set OPENOSS_DIRECTORY_KEY.',
  ),
  // Ours: it passes, and clients that meet it try again.
  StorageFull: refusal(
    503,
    'ServiceUnavailable',
    'The disk of the service is full: nothing can be changed until space is made on it.',
  ),
  // Ours: the environment is not the service's to change.
  RootKeyOfEnvironment: refusal(
    409,
    'OperationDenied.RootAccessKey',
    'The root access key is set by the environment. Change it there, and start the service again.',
  ),
} as const satisfies Record<string, Refusal>;

/** Why something was refused. */
export type RefusalCause = keyof typeof REFUSALS;

/** A refusal as RAM and STS give it: their code, HTTP status and message. */
export class RamError extends Error {
  /** As clients tell refusals apart: `EntityNotExist.User`. */
  readonly code: string;
  /** Of the HTTP answer. */
  readonly status: number;

  private constructor({ code, status, message }: Refusal, cause?: Error) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RamError';
    this.code = code;
    this.status = status;
  }

  /** The refusal for a cause; `message` takes the place of the usual one. */
  static of(cause: RefusalCause, message?: string): RamError {
    const usual = REFUSALS[cause];
    return new RamError(message === undefined ? usual : { ...usual, message });
  }

  /** The refusal for a cause, whose usual message is followed by the reason. */
  static becauseOf(cause: RefusalCause, why: string): RamError {
    return RamError.of(cause, `${REFUSALS[cause].message} Reason: ${why}.`);
  }

  /** The disk is full; what the store said of it goes along, for who speaks another language than RAM. */
  static storageFull(error: StorageFull): RamError {
    return new RamError(REFUSALS.StorageFull, error);
  }

  /** A parameter has characters that it must not have. */
  static invalidChars(parameter: string): RamError {
    return new RamError(
      refusal(
        400,
        `InvalidParameter.${parameter}.InvalidChars`,
        `The parameter - "${parameter}" contains invalid chars.`,
      ),
    );
  }

  /** A parameter is too short or too long. */
  static wrongLength(parameter: string): RamError {
    return new RamError(
      refusal(
        400,
        `InvalidParameter.${parameter}.Length`,
        `The parameter - "${parameter}" beyond the length limit.`,
      ),
    );
  }

  /** A parameter has not the form it must have. */
  static wrongFormat(parameter: string): RamError {
    return new RamError(
      refusal(
        400,
        `InvalidParameter.${parameter}.Format`,
        `The format of the parameter - "${parameter}" is incorrect.`,
      ),
    );
  }

  /** A parameter's value is none of those it may have; the code for it is ours. */
  static wrongValue(parameter: string): RamError {
    return new RamError(
      refusal(400, `InvalidParameter.${parameter}`, `The parameter - "${parameter}" is incorrect.`),
    );
  }
}
