import { hkdfSync, randomBytes } from 'node:crypto';
import { decryptAesGcm, encryptAesGcm, NONCE_BYTES, TAG_BYTES } from '../aes-gcm.js';
import { encodeContext } from '../encryption-context.js';
import type { EncryptionContext, UsedKey } from '../key-service.js';
import { uuidBytes, uuidOf } from './uuid-bytes.js';

const FORMAT = 1;
const ID_BYTES = 16;
const SALT_BYTES = 16;
const VERSION_AT = 1 + ID_BYTES;
const SALT_AT = VERSION_AT + ID_BYTES;
const NONCE_AT = SALT_AT + SALT_BYTES;
const HEAD_BYTES = NONCE_AT + NONCE_BYTES;
const INFO = 'openoss kms data';

/** A ciphertext taken apart; docs/encryption.md has its bytes. */
export interface CiphertextBlob extends UsedKey {
  readonly bytes: Buffer;
}

/**
 * Seals under a version of a master key, in base 64. Each blob has an AES-256-GCM key of its own, which
 * HKDF-SHA-256 makes of the master key and a random salt: no number of blobs wears a master key out, as it would
 * with random nonces of 96 bits alone.
 */
export function sealBlob(
  masterKey: Uint8Array,
  { keyId, keyVersionId }: UsedKey,
  plaintext: Uint8Array,
  context: EncryptionContext | undefined,
): string {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const ids = [uuidBytes(keyId), uuidBytes(keyVersionId)];
  const head = Buffer.concat([Buffer.of(FORMAT), ...ids, salt, nonce]);
  const key = derivedKey(masterKey, salt);
  const additional = Buffer.concat([head, encodeContext(context)]);
  const sealed = encryptAesGcm({ key, nonce, additional }, plaintext);
  key.fill(0);
  return Buffer.concat([head, sealed]).toString('base64');
}

/** Takes a ciphertext apart; undefined for what is none. */
export function readBlob(text: string): CiphertextBlob | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Node passes over what is not base 64: only what comes back as it was is.
  if (bytes.toString('base64') !== text) return undefined;
  if (bytes.length < HEAD_BYTES + TAG_BYTES || bytes[0] !== FORMAT) return undefined;
  return {
    keyId: uuidOf(bytes.subarray(1, VERSION_AT)),
    keyVersionId: uuidOf(bytes.subarray(VERSION_AT, SALT_AT)),
    bytes,
  };
}

/** What was sealed; undefined where it was with another key or context, or was changed since. */
export function openBlob(
  masterKey: Uint8Array,
  { bytes }: CiphertextBlob,
  context: EncryptionContext | undefined,
): Buffer | undefined {
  const head = bytes.subarray(0, HEAD_BYTES);
  const key = derivedKey(masterKey, head.subarray(SALT_AT, NONCE_AT));
  const additional = Buffer.concat([head, encodeContext(context)]);
  const nonce = head.subarray(NONCE_AT);
  const plaintext = decryptAesGcm({ key, nonce, additional }, bytes.subarray(HEAD_BYTES));
  key.fill(0);
  return plaintext;
}

const derivedKey = (masterKey: Uint8Array, salt: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey, salt, INFO, 32));
