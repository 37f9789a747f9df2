import type { Connection } from './connection.js';
import { explainKmsRefusal } from './kms/explain-kms-refusal.js';
import type { Refused } from './rpc-caller.js';

/** What a refusal means, and what to do about it, for whoever typed the command. */
export function explainRefusal(refused: Refused, connection: Connection): string {
  const { code, message } = refused;
  const { source, accessKeyId, endpoint } = connection;
  const key = `access key ${accessKeyId} (from ${source})`;
  switch (code) {
    case 'InvalidAccessKeyId.NotFound':
      return `the server at ${endpoint.origin} does not know the ${key}. Is it another server's, or was it deleted or rotated?`;
    case 'InvalidAccessKeyId.Inactive':
    case 'Forbidden.AccessKey':
      return `the ${key} is disabled: openoss admin key enable ${accessKeyId}, with another one`;
    // The message repeats all that was signed.
    case 'SignatureDoesNotMatch':
    case 'IncompleteSignature':
      return `the secret does not belong to the ${key}`;
    case 'InvalidTimeStamp.Expired':
      return `${message} The clocks of this machine and of the server are more than 15 minutes apart.`;
    case 'IllegalTimestamp':
      return `${code}: the clocks of this machine and of the server are more than 15 minutes apart`;
    case 'InvalidSecurityToken.Expired':
      return `the session of the ${key} has ended`;
    case 'InvalidAction.NotFound':
    case 'InvalidVersion':
      return `the server at ${endpoint.origin} does not know this call: it is older than this program, or is no OpenOSS`;
    case 'NoPermission':
      return noPermission(refused, key);
    case 'Forbidden.NoPermission':
      return refused.answer.AccessDeniedDetail === undefined
        ? (explainKmsRefusal(refused) ?? message)
        : noPermission(refused, key);
    case 'OperationDenied.RootAccessKey':
      return message;
    // Otherwise only a call that names no user comes to this.
    case 'EntityNotExist.Account':
      if (refused.parameters.AccountId !== undefined) {
        return `there is no account ${refused.parameters.AccountId} besides the first (openoss admin account list)`;
      }
      return 'the account has the root access key and no other of its own: name a user, or see openoss admin root rotate --help';
    default:
      return explainKmsRefusal(refused) ?? `${code}: ${whichOne(refused)}${message}`;
  }
}

function noPermission({ message, answer }: Refused, key: string): string {
  const { AuthAction, NoPermissionType } = answer.AccessDeniedDetail ?? {};
  if (AuthAction === undefined) return `NoPermission: ${message} It was signed with the ${key}.`;
  const why = NoPermissionType === 'ExplicitDeny' ? 'a policy denies' : 'no policy allows';
  return `NoPermission: ${why} ${AuthAction} to the owner of the ${key}`;
}

/** Parameters that name something, by what the codes of refusals call it. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  User: ['UserName', 'Principal'],
  Group: ['GroupName'],
  Role: ['RoleName', 'Principal'],
  Policy: ['PolicyName'],
  AccessKey: ['UserAccessKeyId'],
  Version: ['VersionId'],
};

/** `user alice: ` and the like, for codes such as EntityNotExist.User, which do not tell which. */
function whichOne({ code, parameters }: Refused): string {
  const [kind = '', ...about] = code.split('.');
  if (!/^(EntityNotExist|EntityAlreadyExists|LimitExceeded|DeleteConflict)$/.test(kind)) return '';
  const named = about.flatMap((what) => {
    const value = (NAMED[what] ?? []).map((name) => parameters[name]).find((one) => one);
    return value === undefined ? [] : [`${what.toLowerCase()} ${value}`];
  });
  return named.length === 0 ? '' : `${named.join(', ')}: `;
}
