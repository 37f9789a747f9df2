import type { ErrorKind } from '../errors/catalogue.js';

/** Why the key that an object is encrypted with cannot be had (oss-protocol.md, 5.4). */
export const kmsErrors = [
  'DeniedByKms',
  'KmsServiceNotEnabled',
  'KmsKeyNotFound',
  'KmsKeyVersionNotFound',
  'KmsKeyDisabled',
  'KmsKeyPendingDeletion',
  'KmsKeyPendingImport',
  'KmsUnavailable',
  'KeyringLocked',
] as const satisfies readonly ErrorKind[];
