import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAscii, utf8Bytes, utf8Text } from './byte-string.js';

describe('byte strings', () => {
  it('have one character for each byte of UTF-8', () => {
    expect(utf8Bytes('é😀')).toBe('\u00c3\u00a9\u00f0\u009f\u0098\u0080');
    expect(utf8Text('\u00c3\u00a9\u00f0\u009f\u0098\u0080')).toBe('é😀');
  });

  it('give every text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(utf8Text(utf8Bytes(text))).toBe(text);
        for (const byte of utf8Bytes(text)) expect(byte.charCodeAt(0)).toBeLessThan(256);
      }),
    );
  });

  it('show bytes that are not UTF-8 as U+FFFD', () => {
    expect(utf8Text('a\u00ffb')).toBe('a\ufffdb');
  });

  it('are told from ASCII by one character', () => {
    expect(isAscii('\u0000 ~\u007f')).toBe(true);
    expect(isAscii('abc\u0080')).toBe(false);
    expect(isAscii('abc\ud800')).toBe(false);
  });
});
