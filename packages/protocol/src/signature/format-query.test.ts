import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from '../wire/request-target.js';
import { formatQuery } from './format-query.js';

describe('formatQuery', () => {
  it('tells a parameter without a value from one with an empty value', () => {
    expect(
      formatQuery([
        ['acl', null],
        ['prefix', ''],
        ['a b', 'c&d='],
      ]),
    ).toBe('acl&prefix=&a%20b=c%26d%3D');
  });

  it('is undone by parseQuery', () => {
    const parameter = fc.tuple(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.option(fc.string({ unit: 'grapheme' })),
    );
    fc.assert(
      fc.property(fc.array(parameter), (query) => {
        expect(parseQuery(formatQuery(query))).toEqual(query);
      }),
    );
  });
});
