/**
 * @module The OSS service over HTTP: route, authenticate, authorize, handle, answer.
 */
export { generateCredentials, RootCredentialsError } from '@openoss/directory';
export { DataDirectoryInUse, DataDirectoryRefused } from '@openoss/storage';
export type { ServerLimits } from './limits.js';
export { createLog, type LogLevel, logLevels } from './log.js';
export * from './settings.js';
export * from './start-service.js';
