import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { CommandNode } from '../program/command-node.js';
import { globalFlags } from '../program/global-flags.js';
import { RecordingEdge } from '../program/recording-edge.js';
import { apiCommand, rootCommand } from '../program/root-command.js';
import { runProgram } from '../program/run-program.js';
import { completionModel } from './completion-model.js';

const putObject: CommandNode = {
  name: 'put-object',
  summary: "Upload an object: it's [easy]",
  detail: async () => ({
    flags: [
      { name: 'bucket', type: 'string', help: 'The bucket' },
      { name: 'object-acl', type: 'string', help: 'ACL', validValues: ['private', 'public-read'] },
      { name: 'storage-class', type: 'string', help: '', knownValues: ['Standard', 'IA'] },
      { name: 'forbid-overwrite', type: 'bool', help: '' },
      { name: 'internal', type: 'bool', help: '', hidden: true },
    ],
    run: async () => {},
  }),
};
const root = rootCommand([apiCommand([putObject])]);

async function script(shell: string): Promise<string> {
  const edge = new RecordingEdge({ arguments: ['completion', shell] });
  expect(await runProgram(root, globalFlags, edge)).toBe(0);
  return edge.stdout.text;
}

describe('what completion scripts are made from', () => {
  it('is every visible command with its own and the global flags', async () => {
    const { commands } = await completionModel(root, globalFlags);
    expect(commands.map(({ path }) => path)).toContain('ossutil api put-object');
    const flags = commands.find(({ path }) => path === 'ossutil api put-object')?.flags ?? [];
    const names = flags.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['bucket', 'region', 'help']));
    expect(names).not.toContain('internal');
    expect(names).not.toContain('language');
  });
});

describe('the script for bash', () => {
  async function complete(...words: string[]): Promise<string[]> {
    const program = `${await script('bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ossutil_completion; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', program, 'bash', ...words], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    return stdout.split('\n').filter((line) => line !== '');
  }

  it.each([
    [
      ['ossutil', ''],
      ['api', 'completion', 'config', 'help', 'version'],
    ],
    [['ossutil', 'ap'], ['api']],
    [
      ['ossutil', '-q', '--region', 'api', 'co'],
      ['completion', 'config'],
    ],
    [['ossutil', 'api', ''], ['put-object']],
    [['ossutil', 'api', 'put-object', '--obj'], ['--object-acl']],
    [['ossutil', 'api', 'put-object', '--object-acl', 'pu'], ['public-read']],
    [['ossutil', 'api', 'put-object', '--mode', '=', 'An'], ['Anonymous']],
    [
      ['ossutil', 'api', 'put-object', '--mode', '='],
      [
        ...['AK', 'StsToken', 'RamRoleArn', 'EcsRamRole', 'Ali-EcsRamRole', 'oidcRoleArn'],
        ...['Process', 'Uri', 'Anonymous'],
      ],
    ],
    [['ossutil', 'api', 'put-object', '--storage-class', 'I'], ['IA']],
    [
      ['ossutil', 'api', 'put-object', '--role'],
      ['--role-arn', '--role-session-name'],
    ],
    [['ossutil', 'api', 'put-object', '--hel'], ['--help']],
    [['ossutil', 'completion', 'z'], ['zsh']],
  ])('completes %j', async (words, expected) => {
    expect(await complete(...words)).toEqual(expected);
  });
});

describe.each(['zsh', 'fish', 'powershell'])('the script for %s', (shell) => {
  it('names every command, flag and value, and escapes what it quotes', async () => {
    const text = await script(shell);
    for (const word of ['put-object', 'list-profiles', 'object-acl', 'help', 'public-read']) {
      expect(text).toContain(word);
    }
    expect(text).not.toContain('internal');
    // Every single quote is closed: '' and \' aside, they come in pairs on each line.
    for (const line of text.split('\n')) {
      const quotes = line.replaceAll("\\'", '').split("'").length - 1;
      expect([line, quotes % 2]).toEqual([line, 0]);
    }
  });
});
