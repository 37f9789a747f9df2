import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findRootCredentials,
  generateCredentials,
  keepRootCredentials,
  RootCredentialsError,
} from './root-credentials.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'openoss-directory-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));
const file = () => path.join(directory, 'root-credentials.json');

async function makeAndKeep() {
  const made = await findRootCredentials(directory, {});
  await keepRootCredentials(directory, made);
  return made;
}

describe('the root access key', () => {
  it('is made once, kept for its owner alone, and found again', async () => {
    const made = await makeAndKeep();
    expect(made.source).toBe('generated');
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    const { source, ...credentials } = await findRootCredentials(directory, {});
    expect(source).toBe('file');
    expect({ ...credentials, source: 'generated' }).toEqual(made);
    expect(await readdir(directory)).toEqual(['root-credentials.json']);
  });

  it('is another one each time as long as none is kept', async () => {
    const made = await findRootCredentials(directory, {});
    expect(await readdir(directory)).toEqual([]);
    expect((await findRootCredentials(directory, {})).accessKeyId).not.toBe(made.accessKeyId);
  });

  it('of the environment comes first, and is not kept', async () => {
    const kept = await makeAndKeep();
    const environment = {
      OPENOSS_ROOT_ACCESS_KEY_ID: 'my.root_key-1',
      OPENOSS_ROOT_ACCESS_KEY_SECRET: 'a secret of any characters: ü /',
    };
    expect(await findRootCredentials(directory, environment)).toEqual({
      accessKeyId: 'my.root_key-1',
      accessKeySecret: 'a secret of any characters: ü /',
      source: 'environment',
    });
    expect(await readFile(file(), 'utf8')).toContain(kept.accessKeySecret);
  });

  it.each<[Readonly<Record<string, string>>, string]>([
    [{ OPENOSS_ROOT_ACCESS_KEY_ID: 'id' }, 'must be set both, or neither'],
    [{ OPENOSS_ROOT_ACCESS_KEY_SECRET: 'secret' }, 'must be set both, or neither'],
    [
      { OPENOSS_ROOT_ACCESS_KEY_ID: 'id', OPENOSS_ROOT_ACCESS_KEY_SECRET: '' },
      'must be set both, or neither',
    ],
    // A credential takes the id apart at its slashes, an Authorization header at its colon and commas.
    ...['a/b', 'a:b', 'a,b', 'a b', 'ü', 'x'.repeat(129)].map(
      (id): [Readonly<Record<string, string>>, string] => [
        { OPENOSS_ROOT_ACCESS_KEY_ID: id, OPENOSS_ROOT_ACCESS_KEY_SECRET: 'secret' },
        'may have 1 to 128',
      ],
    ),
  ])('%j is refused', async (environment, message) => {
    const refusal = findRootCredentials(directory, environment);
    await expect(refusal).rejects.toBeInstanceOf(RootCredentialsError);
    await expect(refusal).rejects.toThrow(message);
    expect(await readdir(directory)).toEqual([]);
  });

  it('whose half-written file a crash left behind is made anew', async () => {
    await writeFile(`${file()}.new`, '{"accessKeyId":"LT');
    expect((await makeAndKeep()).source).toBe('generated');
    expect(await readdir(directory)).toEqual(['root-credentials.json']);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"accessKeyId":"x"}',
    '{"accessKeyId":1,"accessKeySecret":"x"}',
  ])('in a file that is damaged (%j) is not replaced behind its owner’s back', async (content) => {
    await writeFile(file(), content);
    const refusal = findRootCredentials(directory, {});
    await expect(refusal).rejects.toThrow('is damaged');
    await expect(refusal).rejects.toThrow(file());
    expect(await readFile(file(), 'utf8')).toBe(content);
  });

  it('when made is random, and in the form of Alibaba Cloud', () => {
    const many = Array.from({ length: 100 }, generateCredentials);
    for (const { accessKeyId, accessKeySecret } of many) {
      expect(accessKeyId).toMatch(/^LTAI[A-Za-z0-9]{20}$/);
      expect(accessKeySecret).toMatch(/^[A-Za-z0-9]{30}$/);
    }
    expect(new Set(many.map(({ accessKeyId }) => accessKeyId)).size).toBe(100);
    expect(new Set(many.map(({ accessKeySecret }) => accessKeySecret)).size).toBe(100);
  });
});
