import { describe, expect, it } from 'vitest';
import { type CommandDetail, type CommandNode, listChildren } from '../program/command-node.js';
import { globalFlags } from '../program/global-flags.js';
import { renderHelp } from './render-help.js';

const leafDetail: CommandDetail = {
  description: 'Uploads an object to a bucket.\n\nYou need oss:PutObject.',
  usage: '--bucket value --key value [flags]',
  examples: [
    { title: 'Upload a text.', command: 'ossutil api put-object --body "hi oss"' },
    { title: 'Upload a file.', command: 'ossutil api put-object --body file://uploadFile' },
  ],
  flags: [
    { name: 'key', type: 'string', help: 'The full path of the object' },
    { name: 'bucket', type: 'string', help: 'The name of the bucket' },
    { name: 'metadata', type: 'stringArray', help: 'User metadata' },
    { name: 'forbid-overwrite', type: 'bool', help: 'Keep an existing object' },
    { name: 'secret', type: 'bool', help: 'not shown', hidden: true },
    { name: 'object-acl', type: 'string', help: 'The ACL', validValues: ['private', 'default'] },
    { name: 'tries', shorthand: 'j', type: 'int', help: 'Tries', defaultValue: '3' },
  ],
  run: async () => {},
};
const leaf: CommandNode = {
  name: 'put-object',
  summary: 'Upload an object',
  detail: async () => leafDetail,
};
const filter: CommandNode = {
  name: 'filter',
  summary: 'more information about filter flags',
  topic: true,
  detail: async () => ({ description: 'Filters select.' }),
};
const root: CommandNode = {
  name: 'ossutil',
  summary: 'ossutil is a tool for managing OSS (Object Storage Service) data.',
  children: [
    { name: 'version', summary: 'Show the version', detail: async () => ({}) },
    // Without a summary of its own: the first sentence of its description.
    { name: 'api', detail: async () => ({ description: 'The API-level commands. Each one …' }) },
    { name: 'internal', summary: 'hidden', hidden: true, detail: async () => ({}) },
    filter,
  ],
  detail: async () => ({}),
};

describe('the help of a command with subcommands', () => {
  it('has the layout of ossutil 2', async () => {
    const children = await listChildren(root);
    expect(renderHelp(root, {}, { path: ['ossutil'], globalFlags, children })).toBe(
      [
        'ossutil is a tool for managing OSS (Object Storage Service) data.',
        '',
        'Usage: ossutil [command]',
        '',
        'Available Commands:',
        '  api         The API-level commands',
        '  version     Show the version',
        '',
        'Additional help topics:',
        '  filter      more information about filter flags',
        '',
        'Use "ossutil [command] --help" for more information about a command.',
        'Use "ossutil [topic]" for more information about a topic.',
        '',
      ].join('\n'),
    );
  });

  it('shows both usages when the command itself runs', () => {
    const help = renderHelp(
      root,
      { run: async () => {} },
      { path: ['ossutil', 'config'], globalFlags },
    );
    expect(help).toContain('Usage: ossutil config [flags]\n       ossutil config [command]\n');
  });
});

describe('the help of a leaf', () => {
  const help = renderHelp(leaf, leafDetail, {
    path: ['ossutil', 'api', 'put-object'],
    globalFlags: [
      { name: 'quiet', shorthand: 'q', type: 'bool', help: 'Print little' },
      { name: 'key', type: 'string', help: 'hidden by the own flag' },
      {
        name: 'output-format',
        type: 'string',
        help: 'The form',
        validValues: ['raw', 'json'],
        defaultValue: 'raw',
      },
    ],
  });

  it('is description, usage, numbered examples and flags in the columns of pflag', () => {
    expect(help).toBe(
      [
        'Uploads an object to a bucket.',
        '',
        'You need oss:PutObject.',
        '',
        'Usage: ossutil api put-object --bucket value --key value [flags]',
        '',
        'Examples:',
        '  1) Upload a text.',
        '       ossutil api put-object --body "hi oss"',
        '',
        '  2) Upload a file.',
        '       ossutil api put-object --body file://uploadFile',
        '',
        'Flags:',
        '      --bucket string          The name of the bucket',
        '      --forbid-overwrite       Keep an existing object',
        '      --key string             The full path of the object',
        '      --metadata stringArray   User metadata',
        '      --object-acl string      The ACL, valid value(s): "private","default"',
        '  -j, --tries int              Tries (default 3)',
        '',
        'Global Flags:',
        '      --output-format string   The form, valid value(s): "raw","json" (default "raw")',
        '  -q, --quiet                  Print little',
        '',
      ].join('\n'),
    );
  });

  it.each([120, 80, 60, 40, 24])('stays within %d columns', (columns) => {
    const wrapped = renderHelp(leaf, leafDetail, { path: ['ossutil', 'x'], globalFlags, columns });
    // Commands to copy and single words are not broken.
    const prose = wrapped.split('\n').filter((line) => !/ossutil|^ *\S+$/.test(line));
    for (const line of prose) expect(line.length).toBeLessThanOrEqual(Math.max(columns, 34));
  });

  it('puts the explanation under the flag where there is no room beside it', () => {
    const narrow = renderHelp(leaf, leafDetail, { path: ['o'], globalFlags: [], columns: 40 });
    expect(narrow).toContain('      --bucket string\n        The name of the bucket\n');
  });

  it('is the description alone for a topic', () => {
    expect(
      renderHelp(filter, { description: 'Filters select.' }, { path: ['o'], globalFlags }),
    ).toBe('Filters select.\n');
  });
});
