import type { Refused } from '../rpc-caller.js';

/** Parameters that KMS refuses by name, and what they take. */
const TAKES: Readonly<Record<string, string>> = {
  PendingWindowInDays: '--days takes 7 to 366',
  RotationInterval: 'keys are rotated every 7d to 730d, such as 365d',
  AliasName:
    "an alias is alias/ and 1 to 255 letters, digits, hyphens, underscores and slashes; those under alias/acs/ are services' own",
  Description: 'a description has 8,192 characters at most',
};

/** The same for refusals that only KMS has; undefined for others. */
export function explainKmsRefusal({ code, message, parameters }: Refused): string | undefined {
  const { KeyId = '', AliasName } = parameters;
  switch (code) {
    case 'Forbidden.KeyNotFound':
      return `there is no key ${KeyId}: one is named by its id, by alias/NAME or by the ARN of either (openoss admin kms list)`;
    case 'Forbidden.AliasNotFound':
      return `there is no ${AliasName ?? KeyId} (openoss admin kms alias list)`;
    case 'AliasAlreadyExists':
      return `there is ${AliasName} already: "openoss admin kms alias update ${AliasName} ${KeyId}" has it stand for this key from now on`;
    case 'Rejected.Disabled':
      return `key ${KeyId} is disabled: openoss admin kms enable ${KeyId}`;
    case 'Rejected.PendingDeletion':
      return `key ${KeyId} is to be deleted: "openoss admin kms cancel-deletion ${KeyId}" keeps it`;
    case 'Rejected.StateModifiedFailed':
      return stateConflict(parameters.PendingWindowInDays !== undefined, String(KeyId));
    case 'Rejected.UnsupportedOperation':
      return parameters.EnableAutomaticRotation === undefined
        ? undefined
        : `${code}: the rotation of a key that OSS has made for itself is not an account's to set; "openoss admin kms rotate ${KeyId}" rotates it now`;
    case 'Rejected.LimitExceeded':
      return `${code}: an account has 10,000 keys and as many aliases at most, a key 1,000 versions`;
    case 'InvalidParameter': {
      const takes = TAKES[/"(\w+)"/.exec(message)?.[1] ?? ''];
      return takes && `${code}: ${takes}`;
    }
    case 'Forbidden.KmsServiceNotEnabled':
      return 'the server has its keys with another KMS (--kms-endpoint): there are those of the first account there and no others, and of that only where KMS is enabled';
    // A user who is denied it here is told which action it was.
    case 'Forbidden.NoPermission':
      return 'the server has its keys with another KMS (--kms-endpoint), which forbids it to the access key that the server has for it (OPENOSS_KMS_ACCESS_KEY_ID)';
    case 'ServiceUnavailableTemporary':
      return unavailable(message);
    default:
      return undefined;
  }
}

function stateConflict(isToDelete: boolean, key: string): string {
  if (isToDelete) return `key ${key} is to be deleted already (openoss admin kms show ${key})`;
  return `the state of key ${key} does not allow of it (openoss admin kms show ${key}): a key that is to be deleted is kept with cancel-deletion, and no other is`;
}

function unavailable(message: string): string {
  if (message.startsWith('The keyring is locked')) {
    return 'the keyring is locked, for the server was started without its root key: start it with --kms-root-key-file or --kms-passphrase-file (or OPENOSS_KMS_ROOT_KEY, OPENOSS_KMS_PASSPHRASE), and with the one that it had first, if it had one';
  }
  if (message.startsWith('The KMS does not accept')) {
    return 'the server has its keys with another KMS (--kms-endpoint), which does not accept its access key: start it with another (OPENOSS_KMS_ACCESS_KEY_ID, OPENOSS_KMS_ACCESS_KEY_SECRET)';
  }
  if (message.startsWith('There is not enough space')) return message;
  return 'the server has its keys with another KMS (--kms-endpoint), which does not answer it: try again, and see the log of the server';
}
