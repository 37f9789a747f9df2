import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIRECTORY_KEY_FILE, DirectoryKeyError, findDirectoryKey } from './directory-key.js';
import { temporaryDirectory } from './testing/open-directory.js';

const key = randomBytes(32);
const text = key.toString('base64');

describe('the directory key', () => {
  it('is that of the environment', async () => {
    const data = await temporaryDirectory();
    expect(await findDirectoryKey(data, { OPENOSS_DIRECTORY_KEY: ` ${text}\n` })).toEqual({
      bytes: key,
      source: 'OPENOSS_DIRECTORY_KEY',
    });
  });

  it('is that of a file outside the data directory', async () => {
    const scratch = await temporaryDirectory();
    const file = path.join(scratch, 'key');
    await writeFile(file, `${text}\n`);
    const data = path.join(scratch, 'data');
    const found = await findDirectoryKey(data, { OPENOSS_DIRECTORY_KEY_FILE: file });
    expect(found).toEqual({ bytes: key, source: file });
  });

  it.skipIf(process.platform === 'win32')('is warned of where everybody can read it', async () => {
    const file = path.join(await temporaryDirectory(), 'key');
    await writeFile(file, text);
    const exposed: string[] = [];
    const options = { onExposed: (one: string) => exposed.push(`${exposed.length} ${one}`) };
    for (const mode of [0o644, 0o640, 0o600]) {
      await chmod(file, mode);
      const found = await findDirectoryKey('data', { OPENOSS_DIRECTORY_KEY_FILE: file }, options);
      expect(found?.bytes).toEqual(key);
    }
    expect(exposed).toEqual([`0 ${file}`]);
  });

  it('may not lie in a file of the data directory, not even behind a link', async () => {
    const scratch = await temporaryDirectory();
    const data = path.join(scratch, 'data');
    await mkdir(data);
    await writeFile(path.join(data, 'key'), text);
    await symlink(path.join(data, 'key'), path.join(scratch, 'link'));
    for (const file of [path.join(data, 'key'), path.join(scratch, 'link')]) {
      const refused = findDirectoryKey(data, { OPENOSS_DIRECTORY_KEY_FILE: file });
      await expect(refused).rejects.toBeInstanceOf(DirectoryKeyError);
      await expect(refused).rejects.toThrow('lies in the data directory');
    }
  });

  it('is made and kept in the data directory for development alone', async () => {
    const data = await temporaryDirectory();
    expect(await findDirectoryKey(data, {})).toBeUndefined();
    const made = await findDirectoryKey(data, {}, { development: true });
    expect(made?.bytes).toHaveLength(32);
    expect(await findDirectoryKey(data, {}, { development: true })).toEqual(made);
    const file = path.join(data, DIRECTORY_KEY_FILE);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, 'utf8')).trim()).toBe(made?.bytes.toString('base64'));
    // Where the environment has one, it counts.
    const given = await findDirectoryKey(
      data,
      { OPENOSS_DIRECTORY_KEY: text },
      { development: true },
    );
    expect(given?.bytes).toEqual(key);
  });

  it.each<[Record<string, string>, string]>([
    [{ OPENOSS_DIRECTORY_KEY: 'short' }, 'does not hold a directory key'],
    [{ OPENOSS_DIRECTORY_KEY: randomBytes(31).toString('base64') }, 'does not hold'],
    [{ OPENOSS_DIRECTORY_KEY: randomBytes(33).toString('base64') }, 'does not hold'],
    [{ OPENOSS_DIRECTORY_KEY: `${text.slice(0, 20)}!${text.slice(20)}` }, 'does not hold'],
    [{ OPENOSS_DIRECTORY_KEY: key.toString('hex') }, 'does not hold'],
    [{ OPENOSS_DIRECTORY_KEY_FILE: '/nonexistent/key' }, 'openssl rand -base64 32'],
    [{ OPENOSS_DIRECTORY_KEY: text, OPENOSS_DIRECTORY_KEY_FILE: '/x' }, 'not both'],
  ])('given as %j is refused, and it is said why', async (environment, message) => {
    const refused = findDirectoryKey(await temporaryDirectory(), environment);
    await expect(refused).rejects.toBeInstanceOf(DirectoryKeyError);
    await expect(refused).rejects.toThrow(message);
    // A key that is nearly right is a secret all the same.
    for (const value of Object.values(environment)) {
      if (value.length > 40) await expect(refused).rejects.not.toThrow(value);
    }
  });
});
