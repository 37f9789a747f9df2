import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapePath, escapeQueryComponent } from './percent-encoding.js';

describe('percent-encoding', () => {
  it('leaves the unreserved characters of RFC 3986 and nothing else', () => {
    const kept = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter(
      (character) => escapeQueryComponent(character) === character,
    );
    expect(kept.join('')).toBe(
      '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~',
    );
  });

  it('keeps the slashes of a path, and encodes those of a query value', () => {
    expect(escapePath('/bucket/a b/c+d')).toBe('/bucket/a%20b/c%2Bd');
    expect(escapeQueryComponent('a b/c+d')).toBe('a%20b%2Fc%2Bd');
  });

  it('writes the bytes of UTF-8 in upper-case hex', () => {
    expect(escapePath('/é/日/😀/\u007f')).toBe('/%C3%A9/%E6%97%A5/%F0%9F%98%80/%7F');
  });

  it('is undone by decodeURIComponent for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeURIComponent(escapeQueryComponent(text))).toBe(text);
        expect(decodeURIComponent(escapePath(text))).toBe(text);
      }),
    );
  });

  it('writes a lone surrogate as U+FFFD rather than throw', () => {
    expect(escapeQueryComponent('a\ud800b')).toBe('a%EF%BF%BDb');
  });
});
