import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { globalFlags } from '../../program/global-flags.js';
import { RecordingEdge, type RecordingEdgeOptions } from '../../program/recording-edge.js';
import { rootCommand } from '../../program/root-command.js';
import { runProgram } from '../../program/run-program.js';

let home: string;
let path: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ossutil-config-'));
  path = join(home, '.ossutilconfig');
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function run(args: string[], options: RecordingEdgeOptions = {}) {
  const edge = new RecordingEdge({
    arguments: ['config', ...args],
    homeDirectory: home,
    workingDirectory: home,
    ...options,
  });
  const exitCode = await runProgram(rootCommand(), globalFlags, edge);
  return {
    exitCode,
    stdout: edge.stdout.text,
    stderr: edge.stderr.text,
    questions: edge.questions,
  };
}
const content = () => readFile(path, 'utf8');

describe('config set', () => {
  it('creates the file for its owner alone', async () => {
    expect(await run(['set', 'region', 'cn-hangzhou'])).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
    expect(await content()).toBe('[default]\nregion=cn-hangzhou\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps comments and unknown keys, leaves no draft behind, and narrows the mode', async () => {
    await writeFile(path, '# mine\n[profile dev]\nown=1\n', { mode: 0o644 });
    await run(['set', 'accessKeySecret', 'SK', '--profile', 'dev']);
    expect(await content()).toBe('# mine\n[profile dev]\nown=1\naccess-key-secret=SK\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(home)).toEqual(['.ossutilconfig']);
  });

  it('deletes a key with an empty value', async () => {
    await run(['set', 'region', 'a']);
    await run(['set', 'region', '']);
    expect(await content()).toBe('[default]\n');
  });

  it('works on the file of --config-file, also a new one, and of OSSUTIL_CONFIG_FILE', async () => {
    await run(['set', 'region', 'a', '--config-file', 'my config', '--profile', 'dev']);
    expect(await readFile(join(home, 'my config'), 'utf8')).toBe('[profile dev]\nregion=a\n');
    await run(['set', 'region', 'b'], { environment: { OSSUTIL_CONFIG_FILE: 'other' } });
    expect(await readFile(join(home, 'other'), 'utf8')).toBe('[default]\nregion=b\n');
  });

  it('writes through a symbolic link', async () => {
    await writeFile(join(home, 'real'), '');
    await symlink(join(home, 'real'), path);
    await run(['set', 'region', 'a']);
    expect(await readFile(join(home, 'real'), 'utf8')).toContain('region=a');
  });

  it.each([
    [['set', 'sign-version', 'v3'], 'Error: sign-version must be one of v1, v4, not "v3"\n'],
    [['set', 'retry_times', 'many'], 'Error: retry-times must be a whole number'],
    [['set', 'a b', 'x'], 'Error: "a b" cannot be a key'],
    [['set', 'region', 'a\nb'], 'Error: region: a value cannot have line breaks'],
    [['set', 'region'], 'Error: accepts 2 arg(s), received 1'],
  ])('refuses %j with status 1 and writes nothing', async (args, message) => {
    const { exitCode, stderr } = await run(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(await readdir(home)).toEqual([]);
  });

  it('stores a key it does not know and says so', async () => {
    const { exitCode, stderr } = await run(['set', 'regoin', 'x']);
    expect([exitCode, stderr]).toEqual([
      0,
      'Hint: "regoin" is not a key that ossutil knows; did you mean region?\n',
    ]);
    expect(await content()).toContain('regoin=x');
  });

  it('does not touch a file it cannot read', async () => {
    await writeFile(path, 'nonsense\n');
    expect(await run(['set', 'region', 'x'])).toMatchObject({ exitCode: 3 });
    expect(await content()).toBe('nonsense\n');
  });
});

describe('config get', () => {
  const lines = '[default]\nregion=a\n[profile dev]\nsource-profile=default\naccessKeySecret=SK\n';

  it('prints the bare value, also one from the source-profile', async () => {
    await writeFile(path, lines);
    expect((await run(['get', 'region'])).stdout).toBe('a\n');
    expect((await run(['get', 'Region', '--profile', 'dev'])).stdout).toBe('a\n');
    expect((await run(['get', 'access-key-secret', '--profile', 'dev'])).stdout).toBe('SK\n');
  });

  it.each([
    [['get', 'endpoint']],
    [['get', 'region', '--profile', 'ops']],
    [['get', 'region', '-c', 'nowhere']],
  ])('prints nothing on standard output and ends with status 3 for %j', async (args) => {
    await writeFile(path, lines);
    expect(await run(args)).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

describe('config list-profiles', () => {
  it('prints one name a line', async () => {
    await writeFile(path, '[profile dev]\n[Credentials]\n[buckets x]\n[profile a.b]\n[default]\n');
    expect((await run(['list-profiles'])).stdout).toBe('dev\ndefault\na.b\n');
  });

  it('prints nothing without a file', async () => {
    expect(await run(['list-profiles'])).toMatchObject({ exitCode: 0, stdout: '' });
  });
});

describe('the config wizard', () => {
  it('asks in the order and the words of ossutil 2, and stores the answers', async () => {
    const { exitCode, stdout, questions } = await run([], {
      answers: ['', 'LTAI5tAKID', 'the-secret', '', ''],
    });
    expect(exitCode).toBe(0);
    expect(questions).toEqual([
      `Please enter the config file name,the file name can include path(default ${path}, carriage return will use the default file. If you specified this option to other file, you should specify --config-file option to the file when you use other commands):`,
      'Please enter Access Key ID [None]:',
      'Please enter Access Key Secret [None]: (secret)',
      'Please enter Region [cn-hangzhou]:',
      'Please enter Endpoint (optional, use public endpoint by default) [None]:',
    ]);
    expect(stdout).toContain('The command creates a config file and stores');
    expect(stdout).toContain(`No config file entered, will use the default config file "${path}"`);
    expect(await content()).toBe(
      '[default]\naccess-key-id=LTAI5tAKID\naccess-key-secret=the-secret\nregion=cn-hangzhou\n',
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('shows what is set, keys masked but for their end, and keeps it on Enter', async () => {
    const before =
      '[default]\naccess-key-id=LTAI5tAKID\naccess-key-secret=s3\nregion=r\nendpoint=h\n';
    await writeFile(path, before);
    const { questions } = await run([], { answers: ['', '', '', '', ''] });
    expect(questions.slice(1)).toEqual([
      'Please enter Access Key ID [****************KID]:',
      'Please enter Access Key Secret [****************]: (secret)',
      'Please enter Region [r]:',
      'Please enter Endpoint (optional, use public endpoint by default) [h]:',
    ]);
    expect(await content()).toBe(before);
  });

  it('does not ask for a file that was named, and fills the profile that was named', async () => {
    const { questions } = await run(['-c', 'mine', '--profile', 'dev'], {
      answers: ['AK', 'SK', 'cn-beijing', 'http://127.0.0.1:9000'],
    });
    expect(questions).toHaveLength(4);
    expect(await readFile(join(home, 'mine'), 'utf8')).toBe(
      '[profile dev]\naccess-key-id=AK\naccess-key-secret=SK\nregion=cn-beijing\nendpoint=http://127.0.0.1:9000\n',
    );
  });

  it('takes a file name relative to the working directory or the home directory', async () => {
    await run([], { answers: ['~/mine', 'AK', 'SK', '', ''] });
    expect(await readFile(join(home, 'mine'), 'utf8')).toContain('access-key-id=AK');
  });

  it('asks again after an answer that cannot be', async () => {
    const { stderr } = await run([], {
      answers: ['', 'AK', 'SK', 'CN Hangzhou', 'cn-hangzhou', 'ftp://x', 'http://h'],
    });
    expect(stderr).toMatch(/^Error: a region id has .*\nError: invalid field, Endpoint\. .*\n$/);
    expect(await content()).toContain('region=cn-hangzhou\nendpoint=http://h\n');
  });

  it('writes nothing when the input ends before an answer', async () => {
    expect(await run([], { answers: [] })).toMatchObject({ exitCode: 0 });
    expect(await readdir(home)).toEqual([]);
  });
});
