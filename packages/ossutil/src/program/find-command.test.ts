import { describe, expect, it } from 'vitest';
import type { CommandNode } from './command-node.js';
import { findCommand } from './find-command.js';
import { globalFlags } from './global-flags.js';

const leaf = (name: string, aliases?: string[]): CommandNode => ({
  name,
  summary: name,
  aliases,
  detail: async () => ({
    flags: [{ name: 'bucket', type: 'string', help: '' }],
    run: async () => {},
  }),
});
const root: CommandNode = {
  name: 'ossutil',
  summary: '',
  detail: async () => ({}),
  children: [
    { name: 'api', summary: '', detail: async () => ({}), children: [leaf('put-object')] },
    leaf('presign', ['sign']),
  ],
};
const find = (...tokens: string[]) => findCommand(root, tokens, globalFlags);

describe('finding the command of a line', () => {
  it.each([
    [
      ['api', 'put-object', '--bucket', 'b'],
      ['--bucket', 'b'],
    ],
    [
      ['-q', 'api', '--bucket', 'b', 'put-object'],
      ['-q', '--bucket', 'b'],
    ],
    [
      ['-i', 'api', 'api', 'put-object'],
      ['-i', 'api'],
    ],
    [
      ['--region=api', 'api', '-q', 'put-object', 'x'],
      ['--region=api', '-q', 'x'],
    ],
    [
      ['--bucket', 'b', 'api', 'put-object'],
      ['--bucket', 'b'],
    ],
  ])('takes the names out of %j and leaves the rest in its order', async (tokens, rest) => {
    const found = await find(...tokens);
    expect(found.path).toEqual(['ossutil', 'api', 'put-object']);
    expect(found.rest).toEqual(rest);
  });

  it('knows aliases by the command they stand for', async () => {
    expect((await find('sign')).path).toEqual(['ossutil', 'presign']);
  });

  it('stops at the last name it knows', async () => {
    const found = await find('api', 'put-objct');
    expect([found.path, found.rest]).toEqual([['ossutil', 'api'], ['put-objct']]);
  });

  it('takes nothing after -- for a command', async () => {
    expect((await find('--', 'api')).path).toEqual(['ossutil']);
  });

  it('takes no positional of a leaf for a command', async () => {
    expect((await find('presign', 'api')).rest).toEqual(['api']);
  });
});
