import { describe, expect, it } from 'vitest';
import { canonicalHeaderLines, headerFields, trimFieldValue } from './header-fields.js';

describe('header fields', () => {
  it('are found by lower-case name, repeats joined by a comma in the order they came', () => {
    const fields = headerFields(['X-Oss-Meta-A', '1', 'Host', 'h', 'x-oss-meta-a', '2']);
    expect([...fields]).toEqual([
      ['x-oss-meta-a', '1,2'],
      ['host', 'h'],
    ]);
  });

  it('leave a name without a value out', () => {
    expect([...headerFields(['a', '1', 'b'])]).toEqual([['a', '1']]);
  });

  it('are signed sorted by name, with their values trimmed', () => {
    const fields = headerFields(['X-Oss-B', ' 2\t', 'Other', 'x', 'X-Oss-A', '1']);
    expect(canonicalHeaderLines(fields, (name) => name.startsWith('x-oss-'))).toBe(
      'x-oss-a:1\nx-oss-b:2\n',
    );
  });

  it('keep the byte A0 that ends a UTF-8 character', () => {
    const value = ' \u00c3\u00a0 ';
    expect(trimFieldValue(value)).toBe('\u00c3\u00a0');
    expect(trimFieldValue(' \t ')).toBe('');
    expect(trimFieldValue('a b')).toBe('a b');
  });
});
