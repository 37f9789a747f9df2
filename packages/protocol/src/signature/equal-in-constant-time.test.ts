import { expect, it } from 'vitest';
import { equalInConstantTime } from './equal-in-constant-time.js';

const digits = '0123456789abcdef'.repeat(4);

it.each([
  [digits, digits, true],
  [digits, `${digits.slice(1)}0`, false],
  [digits, `1${digits.slice(1)}`, false],
  [digits, `${digits.slice(0, -1)}e`, false],
  [digits, digits.slice(1), false],
  [digits, `${digits}0`, false],
  // As many characters, and the same bytes as far as there is room for sixty-four.
  [`é${digits.slice(1)}`, `é${digits.slice(1, -1)}0`, false],
  [`é${digits.slice(1)}`, `é${digits.slice(1)}`, true],
  [`Ā${digits.slice(1)}`, `\u0000${digits.slice(1)}`, false],
  ['oiV/r5dc0kf0OQ==', 'oiV/r5dc0kf0OQ==', true],
  ['oiV/r5dc0kf0OQ==', 'oiV/r5dc0kf0OQ=+', false],
  ['', '', true],
  ['', '0', false],
])('%s and %s: %s', (one, other, equal) => {
  expect(equalInConstantTime(one, other)).toBe(equal);
});
