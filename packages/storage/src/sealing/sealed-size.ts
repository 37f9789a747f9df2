import { CHUNK_BYTES, type SealingCipher, tagBytes } from '../../threads/chunk-cipher.mjs';
import type { ObjectRecord } from '../object-record.js';

/** Plain bytes of every chunk but the last. */
export const plainChunkBytes = (cipher: SealingCipher): number => CHUNK_BYTES - tagBytes(cipher);

/** Bytes that a body of a size has when it is sealed. */
export function sealedSize(size: number, cipher: SealingCipher): number {
  return size + Math.ceil(size / plainChunkBytes(cipher)) * tagBytes(cipher);
}

/** Bytes that an object's body has where it is kept. */
export function storedSize({ size, sealing }: Pick<ObjectRecord, 'size' | 'sealing'>): number {
  return sealing === undefined ? size : sealedSize(size, sealing.cipher);
}
