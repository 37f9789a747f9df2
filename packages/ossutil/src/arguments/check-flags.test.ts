import { describe, expect, it } from 'vitest';
import { checkFlags } from './check-flags.js';
import type { FlagDefinition } from './flag-definition.js';
import { FlagTable } from './flag-table.js';
import { parseArguments } from './parse-arguments.js';

const flags: FlagDefinition[] = [
  { name: 'key', type: 'string', help: '', required: true },
  { name: 'bucket', type: 'string', help: '', required: true },
  { name: 'mode', type: 'string', help: '', validValues: ['AK', 'Anonymous'] },
  { name: 'sign-version', type: 'string', help: '', validValues: ['v1', 'v4'] },
];
const table = new FlagTable(flags);
const check = (...tokens: string[]) => checkFlags(table, parseArguments(tokens, table));

describe('checking the flags of a command', () => {
  it('accepts a complete line', () => {
    expect(() => check('--key', 'k', '--bucket', 'b', '--mode', 'AK')).not.toThrow();
  });

  it('names every required flag that is missing, in order of name', () => {
    expect(() => check()).toThrow('required flag(s) "bucket", "key" not set');
    expect(() => check('--key', 'k')).toThrow('required flag(s) "bucket" not set');
  });

  it('counts a required flag given as empty as given', () => {
    expect(() => check('--key', '', '--bucket', '')).not.toThrow();
  });

  it('refuses values outside a fixed set, by exact spelling', () => {
    const both = ['--key', 'k', '--bucket', 'b'];
    expect(() => check(...both, '--mode', 'ak')).toThrow('invalid value for flag(s) "mode"');
    expect(() => check(...both, '--mode', '', '--sign-version', 'v2')).toThrow(
      'invalid value for flag(s) "mode", "sign-version"',
    );
  });

  it('lists the values in the advice', () => {
    expect.assertions(1);
    try {
      check('--key', 'k', '--bucket', 'b', '--mode', 'x');
    } catch (error) {
      expect(error).toMatchObject({ advice: '--mode takes "AK", "Anonymous"' });
    }
  });
});
