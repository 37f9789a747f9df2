import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkObjectTags, type TagSet, tagHeader } from './object-tags.js';

const refusal = (kind: string) => expect.objectContaining({ name: 'OssError', kind });

describe('the x-oss-tagging header', () => {
  it.each<[string, [string, string][]]>([
    [
      'TagA=A&TagB=B',
      [
        ['TagA', 'A'],
        ['TagB', 'B'],
      ],
    ],
    [
      'TagA&TagB=B',
      [
        ['TagA', ''],
        ['TagB', 'B'],
      ],
    ],
    ['TagA=', [['TagA', '']]],
    ['a%2Bb=c%3Dd', [['a+b', 'c=d']]],
    ['a+b=c', [['a b', 'c']]],
    ['%E4%BD%A0=%E5%A5%BD', [['你', '好']]],
  ])('%s', (header, expected) => {
    expect(tagHeader.decode(header)).toEqual(expected.map(([key, value]) => ({ key, value })));
  });

  it.each([
    ['aa=bb=cc', 'TagHeaderMalformed'],
    ['a=%', 'TagHeaderMalformed'],
    ['a=%ff', 'TagHeaderMalformed'],
    ['a=1&a=2', 'TagHeaderMalformed'],
    ['=b', 'TagKeyInvalid'],
    ['a=1&', 'TagKeyInvalid'],
    ['a*=1', 'TagKeyInvalid'],
    ['a=b%21', 'TagValueInvalid'],
    [`${'k'.repeat(129)}=1`, 'TagKeyTooLong'],
    [`k=${'v'.repeat(257)}`, 'TagValueInvalid'],
    [Array.from({ length: 11 }, (_, at) => `k${at}=v`).join('&'), 'TooManyObjectTags'],
  ])('%s is refused: %s', (header, kind) => {
    expect(() => tagHeader.decode(header)).toThrow(refusal(kind));
  });

  it('takes ten tags of the longest keys and values, in characters and not in bytes', () => {
    const header = Array.from(
      { length: 10 },
      (_, at) =>
        `${encodeURIComponent(`${'钥'.repeat(127)}${at}`)}=${encodeURIComponent('值'.repeat(256))}`,
    ).join('&');
    expect(tagHeader.decode(header)).toHaveLength(10);
  });

  it('reads back what it writes', () => {
    const part = fc.string({ unit: fc.constantFrom(...'aZ09 +-=._:/你é'), maxLength: 20 });
    const tags = fc
      .uniqueArray(fc.record({ key: part.filter((key) => key !== ''), value: part }), {
        selector: ({ key }) => key,
        maxLength: 10,
        minLength: 1,
      })
      .map((set): TagSet => set);
    fc.assert(
      fc.property(tags, (set) => {
        expect(tagHeader.decode(tagHeader.encode(set))).toEqual(set);
      }),
    );
  });
});

describe('the tags of an XML body', () => {
  it('must have different keys', () => {
    expect(() =>
      checkObjectTags([
        { key: 'a', value: '1' },
        { key: 'a', value: '2' },
      ]),
    ).toThrow(refusal('TagsRepeated'));
  });

  it('may differ in case alone', () => {
    expect(() =>
      checkObjectTags([
        { key: 'a', value: '' },
        { key: 'A', value: '' },
      ]),
    ).not.toThrow();
  });
});
