import { isBucketName, MAX_KEY_BYTES } from '@openoss/protocol';
import { ClientError } from '../errors/client-error.js';

/**
 * Checks the name of a bucket before anything is sent, as the Go SDK does.
 *
 * @throws ClientError `invalid field, OperationInput.Bucket.`
 */
export function checkBucketName(name: string, operation?: string): void {
  if (isBucketName(name)) return;
  throw new ClientError('invalid field, OperationInput.Bucket.', {
    operation,
    advice: `"${name}" is no bucket name: 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends`,
  });
}

/**
 * Checks the key of an object before anything is sent, as the Go SDK does: it may not be empty.
 * The service's limit of 1,023 bytes is left to the service, whose error says more.
 *
 * @throws ClientError `invalid field, OperationInput.Key.`
 */
export function checkObjectKey(key: string, operation?: string): void {
  if (key !== '') return;
  throw new ClientError('invalid field, OperationInput.Key.', {
    operation,
    advice: `the key is empty; a key has 1 to ${MAX_KEY_BYTES} bytes`,
  });
}
