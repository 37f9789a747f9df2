import { createHmac, getCiphers, getHashes } from 'node:crypto';
import { type BodyKey, bodyKeyBytes, type SealingCipher } from '../../threads/chunk-cipher.mjs';

/** The hash that a cipher goes with, in HKDF and in seals. */
const HASHES = { AES256: 'sha256', SM4: 'sm3' } as const;

/** Bytes of a data key. */
const DATA_KEY_BYTES = { AES256: 32, SM4: 16 } as const;

/** What of OpenSSL a cipher takes. */
const NEEDED = {
  AES256: { cipher: 'aes-256-gcm', hash: 'sha256' },
  SM4: { cipher: 'sm4-ctr', hash: 'sm3' },
} as const;

/** What a record has room for. */
const MAX_ENVELOPE_BYTES = 0xffff;

const NO_SALT = Buffer.alloc(32);

/** This Node.js cannot seal or open with the cipher: its OpenSSL was built without it. */
export class CipherUnavailable extends Error {
  readonly cipher: SealingCipher;

  constructor(cipher: SealingCipher) {
    const { cipher: name, hash } = NEEDED[cipher];
    super(
      `${cipher} takes ${name} and ${hash}, which OpenSSL ${process.versions.openssl} of this Node.js has not both`,
    );
    this.name = 'CipherUnavailable';
    this.cipher = cipher;
  }
}

const available = new Map<SealingCipher, boolean>();

/** Whether this Node.js can encrypt and decrypt with a cipher: every one that nodejs.org has released can. */
export function isCipherAvailable(cipher: SealingCipher): boolean {
  const known = available.get(cipher);
  if (known !== undefined) return known;
  const { cipher: name, hash } = NEEDED[cipher];
  const is = getCiphers().includes(name) && getHashes().includes(hash);
  available.set(cipher, is);
  return is;
}

/** Throws a RangeError for an envelope that no record has room for, or that holds nothing. */
export function checkEnvelope({ length }: Uint8Array): void {
  if (length >= 1 && length <= MAX_ENVELOPE_BYTES) return;
  throw new RangeError(`An envelope has 1 to ${MAX_ENVELOPE_BYTES} bytes, not ${length}`);
}

/** The key of one object's body, from which the keys are derived that are used. */
export class DataKey {
  readonly cipher: SealingCipher;
  readonly #pseudorandom: Buffer;

  /** Throws a RangeError for a key of another length, and {@link CipherUnavailable}. */
  constructor(cipher: SealingCipher, bytes: Uint8Array) {
    if (bytes.length !== DATA_KEY_BYTES[cipher]) {
      throw new RangeError(
        `A data key for ${cipher} has ${DATA_KEY_BYTES[cipher]} bytes, not ${bytes.length}`,
      );
    }
    if (!isCipherAvailable(cipher)) throw new CipherUnavailable(cipher);
    this.cipher = cipher;
    this.#pseudorandom = hkdfExtract(HASHES[cipher], bytes);
  }

  /** The key of the body with an id. No two bodies have the same, so no nonce is used twice with it. */
  forBody(id: string): BodyKey {
    const { cipher } = this;
    const key = this.#derive(`OpenOSS body ${cipher} ${id}`, bodyKeyBytes(cipher));
    return { cipher, id, key };
  }

  /** HMAC, with a key of its own, over what a record's seal binds. */
  seal(content: Buffer): Buffer {
    const key = this.#derive(`OpenOSS object ${this.cipher}`, 32);
    return createHmac(HASHES[this.cipher], key).update(content).digest();
  }

  #derive(info: string, bytes: number): Uint8Array {
    return hkdfExpand(HASHES[this.cipher], this.#pseudorandom, Buffer.from(info), bytes);
  }
}

// HKDF (RFC 5869) in its two steps: the keys of an object share the first one, which hkdfSync does anew
// for each, at twice the cost.

export function hkdfExtract(hash: string, secret: Uint8Array, salt: Uint8Array = NO_SALT): Buffer {
  return createHmac(hash, salt).update(secret).digest();
}

/** Memory of its own, for what is sent to a thread is copied with all that lies around it. */
export function hkdfExpand(
  hash: string,
  pseudorandom: Uint8Array,
  info: Uint8Array,
  bytes: number,
): Uint8Array {
  const key = new Uint8Array(bytes);
  let block = Buffer.alloc(0);
  for (let at = 0, count = 1; at < bytes; at += block.length, count++) {
    block = createHmac(hash, pseudorandom)
      .update(block)
      .update(info)
      .update(Buffer.of(count))
      .digest();
    key.set(block.subarray(0, bytes - at), at);
  }
  return key;
}
