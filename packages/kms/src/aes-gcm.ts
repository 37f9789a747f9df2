import { createCipheriv, createDecipheriv } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** What is given to AES-256-GCM (NIST SP 800-38D) besides the text. */
interface Parameters {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes; never twice with one key. */
  readonly nonce: Uint8Array;
  readonly additional: Uint8Array;
}

/** The ciphertext and, behind it, the tag of 16 bytes. */
export function encryptAesGcm(
  { key, nonce, additional }: Parameters,
  plaintext: Uint8Array,
): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additional);
  const ciphertext = cipher.update(plaintext);
  return Buffer.concat([ciphertext, cipher.final(), cipher.getAuthTag()]);
}

/** The plaintext of a ciphertext with its tag; undefined where they, the key or the additional data are others. */
export function decryptAesGcm(
  { key, nonce, additional }: Parameters,
  sealed: Uint8Array,
): Buffer | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < 0) return undefined;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(additional);
  decipher.setAuthTag(sealed.subarray(end));
  // A counter mode gives everything at once: nothing comes out of `final`, and no copy has to be wiped.
  const plaintext = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}
