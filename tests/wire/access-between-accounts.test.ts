/** Several accounts: whose a bucket is, whom its policy names, and what ACLs open to strangers. */
import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { formatQuery } from '@openoss/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, sign, type WireAnswer, type WireRequest } from '../support/http.js';
import {
  type AccountAtWork,
  allow,
  deny,
  policyOf,
  type ServedIdentities,
  type Someone,
  type Statement,
  startWithIdentities,
  type User,
} from '../support/start-with-identities.js';

let served: ServedIdentities;
let owner: Someone;
let other: AccountAtWork;
let foreigner: User;
let names = 0;
beforeAll(async () => {
  served = await startWithIdentities();
  ({ owner } = served.own);
  other = await served.otherAccount();
  foreigner = await other.user(allow('*'));
});
afterAll(() => served.close());

const anonymous: Pick<Someone, 'send'> = {
  send: (request) => send(served.oss.endpoint, request),
};
const newName = (): string => `shared-${names++}`;
const withAcl = (acl: string) => ({ headers: { 'x-oss-acl': acl } });
const withObjectAcl = (acl: string) => ({ headers: { 'x-oss-object-acl': acl } });

/** A bucket of the first account's, with an object in it. */
async function freshBucket(acl = 'private'): Promise<string> {
  const bucket = newName();
  await succeeds(owner.send({ method: 'PUT', bucket, ...withAcl(acl) }));
  await succeeds(owner.send({ method: 'PUT', bucket, key: 'there', body: 'there' }));
  return bucket;
}

async function setPolicy(bucket: string, ...statements: Statement[]): Promise<void> {
  const body = policyOf(...statements);
  await succeeds(owner.send({ method: 'PUT', bucket, query: [['policy', null]], body }));
}

async function succeeds(answer: Promise<WireAnswer>): Promise<void> {
  const { status, text } = await answer;
  expect({ status, text: status < 300 ? '' : text }).toEqual({ status, text: '' });
}

const aclOf = async (bucket: string, key?: string): Promise<string | undefined> => {
  const { text } = await owner.send({
    bucket,
    ...(key === undefined ? {} : { key }),
    query: [['acl', null]],
  });
  return /<Grant>(.*)<\/Grant>/.exec(text)?.[1];
};

describe('a bucket that is there', () => {
  const taken =
    'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.';
  function expectTaken(answer: WireAnswer, bucket: string, EC: string): void {
    expect(errorOf(answer)).toMatchObject({
      Code: 'BucketAlreadyExists',
      Message: taken,
      BucketName: bucket,
      EC,
    });
    expect(answer.status).toBe(409);
    expect(answer.headers['x-oss-ec']).toBe(EC);
  }

  it('cannot be made by another account, nor its ACL be set that way', async () => {
    const bucket = await freshBucket();
    for (const who of [other.owner, foreigner]) {
      for (const more of [{}, withAcl('public-read')]) {
        expectTaken(await who.send({ method: 'PUT', bucket, ...more }), bucket, '0015-00000102');
      }
    }
    expect(await aclOf(bucket)).toBe('private');
    const unable = await other.user();
    expect((await unable.send({ method: 'PUT', bucket })).status).toBe(403);
    expect((await anonymous.send({ method: 'PUT', bucket })).status).toBe(403);
  });

  it('can be made again by its account, which may set its ACL so', async () => {
    const bucket = await freshBucket();
    await succeeds(owner.send({ method: 'PUT', bucket }));
    expect(await aclOf(bucket)).toBe('private');
    await succeeds(owner.send({ method: 'PUT', bucket, ...withAcl('public-read') }));
    expect(await aclOf(bucket)).toBe('public-read');
    await succeeds(owner.send({ method: 'PUT', bucket }));
    expect(await aclOf(bucket)).toBe('public-read');
  });

  it('cannot be made again by the account’s users and roles, whatever they may', async () => {
    const bucket = await freshBucket();
    const people = [
      await served.own.user(),
      await served.own.user(allow('*')),
      await served.own.user(allow('*'), deny('oss:PutBucket')),
      await served.own.session([allow('*')]),
    ];
    for (const who of people) {
      expectTaken(await who.send({ method: 'PUT', bucket }), bucket, '0015-00000104');
    }
  });

  it('has its ACL set by making it again only by who may PutBucketAcl', async () => {
    const bucket = await freshBucket();
    const request = { method: 'PUT', bucket, ...withAcl('public-read-write') };
    const unable = [
      await served.own.user(),
      await served.own.user(allow('oss:PutBucket')),
      await served.own.user(allow('*'), deny('oss:PutBucketAcl')),
      await served.own.user({
        ...allow('*'),
        Condition: { StringNotLike: { 'oss:x-oss-acl': 'public-*' } },
      }),
      await served.own.session([allow('*')], policyOf(allow('oss:PutBucket'))),
    ];
    for (const who of unable) expectTaken(await who.send(request), bucket, '0015-00000104');
    await setPolicy(bucket, { ...deny('oss:PutBucketAcl'), Principal: [served.own.uid] });
    expectTaken(await owner.send(request), bucket, '0015-00000104');
    expect(await aclOf(bucket)).toBe('private');
    const able = await served.own.user(allow('oss:PutBucketAcl', `acs:oss:*:*:${bucket}`));
    await succeeds(able.send(request));
    expect(await aclOf(bucket)).toBe('public-read-write');
  });

  it('is one account’s when two make it at once, whichever way, and that is refused nothing', async () => {
    for (let round = 0; round < 12; round++) {
      const bucket = newName();
      const make = { method: 'PUT', bucket };
      const makeByAcl = { ...make, query: [['acl', null]] as const, ...withAcl('public-read') };
      const askers = [owner, other.owner].flatMap((who) => [
        { who, request: make },
        { who, request: makeByAcl },
      ]);
      const statuses = await Promise.all(
        askers.map(async ({ who, request }) => ({ who, status: (await who.send(request)).status })),
      );
      const info = { bucket, query: [['bucketInfo', null]] as const };
      const loser = (await owner.send(info)).status === 200 ? other.owner : owner;
      for (const { who, status } of statuses) {
        if (who === loser) expect([403, 409]).toContain(status);
        else expect(status).toBe(200);
      }
    }
  });

  it('belongs to the account of whoever made it', async () => {
    const bucket = newName();
    const maker = await other.user(allow('oss:PutBucket'));
    await succeeds(maker.send({ method: 'PUT', bucket, ...withAcl('public-read') }));
    const info = await other.owner.send({ bucket, query: [['bucketInfo', null]] });
    expect(info.text).toContain(`<ID>${other.uid}</ID>`);
    expect((await owner.send({ bucket, query: [['bucketInfo', null]] })).status).toBe(403);
    expect((await maker.send({ bucket, query: [['bucketInfo', null]] })).status).toBe(403);
  });
});

describe('a bucket that another account has made while a body was on its way', () => {
  /** How long a request is given to be authorized that does not ask whether it may send its body, in milliseconds. */
  const PATIENCE = 300;

  /** Sends the head, and the body when the server asks for it, or may have begun to wait, and `meanwhile` has been. */
  function sendSlowly(
    { credentials }: Someone,
    request: WireRequest & { readonly body: string },
    asks: boolean,
    meanwhile: () => Promise<void>,
  ): Promise<number> {
    const headers = {
      ...request.headers,
      'Content-Length': String(Buffer.byteLength(request.body)),
      ...(asks ? { Expect: '100-continue' } : {}),
    };
    const signed = sign({ ...served.oss, credentials }, { ...request, headers });
    const { hostname, port } = new URL(served.oss.endpoint);
    const query = request.query === undefined ? '' : `?${formatQuery(request.query)}`;
    const key = request.key === undefined ? '' : request.key;
    return new Promise((resolve, reject) => {
      const sent = httpRequest({
        hostname,
        port,
        method: request.method ?? 'GET',
        path: `/${request.bucket}/${key}${query}`,
        headers: { ...signed.headers },
        agent: false,
      });
      sent.on('error', reject);
      sent.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      const goOn = () => {
        meanwhile().then(() => sent.end(request.body), reject);
      };
      if (asks) sent.on('continue', goOn);
      else setTimeout(goOn, PATIENCE);
      sent.flushHeaders();
    });
  }

  const deletion = '<Delete><Object><Key>k</Key></Object></Delete>';
  const md5 = createHash('md5').update(deletion).digest('base64');
  const requests: readonly (readonly [string, Omit<WireRequest, 'bucket'> & { body: string }])[] = [
    [
      'PutBucketPolicy',
      {
        method: 'PUT',
        query: [['policy', null]],
        body: policyOf({ ...allow('oss:*'), Principal: ['1234'] }),
      },
    ],
    [
      'PutBucketPublicAccessBlock',
      {
        method: 'PUT',
        query: [['publicAccessBlock', null]],
        body: '<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>',
      },
    ],
    [
      'PutBucketEncryption',
      {
        method: 'PUT',
        query: [['encryption', null]],
        body: '<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>SM4</SSEAlgorithm></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>',
      },
    ],
    ['PutObject', { method: 'PUT', key: 'k', body: 'not theirs' }],
    [
      'DeleteMultipleObjects',
      {
        method: 'POST',
        query: [['delete', null]],
        body: deletion,
        headers: { 'Content-MD5': md5 },
      },
    ],
    [
      'PutObjectTagging',
      {
        method: 'PUT',
        key: 'k',
        query: [['tagging', null]],
        body: '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
      },
    ],
  ];

  const ways = requests.flatMap(([operation, request]) => [
    [operation, 'asking first', true, request] as const,
    [operation, 'slowly', false, request] as const,
  ]);

  it.each(ways)(
    'is not what %s was allowed for, sent %s',
    async (_operation, _way, asks, request) => {
      const bucket = newName();
      await succeeds(owner.send({ method: 'PUT', bucket }));
      const status = await sendSlowly(owner, { ...request, bucket }, asks, async () => {
        await succeeds(owner.send({ method: 'DELETE', bucket }));
        await succeeds(other.owner.send({ method: 'PUT', bucket }));
        await succeeds(other.owner.send({ method: 'PUT', bucket, key: 'k', body: 'theirs' }));
      });
      expect(status).toBe(404);
      const object = await other.owner.send({ bucket, key: 'k' });
      expect([object.text, object.headers['x-oss-tagging-count']]).toEqual(['theirs', undefined]);
      for (const rule of ['policy', 'encryption']) {
        expect((await other.owner.send({ bucket, query: [[rule, null]] })).status).toBe(404);
      }
      const info = await other.owner.send({ bucket, query: [['bucketInfo', null]] });
      expect(info.text).toContain('<BlockPublicAccess>false<');
    },
  );
});

describe('whom a bucket policy names', () => {
  const read = allow('oss:GetObject');

  /** Which of these may read the object. */
  async function readers(bucket: string, people: Readonly<Record<string, Pick<Someone, 'send'>>>) {
    const able: string[] = [];
    for (const [name, who] of Object.entries(people)) {
      if ((await who.send({ bucket, key: 'there' })).status === 200) able.push(name);
    }
    return able;
  }

  it('is everybody, accounts, users and sessions, each exactly', async () => {
    const bucket = await freshBucket();
    const user = await served.own.user();
    const session = await served.own.session([]);
    const theirs = await other.session([]);
    const people = {
      nobody: anonymous,
      account: other.owner,
      foreigner,
      user,
      session,
      theirs,
    };
    const session1 = `arn:sts::${served.own.uid}:assumed-role/${session.role}/wire-test`;
    const rows: [object, string[]][] = [
      [{ Principal: ['*'] }, Object.keys(people)],
      [{ Principal: '*' }, Object.keys(people)],
      [{ Principal: [] }, Object.keys(people)],
      [{ Principal: [other.uid] }, ['account']],
      [{ Principal: [foreigner.id] }, ['foreigner']],
      [{ Principal: [user.id, other.uid] }, ['account', 'user']],
      [{ Principal: [session1] }, ['session']],
      [{ Principal: [session1.replace('wire-test', 'other')] }, []],
      [{ Principal: [`arn:sts::${other.uid}:assumed-role/*/*`] }, ['theirs']],
      [{ Principal: [`arn:sts::*:assumed-role/${theirs.role}/*`] }, ['theirs']],
      [{ Principal: ['arn:sts::*:assumed-role/*/*'] }, ['session', 'theirs']],
      [{ NotPrincipal: [user.id] }, ['nobody', 'account', 'foreigner', 'session', 'theirs']],
      [
        { NotPrincipal: [other.uid, 'arn:sts::*:assumed-role/*/*'] },
        ['nobody', 'foreigner', 'user'],
      ],
      [{ NotPrincipal: ['*'] }, []],
    ];
    for (const [named, able] of rows) {
      await setPolicy(bucket, { ...read, ...named });
      expect([named, await readers(bucket, people)]).toEqual([named, able]);
    }
  });

  it('can be all but some, and to be denied', async () => {
    const bucket = await freshBucket();
    const trusted = await served.own.user(allow('*'));
    const untrusted = await served.own.user(allow('*'));
    await setPolicy(bucket, {
      ...deny('oss:GetObject'),
      NotPrincipal: [trusted.id, served.own.uid],
    });
    expect(await readers(bucket, { trusted, untrusted, owner, foreigner })).toEqual([
      'trusted',
      'owner',
    ]);
  });

  it.each([
    ['acs:ram::1234567890123456:user/alice'],
    ['acs:ram::1234567890123456:root'],
    ['alice'],
    ['1234*'],
    ['arn:sts::1234567890123456:assumed-role/role'],
  ])('is not %s: that is refused, and told how to write it', async (principal) => {
    const bucket = await freshBucket();
    const answer = await owner.send({
      method: 'PUT',
      bucket,
      query: [['policy', null]],
      body: policyOf({ ...read, Principal: [principal] }),
    });
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({
      Code: 'InvalidPolicyDocument',
      EC: '0030-00000005',
      Message: expect.stringMatching(/Statement\[0\]\.Principal.*UID/),
    });
  });

  it('stays who it is when it is renamed, and is nobody else of its name', async () => {
    const bucket = await freshBucket();
    const user = await served.own.user();
    await setPolicy(bucket, { ...read, Principal: [user.id] });
    const { users, accessKeys } = served.service.identities.ram(served.own.uid);
    await users.update(user.name, { userName: `${user.name}-renamed` });
    expect(await readers(bucket, { user })).toEqual(['user']);
    await users.create({ userName: user.name });
    const { accessKeyId, accessKeySecret } = await accessKeys.create(user.name);
    const namesake = served.someone({ accessKeyId, accessKeySecret });
    expect(await readers(bucket, { user, namesake })).toEqual(['user']);
  });
});

describe('what ACLs open to strangers', () => {
  const grants = ['private', 'public-read', 'public-read-write'] as const;
  const pairs = grants.flatMap((bucketAcl) =>
    (['default', ...grants] as const).map((objectAcl) => [bucketAcl, objectAcl] as const),
  );

  it.each(pairs)('bucket %s, object %s: read, overwrite, delete', async (bucketAcl, objectAcl) => {
    const bucket = await freshBucket(bucketAcl);
    const object = { bucket, key: 'k' };
    const grant = objectAcl === 'default' ? bucketAcl : objectAcl;
    const reads = grant !== 'private';
    const writes = grant === 'public-read-write';
    const strangers = [other.owner, foreigner, await served.own.user(), anonymous];
    for (const who of strangers) {
      const restore = () =>
        succeeds(
          owner.send({ method: 'PUT', ...object, body: 'mine', ...withObjectAcl(objectAcl) }),
        );
      await restore();
      expect((await who.send(object)).status).toBe(reads ? 200 : 403);
      expect((await who.send({ ...object, method: 'DELETE' })).status).toBe(writes ? 204 : 403);
      await restore();
      const overwritten = await who.send({ ...object, method: 'PUT', body: 'theirs' });
      expect(overwritten.status).toBe(writes ? 200 : 403);
      expect((await owner.send(object)).text).toBe(writes ? 'theirs' : 'mine');
    }
    // What is not there yet is the bucket's matter.
    const made = await other.owner.send({ method: 'PUT', bucket, key: 'new', body: 'theirs' });
    expect(made.status).toBe(bucketAcl === 'public-read-write' ? 200 : 403);
  });

  it('is closed again by an overwrite, which takes the object’s ACL away', async () => {
    const bucket = await freshBucket();
    const object = { bucket, key: 'k' };
    await owner.send({
      method: 'PUT',
      ...object,
      body: 'a',
      ...withObjectAcl('public-read-write'),
    });
    await succeeds(other.owner.send({ method: 'PUT', ...object, body: 'b' }));
    expect(await aclOf(bucket, 'k')).toBe('default');
    expect((await other.owner.send(object)).status).toBe(403);
    expect((await other.owner.send({ method: 'PUT', ...object, body: 'c' })).status).toBe(403);
  });

  it('does not make what strangers put theirs', async () => {
    const bucket = await freshBucket('public-read-write');
    const object = { bucket, key: 'given' };
    const put = { method: 'PUT', ...object, body: 'x', ...withObjectAcl('private') };
    await succeeds(other.owner.send(put));
    expect((await other.owner.send(object)).status).toBe(403);
    expect((await owner.send(object)).text).toBe('x');
    const acl = await owner.send({ ...object, query: [['acl', null]] });
    expect(acl.text).toContain(`<ID>${served.own.uid}</ID>`);
  });

  it('is closed by Block Public Access, to signed requests too, but not what names somebody', async () => {
    const bucket = await freshBucket('public-read-write');
    const user = await served.own.user(allow('oss:GetObject'));
    const object = { bucket, key: 'there' };
    const block = (isOn: boolean): WireRequest => ({
      method: 'PUT',
      bucket,
      query: [['publicAccessBlock', null]],
      body: `<PublicAccessBlockConfiguration><BlockPublicAccess>${isOn}</BlockPublicAccess></PublicAccessBlockConfiguration>`,
    });
    const statuses = async () => {
      const read = [];
      for (const who of [owner, user, foreigner, other.owner, anonymous]) {
        read.push((await who.send(object)).status);
      }
      return read;
    };
    expect(await statuses()).toEqual([200, 200, 200, 200, 200]);
    await succeeds(owner.send(block(true)));
    expect(await statuses()).toEqual([200, 200, 403, 403, 403]);
    // Its policy is public, for it names everybody too: that statement is passed over, the other not.
    await succeeds(owner.send(block(false)));
    await setPolicy(
      bucket,
      { ...allow('oss:GetObject'), Principal: ['*'] },
      { ...allow('oss:GetObject'), Principal: [foreigner.id] },
    );
    await succeeds(owner.send(block(true)));
    expect(await statuses()).toEqual([200, 200, 200, 403, 403]);
    // Of the other account it is nobody's business.
    const theirs = { method: 'PUT', query: [['publicAccessBlock', null]] as const };
    const { body } = block(true);
    await succeeds(other.owner.send({ ...theirs, ...(body === undefined ? {} : { body }) }));
    await succeeds(owner.send(block(false)));
    expect(await statuses()).toEqual([200, 200, 200, 200, 200]);
    await succeeds(other.owner.send({ ...theirs, method: 'DELETE' }));
  });

  it('may be set to private or default while it is blocked, and to nothing else', async () => {
    const bucket = await freshBucket();
    const object = { bucket, key: 'there' };
    await succeeds(
      owner.send({
        method: 'PUT',
        bucket,
        query: [['publicAccessBlock', null]],
        body: '<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>',
      }),
    );
    const user = await served.own.user(allow('oss:*'));
    await setPolicy(bucket, { ...allow('oss:*'), Principal: [foreigner.id] });
    for (const who of [owner, user, foreigner]) {
      for (const acl of ['private', 'default', 'public-read', 'public-read-write']) {
        const set = { method: 'PUT', ...object, query: [['acl', null]] as const };
        const answer = await who.send({ ...set, ...withObjectAcl(acl) });
        if (acl.startsWith('public')) {
          expect(answer.status).toBe(403);
          expect(errorOf(answer)).toMatchObject({
            Code: 'AccessDenied',
            Message: 'Put public object acl is not allowed',
            EC: '0016-00000901',
          });
        } else expect(answer.status).toBe(200);
      }
      for (const acl of ['private', 'public-read', 'public-read-write']) {
        const set = { method: 'PUT', bucket, query: [['acl', null]] as const, ...withAcl(acl) };
        expect((await who.send(set)).status).toBe(acl === 'private' ? 200 : 403);
      }
    }
    // Who may not set ACLs at all is told that, not this.
    const unable = await served.own.user();
    const set = { method: 'PUT', ...object, query: [['acl', null]] as const };
    const refused = await unable.send({ ...set, ...withObjectAcl('public-read') });
    expect(errorOf(refused).EC).toBe('0003-00000008');
  });
});

describe('x-oss-tagging-count', () => {
  it('is told to whoever may read the tags, and to nobody else', async () => {
    const bucket = await freshBucket('public-read');
    const object = { bucket, key: 'tagged' };
    const headers = { 'x-oss-tagging': 'a=1&b=2' };
    await succeeds(owner.send({ method: 'PUT', ...object, body: 'x', headers }));
    const counts = async (who: Pick<Someone, 'send'>, query: WireRequest['query'] = []) => {
      const told = [];
      for (const method of ['GET', 'HEAD']) {
        const answer = await who.send({ method, ...object, query });
        expect(answer.status).toBe(200);
        told.push(answer.headers['x-oss-tagging-count']);
      }
      return told;
    };
    const ofVersion = [['versionId', 'null']] as const;
    const all = allow(['oss:GetObject', 'oss:GetObjectVersion']);
    const on = `acs:oss:*:*:${bucket}/tagged`;
    expect(await counts(owner)).toEqual(['2', '2']);
    expect(await counts(anonymous)).toEqual([undefined, undefined]);
    expect(await counts(other.owner)).toEqual([undefined, undefined]);
    expect(await counts(await served.own.user(all))).toEqual([undefined, undefined]);
    const reader = await served.own.user(all, allow('oss:GetObjectTagging', on));
    expect(await counts(reader)).toEqual(['2', '2']);
    expect(await counts(reader, ofVersion)).toEqual([undefined, undefined]);
    const versionReader = await served.own.user(all, allow('oss:GetObjectVersionTagging', on));
    expect(await counts(versionReader)).toEqual([undefined, undefined]);
    expect(await counts(versionReader, ofVersion)).toEqual(['2', '2']);
    const elsewhere = allow('oss:GetObjectTagging', `acs:oss:*:*:${bucket}/other`);
    expect(await counts(await served.own.user(all, elsewhere))).toEqual([undefined, undefined]);
    const denied = await served.own.user(allow('*'), deny('oss:GetObjectTagging'));
    expect(await counts(denied)).toEqual([undefined, undefined]);
    const session = await served.own.session([allow('*')], policyOf(all));
    expect(await counts(session)).toEqual([undefined, undefined]);
    await setPolicy(bucket, { ...allow('oss:GetObjectTagging'), Principal: [foreigner.id] });
    expect(await counts(foreigner)).toEqual(['2', '2']);
    await setPolicy(bucket, { ...deny('oss:GetObjectTagging'), Principal: [served.own.uid] });
    expect(await counts(owner)).toEqual([undefined, undefined]);
  });
});
