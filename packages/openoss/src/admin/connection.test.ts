import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../command-line.js';
import { connectionOf } from './connection.js';

const data = mkdtempSync(path.join(tmpdir(), 'openoss-connection-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));
const empty = path.join(data, 'empty');
mkdirSync(empty);
const file = path.join(data, 'root-credentials.json');
writeFileSync(file, '{"accessKeyId":"of-data","accessKeySecret":"s"}');

const flags = { 'access-key-id': 'of-flags', 'access-key-secret': 's' };
const root = { OPENOSS_ROOT_ACCESS_KEY_ID: 'of-root', OPENOSS_ROOT_ACCESS_KEY_SECRET: 's' };
const oss = { OSS_ACCESS_KEY_ID: 'of-oss', OSS_ACCESS_KEY_SECRET: 's', OSS_SESSION_TOKEN: 't' };

describe('the access key to sign with', () => {
  it.each<[object, Readonly<Record<string, string>>, string, string | undefined, string]>([
    [flags, { ...root, ...oss }, 'of-flags', undefined, '--access-key-id'],
    [{ ...flags, 'security-token': 'x' }, oss, 'of-flags', 'x', '--access-key-id'],
    [{ data }, { ...root, ...oss }, 'of-data', undefined, file],
    [{}, { ...root, ...oss }, 'of-root', undefined, 'OPENOSS_ROOT_ACCESS_KEY_ID'],
    [{}, oss, 'of-oss', 't', 'OSS_ACCESS_KEY_ID'],
    [
      {},
      { ...oss, OPENOSS_ROOT_ACCESS_KEY_ID: '', OPENOSS_ROOT_ACCESS_KEY_SECRET: '' },
      'of-oss',
      't',
      'OSS_ACCESS_KEY_ID',
    ],
  ])('of %j and %j is %s', async (given, environment, accessKeyId, securityToken, source) => {
    expect(await connectionOf(given, environment)).toMatchObject({
      accessKeyId,
      securityToken,
      source,
    });
  });

  it.each<[object, Readonly<Record<string, string>>, string]>([
    [{ 'access-key-id': 'x' }, root, '--access-key-id and --access-key-secret go together'],
    [{ 'security-token': 'x' }, root, '--security-token goes with'],
    [{ ...flags, data }, {}, 'give one'],
    [{ data: path.join(data, 'none') }, root, `there is no directory ${path.join(data, 'none')}`],
    [{ data: empty }, root, 'a server whose access key was set'],
    [{}, { OSS_ACCESS_KEY_ID: 'x' }, 'OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET go together'],
  ])('of %j and %j is none', async (given, environment, message) => {
    const refusal = connectionOf(given, environment);
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toThrow(message);
  });
});

describe('where to call', () => {
  it.each<[string | undefined, string | undefined, string]>([
    [undefined, undefined, 'http://127.0.0.1:9002'],
    [undefined, 'https://ram.example', 'https://ram.example'],
    ['http://[::1]:1', 'https://ram.example', 'http://[::1]:1'],
    ['localhost:9002', undefined, 'http://localhost:9002'],
  ])('of %s and %s is %s', async (endpoint, variable, origin) => {
    const given = endpoint === undefined ? flags : { ...flags, endpoint };
    const environment = variable === undefined ? {} : { OPENOSS_RPC_ENDPOINT: variable };
    expect((await connectionOf(given, environment)).endpoint.origin).toBe(origin);
  });

  it.each(['ftp://x', 'http://x/path', '', 'a b'])('is no %j', async (endpoint) => {
    await expect(connectionOf({ ...flags, endpoint }, {})).rejects.toThrow('not an endpoint');
  });
});
