/**
 * Seals and opens the chunks of a sealed body (docs/encryption.md, "Sealed bodies"), where they lie in a
 * buffer: what is sealed takes the place of what was plain, and the other way round.
 *
 * Plain JavaScript, for the threads that run from the sources as they stand use it as the event loop does.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { MessageChannel } from 'node:worker_threads';

/** Bytes of a sealed chunk but the last: a block of a blob, so that a chunk has a CRC-32 of its own. */
export const CHUNK_BYTES = 64 * 1024;

/** @param {import('./chunk-cipher.mjs').SealingCipher} cipher */
export const tagBytes = (cipher) => (cipher === 'AES256' ? 16 : 32);

/** @param {import('./chunk-cipher.mjs').SealingCipher} cipher */
export const bodyKeyBytes = (cipher) => (cipher === 'AES256' ? 32 : 16 + 32);

/**
 * AES-256-GCM with a tag of 16 bytes (NIST SP 800-38D).
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce
 * @param {Uint8Array} associated
 * @param {Uint8Array} plain
 */
export function sealAesGcm(key, nonce, associated, plain) {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associated);
  const sealed = cipher.update(plain);
  cipher.final();
  return { sealed, tag: cipher.getAuthTag() };
}

/**
 * The reverse; undefined when the tag does not fit.
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce
 * @param {Uint8Array} associated
 * @param {Uint8Array} sealed
 * @param {Uint8Array} tag
 */
export function openAesGcm(key, nonce, associated, sealed, tag) {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  decipher.setAAD(associated);
  decipher.setAuthTag(tag);
  const plain = decipher.update(sealed);
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plain;
}

/**
 * SM4 in counter mode (GB/T 32907, GB/T 17964), which is its own reverse.
 * @param {Uint8Array} key
 * @param {Uint8Array} counter
 * @param {Uint8Array} bytes
 */
export const applySm4Ctr = (key, counter, bytes) =>
  createCipheriv('sm4-ctr', key, counter).update(bytes);

/**
 * HMAC (RFC 2104) with SM3 (GB/T 32905) over both parts.
 * @param {Uint8Array} key
 * @param {Uint8Array} associated
 * @param {Uint8Array} sealed
 */
export const macSm3 = (key, associated, sealed) =>
  createHmac('sm3', key).update(associated).update(sealed).digest();

/** What is sent through a closed port is freed. */
const { port1: nowhere } = new MessageChannel();
nowhere.close();

/**
 * Frees a chunk that OpenSSL answered with, once it was copied. V8 would collect them when tens of
 * megabytes have piled up; freed at once, the next chunk comes in the same memory, which the cache still has.
 * @param {Buffer} bytes
 */
function free({ buffer, length }) {
  // A Node.js that answers with a part of something larger keeps it.
  if (buffer.byteLength !== length) return;
  nowhere.postMessage(undefined, [/** @type {ArrayBuffer} */ (buffer)]);
}

/** One body and its key. */
export class ChunkCipher {
  /** @param {import('./chunk-cipher.mjs').BodyKey} bodyKey */
  constructor({ cipher, id, key }) {
    this.isAes = cipher === 'AES256';
    this.key = this.isAes ? key : key.subarray(0, 16);
    this.macKey = key.subarray(16);
    this.tagBytes = tagBytes(cipher);
    this.plainBytes = CHUNK_BYTES - this.tagBytes;
    // The chunk's number, whether it is the last, the body's id.
    this.associated = Buffer.concat([Buffer.alloc(9), Buffer.from(id, 'latin1')]);
    this.nonce = Buffer.alloc(this.isAes ? 12 : 16);
  }

  /**
   * Seals bytes, a whole number of chunks unless the body ends with them, and moves the chunks apart for
   * their tags, which the buffer must have room for. Returns how many bytes the sealed chunks have.
   * @param {Buffer} buffer
   * @param {number} plainBytes
   * @param {number} first the number of the first chunk
   * @param {boolean} isEnd whether the body ends with them
   */
  sealAll(buffer, plainBytes, first, isEnd) {
    const chunks = Math.ceil(plainBytes / this.plainBytes);
    // From the back, so that nothing is written over that is still to be sealed.
    for (let chunk = chunks - 1; chunk >= 0; chunk--) {
      const from = chunk * this.plainBytes;
      const to = chunk * CHUNK_BYTES;
      this.#number(first + chunk, isEnd && chunk === chunks - 1);
      const plain = buffer.subarray(from, Math.min(from + this.plainBytes, plainBytes));
      const { sealed, tag } = this.isAes
        ? sealAesGcm(this.key, this.nonce, this.associated, plain)
        : this.#sealSm4(plain);
      // Into shared memory, where `set` would copy byte by byte what is not aligned alike.
      buffer.fill(sealed, to, to + sealed.length);
      buffer.fill(tag, to + sealed.length, to + sealed.length + this.tagBytes);
      if (sealed.length === this.plainBytes) free(sealed);
    }
    return plainBytes + chunks * this.tagBytes;
  }

  /**
   * Opens chunks that lie one behind another, all of them full but the body's last, and moves together
   * what they hold. Returns how many plain bytes there are. When a chunk is not what was sealed it is
   * -1 less the chunk's number, and nothing in the buffer is to be used.
   * @param {Buffer} buffer
   * @param {number} sealedBytes of all chunks
   * @param {number} first the number of the first one
   * @param {boolean} isEnd whether the body ends with them
   */
  openAll(buffer, sealedBytes, first, isEnd) {
    let to = 0;
    let index = first;
    for (let at = 0; at < sealedBytes; at += CHUNK_BYTES, index++) {
      const end = Math.min(at + CHUNK_BYTES, sealedBytes);
      const tagAt = end - this.tagBytes;
      if (tagAt <= at) return -1 - index;
      this.#number(index, isEnd && end === sealedBytes);
      const sealed = buffer.subarray(at, tagAt);
      const tag = buffer.subarray(tagAt, end);
      const plain = this.isAes
        ? openAesGcm(this.key, this.nonce, this.associated, sealed, tag)
        : this.#openSm4(sealed, tag);
      if (plain === undefined) return -1 - index;
      buffer.fill(plain, to, to + plain.length);
      to += plain.length;
      if (plain.length === this.plainBytes) free(plain);
    }
    return to;
  }

  /**
   * @param {number} index
   * @param {boolean} isLast
   */
  #number(index, isLast) {
    // 48 bits of it: bodies are not longer.
    this.associated.writeUIntBE(index, 2, 6);
    this.associated[8] = isLast ? 1 : 0;
    this.nonce.writeUIntBE(index, this.isAes ? 6 : 2, 6);
  }

  /** @param {Uint8Array} plain */
  #sealSm4(plain) {
    const sealed = applySm4Ctr(this.key, this.nonce, plain);
    return { sealed, tag: macSm3(this.macKey, this.associated, sealed) };
  }

  /**
   * @param {Uint8Array} sealed
   * @param {Uint8Array} tag
   */
  #openSm4(sealed, tag) {
    if (!timingSafeEqual(macSm3(this.macKey, this.associated, sealed), tag)) return undefined;
    return applySm4Ctr(this.key, this.nonce, sealed);
  }
}
