import { operations } from '@openoss/protocol';
import { expect, it } from 'vitest';
import { handlers } from './handlers/index.js';

it('every operation that is described is served, by one handler', () => {
  const served = handlers.map(({ operation }) => operation.name).sort();
  expect(served).toEqual(operations.map(({ name }) => name).sort());
});
