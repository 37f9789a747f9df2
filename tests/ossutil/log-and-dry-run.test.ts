/** `--loglevel` and `--log-file`, which hold no secret, and `--dry-run`, which sends nothing. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { answeringServer, refuse } from '../../packages/client/src/testing/loopback-server.js';
import {
  elapsedOnly,
  type OssutilUser,
  ossutilUser,
  pointedAt,
  putObject,
  userKeys,
} from '../support/ossutil-user.js';

let user: OssutilUser;
beforeAll(async () => {
  user = await ossutilUser();
});

describe('the log', () => {
  it('tells of each attempt and every header, and of no secret, token or signature', async () => {
    const { endpoint, requests } = await answeringServer((response, _, index) => {
      if (index === 0) refuse(response, 503, 'ServiceUnavailable');
      else response.end();
    });
    const log = async (version: string): Promise<string> => {
      requests.length = 0;
      const outcome = await user.ossutil(
        putObject(
          ...['--body', 'x', '--metadata', 'a=b', '-t', 'secret+token/1', '-q'],
          ...['--sign-version', version, '--loglevel', 'debug', '--log-file', '-'],
        ),
        { env: pointedAt(endpoint) },
      );
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      return outcome.stdout;
    };
    for (const version of ['v4', 'v1']) {
      const text = await log(version);
      expect(text).toContain(' INFO  PutObject: PUT ');
      expect(text).toContain(', attempt 1\n');
      expect(text).toMatch(/DEBUG > x-oss-meta-a: b\n/i);
      expect(text).toMatch(/INFO {2}PutObject: 200 OK, request id /);
      for (const line of text.trimEnd().split('\n')) {
        expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO |DEBUG) \S/);
      }
      for (const secret of [userKeys.accessKeySecret, 'secret+token', 'secret%2Btoken']) {
        expect(text).not.toContain(secret);
      }
      for (const { headers } of requests) {
        const signature = /(?:Signature=|:)([^=:]+=?)$/.exec(headers.authorization ?? '')?.[1];
        expect(signature?.length).toBeGreaterThan(20);
        expect(text).not.toContain(signature ?? '');
      }
    }
  });

  it('goes to the file of --log-file, or to ossutil.log, and is off unless asked for', async () => {
    const { endpoint } = await answeringServer((response) => void response.end());
    const put = (...flags: string[]) =>
      user.ossutil(putObject('--body', 'x', ...flags), { env: pointedAt(endpoint) });
    const file = (name: string) => readFile(path.join(user.directory, name), 'utf8');
    expect((await put('--log-file', 'unused.log')).stdout).toMatch(elapsedOnly);
    await expect(file('unused.log')).rejects.toMatchObject({ code: 'ENOENT' });
    const logged = await put('--loglevel', 'info', '--log-file', 'own.log');
    expect(logged.stdout).toMatch(elapsedOnly);
    expect(await file('own.log')).toMatch(/^[^ ]+ INFO {2}PutObject: PUT [^\n]+\n[^\n]+ 200 OK, /);
    expect(await file('own.log')).not.toContain('DEBUG');
    await put('--loglevel', 'info');
    expect(await file('ossutil.log')).toContain(' 200 OK, ');
    const nowhere = await put('--loglevel', 'info', '--log-file', 'no/such/directory');
    expect(nowhere.status).toBe(3);
    expect(nowhere.stderr).toMatch(/^Error: the log file .* cannot be written: [^\n]+\n$/);
  });
});

describe('a dry run', () => {
  it('sends nothing and shows what would be sent, without a signature', async () => {
    const { endpoint, requests } = await answeringServer((response) => void response.end());
    await writeFile(path.join(user.directory, 'file'), 'content');
    const put = (...flags: string[]) =>
      user.ossutil(putObject('--key', 'é 1', ...flags), {
        env: pointedAt(endpoint),
        input: 'from stdin',
      });
    for (const body of ['literal', 'file://file', '-']) {
      const { status, stdout, stderr } = await put('--body', body, '-n', '--metadata', 'a=é');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(
        /^Dry run, nothing was sent:\nPUT http:\/\/127\.0\.0\.1:\d+\/examplebucket\/%C3%A9%201\n/,
      );
      expect(stdout).toContain('\nx-oss-meta-a: é\n');
      expect(stdout).not.toContain(userKeys.accessKeyId);
      expect(stdout).toMatch(/\n[\d.]+\(s\) elapsed\n$/);
    }
    const removal = await user.ossutil(
      ['api', 'delete-bucket', '--bucket', 'examplebucket', '--dry-run', '-q'],
      { env: pointedAt(endpoint) },
    );
    expect(removal.stdout).toBe(`Dry run, nothing was sent:\nDELETE ${endpoint}/examplebucket/\n`);
    expect(requests).toEqual([]);
  });

  it('finds what is wrong all the same', async () => {
    const dry = (...flags: string[]) =>
      user.ossutil(putObject('--dry-run', ...flags), { env: pointedAt('http://127.0.0.1:1') });
    expect((await dry('--body', 'file://missing')).status).toBe(3);
    expect((await dry('--key', '')).status).toBe(3);
    expect((await dry('--metadata', 'nonsense')).status).toBe(1);
  });
});
