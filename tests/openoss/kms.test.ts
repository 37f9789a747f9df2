/** Keys, as an operator has them. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startOpenOss } from 'openoss';
import { describe, expect, it } from 'vitest';
import { kms, kmsRefusalOf, officialKms } from '../support/official-kms.js';
import { freshDirectories } from '../support/operator.js';
import { cleanEnvironment, programs, run } from '../support/programs.js';
import { serve } from '../support/serve.js';

const freshDirectory = await freshDirectories();
const rpc = ['--rpc-listen', '127.0.0.1:0'];
const endpointOf = (announced: string) => /KMS is at (\S+)/.exec(announced)?.[1] ?? '';
const dataKey = new kms.GenerateDataKeyRequest({ keyId: 'alias/acs/oss' });

async function keyFile(content: string): Promise<string> {
  const file = freshDirectory('kms-key');
  await writeFile(file, `${content}\n`, { mode: 0o600 });
  return file;
}

/** A start that is refused: its message. */
async function refusedStart(data: string, args: string[], env: Record<string, string> = {}) {
  const { status, stderr } = await run(
    [process.execPath, programs.openoss, 'serve', '--data', data, '--listen', '127.0.0.1:0'].concat(
      ['--admin-listen', 'off', ...args],
    ),
    { env: cleanEnvironment(env) },
  );
  expect(status).toBe(2);
  return stderr;
}

describe('openoss serve', () => {
  it('opens what it encrypted after a restart with the root key, and not without', async () => {
    const data = freshDirectory();
    const file = await keyFile(randomBytes(32).toString('base64'));
    const first = await serve(data, [...rpc, '--kms-root-key-file', file]);
    expect(first.announced).toContain('(its keys are kept here)');
    const { credentials } = first;
    const made = await officialKms(endpointOf(first.announced), credentials).generateDataKey(
      dataKey,
    );
    const blob = new kms.DecryptRequest({ ciphertextBlob: made.ciphertextBlob });
    first.child.kill('SIGTERM');
    expect(await first.outcome).toMatchObject({ status: 0 });

    const locked = await serve(data, rpc);
    expect(locked.announced).toContain('(its keys are locked: there is no root key)');
    const keys = officialKms(endpointOf(locked.announced), credentials);
    expect(await kmsRefusalOf(keys.decrypt(blob))).toBe('503 ServiceUnavailableTemporary');
    locked.child.kill('SIGTERM');
    await locked.outcome;

    const other = await keyFile(randomBytes(32).toString('base64'));
    const message = await refusedStart(data, ['--kms-root-key-file', other]);
    expect(message).toContain(`another root key than the root key of ${other}`);
    const passphrase = { OPENOSS_KMS_PASSPHRASE: 'correct horse battery' };
    expect(await refusedStart(data, [], passphrase)).toContain('OPENOSS_KMS_PASSPHRASE');

    const last = await serve(data, rpc, { OPENOSS_KMS_ROOT_KEY_FILE: file });
    const again = officialKms(endpointOf(last.announced), credentials);
    expect((await again.decrypt(blob)).plaintext).toBe(made.plaintext);
    last.child.kill('SIGTERM');
    expect((await last.outcome).stderr).not.toContain(made.plaintext);
  });

  it('has its keys with another one that it is told of, which it asks as one of its users', async () => {
    const file = await keyFile('correct horse battery');
    const keeper = await serve(freshDirectory(), [...rpc, '--kms-passphrase-file', file]);
    const endpoint = endpointOf(keeper.announced);
    const remote = {
      OPENOSS_KMS_ACCESS_KEY_ID: keeper.credentials.accessKeyId,
      OPENOSS_KMS_ACCESS_KEY_SECRET: keeper.credentials.accessKeySecret,
    };
    const asker = await serve(freshDirectory(), [...rpc, '--kms-endpoint', endpoint], remote);
    expect(asker.announced).toContain(`(its keys are with ${endpoint})`);
    const keys = officialKms(endpointOf(asker.announced), asker.credentials);
    const made = await keys.generateDataKey(dataKey);
    const blob = new kms.DecryptRequest({ ciphertextBlob: made.ciphertextBlob });
    const own = officialKms(endpoint, keeper.credentials);
    expect((await own.decrypt(blob)).plaintext).toBe(made.plaintext);

    // What a server asks for its keys goes no further: between servers that ask each other it would never end.
    const third = await serve(
      freshDirectory(),
      [...rpc, '--kms-endpoint', endpointOf(asker.announced)],
      {
        OPENOSS_KMS_ACCESS_KEY_ID: asker.credentials.accessKeyId,
        OPENOSS_KMS_ACCESS_KEY_SECRET: asker.credentials.accessKeySecret,
      },
    );
    const passedOn = officialKms(endpointOf(third.announced), third.credentials);
    expect(await kmsRefusalOf(passedOn.generateDataKey(dataKey))).toBe(
      '503 ServiceUnavailableTemporary',
    );
    third.child.kill('SIGTERM');
    await third.outcome;

    keeper.child.kill('SIGKILL');
    await keeper.outcome;
    expect(await kmsRefusalOf(keys.generateDataKey(dataKey))).toBe(
      '503 ServiceUnavailableTemporary',
    );
  });
});

describe('a root key of one’s own', () => {
  it('is made by startOpenOss() in the data directory, and is in no backup', async () => {
    const dataDirectory = freshDirectory();
    const backup = freshDirectory('backup');
    const first = await startOpenOss({ dataDirectory, rpc: {} });
    const client = officialKms(first.rpcEndpoint ?? '', first.credentials);
    const made = await client.generateDataKey(dataKey);
    await first.close();
    const { status, stderr } = await run(
      [process.execPath, programs.openoss, 'backup', backup, '--data', dataDirectory],
      { env: cleanEnvironment({}) },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(await readdir(backup)).not.toContain('kms-root-key');
    const rootKey = (await readFile(path.join(dataDirectory, 'kms-root-key'), 'utf8')).trim();

    const restored = await serve(backup, rpc, {
      OPENOSS_KMS_ROOT_KEY: rootKey,
      OPENOSS_DIRECTORY_KEY: (
        await readFile(path.join(dataDirectory, 'directory-key'), 'utf8')
      ).trim(),
    });
    const again = officialKms(endpointOf(restored.announced), first.credentials);
    const blob = new kms.DecryptRequest({ ciphertextBlob: made.ciphertextBlob });
    expect((await again.decrypt(blob)).plaintext).toBe(made.plaintext);
  });
});
