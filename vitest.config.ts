import { defineConfig } from 'vitest/config';

// Tests run the TypeScript sources of every package, not what was last built.
const resolve = { conditions: ['@openoss/source', 'node', 'import', 'default'] };

export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line-reporter.mjs'],
    projects: [
      {
        resolve,
        ssr: { resolve },
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'], testTimeout: 30_000 },
      },
      {
        resolve,
        ssr: { resolve },
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
