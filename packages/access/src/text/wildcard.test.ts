import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWildcard } from './wildcard.js';

/** The definition, by dynamic programming over characters: slow, and nothing in it is clever. */
function matchesByDefinition(pattern: string, text: string): boolean {
  const characters = [...text];
  let reached = new Set([0]);
  for (const symbol of pattern) {
    const next = new Set<number>();
    for (const at of reached) {
      if (symbol === '*') for (let to = at; to <= characters.length; to++) next.add(to);
      else if (at < characters.length && (symbol === '?' || symbol === characters[at]))
        next.add(at + 1);
    }
    reached = next;
  }
  return reached.has(characters.length);
}

const symbols = fc.constantFrom('a', 'b', '/', '😀', 'é');
const texts = fc.array(symbols, { maxLength: 12 }).map((all) => all.join(''));
const patterns = fc
  .array(fc.oneof({ weight: 3, arbitrary: symbols }, fc.constantFrom('*', '?')), { maxLength: 10 })
  .map((all) => all.join(''));

describe('a wildcard', () => {
  it.each([
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['*', '', true],
    ['**', 'anything', true],
    ['bucket/*', 'bucket/', true],
    ['bucket/*', 'bucket', false],
    ['*.jpg', 'a.jpg', true],
    ['a*a', 'a', false],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['?', '😀', true],
    ['??', '😀', false],
    ['*?', '', false],
    ['a?c*', 'abcde', true],
    ['*b?d*', 'aabcde', true],
    ['x?', 'x', false],
  ])('%s on %s: %s', (pattern, text, matches) => {
    expect(compileWildcard(pattern)(text)).toBe(matches);
  });

  it('matches as its definition says', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(compileWildcard(pattern)(text)).toBe(matchesByDefinition(pattern, text));
      }),
      { numRuns: 5000 },
    );
  });

  it('matches what it was made from', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(texts, fc.constantFrom('*', '?')), { maxLength: 8 }),
        (parts) => {
          const pattern = parts.map(([text, wildcard]) => text + wildcard).join('');
          const text = parts
            .map(([own, wildcard]) => own + (wildcard === '*' ? own : 'z'))
            .join('');
          expect(compileWildcard(pattern)(text)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  // Longer than 32 characters between the stars, and than what V8 keeps tables for.
  it.each([31, 32, 33, 64, 65, 249, 250, 251, 600])('finds a piece of %s characters', (length) => {
    const piece = `${'a'.repeat(length - 2)}?b`;
    const found = `${'a'.repeat(length + 5)}xb`;
    expect(compileWildcard(`*${piece}*`)(`aaa${found}aaa`)).toBe(true);
    expect(compileWildcard(`*${piece}*`)('a'.repeat(length * 3))).toBe(false);
    const literal = piece.replace('?', 'x');
    expect(compileWildcard(`*${literal}*`)(`aaa${found}aaa`)).toBe(true);
    expect(compileWildcard(`*${literal}*`)('a'.repeat(length * 3))).toBe(false);
  });

  // Each is exponential, or at least of the product of both lengths, where a matcher tries again what it
  // has passed; text.indexOf does so with the two long pieces.
  const letters = (length: number) => 'a'.repeat(length);
  const pairs = (length: number) => 'ab'.repeat(length / 2);
  it.each([
    ['many stars', `${'*a'.repeat(2000)}*b*`, letters],
    ['a long piece', `*${'a'.repeat(100)}b${'a'.repeat(3900)}*`, letters],
    ['another', `*${'a'.repeat(2000)}b${'a'.repeat(2000)}*`, letters],
    ['short pieces', `${'*ab'.repeat(1300)}*c*`, pairs],
    ['stars before placeholders', `${'*a?'.repeat(1000)}*b?*`, letters],
    ['many placeholders', `*${'a?'.repeat(2000)}b*`, letters],
  ])('takes time that grows with the text alone: %s', (_, pattern, textOf) => {
    const matches = compileWildcard(pattern);
    const timeOf = (length: number) => {
      const text = textOf(length);
      let shortest = Number.POSITIVE_INFINITY;
      for (let run = 0; run < 7; run++) {
        // Of the processor: on a busy machine time passes without any work.
        const before = process.cpuUsage();
        expect(matches(text)).toBe(false);
        const { user, system } = process.cpuUsage(before);
        shortest = Math.min(shortest, (user + system) / 1000);
      }
      return shortest;
    };
    timeOf(10_000);
    const short = timeOf(25_000);
    const long = timeOf(100_000);
    // Four times the text, and what a shared machine does to milliseconds.
    expect(long).toBeLessThan(short * 8 + 2);
    // A product of both lengths is 400 million.
    expect(long).toBeLessThan(80);
  });
});
