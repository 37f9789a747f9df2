import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { operationLoaders } from '@openoss/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { globalFlags } from '../program/global-flags.js';
import { RecordingEdge } from '../program/recording-edge.js';
import { apiCommand, rootCommand } from '../program/root-command.js';
import { runProgram } from '../program/run-program.js';
import { operationCommand } from './operation-command.js';

const operations = Object.entries(operationLoaders);
const root = rootCommand([
  apiCommand(operations.map(([name, load]) => operationCommand(name, load))),
]);

async function help(...args: string[]): Promise<string> {
  const edge = new RecordingEdge({ arguments: [...args, '-h'] });
  expect(await runProgram(root, globalFlags, edge)).toBe(0);
  expect(edge.stderr.text).toBe('');
  return edge.stdout.text;
}

describe('the help of an operation', () => {
  it.each(operations)('%s has usage, permissions, examples and flags', async (name, load) => {
    const { doc, examples, input, match } = await load();
    const page = await help('api', name);
    expect(page.startsWith(`${doc}\n\nNeeded permissions: oss:`)).toBe(true);
    const target = {
      service: '',
      bucket: '--bucket value ',
      object: '--bucket value --key value ',
    };
    expect(page).toMatch(
      new RegExp(
        `\\nUsage: ossutil api ${name} ${target[match.on]}(?:--\\S+ value )*\\[flags\\]\\n`,
      ),
    );
    for (const [index, { doc: title, command }] of examples.entries()) {
      expect(page).toContain(`\n  ${index + 1}) ${title}\n       ${command}\n`);
    }
    for (const [property, { flag }] of Object.entries(input)) {
      if (flag === false) continue;
      const named = property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const line = new RegExp(`^ {6}--${flag ?? named}( \\S+)? {3,}[A-Z][^.]*[^.]$`, 'm');
      expect(page).toMatch(line);
    }
    expect(page).toContain('\nGlobal Flags:\n  -i, --access-key-id string');
  });

  it('says where the value of a large flag may stand, and which values are known', async () => {
    const put = await help('api', 'put-object');
    expect(put).toMatch(/--body string .*The request body \(a text, file:\/\/PATH, or - for/);
    expect(put).toMatch(/--storage-class string .*: "Standard","IA","Archive"/);
    const tags = await help('api', 'put-object-tagging');
    expect(tags).toMatch(/--tagging string .*as XML or JSON \(file:\/\/PATH, or - for standard/);
    const removal = await help('api', 'delete-multiple-objects');
    expect(removal).toMatch(/--delete string .*\(XML or JSON, file:\/\/PATH, or - for/);
  });

  it('has its first sentence in the list of all', async () => {
    const list = await help('api');
    for (const [name, load] of operations) {
      const [sentence = ''] = (await load()).doc.split(/\.(?: |$)/);
      const row = list.split('\n').find((line) => line.startsWith(`  ${name} `)) ?? '';
      expect(row.replace(/^ {2}\S+ +/, '')).toBe(sentence);
    }
  });
});

describe('the examples of an operation', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'ossutil-examples-'));
    await writeFile(path.join(directory, 'uploadFile'), 'content');
    await writeFile(path.join(directory, 'policy.json'), '{}');
  });
  afterAll(() => rm(directory, { recursive: true }));

  /** The arguments that a shell gives to the `ossutil` in a command line. */
  function argumentsIn(command: string): string[] {
    const script = `exec 3>&1; ossutil() { printf '%s\\0' "$@" >&3; }\n${command}`;
    const said = execFileSync('/bin/sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
    return said.split('\0').slice(0, -1);
  }

  it.each(operations)('those of %s can be run as they stand', async (name, load) => {
    const { examples } = await load();
    expect(examples.length).toBeGreaterThan(0);
    for (const { command } of examples) {
      const edge = new RecordingEdge({
        arguments: [...argumentsIn(command), '--dry-run'],
        environment: {
          OSS_REGION: 'cn-hangzhou',
          OSS_ACCESS_KEY_ID: 'id',
          OSS_ACCESS_KEY_SECRET: 'secret',
        },
        workingDirectory: directory,
      });
      const status = await runProgram(root, globalFlags, edge);
      expect([command, status, edge.stderr.text]).toEqual([command, 0, '']);
      expect(edge.arguments[1]).toBe(name);
      expect(edge.stdout.text).toMatch(/^Dry run, nothing was sent:\n[A-Z]+ https:\/\/\S+\n/);
    }
  });
});
