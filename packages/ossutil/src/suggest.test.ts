import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearestFlag, nearestNames, unknownCommand } from './suggest.js';

const flags = [
  { name: 'access-key-id' },
  { name: 'access-key-secret' },
  { name: 'metadata' },
  { name: 'object-acl' },
  { name: 'storage-class' },
  { name: 'secret-switch', hidden: true },
];
const commands = [
  { name: 'put-object' },
  { name: 'put-object-acl' },
  { name: 'put-object-tagging' },
  { name: 'get-object' },
  { name: 'list-buckets' },
];

describe('the nearest flag', () => {
  it.each([
    ['storage-clas', '--storage-class'],
    ['storageClass', '--storage-class'],
    ['accessKeyID', '--access-key-id'],
    ['meta', '--metadata'],
    ['metdaata', '--metadata'],
    ['acl', '--object-acl'],
    ['object_acl=private', '--object-acl'],
  ])('to --%s is %s', (typed, expected) => {
    expect(nearestFlag(typed, flags)).toBe(`did you mean ${expected}?`);
  });

  it.each(['region', 'x', '', 'secret-switc'])('to --%s is none', (typed) => {
    expect(nearestFlag(typed, flags)).toBeUndefined();
  });
});

describe('an unknown command', () => {
  it('is answered in the form of cobra, nearest first', () => {
    expect(unknownCommand('put-objct', 'ossutil api', commands)).toBe(
      'unknown command "put-objct" for "ossutil api"\n\nDid you mean this?\n\tput-object\n',
    );
    expect(nearestNames('put-object-ac', commands)[0]).toBe('put-object-acl');
  });

  it('is a bare sentence where nothing is near', () => {
    expect(unknownCommand('frobnicate', 'ossutil', commands)).toBe(
      'unknown command "frobnicate" for "ossutil"',
    );
  });

  it('is looked for one level below where nothing near stands beside it', () => {
    const root = [{ name: 'config' }, { name: 'api', children: commands }];
    expect(unknownCommand('put-objct', 'ossutil', root)).toBe(
      'unknown command "put-objct" for "ossutil"\n\nDid you mean this?\n\tapi put-object\n',
    );
  });

  it('suggests at most three', () => {
    expect(nearestNames('put', commands).length).toBe(3);
  });
});

describe('the edit distance', () => {
  it.each([
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['same', 'same', 0],
  ])('of %j and %j is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, zero only for equal texts, and no larger than the longer text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
