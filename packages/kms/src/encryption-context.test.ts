import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeContext } from './encryption-context.js';

it('is the same for equal contexts, in whatever order, and nothing for an empty one', () => {
  expect(encodeContext({ b: '2', a: '1' })).toEqual(encodeContext({ a: '1', b: '2' }));
  expect(encodeContext({ a: 'ü' }).toString('hex')).toBe('00000001610000000' + '2c3bc');
  expect(encodeContext({})).toEqual(Buffer.alloc(0));
  expect(encodeContext()).toEqual(Buffer.alloc(0));
});

it('is another for every other context', () => {
  const context = fc.dictionary(
    fc.string({ unit: fc.constantFrom('a', '\0', '\u0001', ':'), maxLength: 4 }),
    fc.string({ unit: fc.constantFrom('a', '\0', '\u0001', ':'), maxLength: 4 }),
    { maxKeys: 3 },
  );
  const sorted = (one: Record<string, string>) => JSON.stringify(Object.entries(one).sort());
  fc.assert(
    fc.property(context, context, (one, other) => {
      const same = encodeContext(one).equals(encodeContext(other));
      expect(same).toBe(sorted(one) === sorted(other));
    }),
    { numRuns: 2000 },
  );
});
