import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../errors/catalogue.js';
import { operations } from './index.js';
import { operationLoaders } from './loaders.js';

describe.each(operations.map((operation) => [operation.name, operation] as const))(
  '%s',
  (name, operation) => {
    it('is loaded by its command-line name', async () => {
      const command = name
        .replace(/([a-z])([A-Z])/g, '$1-$2')
        .replace(/V2$/, '-v2')
        .replace('--', '-')
        .toLowerCase();
      expect(await operationLoaders[command]?.()).toBe(operation);
    });

    it('says of every field what it is', () => {
      for (const field of [...Object.values(operation.input), ...Object.values(operation.output)]) {
        expect(field.doc).toMatch(/^[A-Z].*\.$/s);
      }
      expect(operation.doc).toMatch(/\.$/);
    });

    it('has one body at most, each way', () => {
      for (const fields of [operation.input, operation.output]) {
        const bodies = Object.values(fields).filter(
          ({ kind }) => kind === 'payload' || kind === 'xml',
        );
        expect(bodies.length).toBeLessThanOrEqual(1);
      }
    });

    it('names its actions and errors', () => {
      expect(operation.actions.length).toBeGreaterThan(0);
      for (const { action } of operation.actions) expect(action).toMatch(/^oss:[A-Z]\w+$/);
      for (const kind of operation.errors) expect(errorCatalogue).toHaveProperty(kind);
    });

    it('has examples of its own command', () => {
      for (const { command } of operation.examples) expect(command).toContain('ossutil api ');
    });
  },
);
