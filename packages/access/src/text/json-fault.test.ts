import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from './json-fault.js';

describe('a fault in JSON', () => {
  it.each([
    ['', 'the document is cut off: a value was expected', '', 1, 1],
    ['{', 'the document is cut off: a name in double quotes was expected', '', 1, 2],
    ['{"a":1,}', 'a name in double quotes was expected', '', 1, 8],
    ['{"a" 1}', "':' was expected", 'a', 1, 6],
    ['{"a":}', 'a value was expected', 'a', 1, 6],
    ['{"a":1 "b":2}', "',' or '}' was expected", '', 1, 8],
    [
      '{"Statement":[{},\n  {"Effect":"Allow"\n',
      "the document is cut off: ',' or '}' was expected",
      'Statement[1]',
      3,
      1,
    ],
    ['[1,2', "the document is cut off: ',' or ']' was expected", '', 1, 5],
    ['{"a":"b', 'the string that begins here does not end', 'a', 1, 6],
    ['{"a":"\\x"}', 'this is no escape that JSON knows', 'a', 1, 7],
    ['{"a":"\n"}', 'a control character in a string has to be escaped', 'a', 1, 7],
    ['{} {}', 'the document ends before this', '', 1, 4],
    ["{'a':1}", 'a name in double quotes was expected', '', 1, 2],
    ['{"a":{"b":1,"c":2,"b":3}}', 'the name stands twice in one object', 'a.b', 1, 19],
    ['{"a":1,"\\u0061":2}', 'the name stands twice in one object', 'a', 1, 8],
    ['{"k:1":{"x y":tru}}', 'a value was expected', '["k:1"]["x y"]', 1, 15],
  ])('of %j is told', (text, reason, place, line, column) => {
    expect(findJsonFault(text, 12)).toEqual({ reason, place, line, column });
  });

  it('is nesting deeper than the limit, however deep', () => {
    expect(findJsonFault('[[1]]', 2)).toBeUndefined();
    expect(findJsonFault('[[[1]]]', 2)?.reason).toBe('nested deeper than 2 levels');
    expect(findJsonFault('['.repeat(1_000_000), 12)?.reason).toBe('nested deeper than 12 levels');
    expect(findJsonFault('{"a":'.repeat(200_000), 12)?.reason).toBe('nested deeper than 12 levels');
  });

  it('is not in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t'), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        expect(findJsonFault(text, 12)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('is where JSON.parse finds one, and nowhere else, twice the same name aside', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '"\\n"',
      '1',
      '-0.5e3',
      '01',
      'null',
      ' ',
      '"',
      '\\',
      'nul',
      '\n',
      '+1',
      '1.',
      '.5',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 9 }), (all) => {
        const text = all.join('');
        const fault = findJsonFault(text, 100);
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        if (fault?.reason === 'the name stands twice in one object') return;
        expect(fault === undefined).toBe(parses);
      }),
      { numRuns: 20_000 },
    );
  });
});
