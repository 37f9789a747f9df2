/** A short form of `npm run torture -- --part rot`: the whole is too long for every run of the tests. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { cleanEnvironment, run, scratchDirectory } from '../support/programs.js';

const out = await scratchDirectory();
const torture = path.join(import.meta.dirname, '..', '..', 'torture', 'torture.mjs');

it('a flipped bit never makes a wrong byte, nor anything vanish of which nobody is told', async () => {
  const command = [process.execPath, torture, '--part', 'rot', '--flips', '80', '--out', out];
  const outcome = await run(command, { env: cleanEnvironment() });
  // The seed, with which it can be had again, is in what it prints.
  expect(outcome.stdout).toContain('80 flipped bits');
  expect(outcome.stdout, outcome.stdout).toContain('Every rule held');
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
});
