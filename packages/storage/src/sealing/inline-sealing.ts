import { ChunkCipher } from '../../threads/chunk-cipher.mjs';
import type { DataKey } from './data-key.js';
import { sealedSize } from './sealed-size.js';

/** A body that is in memory, sealed. */
export function sealInline(dataKey: DataKey, id: string, plain: Buffer): Buffer {
  const sealed = Buffer.allocUnsafe(sealedSize(plain.length, dataKey.cipher));
  plain.copy(sealed);
  new ChunkCipher(dataKey.forBody(id)).sealAll(sealed, plain.length, 0, true);
  return sealed;
}

/** The reverse; undefined when it is not what was sealed. */
export function openInline(dataKey: DataKey, id: string, sealed: Buffer): Buffer | undefined {
  const bytes = Buffer.from(sealed);
  const length = new ChunkCipher(dataKey.forBody(id)).openAll(bytes, bytes.length, 0, true);
  return length < 0 ? undefined : bytes.subarray(0, length);
}
