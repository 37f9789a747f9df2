/**
 * @module The OSS service over HTTP: route, authenticate, authorize, handle, answer.
 */
export { DirectoryKeyError, generateCredentials, RootCredentialsError } from '@openoss/directory';
export { KmsSetupError } from '@openoss/kms';
export {
  type CopyProgress,
  checkDataDirectory,
  type Damage,
  DataDirectoryInUse,
  DataDirectoryRefused,
  type Finding,
  type ScrubProgress,
  type ScrubSummary,
} from '@openoss/storage';
export { AuditLogError, type AuditOptions } from './audit/open-audit-log.js';
export {
  type BackupRequest,
  backUpDirectory,
  backUpServer,
  restoreDirectory,
} from './backup/make-backup.js';
export { HoldError } from './backup/server-hold.js';
export { CrashLoop } from './crash-loop/crash-loop-guard.js';
export type { ServerLimits } from './limits.js';
export { createLog, type LogLevel, logLevels } from './log.js';
export type { ServedIdentities } from './policy-language.js';
export type { ScrubLine } from './scrub/scrub-route.js';
export * from './settings.js';
export * from './start-service.js';
