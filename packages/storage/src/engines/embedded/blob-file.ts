import { crc32 } from 'node:zlib';
import { BLOB_BLOCK_BYTES, type BlobBinding } from '../../engine/blob-engine.js';

/**
 * The form of a blob's file, version 1; all numbers big-endian:
 *
 *     0       header, 4,096 bytes, zeros behind what is used
 *               8 bytes  "OpenOSSb"
 *               2        format version
 *               2 2 2    lengths of id, bucket and key in bytes
 *               4        CRC-32 of the header with this field zero
 *               …        id, bucket, key (UTF-8)
 *     4,096   the body
 *     …       4 bytes of CRC-32 for each 64 KiB of the body
 *     …       footer, 32 bytes
 *               8        "bSSOnepO"
 *               8        bytes of the body
 *               4 4      bytes in a block, number of blocks
 *               4        zero
 *               4        CRC-32 of the header, the checksums and the footer before this field
 *
 * The body begins at a page's start and is written once from front to back. A file without a valid
 * footer was never finished.
 */
export const BLOB_FORMAT = 1;
export const BLOB_HEADER_BYTES = 4096;
export const BLOB_FOOTER_BYTES = 32;

const MAGIC = Buffer.from('OpenOSSb', 'latin1');
const END_MAGIC = Buffer.from('bSSOnepO', 'latin1');
const NAMES_AT = 20;
const HEADER_CRC_AT = 16;

/** Bytes of the checksums and the footer behind a body of a size. */
export function blobTrailerBytes(size: number): number {
  return 4 * blocksOf(size) + BLOB_FOOTER_BYTES;
}

/** How many blocks a body of a size has; the last one may be short. */
export function blocksOf(size: number): number {
  return Math.ceil(size / BLOB_BLOCK_BYTES);
}

/** How many blocks a finished file of a length must have. */
export function blocksOfFile(length: number): number {
  return Math.ceil(
    Math.max(0, length - BLOB_HEADER_BYTES - BLOB_FOOTER_BYTES) / (BLOB_BLOCK_BYTES + 4),
  );
}

/** The header of a blob's file. */
export function blobHeader(id: string, binding: BlobBinding): Buffer {
  const header = Buffer.alloc(BLOB_HEADER_BYTES);
  MAGIC.copy(header, 0);
  header.writeUInt16BE(BLOB_FORMAT, 8);
  let at = NAMES_AT;
  let lengthAt = 10;
  for (const name of [id, binding.bucket, binding.key]) {
    const length = Buffer.byteLength(name);
    if (at + length > BLOB_HEADER_BYTES) throw new RangeError('The names of a blob are too long');
    header.writeUInt16BE(length, lengthAt);
    header.write(name, at);
    lengthAt += 2;
    at += length;
  }
  header.writeUInt32BE(crc32(header), HEADER_CRC_AT);
  return header;
}

/** What a header says. */
export interface BlobHeader {
  readonly id: string;
  readonly binding: BlobBinding;
}

/** Reads a header; undefined when it is not one that this version wrote whole. */
export function readBlobHeader(header: Buffer): BlobHeader | undefined {
  if (formatOfHeader(header) !== BLOB_FORMAT) return undefined;
  const names: string[] = [];
  let at = NAMES_AT;
  for (const lengthAt of [10, 12, 14]) {
    const length = header.readUInt16BE(lengthAt);
    names.push(header.toString('utf8', at, at + length));
    at += length;
  }
  const [id = '', bucket = '', key = ''] = names;
  return { id, binding: { bucket, key } };
}

/** The format of a blob whose header is whole, when that is not the one this version knows. */
export function foreignBlobFormat(header: Buffer): number | undefined {
  const format = formatOfHeader(header);
  return format === BLOB_FORMAT ? undefined : format;
}

/** The format that a whole header tells: magic, format and checksum are where they are for ever. */
function formatOfHeader(header: Buffer): number | undefined {
  if (header.length !== BLOB_HEADER_BYTES || !header.subarray(0, 8).equals(MAGIC)) return undefined;
  const unsigned = Buffer.from(header);
  unsigned.writeUInt32BE(0, HEADER_CRC_AT);
  if (crc32(unsigned) !== header.readUInt32BE(HEADER_CRC_AT)) return undefined;
  return header.readUInt16BE(8);
}

/** The checksums and the footer that finish a file whose header has this CRC-32. */
export function blobTrailer(headerCrc: number, size: number, checksums: readonly number[]): Buffer {
  const trailer = Buffer.alloc(4 * checksums.length + BLOB_FOOTER_BYTES);
  let at = 0;
  for (const checksum of checksums) at = trailer.writeUInt32BE(checksum, at);
  END_MAGIC.copy(trailer, at);
  trailer.writeBigUInt64BE(BigInt(size), at + 8);
  trailer.writeUInt32BE(BLOB_BLOCK_BYTES, at + 16);
  trailer.writeUInt32BE(checksums.length, at + 20);
  const covered = trailer.subarray(0, trailer.length - 4);
  trailer.writeUInt32BE(crc32(covered, headerCrc), trailer.length - 4);
  return trailer;
}

/** What a trailer says. */
export interface BlobTrailer {
  readonly size: number;
  /** The CRC-32 of a block, by its number. */
  checksum(block: number): number;
}

/** Reads the trailer of a file of a length; undefined when it does not hold together. */
export function readBlobTrailer(
  header: Buffer,
  trailer: Buffer,
  fileLength: number,
): BlobTrailer | undefined {
  const footer = trailer.length - BLOB_FOOTER_BYTES;
  if (footer < 0 || !trailer.subarray(footer, footer + 8).equals(END_MAGIC)) return undefined;
  const covered = trailer.subarray(0, trailer.length - 4);
  if (crc32(covered, crc32(header)) !== trailer.readUInt32BE(trailer.length - 4)) return undefined;
  const size = Number(trailer.readBigUInt64BE(footer + 8));
  if (
    trailer.readUInt32BE(footer + 16) !== BLOB_BLOCK_BYTES ||
    trailer.readUInt32BE(footer + 20) !== blocksOf(size) ||
    trailer.length !== blobTrailerBytes(size) ||
    fileLength !== BLOB_HEADER_BYTES + size + trailer.length
  ) {
    return undefined;
  }
  return { size, checksum: (block) => trailer.readUInt32BE(4 * block) };
}
