import { createHash } from 'node:crypto';
import {
  acs3CanonicalRequest,
  acs3StringToSign,
  headerFields,
  parseAcs3Authorization,
  verifyAcs3Signature,
} from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { staticCredentials } from '../credentials.js';
import { credentialsDocument, readDocument, testExchange } from '../testing/exchange-options.js';
import { answeringServer, type SeenRequest } from '../testing/loopback-server.js';
import { type AssumeRoleOptions, assumeRole } from './assume-role.js';

const NOW = Date.UTC(2026, 0, 2, 15, 4, 5, 999);
const signer = { accessKeyId: 'ak', accessKeySecret: 'base/secret', securityToken: 'base/token+' };

const optionsAt = (endpoint: string, more: Partial<AssumeRoleOptions> = {}): AssumeRoleOptions => ({
  ...testExchange(NOW),
  endpoint: new URL(endpoint),
  credentials: staticCredentials(signer),
  roleArn: 'acs:ram::1234567890123456:role/backup',
  roleSessionName: "night's *run*",
  durationSeconds: 900,
  ...more,
});

/** Whether a call is signed with the secret, and by whom. */
function signedBy(request: SeenRequest, secret: string): string | undefined {
  const claim = parseAcs3Authorization(request.headers.authorization ?? '');
  if (claim === undefined) return undefined;
  const url = new URL(request.url, 'http://sts');
  const text = acs3StringToSign(
    acs3CanonicalRequest({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: headerFields(request.rawHeaders),
      signedHeaders: claim.signedHeaders,
      payloadHash: createHash('sha256').update(request.body).digest('hex'),
    }),
  );
  return verifyAcs3Signature(secret, text, claim.signature) ? claim.accessKeyId : undefined;
}

describe('assuming a role', () => {
  it('is a signed call, and answers the credentials of the session', async () => {
    const server = await answeringServer((response) => {
      response.end(JSON.stringify({ RequestId: '1', Credentials: credentialsDocument() }));
    });
    const policy = '{"Version":"1","Statement":[]}';
    const source = assumeRole(optionsAt(server.endpoint, { policy, externalId: 'ext 1' }));
    expect(await source()).toEqual(readDocument);
    const [request] = server.requests;
    if (request === undefined) throw new Error('nothing was asked');
    expect(signedBy(request, signer.accessKeySecret)).toBe('ak');
    expect(Object.fromEntries(new URL(request.url, 'http://sts').searchParams)).toEqual({
      DurationSeconds: '900',
      ExternalId: 'ext 1',
      Policy: policy,
      RoleArn: 'acs:ram::1234567890123456:role/backup',
      RoleSessionName: "night's *run*",
    });
    expect(request.headers).toMatchObject({
      'x-acs-action': 'AssumeRole',
      'x-acs-version': '2015-04-01',
      'x-acs-date': '2026-01-02T15:04:05Z',
      'x-acs-security-token': 'base/token+',
    });
  });

  it('is signed anew for each try', async () => {
    const server = await answeringServer((response, _, index) => {
      if (index < 2) response.writeHead(503).end('{"Code":"ServiceUnavailable"}');
      else response.end(JSON.stringify({ Credentials: credentialsDocument() }));
    });
    await assumeRole(optionsAt(server.endpoint))();
    const nonces = server.requests.map(({ headers }) => headers['x-acs-signature-nonce']);
    expect(new Set(nonces).size).toBe(3);
  });

  it.each([
    [
      403,
      {
        Code: 'NoPermission',
        Message: 'You are not authorized to do this action.',
        RequestId: 'REQ-1',
      },
      ' refused with 403 NoPermission: You are not authorized to do this action. (request id REQ-1)',
    ],
    [404, '<html>my-secret</html>', ' answered 404'],
    [200, { Credentials: 'my-secret' }, undefined],
    [200, { Credentials: { AccessKeyId: 'x' } }, undefined],
    [200, 'my-secret', undefined],
  ])('is refused with %i %j', async (status, answer, message) => {
    const server = await answeringServer((response) => {
      response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
    const failure: unknown = await assumeRole(optionsAt(server.endpoint))().catch(
      (e: unknown) => e,
    );
    expect(failure).toMatchObject({ name: 'CredentialsError' });
    if (message !== undefined)
      expect(failure).toMatchObject({ message: `${server.endpoint}${message}` });
    expect(String(failure)).not.toContain('my-secret');
    expect(server.requests).toHaveLength(1);
  });

  it('tells what STS says without what it repeats of the request', async () => {
    const server = await answeringServer((response) => {
      const Message = `Specified signature is not matched with our calculation. server string to sign is:GET&%2F&SecurityToken%3Dbase%252Ftoken%252B`;
      response.writeHead(400).end(JSON.stringify({ Code: 'SignatureDoesNotMatch', Message }));
    });
    await expect(assumeRole(optionsAt(server.endpoint))()).rejects.toThrow(
      /refused with 400 SignatureDoesNotMatch: Specified signature is not matched with our calculation\.$/,
    );
    const echo = await answeringServer((response) => {
      const Message = `the token base/token+ or base%2Ftoken%2B\u001b[2J of ${'x'.repeat(2000)}`;
      response.writeHead(400).end(JSON.stringify({ Code: 'InvalidSecurityToken', Message }));
    });
    const options = testExchange(NOW);
    const failed = await assumeRole(optionsAt(echo.endpoint, options))().catch(String);
    expect(failed).toMatch(/InvalidSecurityToken: the token … or … \[2J of x{400,480}…$/);
    expect(options.lines.join('\n')).not.toMatch(/token\+|secret/);
  });

  it('waits for a gateway that is asked too often', async () => {
    const server = await answeringServer((response, _, index) => {
      if (index === 0) response.writeHead(400).end('{"Code":"Throttling.User","Message":"slow"}');
      else response.end(JSON.stringify({ Credentials: credentialsDocument() }));
    });
    expect(await assumeRole(optionsAt(server.endpoint))()).toEqual(readDocument);
  });
});
