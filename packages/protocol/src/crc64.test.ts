import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Crc64, crc64 } from './crc64.js';

const ascii = (text: string) => Buffer.from(text, 'ascii');

describe('CRC-64/XZ', () => {
  // The Go SDK v2's utils_crc_test.go, the Java SDK's CRC64UtilTest, and the catalogue's check value.
  it.each([
    ['', 0n],
    ['123456789', 0x995dc9bbdf1939fan],
    ['123456789', 11051210869376104954n],
    ['This is a test of the emergency broadcast system.', 0x27db187fc15bbc72n],
    ['hello world', 5981764153023615706n],
  ])('of %j is %d', (text, expected) => {
    expect(crc64(ascii(text))).toBe(expected);
  });

  it('does not depend on how the body is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
        const running = new Crc64();
        for (const piece of pieces) running.update(piece);
        expect(running.digest()).toBe(crc64(Buffer.concat(pieces)));
      }),
    );
  });

  it('agrees with a bit-by-bit reckoning', () => {
    const bitwise = (bytes: Uint8Array): bigint => {
      let crc = 0xffffffffffffffffn;
      for (const byte of bytes) {
        crc ^= BigInt(byte);
        for (let bit = 0; bit < 8; bit++) {
          crc = crc & 1n ? (crc >> 1n) ^ 0xc96c5795d7870f42n : crc >> 1n;
        }
      }
      return crc ^ 0xffffffffffffffffn;
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(crc64(bytes)).toBe(bitwise(bytes));
      }),
    );
  });
});
