import { describe, expect, it } from 'vitest';
import { findOperation, operations } from './find-operation.js';

describe('operations', () => {
  it('each have a name of their own in their product, and are found by it', () => {
    for (const one of operations) expect(findOperation(one.product.version, one.name)).toBe(one);
  });

  it('name their parameters as the product does, each once, and say what they do', () => {
    for (const { name, doc, parameters } of operations) {
      expect(name).toMatch(/^(?:[A-Z][a-z]+)+$/);
      expect(doc).toMatch(/^[A-Z].*\.$/);
      const names = Object.values(parameters).map((parameter) => parameter.name);
      expect(new Set(names).size).toBe(names.length);
      for (const parameter of names) expect(parameter).toMatch(/^(?:[A-Z][a-z]+)+$/);
    }
  });
});
