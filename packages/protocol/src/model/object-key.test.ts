import { describe, expect, it } from 'vitest';
import { isBucketName } from './bucket-name.js';
import { checkObjectKey } from './object-key.js';

describe('a bucket name', () => {
  it.each(['abc', '0-0', 'a'.repeat(63)])('%s is legal', (name) => {
    expect(isBucketName(name)).toBe(true);
  });

  it.each(['', 'ab', 'a'.repeat(64), '-ab', 'ab-', 'Abc', 'a_b', 'a.b', 'a b', 'ab\n', '日本語'])(
    '%j is not legal',
    (name) => {
      expect(isBucketName(name)).toBe(false);
    },
  );
});

describe('an object key', () => {
  it.each(['a', ' ', 'a/b', 'a//b', './a', '..', '你'.repeat(341), 'k'.repeat(1023), 'a\\b', '😀'])(
    '%j is legal',
    (key) => {
      expect(() => checkObjectKey(key)).not.toThrow();
    },
  );

  it.each([
    ['', 'ObjectNameEmpty'],
    ['k'.repeat(1024), 'ObjectNameTooLong'],
    [`${'你'.repeat(341)}k`, 'ObjectNameTooLong'],
    ['/a', 'ObjectNameLeadingSlash'],
    ['\\a', 'ObjectNameLeadingSlash'],
  ])('%j is refused: %s', (key, kind) => {
    expect(() => checkObjectKey(key)).toThrow(expect.objectContaining({ kind }));
  });
});
