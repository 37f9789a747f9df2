import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** What stands before the nonce: how the rest was made. */
const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** Something was sealed with another key, for another place, or was changed since. */
export class Unsealable extends Error {
  constructor(what: string) {
    super(`what is sealed as ${what} cannot be opened`);
    this.name = 'Unsealable';
  }
}

/**
 * Seals and opens secrets: AES-256-GCM under a key of its own, derived from the directory key and a
 * purpose, with a fresh random nonce each time. The context is bound to what is sealed, so that a
 * sealed secret is worthless in any other place than its own. One sealer seals at most 2^32 times.
 */
export class Sealer {
  readonly #key: Buffer;

  constructor(directoryKey: Uint8Array, purpose: string) {
    this.#key = Buffer.from(hkdfSync('sha256', directoryKey, '', `openoss ${purpose}`, 32));
  }

  /** Format, nonce, ciphertext, tag. */
  seal(plain: Uint8Array | string, context: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(context));
    const sealed = cipher.update(plain);
    const end = cipher.final();
    return Buffer.concat([Buffer.of(FORMAT), nonce, sealed, end, cipher.getAuthTag()]);
  }

  /** What was sealed in this context; throws {@link Unsealable}. */
  open(sealed: Buffer, context: string): Buffer {
    const end = sealed.length - TAG_BYTES;
    if (end < 1 + NONCE_BYTES || sealed[0] !== FORMAT) throw new Unsealable(context);
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(sealed.subarray(end));
    try {
      const plain = decipher.update(sealed.subarray(1 + NONCE_BYTES, end));
      return Buffer.concat([plain, decipher.final()]);
    } catch {
      throw new Unsealable(context);
    }
  }
}
