import { dataEncryptions, encryptionMethods } from '@openoss/protocol';
import { type Operation, operation } from '../operation/operation.js';
import { integer, oneOf, optional, required, text } from '../operation/parameter.js';
import { OPENOSS } from '../product.js';
import type { WantedEncryption } from '../reencryptor.js';
import { RpcError } from '../rpc-error.js';

const USUAL_CONCURRENCY = 2;
/** Objects at a time: more would be felt by those whom the server is there for. */
const MOST_CONCURRENCY = 4;

/** Re-encryption of what a bucket holds; an operation of our own (docs/decisions/0013). */
export const reencryptOperations: readonly Operation[] = [
  operation({
    product: OPENOSS,
    name: 'ReencryptObjects',
    doc: 'Encrypts the objects of a bucket with another key or in another way, and tells how far it is.',
    parameters: {
      bucket: required('Bucket', text),
      prefix: optional('Prefix', text),
      after: optional('After', text),
      method: optional('Method', oneOf(...encryptionMethods, 'none')),
      keyId: optional('KeyId', text),
      dataEncryption: optional('DataEncryption', oneOf(...dataEncryptions)),
      concurrency: optional('Concurrency', integer),
    },
    resources: ({ bucket }) => [`bucket/${bucket}`],
    run: async (input, { caller, received, reencryptor }) => {
      const { bucket, prefix, after, concurrency = USUAL_CONCURRENCY } = input;
      if (concurrency < 1 || concurrency > MOST_CONCURRENCY) {
        throw RpcError.invalid('Concurrency', `it is 1 to ${MOST_CONCURRENCY}`);
      }
      return reencryptor.begin({
        caller,
        received,
        bucket,
        prefix: prefix || undefined,
        after: after || undefined,
        wanted: wantedOf(input),
        concurrency,
      });
    },
  }),
];

function wantedOf({
  method,
  keyId,
  dataEncryption,
}: {
  readonly method: 'none' | (typeof encryptionMethods)[number] | undefined;
  readonly keyId: string | undefined;
  readonly dataEncryption: (typeof dataEncryptions)[number] | undefined;
}): WantedEncryption | undefined {
  // To pass over a key that somebody named would be to encrypt with another.
  if (method !== 'KMS') {
    if (keyId !== undefined) throw RpcError.invalid('KeyId', 'it goes with the method KMS');
    if (dataEncryption !== undefined) {
      throw RpcError.invalid('DataEncryption', 'it goes with the method KMS');
    }
  }
  if (method === undefined || method === 'none') return method;
  return { method, keyId: keyId || undefined, dataEncryption };
}
