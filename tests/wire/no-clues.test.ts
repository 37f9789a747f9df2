/**
 * What nobody learns who may not, and what nobody can make the server say: whether an object is there,
 * whose a bucket is, and headers and policies of any size or shape.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, sendSigned, type WireAnswer, type WireRequest } from '../support/http.js';
import { signedInHeader, signedInUrl } from '../support/signed-requests.js';
import {
  type AccountAtWork,
  allow,
  policyOf,
  type ServedIdentities,
  startWithIdentities,
  type User,
} from '../support/start-with-identities.js';

const bucket = 'examplebucket';
let served: ServedIdentities;
let foreign: AccountAtWork;
let powerless: User;
beforeAll(async () => {
  served = await startWithIdentities();
  await served.service.createBucket(bucket);
  foreign = await served.otherAccount();
  powerless = await served.own.user();
  await served.own.owner.send({ method: 'PUT', bucket, key: 'there', body: 'x' });
});
afterAll(() => served.close());

const askers: Record<string, (request: WireRequest) => Promise<WireAnswer>> = {
  nobody: (request) => send(served.oss.endpoint, request),
  'another account': (request) => foreign.owner.send(request),
  'a user without permission': (request) => powerless.send(request),
};

/** All of an answer but what is another each time. */
const said = ({ status, text, headers }: WireAnswer) => ({
  status,
  text: text.replaceAll(/<RequestId>.*?<\/RequestId>/g, ''),
  names: Object.keys(headers)
    .filter((name) => name !== 'x-oss-err')
    .sort(),
  length: headers['x-oss-err'] === undefined ? headers['content-length'] : undefined,
});

describe.each(Object.keys(askers))('%s, in a private bucket', (who) => {
  const ask = (request: WireRequest) => askers[who]?.(request) as Promise<WireAnswer>;

  it.each<[string, Omit<WireRequest, 'bucket' | 'key'>]>([
    ['GET', {}],
    ['HEAD', { method: 'HEAD' }],
    ['DELETE', { method: 'DELETE' }],
    ['PUT', { method: 'PUT', body: 'y', headers: { 'x-oss-forbid-overwrite': 'true' } }],
    ['GET acl', { query: [['acl', null]] }],
    ['GET tagging', { query: [['tagging', null]] }],
    ['HEAD objectMeta', { method: 'HEAD', query: [['objectMeta', null]] }],
    ['GET if none', { headers: { 'if-none-match': '"9DD4E461268C8034F5C8564E155C67A6"' } }],
    ['GET range', { headers: { range: 'bytes=0-0' } }],
  ])('learns from no %s whether an object is there', async (_what, request) => {
    const there = await ask({ ...request, bucket, key: 'there' });
    // A name of the same length: signatures in refusals, and names, would differ in nothing else.
    const missing = await ask({ ...request, bucket, key: 'hidden'.slice(0, 5) });
    expect(there.status).toBe(403);
    expect(said(there)).toEqual(said(missing));
  });

  it('learns that a bucket is there, as from OSS, for all share its names', async () => {
    const missing = await ask({ bucket: 'nosuchbucket', key: 'k' });
    expect(errorOf(missing)).toMatchObject({ Code: 'NoSuchBucket', EC: '0015-00000101' });
    const closed = await ask({ bucket, key: 'k' });
    expect(errorOf(closed).Code).toBe('AccessDenied');
    // A user is told of its own account, which is the bucket's.
    if (who !== 'a user without permission') expect(closed.text).not.toContain(served.own.uid);
  });
});

describe('an access key', () => {
  it('that nobody has is told from one with another secret, as OSS tells it', async () => {
    const by = (accessKeyId: string) => ({ accessKeyId, accessKeySecret: 'guessed' });
    const { accessKeyId } = powerless.credentials;
    const unknown = accessKeyId.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    const ask = (id: string) =>
      sendSigned({ ...served.oss, credentials: by(id) }, { bucket, key: 'there' });
    expect(errorOf(await ask(unknown)).EC).toBe('0002-00000902');
    const known = await ask(accessKeyId);
    expect(errorOf(known).EC).toBe('0002-00000201');
    // Neither whose it is, nor what the right signature would have been.
    const right = await signedInHeader(
      { bucket, key: 'there' },
      { version: 'v4', by: powerless.credentials, at: Date.now() },
    );
    for (const secret of [
      powerless.name,
      powerless.id,
      served.own.uid,
      powerless.credentials.accessKeySecret,
      right.headers.authorization?.split('Signature=')[1] ?? '',
    ]) {
      expect(known.text).not.toContain(secret);
    }
  });
});

describe('a line break', () => {
  const breaks = [
    '\r\nx-injected: 1',
    '\nx-injected: 1',
    '\rx-injected: 1',
    '\0',
    '\u010a',
    '\u{1f60a}\n',
  ];
  const overridable = [
    ...['response-content-type', 'response-content-disposition', 'response-cache-control'],
    ...['response-expires', 'response-content-language', 'response-content-encoding'],
  ];

  it.each(overridable)('in %s makes no header', async (name) => {
    for (const text of breaks) {
      const request: WireRequest = { bucket, key: 'there', query: [[name, `a${text}`]] };
      const by = { ...served.oss.credentials };
      const signing = { by, at: Date.now(), version: 'v4' } as const;
      for (const asked of [signedInHeader(request, signing), signedInUrl(request, signing)]) {
        const answer = await send(served.oss.endpoint, asked);
        expect(answer.headers).not.toHaveProperty('x-injected');
        expect([200, 400]).toContain(answer.status);
      }
    }
  });

  it('in what is stored in base64, or as text, makes none either', async () => {
    for (const text of breaks) {
      const value = Buffer.from(`a${text}`).toString('base64');
      const headers = { 'x-oss-persistent-headers': `h1:${value}` };
      const put = { method: 'PUT', bucket, key: 'broken', body: 'x', headers };
      const { status } = await served.own.owner.send(put);
      const got = await served.own.owner.send({ bucket, key: 'broken' });
      expect(got.headers).not.toHaveProperty('x-injected');
      expect([200, 400]).toContain(status);
    }
  });

  it('in a name that a refusal quotes makes none', async () => {
    for (const text of breaks) {
      const key = `none${text}`;
      for (const request of [
        { bucket, key },
        { bucket, key, method: 'HEAD' },
        { bucket, query: [['max-keys', text]] },
        { bucket, query: [[text, text]], method: 'PUT' },
      ] as WireRequest[]) {
        const answer = await served.own.owner.send(request);
        expect(answer.headers).not.toHaveProperty('x-injected');
        expect(answer.status).toBeLessThan(500);
      }
    }
  });
});

describe('a bucket policy', () => {
  const put = (body: string) =>
    served.own.owner.send({ method: 'PUT', bucket, query: [['policy', null]], body });
  const statement = { ...allow('oss:GetObject', `acs:oss:*:*:${bucket}/*`), Principal: ['1234'] };

  it('may have 16 KB, and no byte more', async () => {
    const sized = (bytes: number) => {
      const policy = policyOf(statement);
      return policy + ' '.repeat(bytes - Buffer.byteLength(policy));
    };
    expect((await put(sized(16_384))).status).toBe(200);
    const longer = await put(sized(16_385));
    expect(errorOf(longer)).toMatchObject({ Code: 'InvalidPolicyDocument', EC: '0030-00000001' });
    expect(longer.status).toBe(400);
  });

  it('may be nested as deep as the grammar needs, and no deeper than is safe', async () => {
    for (const depth of [13, 1000, 8000]) {
      const deep = await put(
        `{"Version":"1","Statement":${'['.repeat(depth)}${']'.repeat(depth)}}`,
      );
      expect(errorOf(deep)).toMatchObject({ Code: 'InvalidPolicyDocument', EC: '0030-00000005' });
      expect(errorOf(deep).Message).toContain('nested deeper than 12 levels');
    }
    expect((await put(policyOf(statement))).status).toBe(200);
  });
});
