import type { KmsError, KmsErrorCause } from '@openoss/kms';
import { type ChosenEncryption, type ErrorKind, OssError } from '@openoss/protocol';

/** What a client of OSS is answered where KMS refuses (oss-protocol.md, 5.4); the others are failures of this server. */
const REFUSALS: Partial<Readonly<Record<KmsErrorCause, ErrorKind>>> = {
  KeyNotFound: 'KmsKeyNotFound',
  KeyVersionNotFound: 'KmsKeyVersionNotFound',
  AliasNotFound: 'KmsAliasNotFound',
  NoPermission: 'DeniedByKms',
  NotEnabled: 'KmsServiceNotEnabled',
  Disabled: 'KmsKeyDisabled',
  PendingDeletion: 'KmsKeyPendingDeletion',
  PendingImport: 'KmsKeyPendingImport',
  Throttled: 'KmsUnavailable',
  Unavailable: 'KmsUnavailable',
  Internal: 'KmsUnavailable',
  CredentialsRefused: 'KmsUnavailable',
  Locked: 'KeyringLocked',
  StorageFull: 'StorageFull',
};

/** The refusal of a request whose data key cannot be had; `chosen` is what it says of that, if it puts an object. */
export function refusalOfKms(error: KmsError, chosen: ChosenEncryption | undefined): OssError {
  return new OssError(kindOf(error, chosen), { cause: error });
}

function kindOf({ reason, message }: KmsError, chosen: ChosenEncryption | undefined): ErrorKind {
  if (reason !== 'InvalidParameter') return REFUSALS[reason] ?? 'InternalError';
  // What is not a client's choice is what this server sends, or has kept.
  if (chosen?.keyId === undefined) return 'InternalError';
  const isContext = chosen.context !== undefined && message.includes('EncryptionContext');
  return isContext ? 'EncryptionContextInvalid' : 'KmsKeyIdInvalid';
}
