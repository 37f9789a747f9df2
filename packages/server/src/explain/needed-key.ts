import { type ChosenEncryption, GetObject, PutObject } from '@openoss/protocol';
import type { BucketRecord, ObjectRecord } from '@openoss/storage';
import { decodeEnvelopeHead } from '../encryption/envelope.js';
import { encryptionOf } from '../handlers/put-object.js';

/** A key of KMS that a request needs besides the object itself. */
export interface NeededKey {
  /** What it has to be allowed to do with the key. */
  readonly actions: readonly string[];
  /** An id, an alias, or the ARN of either; undefined where none is named, for the account's own for OSS. */
  readonly name: string | undefined;
  readonly namedBy: 'request' | 'bucket' | 'object' | 'nobody';
  /** What a put asks for. */
  readonly chosen: ChosenEncryption | undefined;
}

/** What a put says of encryption, as its headers are decoded. */
export type ToldEncryption = Parameters<typeof encryptionOf>[0];

/** The key that a put takes, if any; throws what refuses to encrypt so. */
export function keyToPut(told: ToldEncryption, bucket: BucketRecord): NeededKey | undefined {
  const chosen = encryptionOf(told, bucket);
  if (chosen?.method !== 'KMS') return undefined;
  const { keyId: name } = chosen;
  const byRequest = told.serverSideEncryptionKeyId !== undefined;
  const namedBy = name === undefined ? 'nobody' : byRequest ? 'request' : 'bucket';
  return { actions: PutObject.keyActions, name, namedBy, chosen };
}

/** The key that reading an object takes, if any. */
export function keyToGet(kept: ObjectRecord | undefined): NeededKey | undefined {
  if (kept?.sealing === undefined) return undefined;
  const { method, keyId: name } = decodeEnvelopeHead(kept.sealing.envelope);
  if (method !== 'KMS') return undefined;
  return { actions: GetObject.keyActions, name, namedBy: 'object', chosen: undefined };
}
