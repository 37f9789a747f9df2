import { Readable } from 'node:stream';
import { PutObject } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { refreshingCredentials } from './credentials/refreshing-credentials.js';
import type { TemporaryCredentials } from './credentials/temporary-credentials.js';
import { CredentialsError } from './errors/credentials-error.js';
import { answeringServer, refuse } from './testing/loopback-server.js';
import { testClient } from './testing/test-client.js';

const put = { bucket: 'examplebucket', key: 'exampleobject' };
const HOUR = 3_600_000;

/** Tokens 1, 2, 3 and so on, an hour each, of a service that takes those from `least` on. */
async function tokens(options: { least?: number; code?: string; fail?: number } = {}) {
  const { code = 'SecurityTokenExpired', fail = Number.POSITIVE_INFINITY } = options;
  const state = { least: options.least ?? 1, now: Date.now(), given: 0, busy: 0 };
  const seen: string[] = [];
  const server = await answeringServer((response, { headers }) => {
    const token = String(headers['x-oss-security-token']);
    seen.push(token);
    if (state.busy > 0) {
      state.busy -= 1;
      state.now += HOUR;
      refuse(response, 503, 'ServiceUnavailable');
    } else if (Number(token.slice('token'.length)) < state.least) refuse(response, 403, code);
    else response.end();
  });
  const clock = { now: () => state.now, sleep: async () => {} };
  const source = async (): Promise<TemporaryCredentials> => {
    state.given += 1;
    const serial = state.given;
    if (serial >= fail) throw new CredentialsError('the source is down');
    return {
      accessKeyId: `STS.${serial}`,
      accessKeySecret: 'sk',
      securityToken: `token${serial}`,
      expiration: state.now + HOUR,
    };
  };
  const credentials = refreshingCredentials(source, { name: 'the test', clock });
  return { server, state, seen, clock, credentials };
}

describe('a token that the service no longer takes', () => {
  it.each(['SecurityTokenExpired', 'InvalidSecurityToken'])(
    'is replaced after %s, also where no attempt is left',
    async (code) => {
      const { server, seen, credentials } = await tokens({ least: 2, code });
      const client = testClient(server.endpoint, { credentials, maxAttempts: 1 });
      const output = await client.send(PutObject, { ...put, body: 'hi oss' });
      expect(output.answer.attempts).toBe(2);
      expect(seen).toEqual(['token1', 'token2']);
      expect(server.requests.map(({ body }) => body.toString())).toEqual(['hi oss', 'hi oss']);
    },
  );

  it('is replaced once a request', async () => {
    const { server, seen, credentials } = await tokens({ least: 99 });
    const client = testClient(server.endpoint, { credentials });
    await expect(client.send(PutObject, { ...put, body: 'x' })).rejects.toMatchObject({
      code: 'SecurityTokenExpired',
      request: { attempts: 2 },
    });
    expect(seen).toEqual(['token1', 'token2']);
  });

  it('is replaced once for all requests that were refused', async () => {
    const { server, state, credentials } = await tokens({ least: 2 });
    const client = testClient(server.endpoint, { credentials });
    const puts = Array.from({ length: 20 }, () => client.send(PutObject, { ...put, body: 'x' }));
    await Promise.all(puts);
    expect(state.given).toBe(2);
  });

  it('is replaced between two attempts where it has expired', async () => {
    const { server, state, seen, credentials, clock } = await tokens();
    state.busy = 2;
    const client = testClient(server.endpoint, { credentials, clock });
    await client.send(PutObject, { ...put, body: 'x' });
    expect(seen).toEqual(['token1', 'token2', 'token3']);
  });

  it('fails a request with why there is no other', async () => {
    const { server, credentials } = await tokens({ least: 2, fail: 2 });
    const client = testClient(server.endpoint, { credentials });
    await expect(client.send(PutObject, { ...put, body: 'x' })).rejects.toMatchObject({
      name: 'CredentialsError',
      message:
        'the service no longer takes the credentials of the test, and there are no new ones: the source is down',
      request: { operation: 'PutObject', attempts: 1 },
    });
  });

  it('fails a body that can be read only once', async () => {
    const { server, seen, credentials } = await tokens({ least: 2 });
    const client = testClient(server.endpoint, { credentials });
    const body = Readable.from([Buffer.from('x')]);
    await expect(client.send(PutObject, { ...put, body })).rejects.toMatchObject({
      code: 'SecurityTokenExpired',
    });
    expect(seen).toEqual(['token1']);
  });

  it('is what it is where it was given as it stands', async () => {
    const { server, seen } = await tokens({ least: 2 });
    const credentials = { accessKeyId: 'STS.1', accessKeySecret: 'sk', securityToken: 'token1' };
    const client = testClient(server.endpoint, { credentials });
    await expect(client.send(PutObject, { ...put, body: 'x' })).rejects.toMatchObject({
      code: 'SecurityTokenExpired',
    });
    expect(seen).toEqual(['token1']);
  });
});
