import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { credentialsDocument, readDocument, testExchange } from '../testing/exchange-options.js';
import { answeringServer } from '../testing/loopback-server.js';
import { assumeRoleWithOidc } from './assume-role-with-oidc.js';

async function tokenFile(content: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'openoss-oidc-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'token');
  await writeFile(file, content);
  return file;
}

const optionsAt = (endpoint: string, file: string) => ({
  ...testExchange(Date.UTC(2026, 0, 2, 15, 4, 5)),
  endpoint: new URL(endpoint),
  providerArn: 'acs:ram::1234567890123456:oidc-provider/ack',
  roleArn: 'acs:ram::1234567890123456:role/pod',
  roleSessionName: 'pod-1',
  durationSeconds: 3600,
  tokenFile: file,
});

describe('assuming a role with an OIDC token', () => {
  it('is an unsigned call with the token that is in the file now', async () => {
    const server = await answeringServer((response) => {
      response.end(JSON.stringify({ Credentials: credentialsDocument() }));
    });
    const file = await tokenFile('eyJhbGciOi.first+token/\n');
    const source = assumeRoleWithOidc({ ...optionsAt(server.endpoint, file), policy: '{}' });
    expect(await source()).toEqual(readDocument);
    await writeFile(file, 'eyJhbGciOi.second');
    await source();
    const [first, second] = server.requests;
    expect(first?.method).toBe('POST');
    expect(first?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URL(first?.url ?? '', 'http://sts').searchParams)).toMatchObject({
      Action: 'AssumeRoleWithOIDC',
      Version: '2015-04-01',
      Format: 'JSON',
      Timestamp: '2026-01-02T15:04:05Z',
    });
    expect(Object.fromEntries(new URLSearchParams(first?.body.toString()))).toEqual({
      DurationSeconds: '3600',
      OIDCProviderArn: 'acs:ram::1234567890123456:oidc-provider/ack',
      OIDCToken: 'eyJhbGciOi.first+token/',
      Policy: '{}',
      RoleArn: 'acs:ram::1234567890123456:role/pod',
      RoleSessionName: 'pod-1',
    });
    expect(new URLSearchParams(second?.body.toString()).get('OIDCToken')).toBe('eyJhbGciOi.second');
  });

  it('shows the token in no refusal and no line of the log', async () => {
    const server = await answeringServer((response, { body }) => {
      const Message = `invalid: ${new URLSearchParams(body.toString()).get('OIDCToken')}`;
      response
        .writeHead(400)
        .end(JSON.stringify({ Code: 'AuthenticationFail.OIDCToken.Invalid', Message }));
    });
    const options = optionsAt(server.endpoint, await tokenFile('eyJhbGciOi.token'));
    await expect(assumeRoleWithOidc(options)()).rejects.toThrow(
      'refused with 400 AuthenticationFail.OIDCToken.Invalid: invalid: …',
    );
    expect(options.lines.join('\n')).not.toContain('eyJhbGciOi');
  });

  it.each([
    ['', 'has 0 characters; a token has 4 to 20000'],
    ['x'.repeat(20_001), 'has 20001 characters'],
  ])('asks nobody with a token file that cannot be right', async (content, message) => {
    const server = await answeringServer((response) => void response.end());
    const source = assumeRoleWithOidc(optionsAt(server.endpoint, await tokenFile(content)));
    await expect(source()).rejects.toThrow(message);
    expect(server.requests).toEqual([]);
  });

  it('names a token file that is not there', async () => {
    const source = assumeRoleWithOidc(optionsAt('http://127.0.0.1:1', '/no/such/token'));
    await expect(source()).rejects.toThrow(
      'the OIDC token file /no/such/token cannot be read: no such file',
    );
  });
});
