import { createHmac, hash } from 'node:crypto';

/** Bytes in a block of SHA-256, to which a key is filled up. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Messages of up to so many bytes take the short way: a string to sign has some 140. */
const SHORT_MESSAGE_BYTES = 448;

/**
 * HMAC-SHA256 (RFC 2104) under one key, for many short messages: two hashes in one call each, where
 * `createHmac` makes an object that takes longer to set up, and to collect, than the message to hash.
 */
export class HmacSha256 {
  readonly #key: Uint8Array;
  /** The key with the inner pad, and room for a message behind it. */
  readonly #inner = Buffer.alloc(BLOCK_BYTES + SHORT_MESSAGE_BYTES, 0x36);
  /** The key with the outer pad, and room for the inner digest behind it. */
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);
  /** The inner buffer as long as the message before needed it: they are mostly of one length. */
  #filled = this.#inner;

  /** `key` has at most 64 bytes, as all keys that SHA-256 made have. */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK_BYTES) throw new RangeError(`A key of ${key.length} bytes`);
    this.#key = key;
    for (const [at, byte] of key.entries()) {
      this.#inner[at] = byte ^ 0x36;
      this.#outer[at] = byte ^ 0x5c;
    }
  }

  /** The code of a byte string, in lower-case hexadecimal. */
  hex(message: string): string {
    if (message.length > SHORT_MESSAGE_BYTES) {
      return createHmac('sha256', this.#key).update(message, 'latin1').digest('hex');
    }
    this.#inner.write(message, BLOCK_BYTES, 'latin1');
    const length = BLOCK_BYTES + message.length;
    if (this.#filled.length !== length) this.#filled = this.#inner.subarray(0, length);
    this.#outer.write(hash('sha256', this.#filled, 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.#outer, 'hex');
  }
}
