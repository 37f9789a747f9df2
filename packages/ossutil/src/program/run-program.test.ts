import { describe, expect, it } from 'vitest';
import { ClientError } from '../errors/client-error.js';
import type { CommandDetail, CommandNode } from './command-node.js';
import { globalFlags } from './global-flags.js';
import { RecordingEdge } from './recording-edge.js';
import { runProgram } from './run-program.js';

const node = (name: string, detail: CommandDetail, children?: CommandNode[]): CommandNode => ({
  name,
  summary: `about ${name}`,
  detail: async () => detail,
  children,
});

const never = node('never', { run: () => new Promise(() => {}) });
const polite = node('polite', {
  run: ({ edge }) =>
    new Promise((_, reject) => {
      edge.interruption.addEventListener('abort', () => reject(new Error('stopped')));
    }),
});
const put = node('put-object', {
  usage: '--key value [flags]',
  printsElapsed: true,
  flags: [
    { name: 'key', type: 'string', help: 'The key', required: true },
    { name: 'forbid-overwrite', type: 'bool', help: '', optionalBooleanToken: true },
  ],
  run: async ({ edge, arguments: parsed }) => edge.stdout.write(`put ${parsed.string('key')}`),
});
const fails = node('fails', {
  printsElapsed: true,
  run: async () => {
    throw new ClientError('no such file', { advice: 'check the name' });
  },
});
const pair = node('pair', {
  positionals: { minimum: 2, maximum: 2 },
  run: async ({ edge, arguments: parsed }) => edge.stdout.write(parsed.positionals.join('+')),
});
const root = node('ossutil', { run: async ({ edge }) => edge.stdout.write('root'), usage: '' }, [
  node('api', {}, [put]),
  fails,
  pair,
  never,
  polite,
]);

async function run(...args: string[]) {
  const edge = new RecordingEdge({ arguments: args });
  edge.elapsed = 0;
  const exitCode = await runProgram(root, globalFlags, edge);
  return { exitCode, stdout: edge.stdout.text, stderr: edge.stderr.text };
}

describe('running a command', () => {
  it('ends with status 0 and, after its output, the elapsed line', async () => {
    expect(await run('api', 'put-object', '--key', 'k')).toEqual({
      exitCode: 0,
      stdout: 'put k\n0.000000(s) elapsed\n',
      stderr: '',
    });
  });

  it('prints no elapsed line with -q, nor for a command that asks no service', async () => {
    expect((await run('api', 'put-object', '--key', 'k', '-q')).stdout).toBe('put k');
    expect((await run('pair', 'a', 'b')).stdout).toBe('a+b');
  });

  it('reports a failure on standard error and prints no elapsed line', async () => {
    expect(await run('fails')).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'Error: no such file\nHint: check the name\n',
    });
  });
});

describe('a wrong command line', () => {
  it('suggests the nearest command in the form of cobra and ends with status 1', async () => {
    expect(await run('api', 'put-objct')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'Error: unknown command "put-objct" for "ossutil api"\n\nDid you mean this?\n\tput-object\n\n' +
        "Run 'ossutil api --help' for usage.\n",
    });
  });

  it('is the mistyped command, whatever flags of the right one follow', async () => {
    const { stderr } = await run('api', 'put-objct', '--key', 'k', '--frobnicate');
    expect(stderr).toMatch(/^Error: unknown command "put-objct" .*\tput-object\n/s);
    const { stderr: atRoot } = await run('put-object', '--key', 'k');
    expect(atRoot).toMatch(/^Error: unknown command "put-object" .*\tapi put-object\n/s);
  });

  it('suggests the nearest flag in one line', async () => {
    expect((await run('api', 'put-object', '--kye', 'k')).stderr).toBe(
      'Error: unknown flag: --kye\nHint: did you mean --key?\n',
    );
  });

  it.each([
    [['api', 'put-object'], 'Error: required flag(s) "key" not set\n'],
    [['api', 'put-object', '--key', 'k', 'stray'], 'Error: unexpected argument "stray"'],
    [['api', 'put-object', '--mode', 'x', '--key', 'k'], 'Error: invalid value for flag(s) "mode"'],
    [['api', 'put-object', '\u2013\u2013key', 'k'], 'typographic dash'],
    [['api', '\u2013h'], 'typographic dash'],
    [['pair', 'a'], 'Error: accepts 2 arg(s), received 1\n'],
    [['frobnicate'], 'Error: unknown command "frobnicate" for "ossutil"\n'],
  ])('%j ends with status 1 and says why', async (args, expected) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(expected);
  });

  it('is one that is no UTF-8: what would run is not what was typed', async () => {
    const edge = new RecordingEdge({
      arguments: ['pair', 'a', 'b\ufffd'],
      argumentsAreGenuine: false,
    });
    expect(await runProgram(root, globalFlags, edge)).toBe(1);
    expect(edge.stdout.text).toBe('');
    expect(edge.stderr.text).toMatch(/^Error: the argument "b\ufffd" is not valid UTF-8\nHint: /);
  });

  it('calls a group without its subcommand an error, and shows what there is', async () => {
    const { exitCode, stdout, stderr } = await run('api');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('put-object');
    expect(stderr).toContain('missing subcommand for "ossutil api"');
  });
});

describe('help', () => {
  it.each([
    [['api', 'put-object', '-h']],
    [['--help', 'api', 'put-object']],
    [['api', '-h', 'put-object']],
  ])('is shown for %j whatever else is missing, with status 0', async (args) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Usage: ossutil api put-object --key value [flags]');
    expect(stdout).not.toContain('(s) elapsed');
  });
});

describe('an error that cannot be reported', () => {
  it('still ends with its status', async () => {
    const edge = new RecordingEdge({ arguments: ['fails'] });
    edge.stderr.write = () => Promise.reject(new Error('no space left on device'));
    expect(await runProgram(root, globalFlags, edge)).toBe(3);
  });
});

describe('Ctrl-C', () => {
  it.each(['never', 'polite'])('ends %s with status 5', async (name) => {
    const edge = new RecordingEdge({ arguments: [name] });
    const running = runProgram(root, globalFlags, edge);
    setTimeout(() => edge.interrupter.abort(), 5);
    expect(await running).toBe(5);
    expect(edge.stderr.text).toBe('Error: interrupted\n');
  });
});
