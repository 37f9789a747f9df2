/** Alibaba Cloud's own JavaScript SDK as a RAM user and with an STS token, and its calls for bucket policies. */
import type { SigningCredentials } from '@openoss/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allow,
  policyOf,
  type ServedIdentities,
  startWithIdentities,
} from '../support/start-with-identities.js';
import { type AliOss, AliOssClient } from './ali-oss-client.js';

const bucket = 'alibucket';
let served: ServedIdentities;
beforeAll(async () => {
  served = await startWithIdentities();
  await served.service.createBucket(bucket);
});
afterAll(() => served.close());

describe.each([
  ['V1', false],
  ['V4', true],
])('ali-oss with signature %s', (_version, authorizationV4) => {
  const client = (credentials: SigningCredentials): AliOss =>
    new AliOssClient({
      accessKeyId: credentials.accessKeyId,
      accessKeySecret: credentials.accessKeySecret,
      stsToken: credentials.securityToken,
      bucket,
      region: 'oss-cn-hangzhou',
      // By name and path style, for what the SDK cannot do with an IP address: sign V1 URLs.
      endpoint: served.oss.endpoint.replace('127.0.0.1', 'localhost'),
      sldEnable: true,
      authorizationV4,
    });
  const refusal = (code: string) => expect.objectContaining({ status: 403, code });

  it('puts and gets as a RAM user what its policies allow', async () => {
    const user = await served.own.user(allow(['oss:PutObject', 'oss:GetObject']));
    const sdk = client(user.credentials);
    expect((await sdk.put('käse 1', Buffer.from('of a user'))).res.status).toBe(200);
    expect((await sdk.get('käse 1')).content.toString()).toBe('of a user');
    await expect(sdk.delete('käse 1')).rejects.toEqual(refusal('AccessDenied'));
    const tags = { headers: { 'x-oss-tagging': 'a=b' } };
    await expect(sdk.put('tagged', Buffer.from('x'), tags)).rejects.toEqual(
      refusal('AccessDenied'),
    );
  });

  it('works with an STS token, in headers and in signed URLs', async () => {
    const session = await served.own.session(
      [allow('oss:*')],
      policyOf(allow(['oss:PutObject', 'oss:GetObject'], `acs:oss:*:*:${bucket}/mine/*`)),
    );
    const sdk = client(session.credentials);
    expect((await sdk.put('mine/1', Buffer.from('of a session'))).res.status).toBe(200);
    await expect(sdk.put('others', Buffer.from('x'))).rejects.toEqual(refusal('AccessDenied'));
    const url = authorizationV4
      ? await sdk.signatureUrlV4('GET', 60, { headers: {} }, 'mine/1')
      : sdk.signatureUrl('mine/1', { expires: 60 });
    expect(url).toContain('security-token=');
    expect(await (await fetch(url)).text()).toBe('of a session');
    expect((await fetch(url.replace(/(security-token=.{20})./, '$1_'))).status).toBe(403);
  });

  it('puts, gets and deletes the policy of a bucket', async () => {
    const sdk = client(served.own.owner.credentials);
    const policy = JSON.parse(policyOf({ ...allow('oss:GetObject'), Principal: ['1234'] }));
    expect((await sdk.putBucketPolicy(bucket, policy)).status).toBe(200);
    expect((await sdk.getBucketPolicy(bucket)).policy).toEqual(policy);
    expect((await sdk.deleteBucketPolicy(bucket)).status).toBe(204);
    // The SDK takes a 404 here for an answer.
    expect(await sdk.getBucketPolicy(bucket)).toMatchObject({ policy: null, status: 404 });
  });
});
