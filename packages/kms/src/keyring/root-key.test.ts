import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../testing/open-keyring.js';
import { findRootSecret, KMS_ROOT_KEY_FILE } from './root-key.js';

const key = Buffer.alloc(32, 9);
const base64 = key.toString('base64');

describe('the root key', () => {
  it('is what one of the variables says, or the file that it names holds', async () => {
    const data = await temporaryDirectory();
    const file = path.join(await temporaryDirectory(), 'secret');
    expect(await findRootSecret(data, {})).toBeUndefined();
    expect(await findRootSecret(data, { OPENOSS_KMS_ROOT_KEY: base64 })).toEqual({
      key,
      source: 'OPENOSS_KMS_ROOT_KEY',
    });
    await writeFile(file, `${base64}\n`);
    expect(await findRootSecret(data, { OPENOSS_KMS_ROOT_KEY_FILE: file })).toEqual({
      key,
      source: file,
    });
    const passphrase = Buffer.from('correct horse ü');
    expect(await findRootSecret(data, { OPENOSS_KMS_PASSPHRASE: 'correct horse ü' })).toEqual({
      passphrase,
      source: 'OPENOSS_KMS_PASSPHRASE',
    });
    await writeFile(file, 'correct horse ü\n');
    expect(await findRootSecret(data, { OPENOSS_KMS_PASSPHRASE_FILE: file })).toEqual({
      passphrase,
      source: file,
    });
  });

  it.skipIf(process.platform === 'win32')('is warned of where everybody can read it', async () => {
    const data = await temporaryDirectory();
    const file = path.join(await temporaryDirectory(), 'secret');
    await writeFile(file, base64);
    const exposed: string[] = [];
    const onExposed = (one: string) => exposed.push(`${exposed.length} ${one}`);
    for (const mode of [0o644, 0o640, 0o600]) {
      await chmod(file, mode);
      await findRootSecret(data, { OPENOSS_KMS_ROOT_KEY_FILE: file }, { onExposed });
    }
    await chmod(file, 0o604);
    await findRootSecret(data, { OPENOSS_KMS_PASSPHRASE_FILE: file }, { onExposed });
    expect(exposed).toEqual([`0 ${file}`, `1 ${file}`]);
  });

  it('is made in the data directory for development only, and stays', async () => {
    const data = await temporaryDirectory();
    const made = await findRootSecret(data, {}, { development: true });
    expect(await findRootSecret(data, {}, { development: true })).toEqual(made);
    expect(await findRootSecret(data, {})).toBeUndefined();
    const file = path.join(data, KMS_ROOT_KEY_FILE);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await readFile(file, 'utf8'), 'base64')).toHaveLength(32);
    const told = await findRootSecret(
      data,
      { OPENOSS_KMS_ROOT_KEY: base64 },
      { development: true },
    );
    expect(told).toEqual({ key, source: 'OPENOSS_KMS_ROOT_KEY' });
  });

  it('is refused with what to do, without telling it', async () => {
    const data = await temporaryDirectory();
    const inside = path.join(data, 'inside');
    await writeFile(inside, base64);
    const cases: [Record<string, string>, string][] = [
      [{ OPENOSS_KMS_ROOT_KEY: 'c2hvcnQ=' }, 'openssl rand -base64 32'],
      [{ OPENOSS_KMS_ROOT_KEY: `${base64}!` }, 'openssl rand -base64 32'],
      [{ OPENOSS_KMS_ROOT_KEY_FILE: '/nonexistent' }, 'does not exist'],
      [{ OPENOSS_KMS_ROOT_KEY_FILE: tmpdir() }, `${tmpdir()} cannot be read (EISDIR).`],
      [{ OPENOSS_KMS_ROOT_KEY_FILE: inside }, 'lies in the data directory'],
      [{ OPENOSS_KMS_PASSPHRASE_FILE: inside }, 'lies in the data directory'],
      [{ OPENOSS_KMS_PASSPHRASE: 'c2hvcnQ=' }, 'fewer than 12 bytes'],
      [{ OPENOSS_KMS_ROOT_KEY: base64, OPENOSS_KMS_PASSPHRASE: 'c2hvcnQ=xxxxx' }, 'not both'],
    ];
    for (const [environment, message] of cases) {
      const error = await findRootSecret(data, environment).catch((refusal: unknown) => refusal);
      expect(String(error)).toContain(message);
      expect(String(error)).toContain('KmsSetupError');
      for (const secret of [base64, 'c2hvcnQ=']) expect(String(error)).not.toContain(secret);
    }
  });
});
