import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keySuccessor, prefixSuccessor } from './key-successor.js';

const key = fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes));
const highKey = fc
  .array(fc.constantFrom(0, 1, 0xfe, 0xff), { maxLength: 4 })
  .map((bytes) => Buffer.from(bytes));

describe('prefixSuccessor', () => {
  it('divides the keys with the prefix from all greater ones', () => {
    fc.assert(
      fc.property(fc.oneof(key, highKey), fc.oneof(key, highKey), (prefix, other) => {
        const successor = prefixSuccessor(prefix);
        const hasPrefix = other.subarray(0, prefix.length).equals(prefix);
        const isBehind = successor !== undefined && other.compare(successor) >= 0;
        expect(isBehind).toBe(!hasPrefix && other.compare(prefix) > 0);
      }),
    );
  });

  it('knows that nothing is behind the empty prefix and behind the highest bytes', () => {
    expect(prefixSuccessor(Buffer.alloc(0))).toBeUndefined();
    expect(prefixSuccessor(Buffer.of(0xff, 0xff))).toBeUndefined();
  });
});

describe('keySuccessor', () => {
  it('is the next key: nothing lies between', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        const successor = keySuccessor(one);
        expect(other.compare(successor) >= 0).toBe(other.compare(one) > 0);
      }),
    );
  });
});
