/**
 * Each condition key that OSS documents (oss-protocol.md, 4.4), asked by a policy that allows only with it; and
 * what every operator makes of a key that a request does not have.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, type WireRequest } from '../support/http.js';
import {
  allow,
  type ChangeableUser,
  deny,
  policyOf,
  type ServedIdentities,
  type Statement,
  startWithIdentities,
} from '../support/start-with-identities.js';

const bucket = 'examplebucket';
const get: WireRequest = { bucket, key: 'there' };
const put: WireRequest = { method: 'PUT', bucket, key: 'put', body: 'x' };

let served: ServedIdentities;
let user: ChangeableUser;
let fresh = 0;
beforeAll(async () => {
  served = await startWithIdentities();
  await served.service.createBucket(bucket);
  user = await served.own.changeableUser();
  const tags = { 'x-oss-tagging': 'stage=ready&empty=' };
  await served.own.owner.send({ ...get, method: 'PUT', body: 'there', headers: tags });
  await served.own.owner.send({ ...get, method: 'PUT', key: 'bare', body: 'there' });
});
afterAll(() => served.close());

/** Whether a RAM policy allows a request that allows everything on one condition. */
async function allows(Condition: Statement, request: WireRequest): Promise<boolean> {
  await user.may({ ...allow('*'), Condition });
  return (await user.send(request)).status < 300;
}

type ConditionRow = readonly [Condition: Statement, request: WireRequest, isAllowed: boolean];

async function expectRows(rows: readonly ConditionRow[]): Promise<void> {
  for (const [condition, request, isAllowed] of rows) {
    expect([condition, request.headers, await allows(condition, request)]).toEqual([
      condition,
      request.headers,
      isAllowed,
    ]);
  }
}

describe('acs:SourceIp', () => {
  it('is the address that the connection comes from, in every form of a range', async () => {
    await expectRows([
      [{ IpAddress: { 'acs:SourceIp': '127.0.0.1' } }, get, true],
      [{ IpAddress: { 'acs:SourceIp': ['10.0.0.0/8', '127.0.0.0/30'] } }, get, true],
      [{ IpAddress: { 'acs:SourceIp': '127.*.*.1' } }, get, true],
      [{ IpAddress: { 'acs:SourceIp': '*' } }, get, true],
      [{ IpAddress: { 'acs:SourceIp': '127.0.0.2' } }, get, false],
      [{ IpAddressIncludeBorder: { 'acs:SourceIp': '127.0.0.1/32' } }, get, true],
      [{ NotIpAddress: { 'acs:SourceIp': '10.0.0.0/8' } }, get, true],
      [{ NotIpAddress: { 'acs:SourceIp': ['10.0.0.0/8', '127.0.0.1'] } }, get, false],
      [{ IpAddress: { 'ACS:sourceip': '127.0.0.2' } }, get, false],
    ]);
  });

  it('is not what a client says of itself', async () => {
    const inside = { IpAddress: { 'acs:SourceIp': '10.0.0.0/8' } };
    for (const name of ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'Client-IP', 'Via']) {
      for (const value of ['10.1.1.1', 'for=10.1.1.1']) {
        expect(await allows(inside, { ...get, headers: { [name]: value } })).toBe(false);
      }
    }
  });
});

describe('what is known of every request', () => {
  it('acs:SecureTransport, of a plain connection, whatever it says', async () => {
    const headers = { 'X-Forwarded-Proto': 'https' };
    await expectRows([
      [{ Bool: { 'acs:SecureTransport': 'true' } }, get, false],
      [{ Bool: { 'acs:SecureTransport': 'true' } }, { ...get, headers }, false],
      [{ Bool: { 'acs:SecureTransport': 'False' } }, get, true],
    ]);
  });

  it('acs:CurrentTime: a permission that begins and ends', async () => {
    const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const window = {
      DateGreaterThanEquals: { 'acs:CurrentTime': inHours(-1) },
      DateLessThan: { 'acs:CurrentTime': inHours(1) },
    };
    try {
      for (const [ahead, isAllowed] of [
        [0, true],
        [-2, false],
        [2, false],
        [0, true],
      ] as const) {
        served.clock.ahead = ahead * 3_600_000;
        expect([ahead, await allows(window, get)]).toEqual([ahead, isAllowed]);
      }
    } finally {
      served.clock.ahead = 0;
    }
    const today = inHours(0).slice(0, 10);
    await expectRows([
      [{ DateGreaterThan: { 'acs:CurrentTime': '2020-01-01' } }, get, true],
      [{ DateLessThanEquals: { 'acs:CurrentTime': today } }, get, false],
      [{ DateEquals: { 'acs:CurrentTime': today } }, get, false],
      [{ DateNotEquals: { 'acs:CurrentTime': today } }, get, true],
      [{ DateGreaterThan: { 'acs:CurrentTime': '2020-01-01T08:00:00+08:00' } }, get, true],
    ]);
  });

  it('acs:UserAgent, and that there is none', async () => {
    const agent = { ...get, headers: { 'User-Agent': 'aliyun-sdk-go/3 (linux)' } };
    await expectRows([
      [{ StringLike: { 'acs:UserAgent': 'aliyun-sdk-*' } }, agent, true],
      [{ StringEquals: { 'acs:UserAgent': 'aliyun-sdk-*' } }, agent, false],
      [{ StringEqualsIgnoreCase: { 'acs:UserAgent': 'ALIYUN-SDK-GO/3 (Linux)' } }, agent, true],
      [{ StringNotLike: { 'acs:UserAgent': 'curl/*' } }, agent, true],
      [{ StringLike: { 'acs:UserAgent': '*' } }, get, false],
      [{ StringNotLike: { 'acs:UserAgent': '*' } }, get, true],
    ]);
  });

  it('acs:AccessId: the access key that signed', async () => {
    const { accessKeyId } = user.credentials;
    await expectRows([
      [{ StringEquals: { 'acs:AccessId': accessKeyId } }, get, true],
      [{ StringEquals: { 'acs:AccessId': accessKeyId.toLowerCase() } }, get, false],
      [{ StringLike: { 'acs:AccessId': ['TMP.*', 'LTAI*'] } }, get, true],
      [{ StringNotEquals: { 'acs:AccessId': accessKeyId } }, get, false],
    ]);
    const session = await served.own.session([
      { ...allow('*'), Condition: { StringLike: { 'acs:AccessId': 'STS.*' } } },
    ]);
    expect((await session.send(get)).status).toBe(200);
  });

  it('acs:MFAPresent, acs:SourceVpc and acs:SourceVpcId: there is no such thing here', async () => {
    await expectRows([
      [{ Bool: { 'acs:MFAPresent': 'true' } }, get, false],
      [{ Bool: { 'acs:MFAPresent': 'false' } }, get, true],
      [{ StringLike: { 'acs:SourceVpc': 'vpc-*' } }, get, false],
      [{ StringNotLike: { 'acs:SourceVpc': 'vpc-*' } }, get, true],
      [{ StringEquals: { 'acs:SourceVpcId': 'vpc-1' } }, get, false],
      [{ StringNotEquals: { 'acs:SourceVpcId': 'vpc-1' } }, get, true],
    ]);
  });
});

describe('what a request asks for', () => {
  it('oss:x-oss-acl, of PutBucket and PutBucketAcl', async () => {
    const closed = { StringEquals: { 'oss:x-oss-acl': 'private' } };
    const make = (acl?: string): WireRequest => ({
      method: 'PUT',
      bucket: `made-on-a-condition-${fresh++}`,
      ...(acl === undefined ? {} : { headers: { 'x-oss-acl': acl } }),
    });
    const set = (acl: string): WireRequest => ({
      method: 'PUT',
      bucket,
      query: [['acl', null]],
      headers: { 'x-oss-acl': acl },
    });
    await expectRows([
      [closed, make('private'), true],
      [closed, make('public-read'), false],
      [closed, make(), false],
      [closed, set('private'), true],
      [closed, set('public-read'), false],
      [closed, get, false],
      [{ StringNotLike: { 'oss:x-oss-acl': 'public-*' } }, get, true],
    ]);
  });

  it('oss:x-oss-object-acl, of PutObject and PutObjectACL', async () => {
    const noPublic = { StringNotLike: { 'oss:x-oss-object-acl': 'public-*' } };
    const withAcl = (acl: string): WireRequest => ({
      ...put,
      headers: { 'x-oss-object-acl': acl },
    });
    const setAcl = (acl: string): WireRequest => ({
      method: 'PUT',
      ...get,
      query: [['acl', null]],
      headers: { 'x-oss-object-acl': acl },
    });
    await expectRows([
      [noPublic, put, true],
      [noPublic, withAcl('private'), true],
      [noPublic, withAcl('public-read'), false],
      [noPublic, setAcl('default'), true],
      [noPublic, setAcl('public-read-write'), false],
      [{ StringEquals: { 'oss:x-oss-object-acl': 'default' } }, setAcl('default'), true],
    ]);
  });

  it('oss:Prefix and oss:Delimiter, of both listings and of nothing else', async () => {
    for (const version of [[], [['list-type', '2']]] as const) {
      const list = (...query: [string, string][]): WireRequest => ({
        bucket,
        query: [...version, ...query],
      });
      await expectRows([
        [{ StringLike: { 'oss:Prefix': 'home/*' } }, list(['prefix', 'home/me/']), true],
        [{ StringLike: { 'oss:Prefix': 'home/*' } }, list(['prefix', 'home']), false],
        [{ StringLike: { 'oss:Prefix': 'home/*' } }, list(), false],
        [{ StringEquals: { 'oss:Prefix': '' } }, list(), true],
        [{ StringEquals: { 'oss:Delimiter': '/' } }, list(['delimiter', '/']), true],
        [{ StringEquals: { 'oss:Delimiter': '/' } }, list(), false],
        [{ StringNotEquals: { 'oss:Delimiter': '/' } }, list(), true],
      ]);
    }
    await expectRows([
      [{ StringLike: { 'oss:Prefix': '*' } }, { ...get, query: [['prefix', 'home/']] }, false],
      [{ StringLike: { 'oss:Prefix': '*' } }, { query: [['prefix', 'exa']] }, false],
    ]);
  });
});

describe('tags', () => {
  const ready = { StringEquals: { 'oss:ExistingObjectTag/stage': 'ready' } };
  const tagging = (value: string) =>
    `<Tagging><TagSet><Tag><Key>stage</Key><Value>${value}</Value></Tag></TagSet></Tagging>`;

  it('oss:ExistingObjectTag, of whatever reads an object or changes its tags', async () => {
    const operations: readonly (readonly [string, string | undefined, string | undefined])[] = [
      ['GET', undefined, undefined],
      ['HEAD', undefined, undefined],
      ['HEAD', 'objectMeta', undefined],
      ['GET', 'acl', undefined],
      ['GET', 'tagging', undefined],
      ['PUT', 'tagging', tagging('ready')],
    ];
    for (const [method, parameter, body] of operations) {
      const of = (key: string): WireRequest => ({
        method,
        bucket,
        key,
        query: parameter === undefined ? [] : [[parameter, null]],
        ...(body === undefined ? {} : { body }),
      });
      await expectRows([
        [ready, of('there'), true],
        [ready, of('bare'), false],
        [{ StringEquals: { 'oss:ExistingObjectTag/Stage': 'ready' } }, of('there'), false],
        [{ StringNotEquals: { 'oss:ExistingObjectTag/stage': 'ready' } }, of('bare'), true],
      ]);
    }
  });

  it('oss:ExistingObjectTag, of each object that a batch deletes', async () => {
    const { owner } = served.own;
    for (const key of ['batch/1', 'batch/2']) {
      const headers = { 'x-oss-tagging': 'stage=done' };
      await owner.send({ ...put, key, headers });
    }
    await owner.send({ ...put, key: 'batch/kept', headers: { 'x-oss-tagging': 'stage=kept' } });
    const batch = (...keys: string[]): WireRequest => {
      const body = `<Delete>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`;
      const md5 = createHash('md5').update(body).digest('base64');
      return {
        method: 'POST',
        bucket,
        query: [['delete', null]],
        body,
        headers: { 'Content-MD5': md5 },
      };
    };
    const done = { StringEquals: { 'oss:ExistingObjectTag/stage': 'done' } };
    expect(await allows(done, batch('batch/1', 'batch/kept'))).toBe(false);
    expect((await owner.send({ bucket, key: 'batch/1' })).status).toBe(200);
    expect(await allows(done, batch('batch/1', 'batch/2'))).toBe(true);
    expect((await owner.send({ bucket, key: 'batch/1' })).status).toBe(404);
    expect((await owner.send({ bucket, key: 'batch/kept' })).status).toBe(200);
  });

  it('oss:RequestObjectTag, in a header and in a body', async () => {
    const one = { StringEquals: { 'oss:RequestObjectTag/stage': ['new', 'ready'] } };
    const withTags = (tags: string): WireRequest => ({
      ...put,
      headers: { 'x-oss-tagging': tags },
    });
    const setTags = (value: string): WireRequest => ({
      method: 'PUT',
      ...get,
      query: [['tagging', null]],
      body: tagging(value),
    });
    await expectRows([
      [one, withTags('stage=new&more=1'), true],
      [one, withTags('stage=old'), false],
      [one, put, false],
      [one, setTags('ready'), true],
      [one, setTags('old'), false],
      [{ StringEquals: { 'oss:RequestObjectTag/stage': '' } }, withTags('stage='), true],
      [{ StringNotEquals: { 'oss:RequestObjectTag/stage': 'old' } }, put, true],
    ]);
  });

  it('oss:BucketTag: buckets have no tags here, so nothing can be allowed by one', async () => {
    await expectRows([
      [{ StringLike: { 'oss:BucketTag/team': '*' } }, get, false],
      [{ StringNotEquals: { 'oss:BucketTag/team': 'storage' } }, get, true],
    ]);
  });
});

describe('a key that the request does not have', () => {
  // Nothing here has an access point, a retention or an address within a VPC.
  const absent = [
    'acs:SourceVpcIp',
    'oss:object-remaining-retention-days',
    'oss:ClassicIntranet',
    'oss:DataAccessPointArn',
    'oss:DataAccessPointAccount',
    'oss:AccessPointNetworkOrigin',
    'oss:ExistingObjectTag/none',
    'oss:NoSuchKey',
  ] as const;
  const families: Readonly<Record<string, readonly [value: string, operators: readonly string[]]>> =
    {
      text: ['x', ['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']],
      number: [
        '1',
        [
          'NumericEquals',
          'NumericLessThan',
          'NumericLessThanEquals',
          'NumericGreaterThan',
          'NumericGreaterThanEquals',
        ],
      ],
      date: [
        '2020-01-01',
        [
          'DateEquals',
          'DateLessThan',
          'DateLessThanEquals',
          'DateGreaterThan',
          'DateGreaterThanEquals',
        ],
      ],
      truth: ['false', ['Bool']],
      address: ['0.0.0.0/0', ['IpAddress', 'IpAddressIncludeBorder']],
    };
  const negated: Readonly<Record<string, readonly [value: string, operators: readonly string[]]>> =
    {
      text: ['x', ['StringNotEquals', 'StringNotEqualsIgnoreCase', 'StringNotLike']],
      number: ['1', ['NumericNotEquals']],
      date: ['2020-01-01', ['DateNotEquals']],
      address: ['0.0.0.0/0', ['NotIpAddress']],
    };
  const conditions = (operators: typeof families) =>
    Object.values(operators).flatMap(([value, names]) =>
      names.map((operator, at) => ({
        [operator]: { [absent[at % absent.length] ?? '']: value },
      })),
    );

  it('fulfils no positive operator, and every negated one', async () => {
    for (const condition of conditions(families)) {
      expect([condition, await allows(condition, get)]).toEqual([condition, false]);
      await user.may(allow('*'), { ...deny('*'), Condition: condition });
      expect([condition, (await user.send(get)).status]).toEqual([condition, 200]);
    }
    for (const condition of conditions(negated)) {
      expect([condition, await allows(condition, get)]).toEqual([condition, true]);
      await user.may(allow('*'), { ...deny('*'), Condition: condition });
      expect([condition, (await user.send(get)).status]).toEqual([condition, 403]);
    }
  });

  it.each(absent)('%s is one', async (key) => {
    await expectRows([
      [{ StringLike: { [key]: '*' } }, get, false],
      [{ StringNotLike: { [key]: '*' } }, get, true],
    ]);
  });
});

describe('several conditions', () => {
  it('have to hold all; of several values one', async () => {
    const from = { 'acs:SourceIp': '127.0.0.1' };
    const agent = { ...get, headers: { 'User-Agent': 'a' } };
    const named = (...agents: string[]) => ({
      IpAddress: from,
      StringEquals: { 'acs:UserAgent': agents, 'acs:AccessId': user.credentials.accessKeyId },
    });
    await expectRows([
      [named('b', 'a'), agent, true],
      [named('b', 'c'), agent, false],
      [{ ...named('a'), Bool: { 'acs:SecureTransport': 'true' } }, agent, false],
    ]);
  });

  it('of a bucket policy hold for everybody, the owner and anonymous requests too', async () => {
    const { owner } = served.own;
    const policy = (...statements: Statement[]) =>
      owner.send({
        method: 'PUT',
        bucket,
        query: [['policy', null]],
        body: policyOf(...statements.map((one) => ({ Principal: ['*'], ...one }))),
      });
    const anonymously = async (headers: Record<string, string>) =>
      (await send(served.oss.endpoint, { ...get, headers })).status;
    const fromBrowser = { StringLike: { 'acs:UserAgent': 'browser/*' } };
    expect((await policy({ ...allow('oss:GetObject'), Condition: fromBrowser })).status).toBe(200);
    expect(await anonymously({ 'User-Agent': 'browser/1' })).toBe(200);
    expect(await anonymously({ 'User-Agent': 'robot/1' })).toBe(403);
    expect(await anonymously({})).toBe(403);
    // An anonymous request has no access key.
    const byKey = { StringLike: { 'acs:AccessId': '*' } };
    expect((await policy({ ...allow('oss:GetObject'), Condition: byKey })).status).toBe(200);
    expect(await anonymously({})).toBe(403);
    await user.may(deny('oss:Nothing'));
    expect((await user.send(get)).status).toBe(200);
    expect((await policy({ ...deny('oss:GetObject'), Condition: fromBrowser })).status).toBe(200);
    const headers = { 'User-Agent': 'browser/1' };
    expect((await owner.send({ ...get, headers })).status).toBe(403);
    expect((await owner.send(get)).status).toBe(200);
  });
});
