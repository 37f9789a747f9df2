import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HmacSha256 } from './hmac-sha256.js';

const bytes = (hex: string) => Buffer.from(hex, 'hex');

// RFC 4231, section 4, but for the cases whose keys are longer than a block.
it.each([
  ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    Buffer.from('Jefe').toString('hex'),
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    'aa'.repeat(20),
    'Ý'.repeat(50),
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  ],
  [
    '0102030405060708090a0b0c0d0e0f10111213141516171819',
    'Í'.repeat(50),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
])('is what RFC 4231 says: key %s', (key, message, code) => {
  expect(new HmacSha256(bytes(key)).hex(message)).toBe(code);
});

it('is what node:crypto reckons, whatever was reckoned before', () => {
  const macs = [0, 1, 31, 32, 63, 64].map((length) => {
    const key = Buffer.alloc(length, length + 1);
    return { key, mac: new HmacSha256(key) };
  });
  fc.assert(
    fc.property(fc.nat(macs.length - 1), fc.uint8Array({ maxLength: 600 }), (which, message) => {
      const { key, mac } = macs[which] ?? { key: Buffer.alloc(0), mac: undefined };
      expect(mac?.hex(Buffer.from(message).toString('latin1'))).toBe(
        createHmac('sha256', key).update(message).digest('hex'),
      );
    }),
    { numRuns: 3000 },
  );
});

it('refuses a key that is longer than a block', () => {
  expect(() => new HmacSha256(Buffer.alloc(65))).toThrow(RangeError);
});
