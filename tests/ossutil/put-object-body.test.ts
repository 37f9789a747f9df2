/** The body of `ossutil api put-object`: literal text, `file://`, or standard input. */
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendSigned } from '../support/http.js';
import { elapsedOnly, type OssutilUser, ossutilUser, pointedAt } from '../support/ossutil-user.js';
import type { Outcome, RunOptions } from '../support/programs.js';

let oss: OpenOss;
let user: OssutilUser;
beforeAll(async () => {
  oss = await startOpenOss({ buckets: ['examplebucket'] });
  user = await ossutilUser(pointedAt(oss.endpoint, oss));
});
afterAll(() => oss.close());

let objects = 0;
const newKey = (): string => `object-${objects++}`;

/** Uploads under a key of its own and gives what OpenOSS then has. */
async function stored(flags: readonly string[], options: RunOptions = {}): Promise<Buffer> {
  const key = newKey();
  const outcome = await user.ossutil(
    ['api', 'put-object', '--bucket', 'examplebucket', '--key', key, ...flags],
    options,
  );
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  expect(outcome.stdout).toMatch(elapsedOnly);
  const answer = await sendSigned(oss, { bucket: 'examplebucket', key });
  expect(answer.status).toBe(200);
  return answer.body;
}

/** Runs put-object, which is to fail before anything is sent; gives what it said. */
async function refused(flags: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const key = newKey();
  const outcome = await user.ossutil(
    ['api', 'put-object', '--bucket', 'examplebucket', '--key', key, ...flags],
    options,
  );
  expect(outcome.stdout).toBe('');
  const answer = await sendSigned(oss, { method: 'HEAD', bucket: 'examplebucket', key });
  expect(answer.status).toBe(404);
  return outcome;
}

const inDirectory = (...names: string[]): string => path.join(user.directory, ...names);

describe.concurrent('a literal body', () => {
  it.each([
    ['nothing', ''],
    ['spaces, lines and text beyond ASCII, with nothing added', '  one\ntwo hé 杭州 🎉 '],
    ['what looks like a flag', '--tagging'],
    ['what looks like the flag for silence', '-q'],
  ])('is %s', async (_, text) => {
    expect((await stored(['--body', text])).toString()).toBe(text);
  });

  it('may stand behind = too, and its absence is an empty object', async () => {
    expect((await stored(['--body=-k'])).toString()).toBe('-k');
    expect((await stored([])).toString()).toBe('');
  });

  it('that is the name of a file is sent as it stands, with a hint, which -q silences', async () => {
    await writeFile(inDirectory('notes.txt'), 'the content');
    const put = (...flags: string[]) =>
      user.ossutil([
        ...['api', 'put-object', '--bucket', 'examplebucket', '--key', 'hinted'],
        ...['--body', 'notes.txt', ...flags],
      ]);
    const hinted = await put();
    expect(hinted.status).toBe(0);
    expect(hinted.stderr).toBe(
      'Hint: the body is the text "notes.txt" itself; to upload the file of that name, write --body "file://notes.txt"\n',
    );
    expect(hinted.stdout).toMatch(elapsedOnly);
    expect(await put('-q')).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const answer = await sendSigned(oss, { bucket: 'examplebucket', key: 'hinted' });
    expect(answer.text).toBe('notes.txt');
  });
});

describe.concurrent('a body from file://', () => {
  it('is a path relative to the working directory, absolute, or from ~, and no URL', async () => {
    await mkdir(inDirectory('sub dir'));
    await writeFile(inDirectory('sub dir', 'a%20b 图.bin'), 'relative');
    await writeFile(path.join(user.home, 'at home'), 'home');
    expect((await stored(['--body', 'file://sub dir/a%20b 图.bin'])).toString()).toBe('relative');
    expect(
      (await stored(['--body', `file://${inDirectory('sub dir', 'a%20b 图.bin')}`])).toString(),
    ).toBe('relative');
    expect((await stored(['--body', 'file://~/at home'])).toString()).toBe('home');
  });

  it('is every byte of it, whatever its size: one chunk and a bit, several', async () => {
    for (const size of [256 * 1024 + 1, 3_000_000]) {
      const bytes = Buffer.from(Array.from({ length: size }, (_, at) => (at * 31) & 0xff));
      await writeFile(inDirectory('bytes'), bytes);
      expect((await stored(['--body', 'file://bytes'])).equals(bytes)).toBe(true);
    }
  });

  it('is read through a symbolic link, a named pipe and a descriptor of the shell', async () => {
    await writeFile(inDirectory('target'), 'linked');
    await symlink('target', inDirectory('link'));
    expect((await stored(['--body', 'file://link'])).toString()).toBe('linked');
    const through = async (line: string) => {
      const key = newKey();
      const put = `"$OSSUTIL" api put-object --bucket examplebucket --key ${key}`;
      expect(await user.shell(line.replace('PUT', put))).toMatchObject({ status: 0, stderr: '' });
      return (await sendSigned(oss, { bucket: 'examplebucket', key })).text;
    };
    expect(await through('mkfifo pipe && (echo piped > pipe &) && PUT --body file://pipe')).toBe(
      'piped\n',
    );
    expect(await through('PUT --body file:///dev/fd/0 < target')).toBe('linked');
  });

  it.runIf(process.platform === 'linux')(
    'is what a file holds that says it is empty, as those of /proc do',
    async () => {
      expect((await stored(['--body', 'file:///proc/version'])).toString()).toMatch(/^Linux /);
    },
  );

  it('that cannot be is refused with its own reason, and nothing is sent', async () => {
    await mkdir(inDirectory('directory'));
    await symlink('nowhere', inDirectory('dangling'));
    const reasons: [string, string][] = [
      ['missing', `the file "${inDirectory('missing')}" cannot be read: it does not exist`],
      ['dangling', `the file "${inDirectory('dangling')}" cannot be read: it does not exist`],
      ['directory', `"${inDirectory('directory')}" is a directory; one request uploads one file`],
    ];
    for (const [name, reason] of reasons) {
      const { status, stderr } = await refused(['--body', `file://${name}`]);
      expect(stderr).toMatch(/^Error: --body: .*\n$/);
      expect(stderr).toContain(reason);
      expect(status).toBe(3);
    }
    const nameless = await refused(['--body', 'file://']);
    expect(nameless.status).toBe(1);
    expect(nameless.stderr).toContain('Error: --body: no file is named after file://\n');
  });

  // Root may read everything; what nobody may read is to be found in /proc only.
  it.runIf(process.platform === 'linux')('that the system will not read is refused', async () => {
    const unreadable = process.getuid?.() === 0 ? '/proc/self/mem' : '/proc/1/mem';
    const { status, stderr } = await refused(['--body', `file://${unreadable}`]);
    expect(stderr).toMatch(/^Error: .*\/mem"? cannot be read: .*\n$/);
    expect(status).toBe(3);
  });

  it('over 5 GB is refused by its size alone, one of exactly 5 GB is not', async () => {
    await writeFile(inDirectory('large'), '');
    await truncate(inDirectory('large'), 5 * 1024 ** 3 + 1);
    const { status, stderr } = await refused(['--body', 'file://large']);
    expect(status).toBe(3);
    expect(stderr).toBe(
      `Error: --body: the file "${inDirectory('large')}" is larger than 5 GB, the most that one request may upload\n` +
        'Hint: larger objects are uploaded in parts (multipart upload)\n',
    );
    await truncate(inDirectory('large'), 5 * 1024 ** 3);
    const dryRun = await user.ossutil([
      ...['api', 'put-object', '--bucket', 'examplebucket', '--key', 'k'],
      ...['--body', 'file://large', '--dry-run'],
    ]);
    expect(dryRun).toMatchObject({ status: 0, stderr: '' });
  });
});

describe.concurrent('a body from standard input', () => {
  it('is all of it, text or not, none at all included', async () => {
    const bytes = Buffer.from(Array.from({ length: 1_000_003 }, (_, at) => (at * 17) & 0xff));
    expect((await stored(['--body', '-'], { input: bytes })).equals(bytes)).toBe(true);
    expect((await stored(['--body', '-'], { input: '' })).length).toBe(0);
  });

  it('is what a pipeline or a redirection gives', async () => {
    const put = '"$OSSUTIL" api put-object --bucket examplebucket --body -';
    await writeFile(inDirectory('redirected'), 'from a file');
    const lines = [`(printf one; sleep 0.3; printf two) | ${put} --key piped`];
    lines.push(`${put} --key redirected < redirected`);
    const outcomes = await Promise.all(lines.map((line) => user.shell(line)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const text = async (key: string) =>
      (await sendSigned(oss, { bucket: 'examplebucket', key })).text;
    expect(await text('piped')).toBe('onetwo');
    expect(await text('redirected')).toBe('from a file');
  });

  it('that is a directory is an error, not an empty object', async () => {
    const { status, stdout, stderr } = await user.shell(
      '"$OSSUTIL" api put-object --bucket examplebucket --key from-directory --body - < .',
    );
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Error: .*standard input is a directory\n$/);
    expect(status).toBe(3);
    const answer = await sendSigned(oss, {
      method: 'HEAD',
      bucket: 'examplebucket',
      key: 'from-directory',
    });
    expect(answer.status).toBe(404);
  });
});
