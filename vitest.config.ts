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
          // They wait for servers, flushes and clocks more than for a processor.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // What clients see of a service with workers: the same, by the same tests.
        resolve,
        ssr: { resolve },
        test: {
          name: 'workers',
          include: [
            'tests/wire/**/*.test.ts',
            'tests/openoss/{backup,full-disk,scrub,serve,tls}.test.ts',
          ],
          exclude: [
            // These bring a clock, settings or a log of their own, or look into the process that serves.
            'tests/wire/{access-between-accounts,bucket-policies,encryption-keys,explained-access,explained-keys}.test.ts',
            'tests/wire/{no-clues,policy-conditions,ram-policies,required-permissions}.test.ts',
            'tests/wire/{reset-connections,signature-forms,user-keys-and-sessions}.test.ts',
            'tests/wire/{aborted-transfers,authentication-refusals,corruption,hostile-input,slow-and-too-many}.test.ts',
          ],
          env: { OPENOSS_TEST_WORKERS: '2' },
          // Other processes do most of it, and flushes: two files at a time cost little more than one.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
