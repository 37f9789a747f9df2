/**
 * @module Master keys and data keys: kept here in a keyring, or with another KMS.
 */
export * from './key-service.js';
export { Keyring, type KeyringOptions } from './keyring/keyring.js';
export { findRootSecret, type RootSecret } from './keyring/root-key.js';
export { KmsError, type KmsErrorCause } from './kms-error.js';
export { KmsSetupError } from './kms-setup-error.js';
export { isPassedOn } from './remote/alicloud-client.js';
export { RemoteKms, type RemoteKmsOptions } from './remote/remote-kms.js';
export { findRemoteKms, type RemoteKmsSettings } from './remote/remote-kms-settings.js';
