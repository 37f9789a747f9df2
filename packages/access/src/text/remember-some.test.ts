import { expect, it, vi } from 'vitest';
import { rememberSome } from './remember-some.js';

it('reads a text once, and those past the most each time', () => {
  const read = vi.fn((text: string) => text.toUpperCase());
  const reader = rememberSome(2, read);
  const texts = ['a', 'b', 'a', 'c', 'b', 'c'];
  expect(texts.map(reader)).toEqual(['A', 'B', 'A', 'C', 'B', 'C']);
  expect(read.mock.calls.flat()).toEqual(['a', 'b', 'c', 'c']);
});
