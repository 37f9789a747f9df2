import { crc32 } from 'node:zlib';
import { CorruptRecord } from './engine/corrupt-record.js';

/**
 * Values that carry their own checksum, for an engine's pages may have none (LMDB's do not): the
 * content, then the CRC-32 of the key and the content. With the key in it, a value that a damaged
 * page shows under another key is found out too.
 */
const CRC_BYTES = 4;

/** Appends the checksum to the content. */
export function checkedValue(key: Buffer, content: Buffer): Buffer {
  const value = Buffer.allocUnsafe(content.length + CRC_BYTES);
  content.copy(value, 0);
  writeChecksum(key, value);
  return value;
}

/** Fills the last four bytes of a value whose content is in place. */
export function writeChecksum(key: Buffer, value: Buffer): void {
  const end = value.length - CRC_BYTES;
  value.writeUInt32BE(crc32(value.subarray(0, end), crc32(key)), end);
}

/** The content of a value, once its checksum was found right; `what` names it in the error. */
export function checkedContent(key: Buffer, value: Buffer, what: () => string): Buffer {
  const end = value.length - CRC_BYTES;
  if (end < 0) throw new CorruptRecord(what(), 'it is too short');
  const content = value.subarray(0, end);
  if (crc32(content, crc32(key)) !== value.readUInt32BE(end)) {
    throw new CorruptRecord(what(), 'checksum mismatch');
  }
  return content;
}
