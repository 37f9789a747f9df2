import { crc32 } from 'node:zlib';
import { CorruptRecord } from './corrupt-record.js';

/**
 * How a counter stands under its key: a signed 64-bit big-endian integer and the CRC-32 of its
 * eight bytes. Amounts and sums are whole numbers within ±2^53.
 */
const VALUE_BYTES = 12;

/** Where sums that wrap begin anew: exact in a double, with room to add before it is taken off. */
export const WRAP = 2 ** 48;

/** A sum of whole numbers within ±2^53, from 0 to before {@link WRAP}. */
export function wrapped(sum: number): number {
  const rest = sum % WRAP;
  // Also makes 0 of -0.
  return rest < 0 ? rest + WRAP : rest + 0;
}

/** The stored form of a counter's value. */
export function encodeCounter(sum: number): Buffer {
  if (!Number.isSafeInteger(sum)) throw new RangeError(`A counter cannot hold ${sum}`);
  const value = Buffer.allocUnsafe(VALUE_BYTES);
  value.writeBigInt64BE(BigInt(sum), 0);
  value.writeUInt32BE(crc32(value.subarray(0, 8)), 8);
  return value;
}

/** A counter's value from its stored form; a counter that was never touched is zero. */
export function decodeCounter(value: Buffer | undefined): number {
  if (value === undefined) return 0;
  if (value.length !== VALUE_BYTES || crc32(value.subarray(0, 8)) !== value.readUInt32BE(8)) {
    throw new CorruptRecord('counter', 'checksum mismatch');
  }
  return Number(value.readBigInt64BE(0));
}
