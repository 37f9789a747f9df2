import { describe, expect, it } from 'vitest';
import { goQuote, goQuoteRune } from './go-quote.js';

describe('quoting as Go does with %q', () => {
  it.each([
    ['plain', '"plain"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['back\\slash', '"back\\\\slash"'],
    ['tab\tline\n', '"tab\\tline\\n"'],
    ['\u0001', '"\\x01"'],
    ['中文 é', '"中文 é"'],
    ['\u200b', '"\\u200b"'],
    ["it's", '"it\'s"'],
  ])('%j becomes %s', (text, quoted) => {
    expect(goQuote(text)).toBe(quoted);
  });

  it('quotes a rune in single quotes', () => {
    expect(goQuoteRune('x')).toBe("'x'");
    expect(goQuoteRune("'")).toBe("'\\''");
    expect(goQuoteRune('–')).toBe("'–'");
  });
});
