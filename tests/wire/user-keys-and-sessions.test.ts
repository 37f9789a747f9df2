/** Access keys of RAM users and tokens of sessions: how they get in, and how they are refused. */
import type { SigningCredentials } from '@openoss/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, type WireAnswer, type WireRequest } from '../support/http.js';
import {
  SIGNATURE_VERSIONS,
  type SignatureVersion,
  type Signing,
  signedInHeader,
  signedInUrl,
} from '../support/signed-requests.js';
import {
  allow,
  type ServedIdentities,
  startWithIdentities,
} from '../support/start-with-identities.js';

const bucket = 'examplebucket';
const target = { method: 'PUT', bucket, key: 'k' };

let served: ServedIdentities;
beforeAll(async () => {
  served = await startWithIdentities();
  await served.service.createBucket(bucket);
});
afterAll(() => served.close());

const signing = (version: SignatureVersion, by: SigningCredentials): Signing => ({
  version,
  by,
  at: Date.now() + served.clock.ahead,
});
const inHeader = (version: SignatureVersion, by: SigningCredentials): WireRequest =>
  signedInHeader({ ...target, body: 'x' }, signing(version, by));
const inUrl = (version: SignatureVersion, by: SigningCredentials, lifetime?: number): WireRequest =>
  signedInUrl({ ...target, body: 'x' }, { ...signing(version, by), lifetime });

const ways = SIGNATURE_VERSIONS.flatMap(
  (version) =>
    [
      [`${version} in the header`, inHeader, version],
      [`${version} in the URL`, inUrl, version],
    ] as const,
);

const asked = (request: WireRequest): Promise<WireAnswer> => send(served.oss.endpoint, request);

function expectRefusal(answer: WireAnswer, code: string, ec: string | undefined): void {
  expect(errorOf(answer)).toMatchObject({ Code: code });
  expect(answer.status).toBe(403);
  expect(answer.headers['x-oss-ec']).toBe(ec);
}

describe('the access key of a RAM user', () => {
  it.each(ways)('gets in: %s', async (_way, sign, version) => {
    const { credentials } = await served.own.user(allow('oss:PutObject'));
    expect((await asked(sign(version, credentials))).status).toBe(200);
    const liar = { ...credentials, accessKeySecret: 'another' };
    expect(errorOf(await asked(sign(version, liar)))).toMatchObject({
      Code: 'SignatureDoesNotMatch',
    });
  });

  it('is refused from the moment on that it is inactive or deleted', async () => {
    const user = await served.own.user(allow('oss:PutObject'));
    const { accessKeys } = served.service.identities.ram(served.own.uid);
    const { accessKeyId } = user.credentials;
    const put = () => user.send({ ...target, body: 'x' });
    expect((await put()).status).toBe(200);
    await accessKeys.setStatus(user.name, accessKeyId, 'Inactive');
    const disabled = await put();
    expectRefusal(disabled, 'InvalidAccessKeyId', '0002-00000903');
    expect(errorOf(disabled)).toMatchObject({
      Message: 'The OSS Access Key Id you provided is disabled.',
      OSSAccessKeyId: accessKeyId,
    });
    await accessKeys.setStatus(user.name, accessKeyId, 'Active');
    expect((await put()).status).toBe(200);
    await accessKeys.delete(user.name, accessKeyId);
    expectRefusal(await put(), 'InvalidAccessKeyId', '0002-00000902');
  });

  it('is noted as used when its signature holds, not before', async () => {
    const user = await served.own.user(allow('oss:PutObject'));
    const { accessKeys } = served.service.identities.ram(served.own.uid);
    const { accessKeyId } = user.credentials;
    const liar = { ...user.credentials, accessKeySecret: 'another' };
    await asked(inHeader('v4', liar));
    await served.service.directory.close();
    expect(await accessKeys.lastUsed(user.name, accessKeyId)).toBeUndefined();
    await user.send({ ...target, body: 'x' });
    await served.service.directory.close();
    expect(await accessKeys.lastUsed(user.name, accessKeyId)).toMatchObject({
      serviceName: 'Oss',
    });
  });

  it('does not get in with a token, which only sessions have', async () => {
    const { credentials } = await served.own.user(allow('oss:PutObject'));
    const { credentials: session } = await served.own.session([allow('oss:PutObject')]);
    const { securityToken } = session;
    const answer = await asked(inHeader('v4', { ...credentials, securityToken }));
    expectRefusal(answer, 'AccessKeyIdAndSecurityTokenNotMatch', undefined);
  });
});

describe('a session', () => {
  it.each(ways)('gets in with its token: %s', async (_way, sign, version) => {
    const { credentials } = await served.own.session([allow('oss:PutObject')]);
    expect((await asked(sign(version, credentials))).status).toBe(200);
    const liar = { ...credentials, accessKeySecret: 'another' };
    expect(errorOf(await asked(sign(version, liar)))).toMatchObject({
      Code: 'SignatureDoesNotMatch',
    });
    const lost = { ...credentials, securityToken: undefined };
    expectRefusal(await asked(sign(version, lost)), 'InvalidAccessKeyId', '0002-00000003');
  });

  it.each(ways)('is refused with a token that is not its own: %s', async (_way, sign, version) => {
    const { credentials } = await served.own.session([allow('oss:PutObject')]);
    const { securityToken = '' } = credentials;
    const forged = securityToken.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    expectRefusal(
      await asked(sign(version, { ...credentials, securityToken: forged })),
      'InvalidSecurityToken',
      '0002-00000006',
    );
    const other = await served.own.session([allow('oss:PutObject')]);
    expectRefusal(
      await asked(sign(version, { ...credentials, ...other.credentials, ...idOf(credentials) })),
      'AccessKeyIdAndSecurityTokenNotMatch',
      undefined,
    );
  });

  it('is refused when its time is over', async () => {
    const { send: sendAs } = await served.own.session([allow('oss:PutObject')]);
    expect((await sendAs({ ...target, body: 'x' })).status).toBe(200);
    served.clock.ahead = 3600_000;
    try {
      const answer = await sendAs({ ...target, body: 'x' });
      expectRefusal(answer, 'SecurityTokenExpired', '0002-00000007');
      expect(errorOf(answer).Message).toBe('The security token you provided has expired.');
    } finally {
      served.clock.ahead = 0;
    }
  });

  it.each(SIGNATURE_VERSIONS)('takes the URLs it signed with it: %s', async (version) => {
    const { credentials } = await served.own.session([allow('oss:PutObject')]);
    // A session lasts twelve hours at most, however long its URLs are good for.
    const url = inUrl(version, credentials, 604_800);
    expect((await asked(url)).status).toBe(200);
    served.clock.ahead = 12 * 3600_000;
    try {
      expectRefusal(await asked(url), 'SecurityTokenExpired', '0002-00000007');
    } finally {
      served.clock.ahead = 0;
    }
  });

  it('ends with its role, and with the access key that it began with', async () => {
    const { roles, accessKeys, attachments } = served.service.identities.ram(served.own.uid);
    const one = await served.own.session([allow('oss:PutObject')]);
    expect((await one.send({ ...target, body: 'x' })).status).toBe(200);
    const attached = await attachments.of({ kind: 'role', name: one.role });
    for (const policy of attached) {
      await attachments.detach(policy, { kind: 'role', name: one.role });
    }
    await roles.delete(one.role);
    expectRefusal(
      await one.send({ ...target, body: 'x' }),
      'InvalidSecurityToken',
      '0002-00000006',
    );
    const two = await served.own.session([allow('oss:PutObject')]);
    expect((await two.send({ ...target, body: 'x' })).status).toBe(200);
    await accessKeys.setStatus(two.by.name, two.by.credentials.accessKeyId, 'Inactive');
    expectRefusal(
      await two.send({ ...target, body: 'x' }),
      'InvalidSecurityToken',
      '0002-00000006',
    );
  });
});

const idOf = ({ accessKeyId, accessKeySecret }: SigningCredentials) => ({
  accessKeyId,
  accessKeySecret,
});
