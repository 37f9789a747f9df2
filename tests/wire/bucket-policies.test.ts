/** Bucket policies: how they are kept and refused, what they allow and deny, and Block Public Access. */
import { parseXml } from '@openoss/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, type WireAnswer, type WireRequest } from '../support/http.js';
import {
  allow,
  deny,
  policyOf,
  type ServedIdentities,
  type Someone,
  type Statement,
  startWithIdentities,
} from '../support/start-with-identities.js';

let served: ServedIdentities;
let owner: Someone;
let names = 0;
beforeAll(async () => {
  served = await startWithIdentities();
  owner = served.own.owner;
});
afterAll(() => served.close());

/** A bucket of its own for each test, with an object in it. */
async function freshBucket(): Promise<string> {
  const bucket = `policed-${names++}`;
  await served.service.createBucket(bucket);
  await owner.send({ method: 'PUT', bucket, key: 'there', body: 'there' });
  return bucket;
}

const on = (bucket: string, method: string, parameter: string, body?: string): WireRequest => ({
  method,
  bucket,
  query: [[parameter, null]],
  ...(body === undefined ? {} : { body }),
});

const to = (Principal: string[], statement: Statement): Statement => ({ ...statement, Principal });

async function setPolicy(bucket: string, ...statements: Statement[]): Promise<void> {
  const answer = await owner.send(on(bucket, 'PUT', 'policy', policyOf(...statements)));
  expect(answer.text).toBe('');
  expect(answer.status).toBe(200);
}

const block = (value: boolean): string =>
  `<PublicAccessBlockConfiguration><BlockPublicAccess>${value}</BlockPublicAccess></PublicAccessBlockConfiguration>`;

const anonymously = (request: WireRequest): Promise<WireAnswer> =>
  send(served.oss.endpoint, request);

function expectDenied(answer: WireAnswer, message: string, ec?: string): void {
  expect(errorOf(answer)).toMatchObject({ Code: 'AccessDenied', Message: message });
  expect(answer.status).toBe(403);
  expect(answer.headers['x-oss-ec']).toBe(ec);
}

describe('a bucket policy', () => {
  it('is kept as it was given, replaced and deleted', async () => {
    const bucket = await freshBucket();
    const none = await owner.send(on(bucket, 'GET', 'policy'));
    expect(none.status).toBe(404);
    expect(errorOf(none)).toMatchObject({
      Code: 'NoSuchBucketPolicy',
      EC: '0030-00000006',
      Message: 'The specified bucket policy does not exist.',
    });
    const document = `  ${policyOf(to(['1234'], allow('oss:GetObject', `acs:oss:*:*:${bucket}/ü*`)))}\n`;
    expect((await owner.send(on(bucket, 'PUT', 'policy', document))).status).toBe(200);
    const kept = await owner.send(on(bucket, 'GET', 'policy'));
    expect(kept.text).toBe(document);
    expect(kept.headers['content-type']).toBe('application/json');
    expect(kept.headers['content-length']).toBe(String(Buffer.byteLength(document)));
    await setPolicy(bucket, to(['1234'], allow('oss:PutObject')));
    expect((await owner.send(on(bucket, 'GET', 'policy'))).text).toContain('oss:PutObject');
    for (const _time of [1, 2]) {
      expect((await owner.send(on(bucket, 'DELETE', 'policy'))).status).toBe(204);
    }
    expect((await owner.send(on(bucket, 'GET', 'policy'))).status).toBe(404);
    expect((await owner.send(on('no-such-bucket-here', 'GET', 'policy'))).status).toBe(404);
  });

  it('that is none is refused, with what is wrong and where, and changes nothing', async () => {
    const bucket = await freshBucket();
    const statement = to(['1234'], allow('oss:GetObject'));
    await setPolicy(bucket, statement);
    const rows: [string, string, string][] = [
      ['{"Version":"1",', '0030-00000005', 'line 1'],
      ['', '0030-00000005', ''],
      ['\xff', '0030-00000005', 'UTF-8'],
      [JSON.stringify({ Version: '2', Statement: [statement] }), '0030-00000002', 'Version'],
      [policyOf(allow('oss:GetObject')), '0030-00000005', 'Statement[0]'],
      [
        policyOf(statement, { ...statement, Effect: 'Maybe' }),
        '0030-00000005',
        'Statement[1].Effect',
      ],
      [
        policyOf({ ...statement, Resource: 'acs:oss:*:*:b/**' }),
        '0030-00000007',
        'Statement[0].Resource',
      ],
      [
        policyOf({ ...statement, Resource: `acs:oss:*:*:b/${'k'.repeat(4096)}` }),
        '0030-00000003',
        'Statement[0].Resource',
      ],
      [
        policyOf(statement, { ...statement, Resource: ['acs:oss:*:*:b', 'acs:oss:*:*:b/*'] }),
        '0030-00000005',
        `Statement[1].Resource: names neither the bucket ${bucket} nor anything in it`,
      ],
      [policyOf(statement).padEnd(16 * 1024 + 1), '0030-00000001', ''],
      [policyOf(statement).padEnd(300_000), '0030-00000001', ''],
    ];
    for (const [document, ec, said] of rows) {
      const body = document === '\xff' ? Buffer.from([0x22, 0xff, 0x22]) : document;
      const answer = await owner.send({ ...on(bucket, 'PUT', 'policy'), body });
      const error = errorOf(answer);
      expect(error).toMatchObject({ Code: 'InvalidPolicyDocument', EC: ec });
      expect(error.Message).toContain(said);
      expect(answer.status).toBe(400);
    }
    const kept = await owner.send(on(bucket, 'GET', 'policy'));
    expect(kept.text).toBe(policyOf(statement));
    const longest = policyOf(statement).padEnd(16 * 1024);
    expect((await owner.send(on(bucket, 'PUT', 'policy', longest))).status).toBe(200);
  });

  it('is checked against its Content-MD5', async () => {
    const bucket = await freshBucket();
    const request = on(bucket, 'PUT', 'policy', policyOf(to(['1234'], allow('oss:GetObject'))));
    const answer = await owner.send({
      ...request,
      headers: { 'Content-MD5': 'AAAAAAAAAAAAAAAAAAAAAA==' },
    });
    expect(errorOf(answer)).toMatchObject({ Code: 'InvalidDigest', EC: '0017-00000503' });
    expect((await owner.send(on(bucket, 'GET', 'policy'))).status).toBe(404);
  });

  it('is the matter of who may: each of its operations needs an action of its own', async () => {
    const bucket = await freshBucket();
    await setPolicy(bucket, to(['1234'], allow('oss:GetObject')));
    const document = policyOf(to(['5678'], allow('oss:GetObject')));
    const operations = [
      ['oss:GetBucketPolicy', on(bucket, 'GET', 'policy')],
      ['oss:GetBucketPolicyStatus', on(bucket, 'GET', 'policyStatus')],
      ['oss:PutBucketPolicy', on(bucket, 'PUT', 'policy', document)],
      ['oss:GetBucketPublicAccessBlock', on(bucket, 'GET', 'publicAccessBlock')],
      ['oss:PutBucketPublicAccessBlock', on(bucket, 'PUT', 'publicAccessBlock', block(false))],
      ['oss:DeleteBucketPublicAccessBlock', on(bucket, 'DELETE', 'publicAccessBlock')],
      ['oss:DeleteBucketPolicy', on(bucket, 'DELETE', 'policy')],
    ] as const;
    for (const [action, request] of operations) {
      const able = await served.own.user(allow(action, `acs:oss:*:*:${bucket}`));
      const unable = await served.own.user(
        ...operations.filter(([other]) => other !== action).map(([other]) => allow(other)),
      );
      const forbidden = await served.own.user(allow('oss:*'), deny(action));
      expect((await unable.send(request)).status, action).toBe(403);
      expectDenied(
        await forbidden.send(request),
        'Access denied by bucket policy.',
        '0003-00000201',
      );
      expect((await anonymously(request)).status).toBe(403);
      expect((await able.send(request)).status, action).toBeLessThan(300);
    }
  });
});

describe('PutObject by a RAM user that a bucket policy speaks of (the permissions of its page)', () => {
  it('needs oss:PutObject, and with tags oss:PutObjectTagging as well', async () => {
    const bucket = await freshBucket();
    const user = await served.own.user();
    const put: WireRequest = { method: 'PUT', bucket, key: 'k', body: 'hi oss' };
    const withTags = { ...put, headers: { 'x-oss-tagging': 'TagA=A' } };
    expect((await user.send(put)).status).toBe(403);
    await setPolicy(bucket, to([user.id], allow('oss:PutObject', `acs:oss:*:*:${bucket}/*`)));
    expect((await user.send(put)).status).toBe(200);
    expectDenied(
      await user.send(withTags),
      'You have no right to access this object.',
      '0003-00000905',
    );
    expect((await (await served.own.user()).send(put)).status).toBe(403);
    const both = ['oss:PutObject', 'oss:PutObjectTagging'];
    await setPolicy(bucket, to([user.id], allow(both, `acs:oss:*:*:${bucket}/*`)));
    expect((await user.send(withTags)).status).toBe(200);
  });

  it('is refused where it denies, whatever RAM policies allow, and the other way round', async () => {
    const bucket = await freshBucket();
    const put: WireRequest = { method: 'PUT', bucket, key: 'k', body: 'hi oss' };
    const user = await served.own.user(allow('oss:*'));
    await setPolicy(bucket, to([user.id], deny('oss:PutObject')));
    const answer = await user.send(put);
    expectDenied(answer, 'Access denied by bucket policy.', '0003-00000101');
    expect(parseXml(answer.text).children.map(({ name }) => name)).not.toContain(
      'AccessDeniedDetail',
    );
    expect((await user.send({ bucket, key: 'there' })).status).toBe(200);
    const other = await served.own.user(deny('oss:PutObject'));
    await setPolicy(bucket, to([other.id], allow('oss:PutObject')));
    expectDenied(await other.send(put), 'Access denied by bucket policy.', '0003-00000201');
    await setPolicy(bucket, to([other.id], deny('oss:PutObject')));
    expectDenied(await other.send(put), 'Access denied by bucket policy.', '0003-00000203');
  });

  it('holds for its owner where it names it', async () => {
    const bucket = await freshBucket();
    await setPolicy(bucket, to([served.own.uid], deny('oss:DeleteObject')));
    const deletion = { method: 'DELETE', bucket, key: 'there' };
    expectDenied(await owner.send(deletion), 'Access denied by bucket policy.', '0003-00000101');
    await setPolicy(bucket, to(['*'], deny('oss:DeleteObject')));
    expect((await owner.send(deletion)).status).toBe(204);
  });

  it('speaks of sessions by role, and sessions stay held to their session policy', async () => {
    const bucket = await freshBucket();
    const put: WireRequest = { method: 'PUT', bucket, key: 'k', body: 'x' };
    const free = await served.own.session([]);
    const held = await served.own.session([], policyOf(allow('oss:GetObject')));
    const names = [free, held].map(
      ({ role }) => `arn:sts::${served.own.uid}:assumed-role/${role}/*`,
    );
    await setPolicy(bucket, to(names, allow(['oss:PutObject', 'oss:GetObject'])));
    expect((await free.send(put)).status).toBe(200);
    expectDenied(await held.send(put), "Access denied by authorizer's policy.", '0003-00000301');
    expect((await held.send({ bucket, key: 'k' })).status).toBe(200);
  });
});

describe('anonymous requests under a bucket policy', () => {
  it('may what it opens to everybody, and no more', async () => {
    const bucket = await freshBucket();
    const get = { bucket, key: 'there' };
    expect((await anonymously(get)).status).toBe(403);
    await setPolicy(
      bucket,
      to(
        ['*'],
        allow(
          ['oss:GetObject', 'oss:ListObjects'],
          [`acs:oss:*:*:${bucket}`, `acs:oss:*:*:${bucket}/*`],
        ),
      ),
    );
    expect((await anonymously(get)).text).toBe('there');
    expect((await anonymously({ bucket })).text).toContain('<Key>there</Key>');
    expectDenied(
      await anonymously({ method: 'PUT', ...get, body: 'x' }),
      'You have no right to access this object because of bucket acl.',
      '0003-00000001',
    );
    expectDenied(
      await anonymously(on(bucket, 'GET', 'acl')),
      'Anonymous access is forbidden for this operation.',
      '0003-00001201',
    );
  });

  it('may not what it denies, whatever ACLs open', async () => {
    const bucket = await freshBucket();
    await owner.send({
      method: 'PUT',
      bucket,
      query: [['acl', null]],
      headers: { 'x-oss-acl': 'public-read' },
    });
    const get = { bucket, key: 'there' };
    expect((await anonymously(get)).status).toBe(200);
    await setPolicy(bucket, to(['*'], deny('oss:GetObject', `acs:oss:*:*:${bucket}/there`)));
    expectDenied(await anonymously(get), 'Access denied by bucket policy.', '0003-00000101');
  });
});

describe('another account', () => {
  it('gets at a bucket through its policy only; what it grants its own users does not count', async () => {
    const bucket = await freshBucket();
    const other = await served.otherAccount();
    const user = await other.user(allow('oss:*'));
    const get = { bucket, key: 'there' };
    for (const who of [other.owner, user]) expect((await who.send(get)).status).toBe(403);
    expectDenied(
      await other.owner.send(on(bucket, 'GET', 'policy')),
      'The bucket you access does not belong to you.',
      '0003-00000001',
    );
    await setPolicy(bucket, to([other.uid], allow('oss:GetObject')));
    expect((await other.owner.send(get)).status).toBe(200);
    await setPolicy(bucket, to([user.id], allow('oss:GetObject')));
    expect((await user.send(get)).status).toBe(200);
    expect((await other.owner.send(get)).status).toBe(403);
  });

  it('has buckets of its own, and cannot take a name that is taken', async () => {
    const other = await served.otherAccount();
    const taken = await freshBucket();
    const answer = await other.owner.send({ method: 'PUT', bucket: taken });
    expect(answer.status).toBe(409);
    expect(errorOf(answer)).toMatchObject({ Code: 'BucketAlreadyExists' });
    const bucket = `of-another-${names++}`;
    expect((await other.owner.send({ method: 'PUT', bucket })).status).toBe(200);
    expect((await other.owner.send({})).text).toContain(`<Name>${bucket}</Name>`);
    expect((await owner.send({})).text).not.toContain(`<Name>${bucket}</Name>`);
    const trespass = [
      { method: 'PUT', bucket, key: 'k', body: 'x' },
      { bucket },
      { method: 'DELETE', bucket },
      { method: 'PUT', bucket, query: [['acl', null]], headers: { 'x-oss-acl': 'public-read' } },
    ] satisfies WireRequest[];
    for (const request of trespass) expect((await owner.send(request)).status).toBe(403);
  });
});

describe('Block Public Access', () => {
  const status = async (request: WireRequest): Promise<number> =>
    (await anonymously(request)).status;

  const levels = [
    ['of the bucket', (bucket: string) => ({ bucket })],
    ['of the account', () => ({})],
  ] as const;

  it.each(levels)('%s closes what is public, and opens nothing more', async (_level, at) => {
    const bucket = await freshBucket();
    const get = { bucket, key: 'there' };
    const set = (method: string, body?: string) =>
      owner.send({
        ...at(bucket),
        method,
        query: [['publicAccessBlock', null]],
        ...(body === undefined ? {} : { body }),
      });
    const publicAcl: WireRequest = {
      method: 'PUT',
      bucket,
      query: [['acl', null]],
      headers: { 'x-oss-acl': 'public-read' },
    };
    const isOn = async () => (await set('GET')).text.includes('<BlockPublicAccess>true<');
    const publicPolicy = policyOf(to(['*'], allow('oss:GetObject')));
    expect(await isOn()).toBe(false);
    expect((await owner.send(publicAcl)).status).toBe(200);
    expect(await status(get)).toBe(200);

    expect((await set('PUT', block(true))).status).toBe(200);
    try {
      expect(await isOn()).toBe(true);
      expect(await status(get)).toBe(403);
      expectDenied(await owner.send(publicAcl), 'Put public bucket acl is not allowed');
      expectDenied(
        await owner.send({ method: 'PUT', bucket, headers: { 'x-oss-acl': 'public-read' } }),
        'Put public bucket acl is not allowed',
      );
      expectDenied(
        await owner.send(on(bucket, 'PUT', 'policy', publicPolicy)),
        'Put public bucket policy is not allowed',
      );
      const objectAcl = { 'x-oss-object-acl': 'public-read-write' };
      expectDenied(
        await owner.send({ method: 'PUT', ...get, body: 'x', headers: objectAcl }),
        'Put public object acl is not allowed',
        '0016-00000901',
      );
      expectDenied(
        await owner.send({ method: 'PUT', ...get, query: [['acl', null]], headers: objectAcl }),
        'Put public object acl is not allowed',
        '0016-00000901',
      );
      const narrow = policyOf(to(['1234'], allow('oss:GetObject')));
      expect((await owner.send(on(bucket, 'PUT', 'policy', narrow))).status).toBe(200);
      const privately = { 'x-oss-object-acl': 'private' };
      expect(
        (await owner.send({ ...get, method: 'PUT', body: 'x', headers: privately })).status,
      ).toBe(200);
    } finally {
      expect((await set('DELETE')).status).toBe(204);
    }
    expect(await isOn()).toBe(false);
    expect((await owner.send(on(bucket, 'PUT', 'policy', publicPolicy))).status).toBe(200);
    expect(await status(get)).toBe(200);
    expect((await set('PUT', block(true))).status).toBe(200);
    try {
      expect(await status(get)).toBe(403);
    } finally {
      await set('PUT', block(false));
    }
    expect(await status(get)).toBe(200);
  });

  it('is told by GetBucketInfo, and the state of a policy by GetBucketPolicyStatus', async () => {
    const bucket = await freshBucket();
    await owner.send(on(bucket, 'PUT', 'publicAccessBlock', block(true)));
    const info = await owner.send(on(bucket, 'GET', 'bucketInfo'));
    expect(info.text).toContain('<BlockPublicAccess>true</BlockPublicAccess>');
    await owner.send(on(bucket, 'DELETE', 'publicAccessBlock'));
    expect((await owner.send(on(bucket, 'GET', 'policyStatus'))).status).toBe(404);
    const isPublic = async () =>
      (await owner.send(on(bucket, 'GET', 'policyStatus'))).text.includes('<IsPublic>true<');
    await setPolicy(bucket, to(['*'], allow('oss:GetObject')));
    expect(await isPublic()).toBe(true);
    await setPolicy(bucket, to(['1234'], allow('oss:GetObject')));
    expect(await isPublic()).toBe(false);
  });

  it('for an account needs actions of its own', async () => {
    for (const [method, action] of [
      ['GET', 'oss:GetPublicAccessBlock'],
      ['PUT', 'oss:PutPublicAccessBlock'],
      ['DELETE', 'oss:DeletePublicAccessBlock'],
    ] as const) {
      const request: WireRequest = {
        method,
        query: [['publicAccessBlock', null]],
        ...(method === 'PUT' ? { body: block(false) } : {}),
      };
      expect((await (await served.own.user(allow(action))).send(request)).status).toBeLessThan(300);
      const others = await served.own.user(allow('oss:*'), deny(action));
      expect((await others.send(request)).status).toBe(403);
      expect((await (await served.own.user()).send(request)).status).toBe(403);
      expect((await anonymously(request)).status).toBe(403);
    }
  });
});
