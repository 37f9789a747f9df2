import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programVersion } from './program/program-version.js';

const bundler = fileURLToPath(new URL('../../../scripts/bundle-ossutil.mjs', import.meta.url));
const packageFile = fileURLToPath(new URL('../package.json', import.meta.url));

let directory: string;
let program: string;
let metafile: Metafile;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ossutil-main-'));
  program = join(directory, 'ossutil.cjs');
  const account = join(directory, 'metafile.json');
  const options = ['--outfile', program, '--metafile', account];
  const { status, stderr } = spawnSync(process.execPath, [bundler, ...options], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  metafile = JSON.parse(await readFile(account, 'utf8'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function run(args: string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    input,
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: directory },
  });
  return { status, stdout, stderr };
}

describe('the program', () => {
  it('prints its bare version and nothing else, which is the version of the package', async () => {
    const { version } = JSON.parse(await readFile(packageFile, 'utf8'));
    expect(programVersion).toBe(version);
    expect(run(['version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(run(['--version']).stdout).toBe(`${version}\n`);
  });

  it('shows its help without arguments', () => {
    const { status, stdout } = run([]);
    expect(status).toBe(0);
    expect(stdout).toContain('Usage: ossutil [command]');
    expect(stdout).toBe(run(['help']).stdout);
    expect(stdout).toBe(run(['-h']).stdout);
  });

  it('shows the help of a command by help as by --help', () => {
    const page = run(['help', 'config', 'set']);
    expect(page.stdout).toBe(run(['config', 'set', '--help']).stdout);
    expect(page.stdout).toContain('Usage: ossutil config set key value [flags]');
    expect(run(['help', 'confg'])).toMatchObject({ status: 1, stdout: '' });
  });

  it('ends with status 1 for a wrong command line, everything on standard error', () => {
    expect(run(['versoin'])).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'Error: unknown command "versoin" for "ossutil"\n\nDid you mean this?\n\tversion\n\n' +
        "Run 'ossutil --help' for usage.\n",
    });
  });

  it('runs the wizard on a pipe', () => {
    expect(run(['config'], '\nAK\nSK\n\n\n').status).toBe(0);
    expect(run(['config', 'get', 'access-key-secret']).stdout).toBe('SK\n');
    expect(run(['config', 'list-profiles']).stdout).toBe('default\n');
  });

  it('ends with status 5 on Ctrl-C, and says so', async () => {
    const child = spawn(process.execPath, [program, 'config'], {
      cwd: directory,
      env: { PATH: process.env.PATH, HOME: directory },
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.once('data', () => child.kill('SIGINT'));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect([status, stderr]).toEqual([5, 'Error: interrupted\n']);
  });

  it('says nothing when its reader has gone', () => {
    const { stderr } = spawnSync(
      'bash',
      ['-c', '"$0" "$1" completion bash 2>&1 >&3 3>&- | cat >&2', process.execPath, program],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
    );
    expect(stderr).toBe('');
  });
});

/** What is evaluated when a source is. */
function evaluatedWith(source: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { path, kind } of metafile.inputs[file]?.imports ?? []) {
      if (kind !== 'dynamic-import') visit(path);
    }
  };
  const [entry] = Object.keys(metafile.inputs).filter((file) => file.endsWith(source));
  visit(entry ?? '');
  return reached;
}

describe('starting the program', () => {
  it('evaluates nothing of how credentials are fetched where they are given', () => {
    const fetching = /client\/src\/credentials\/|fetched-(?:credentials|provider)/;
    for (const source of ['ossutil/src/main.ts', 'ossutil/src/api/call-operation.ts']) {
      const reached = evaluatedWith(source);
      expect(reached.size).toBeGreaterThan(10);
      expect([...reached].filter((file) => fetching.test(file))).toEqual([]);
    }
    const fetched = [...evaluatedWith('ossutil/src/api/fetched-provider.ts')];
    expect(fetched.filter((file) => fetching.test(file)).length).toBeGreaterThan(6);
  });

  it('evaluates no module that is only needed by some commands', () => {
    const reached = evaluatedWith('ossutil/src/main.ts');
    expect(reached.size).toBeGreaterThan(10);
    // Libraries are files of their own, whose names begin with `./lib/`.
    const lazy =
      /^\.\/lib\/|node_modules\/|src\/(?:client|completion|content-type|output\/xml)\/|help\/render-help/;
    expect([...reached].filter((file) => lazy.test(file))).toEqual([]);
    const libraries = Object.values(metafile.inputs)
      .flatMap(({ imports }) => imports.map(({ path }) => path))
      .filter((path) => lazy.test(path));
    expect(libraries).toContain('./lib/yaml.cjs');
  });
});
