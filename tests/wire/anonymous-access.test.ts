/** What ACLs open to everybody: every pair of bucket ACL and object ACL, read, written, deleted. */
import type { OpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, sendSigned } from '../support/http.js';
import { startOss } from '../support/start-oss.js';

let oss: OpenOss;

beforeAll(async () => {
  oss = await startOss();
  for (const acl of ['private', 'public-read', 'public-read-write']) {
    await sendSigned(oss, {
      method: 'PUT',
      bucket: `bucket-${acl}`,
      headers: { 'x-oss-acl': acl },
    });
  }
});
afterAll(() => oss.close());

const denied = {
  bucket: {
    Code: 'AccessDenied',
    EC: '0003-00000001',
    Message: 'You have no right to access this object because of bucket acl.',
  },
  object: { Code: 'AccessDenied', Message: 'You have no right to access this object.' },
};

const grants = ['private', 'public-read', 'public-read-write'] as const;
const pairs = grants.flatMap((bucketAcl) =>
  ([undefined, 'default', ...grants] as const).map((objectAcl) => [bucketAcl, objectAcl] as const),
);

describe.each(pairs)('bucket ACL %s, object ACL %s', (bucketAcl, objectAcl) => {
  const bucket = `bucket-${bucketAcl}`;
  const effective = objectAcl === undefined || objectAcl === 'default' ? bucketAcl : objectAcl;
  const decides =
    objectAcl === undefined || objectAcl === 'default' ? denied.bucket : denied.object;
  const prepare = async (key: string) => {
    if (objectAcl !== undefined) {
      await sendSigned(oss, {
        method: 'PUT',
        bucket,
        key,
        body: 'kept',
        headers: { 'x-oss-object-acl': objectAcl },
      });
    }
  };

  it('anonymous reading', async () => {
    const key = `read-${objectAcl}`;
    await prepare(key);
    for (const method of ['GET', 'HEAD']) {
      const answer = await send(oss.endpoint, { method, bucket, key });
      if (effective === 'private') {
        expect(answer.status).toBe(403);
        if (method === 'GET') expect(errorOf(answer)).toMatchObject(decides);
      } else expect(answer.status).toBe(objectAcl === undefined ? 404 : 200);
    }
  });

  it('anonymous writing and deleting', async () => {
    const key = `write-${objectAcl}`;
    const allowed = effective === 'public-read-write';
    await prepare(key);
    const put = await send(oss.endpoint, { method: 'PUT', bucket, key, body: 'anonymous' });
    if (allowed) expect(put.status).toBe(200);
    else {
      expect(put.status).toBe(403);
      expect(errorOf(put)).toMatchObject(decides);
    }
    const after = await sendSigned(oss, { bucket, key });
    if (allowed) expect(after.text).toBe('anonymous');
    else
      expect(after.status === 404 ? undefined : after.text).toBe(
        objectAcl === undefined ? undefined : 'kept',
      );

    await sendSigned(oss, { method: 'DELETE', bucket, key });
    await prepare(key);
    const removed = await send(oss.endpoint, { method: 'DELETE', bucket, key });
    expect(removed.status).toBe(allowed ? 204 : 403);
  });
});

describe('nothing else is open to an anonymous request', () => {
  it.each([
    ['GET', undefined, undefined, []],
    ['GET', 'bucket-public-read-write', undefined, []],
    ['GET', 'bucket-public-read-write', undefined, [['list-type', '2']]],
    ['GET', 'bucket-public-read-write', undefined, [['acl', null]]],
    ['PUT', 'bucket-public-read-write', undefined, [['acl', null]]],
    ['GET', 'bucket-public-read-write', undefined, [['bucketInfo', null]]],
    ['DELETE', 'bucket-public-read-write', undefined, []],
    ['PUT', 'anonymousbucket', undefined, []],
    ['PUT', 'anonymousbucket', undefined, [['acl', null]]],
    ['GET', 'bucket-public-read-write', 'k', [['tagging', null]]],
    ['PUT', 'bucket-public-read-write', 'k', [['tagging', null]]],
    ['POST', 'bucket-public-read-write', 'k', [['restore', null]]],
  ] as [string, string | undefined, string | undefined, [string, string | null][]][])(
    '%s %s/%s ?%j',
    async (method, bucket, key, query) => {
      const headers =
        key === undefined ? { 'x-oss-acl': 'private' } : { 'x-oss-object-acl': 'private' };
      const answer = await send(oss.endpoint, {
        method,
        ...(bucket ? { bucket } : {}),
        ...(key ? { key } : {}),
        query,
        headers,
      });
      expect(answer.status).toBe(403);
      expect(errorOf(answer)).toMatchObject({
        Code: 'AccessDenied',
        EC: '0003-00001201',
        Message: 'Anonymous access is forbidden for this operation.',
      });
    },
  );

  it.each([
    ['GET', '0003-00000007', 'You do not have read acl permission on this object.'],
    ['PUT', '0003-00000008', 'You do not have write acl permission on this object.'],
  ])('%s of an ACL of an object, in words of its own', async (method, EC, Message) => {
    const answer = await send(oss.endpoint, {
      method,
      bucket: 'bucket-public-read-write',
      key: 'k',
      query: [['acl', null]],
      headers: { 'x-oss-object-acl': 'private' },
    });
    expect(answer.status).toBe(403);
    expect(errorOf(answer)).toMatchObject({ Code: 'AccessDenied', EC, Message });
  });

  it('nor are tags on an upload that is open', async () => {
    const answer = await send(oss.endpoint, {
      method: 'PUT',
      bucket: 'bucket-public-read-write',
      key: 'tagged',
      body: '',
      headers: { 'x-oss-tagging': 'a=b' },
    });
    expect(answer.status).toBe(403);
    expect(errorOf(answer).EC).toBe('0003-00000905');
  });

  it('the owner of what was put anonymously is the owner of the bucket', async () => {
    await send(oss.endpoint, {
      method: 'PUT',
      bucket: 'bucket-public-read-write',
      key: 'given',
      body: '',
    });
    const mine = await sendSigned(oss, { bucket: 'bucket-private', query: [['acl', null]] });
    const given = await sendSigned(oss, {
      bucket: 'bucket-public-read-write',
      key: 'given',
      query: [['acl', null]],
    });
    const owner = /<ID>(\d+)<\/ID>/;
    expect(owner.exec(given.text)?.[1]).toBe(owner.exec(mine.text)?.[1]);
  });
});

describe('a batch deletion by an anonymous request', () => {
  const batch = async (bucket: string, keys: string[]) => {
    const { createHash } = await import('node:crypto');
    const body = `<Delete>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`;
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
    return send(oss.endpoint, { method: 'POST', bucket, query: [['delete', null]], body, headers });
  };

  it('deletes nothing when one object is closed to it', async () => {
    const bucket = 'bucket-public-read-write';
    await sendSigned(oss, { method: 'PUT', bucket, key: 'open', body: '' });
    await sendSigned(oss, {
      method: 'PUT',
      bucket,
      key: 'closed',
      body: '',
      headers: { 'x-oss-object-acl': 'private' },
    });
    expect((await batch(bucket, ['open', 'closed'])).status).toBe(403);
    expect((await sendSigned(oss, { bucket, key: 'open' })).status).toBe(200);
    expect((await batch(bucket, ['open'])).status).toBe(200);
    expect((await sendSigned(oss, { bucket, key: 'open' })).status).toBe(404);
  });

  it('is refused in a bucket that is closed', async () => {
    expect((await batch('bucket-private', ['x'])).status).toBe(403);
  });
});
