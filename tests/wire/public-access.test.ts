/** What opens and closes a bucket to everybody counts at once, whichever process a request comes to. */
import type { OpenOss } from 'openoss';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { send, sendSigned, type WireRequest } from '../support/http.js';
import { startOss } from '../support/start-oss.js';

const bucket = 'examplebucket';
/** Connections of their own, so that with workers each of these requests comes to another. */
const TIMES = 6;

let oss: OpenOss;
beforeAll(async () => {
  oss = await startOss({ buckets: [bucket] });
  await sendSigned(oss, { method: 'PUT', bucket, key: 'k', body: 'x' });
});
afterAll(() => oss.close());

const policy = JSON.stringify({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: 'oss:GetObject', Principal: ['*'], Resource: '*' }],
});
const block =
  '<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>';

async function expectEverywhere(status: number): Promise<void> {
  for (let time = 0; time < TIMES; time++) {
    expect((await send(oss.endpoint, { bucket, key: 'k' })).status).toBe(status);
  }
}

async function change(request: WireRequest): Promise<void> {
  const answer = await sendSigned(oss, request);
  expect(answer.text).toBe('');
  expect(answer.status).toBeLessThan(300);
}

it('by a bucket policy, by Block Public Access of the bucket, and by that of its account', async () => {
  const ofPolicy = { bucket, query: [['policy', null]] } satisfies WireRequest;
  const ofBucket = { bucket, query: [['publicAccessBlock', null]] } satisfies WireRequest;
  const ofAccount = { query: [['publicAccessBlock', null]] } satisfies WireRequest;
  await expectEverywhere(403);
  for (let round = 0; round < 3; round++) {
    await change({ ...ofPolicy, method: 'PUT', body: policy });
    await expectEverywhere(200);
    for (const level of [ofBucket, ofAccount]) {
      await change({ ...level, method: 'PUT', body: block });
      await expectEverywhere(403);
      await change({ ...level, method: 'DELETE' });
      await expectEverywhere(200);
    }
    await change({ ...ofPolicy, method: 'DELETE' });
    await expectEverywhere(403);
  }
});
