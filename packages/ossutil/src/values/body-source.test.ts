import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bodySource, largestBody, literalBodyHint } from './body-source.js';
import type { FileProbe } from './file-probe.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ossutil-body-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const context = () => ({ workingDirectory: directory, homeDirectory: join(directory, 'home') });
const find = (text: string | undefined, files?: FileProbe) =>
  bodySource(text, 'body', context(), files);

describe('the body an option names', () => {
  it('is the text itself, byte for byte, nothing added', async () => {
    const source = await find('hi oss ☺');
    expect(source).toEqual({ kind: 'literal', bytes: new TextEncoder().encode('hi oss ☺') });
  });

  it('is empty when the option is not given', async () => {
    expect(await find(undefined)).toEqual({ kind: 'literal', bytes: new Uint8Array() });
  });

  it('is standard input for -', async () => {
    expect(await find('-')).toEqual({ kind: 'stdin' });
  });

  it.each([
    ['file://upload', 'upload'],
    ['file://a b%20c', 'a b%20c'],
    ['file://./~', '~'],
    ['file://~/note', 'home/note'],
  ])('is, for %s, the file %s', async (text, name) => {
    await mkdir(join(directory, 'home'));
    await writeFile(join(directory, name), 'hello');
    const source = await find(text);
    expect(source).toEqual({ kind: 'file', path: join(directory, name), size: 5 });
  });

  it('is a file by its absolute path', async () => {
    await writeFile(join(directory, 'x'), '');
    expect(await find(`file://${join(directory, 'x')}`)).toMatchObject({ kind: 'file', size: 0 });
  });

  it('is a pipe where the path names neither a file nor a directory', async () => {
    expect(await find('file:///dev/null')).toEqual({ kind: 'pipe', path: '/dev/null' });
  });
});

describe('a body that cannot be', () => {
  it('a missing file', async () => {
    await expect(find('file://nowhere')).rejects.toMatchObject({
      exitCode: 3,
      message: `--body: the file "${join(directory, 'nowhere')}" cannot be read: it does not exist`,
    });
  });

  it('a directory', async () => {
    await expect(find('file://.')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('is a directory'),
    });
  });

  it('a file this account may not read', async () => {
    const denied: FileProbe = {
      look: async () => ({ kind: 'file', size: 1 }),
      checkReadable: async () => {
        throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      },
    };
    await expect(find('file://locked', denied)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('this account may not read it'),
    });
  });

  it('a file over 5 GB, while one of exactly 5 GiB is fine', async () => {
    const path = join(directory, 'large');
    await writeFile(path, '');
    await truncate(path, largestBody);
    expect(await find('file://large')).toMatchObject({ size: largestBody });
    await truncate(path, largestBody + 1);
    await expect(find('file://large')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('larger than 5 GB'),
    });
  });

  it('file:// without a name, an argument error', async () => {
    await expect(find('file://')).rejects.toMatchObject({ exitCode: 1 });
  });
});

describe('the hint for a literal body', () => {
  const hint = (text: string | undefined) => literalBodyHint(text, 'body', context());

  it('is given when a file has that name', async () => {
    await writeFile(join(directory, 'photo.jpg'), 'x');
    expect(await hint('photo.jpg')).toContain('--body "file://photo.jpg"');
  });

  it.each([undefined, '', 'hi oss', '.', '-', 'file://photo.jpg', 'a\nb', 'x'.repeat(10_000)])(
    'is not given for %j',
    async (text) => {
      await writeFile(join(directory, 'photo.jpg'), 'x');
      expect(await hint(text)).toBeUndefined();
    },
  );
});
