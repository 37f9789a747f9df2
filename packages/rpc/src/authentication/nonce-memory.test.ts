import { expect, it } from 'vitest';
import { NonceMemory } from './nonce-memory.js';

it('remembers nonces of each key for as long as they may come again, and no more than there is room for', () => {
  const nonces = new NonceMemory(1000, 3);
  expect(nonces.use('a', 'n', 0)).toBe('new');
  expect(nonces.use('a', 'n', 999)).toBe('used');
  expect(nonces.use('b', 'n', 1)).toBe('new');
  expect(nonces.use('b', 'x'.repeat(10_000), 2)).toBe('new');
  expect(nonces.use('c', 'n', 3)).toBe('full');
  // The first is forgotten, and makes room for one.
  expect(nonces.use('c', 'n', 1000)).toBe('new');
  expect(nonces.use('a', 'n', 1000)).toBe('full');
  expect(nonces.use('a', 'n', 2000)).toBe('new');
});
