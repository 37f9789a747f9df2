/** What the policies of RAM users, roles and sessions allow and deny, as it stands on the wire. */
import { createHash } from 'node:crypto';
import { parseXml } from '@openoss/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, type WireAnswer, type WireRequest } from '../support/http.js';
import {
  allow,
  deny,
  policyOf,
  type ServedIdentities,
  type Statement,
  startWithIdentities,
} from '../support/start-with-identities.js';

const bucket = 'examplebucket';
const put: WireRequest = { method: 'PUT', bucket, key: 'exampleobject', body: 'hi oss' };
const putWithTags: WireRequest = { ...put, headers: { 'x-oss-tagging': 'TagA=A&TagB=B' } };

let served: ServedIdentities;
beforeAll(async () => {
  served = await startWithIdentities();
  await served.service.createBucket(bucket);
  await served.own.owner.send({ method: 'PUT', bucket, key: 'there', body: 'there' });
});
afterAll(() => served.close());

function expectDenied(answer: WireAnswer, message: string, ec: string): void {
  expect(errorOf(answer)).toMatchObject({ Code: 'AccessDenied', Message: message, EC: ec });
  expect(answer.status).toBe(403);
  expect(answer.headers['x-oss-ec']).toBe(ec);
}

/** The elements of AccessDeniedDetail; undefined without one. */
function detailOf({ text }: WireAnswer): Record<string, string> | undefined {
  const detail = parseXml(text).children.find(({ name }) => name === 'AccessDeniedDetail');
  return detail && Object.fromEntries(detail.children.map(({ name, text: said }) => [name, said]));
}

describe('PutObject by a RAM user (the permissions of its page)', () => {
  it('is refused while nothing grants it anything, and tells whose permission is missing', async () => {
    const user = await served.own.user();
    const answer = await user.send(put);
    expectDenied(
      answer,
      'You have no right to access this object because of bucket acl.',
      '0003-00000001',
    );
    expect(detailOf(answer)).toEqual({
      PolicyType: 'AccountLevelIdentityBasedPolicy',
      AuthPrincipalOwnerId: served.own.uid,
      AuthPrincipalType: 'SubUser',
      AuthPrincipalDisplayName: user.id,
      NoPermissionType: 'ImplicitDeny',
      AuthAction: 'oss:PutObject',
    });
  });

  it('needs oss:PutObject, and with tags oss:PutObjectTagging as well', async () => {
    const user = await served.own.user(allow('oss:PutObject', `acs:oss:*:*:${bucket}/*`));
    expect((await user.send(put)).status).toBe(200);
    const untagged = await user.send(putWithTags);
    expectDenied(untagged, 'You have no right to access this object.', '0003-00000905');
    expect(detailOf(untagged)).toMatchObject({ AuthAction: 'oss:PutObjectTagging' });
    await served.own.grant(user, allow('oss:PutObjectTagging', `acs:oss:*:*:${bucket}/*`));
    expect((await user.send(putWithTags)).status).toBe(200);
    expect((await user.send({ bucket, key: 'exampleobject' })).status).toBe(403);
  });

  it('is refused where a Deny says so, whatever allows it', async () => {
    const user = await served.own.user(
      allow('oss:*'),
      deny('oss:PutObject', 'acs:oss:*:*:examplebucket/no*'),
    );
    expect((await user.send(put)).status).toBe(200);
    const answer = await user.send({ ...put, key: 'not-here' });
    expectDenied(answer, 'Access denied by bucket policy.', '0003-00000201');
    expect(detailOf(answer)).toMatchObject({ NoPermissionType: 'ExplicitDeny' });
    expect((await user.send({ ...put, method: 'HEAD', key: 'not-here', body: '' })).status).toBe(
      404,
    );
  });

  it('tells a HEAD request the same in its headers', async () => {
    const user = await served.own.user();
    const answer = await user.send({ method: 'HEAD', bucket, key: 'there' });
    expect(answer.status).toBe(403);
    const document = Buffer.from(String(answer.headers['x-oss-err']), 'base64').toString();
    expect(errorOf({ text: document })).toMatchObject({
      Code: 'AccessDenied',
      EC: '0003-00000001',
    });
  });
});

describe('policies', () => {
  it('hold for what they name: bucket, key, account and region', async () => {
    const may = async (resource: string) =>
      (await (await served.own.user(allow('oss:PutObject', resource))).send(put)).status === 200;
    expect(await may(`acs:oss:*:*:${bucket}/example*`)).toBe(true);
    expect(await may(`acs:oss:*:${served.own.uid}:${bucket}/exampleobjec?`)).toBe(true);
    expect(await may(`acs:oss:*:1234567890123456:${bucket}/*`)).toBe(false);
    expect(await may(`acs:oss:cn-beijing:*:${bucket}/*`)).toBe(false);
    expect(await may(`acs:oss:*:*:${bucket}`)).toBe(false);
    expect(await may(`acs:oss:*:*:${bucket}/other`)).toBe(false);
  });

  it('of an account hold for the service, its buckets and their settings', async () => {
    const user = await served.own.user(allow(['oss:ListBuckets', 'oss:GetBucketInfo']));
    expect((await user.send({})).status).toBe(200);
    expect((await user.send({ bucket, query: [['bucketInfo', null]] })).status).toBe(200);
    expectDenied(
      await user.send({ bucket, query: [['acl', null]] }),
      'The bucket you access does not belong to you.',
      '0003-00000001',
    );
    const creator = await served.own.user(allow('oss:PutBucket', 'acs:oss:*:*:made-by-*'));
    expect((await creator.send({ method: 'PUT', bucket: 'made-by-user' })).status).toBe(200);
    expect((await creator.send({ method: 'PUT', bucket: 'unmade-by-user' })).status).toBe(403);
    const info = await served.own.owner.send({
      bucket: 'made-by-user',
      query: [['bucketInfo', null]],
    });
    expect(info.text).toContain(`<ID>${served.own.uid}</ID>`);
    expect((await (await served.own.user()).send({})).status).toBe(403);
    const setter = await served.own.user(allow('oss:PutBucketAcl'));
    const acl = (name: string): WireRequest => ({
      method: 'PUT',
      bucket: name,
      query: [['acl', null]],
      headers: { 'x-oss-acl': 'private' },
    });
    expect((await setter.send(acl('made-by-user'))).status).toBe(200);
    // It would create this one.
    expect((await setter.send(acl('made-by-acl'))).status).toBe(403);
    await served.own.grant(setter, allow('oss:PutBucket'));
    expect((await setter.send(acl('made-by-acl'))).status).toBe(200);
  });

  it('of groups count for their members', async () => {
    const user = await served.own.user();
    const { groups, policies, attachments } = served.service.identities.ram(served.own.uid);
    await groups.create({ groupName: 'writers' });
    await policies.create({
      policyName: 'writing',
      policyDocument: policyOf(allow('oss:PutObject')),
    });
    await attachments.attach(
      { type: 'Custom', name: 'writing' },
      { kind: 'group', name: 'writers' },
    );
    expect((await user.send(put)).status).toBe(403);
    await groups.addUser('writers', user.name);
    expect((await user.send(put)).status).toBe(200);
    await groups.removeUser('writers', user.name);
    expect((await user.send(put)).status).toBe(403);
  });

  it('are asked for each key of DeleteMultipleObjects, before the first is deleted', async () => {
    const { owner } = served.own;
    for (const key of ['free/1', 'free/2', 'kept/1']) {
      await owner.send({ method: 'PUT', bucket, key, body: 'x' });
    }
    const user = await served.own.user(allow('oss:DeleteObject', `acs:oss:*:*:${bucket}/free/*`));
    const deletion = (...keys: string[]): WireRequest => {
      const objects = keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('');
      const body = `<Delete><Quiet>true</Quiet>${objects}</Delete>`;
      return {
        method: 'POST',
        bucket,
        query: [['delete', null]],
        body,
        headers: { 'Content-MD5': md5(body) },
      };
    };
    // More than are deleted at a time: the first are through before the last is asked about.
    const absent = Array.from({ length: 200 }, (_, at) => `free/absent-${at}`);
    expect((await user.send(deletion('free/1', ...absent, 'kept/1'))).status).toBe(403);
    expect((await owner.send({ bucket, key: 'free/1' })).status).toBe(200);
    expect((await user.send(deletion('free/1', 'free/2'))).status).toBe(200);
    expect((await owner.send({ bucket, key: 'free/1' })).status).toBe(404);
    expect((await owner.send({ bucket, key: 'kept/1' })).status).toBe(200);
  });

  it('let ACLs decide where they say nothing', async () => {
    const user = await served.own.user();
    await served.own.owner.send({
      ...put,
      key: 'open',
      headers: { 'x-oss-object-acl': 'public-read' },
    });
    expect((await user.send({ bucket, key: 'open' })).status).toBe(200);
    expect((await user.send({ method: 'DELETE', bucket, key: 'open' })).status).toBe(403);
  });
});

describe('a session', () => {
  it('may what its role may', async () => {
    const session = await served.own.session([allow('oss:PutObject')]);
    expect((await session.send(put)).status).toBe(200);
    const answer = await session.send({ method: 'DELETE', bucket, key: 'there' });
    expect(answer.status).toBe(403);
    expect(detailOf(answer)).toMatchObject({
      AuthPrincipalType: 'AssumedRoleUser',
      AuthPrincipalDisplayName: `${session.role}:wire-test`,
    });
  });

  it('is held to its session policy', async () => {
    const session = await served.own.session(
      [allow('oss:*')],
      policyOf(allow('oss:PutObject', `acs:oss:*:*:${bucket}/mine/*`)),
    );
    expect((await session.send({ ...put, key: 'mine/1' })).status).toBe(200);
    for (const request of [put, { bucket, key: 'mine/1' }]) {
      const answer = await session.send(request);
      expectDenied(answer, "Access denied by authorizer's policy.", '0003-00000301');
      expect(detailOf(answer)).toMatchObject({ PolicyType: 'SessionPolicy' });
    }
    const narrowed = await served.own.session([], policyOf(allow('oss:*')));
    expect((await narrowed.send(put)).status).toBe(403);
  });
});

describe('conditions', () => {
  const under = (statement: Statement, Condition: Statement): Statement => ({
    ...statement,
    Condition,
  });
  const asks = async (Condition: Statement, request: WireRequest): Promise<boolean> => {
    const user = await served.own.user(under(allow('oss:*'), Condition));
    return (await user.send(request)).status < 300;
  };

  it('ask for what is known of the request', async () => {
    const agent = { ...put, headers: { 'User-Agent': 'Prüfer/1' } };
    const bytes = { ...put, headers: { 'User-Agent': Buffer.from('Prüfer/1').toString('latin1') } };
    const rows: [Statement, WireRequest, boolean][] = [
      [{ IpAddress: { 'acs:SourceIp': '127.0.0.0/8' } }, put, true],
      [{ IpAddress: { 'acs:SourceIp': '10.0.0.0/8' } }, put, false],
      [{ NotIpAddress: { 'acs:SourceIp': '127.0.0.1' } }, put, false],
      [{ Bool: { 'acs:SecureTransport': 'true' } }, put, false],
      [{ Bool: { 'acs:SecureTransport': 'false' } }, put, true],
      [{ StringLike: { 'acs:SourceVpc': 'vpc-*' } }, put, false],
      [{ StringEquals: { 'acs:UserAgent': 'Prüfer/1' } }, bytes, true],
      [{ StringEquals: { 'acs:UserAgent': 'Prüfer/2' } }, agent, false],
      [{ DateLessThan: { 'acs:CurrentTime': '2020-01-01T00:00:00Z' } }, put, false],
      [{ DateGreaterThan: { 'acs:CurrentTime': '2020-01-01T00:00:00Z' } }, put, true],
    ];
    for (const [condition, request, allowed] of rows) {
      expect([condition, await asks(condition, request)]).toEqual([condition, allowed]);
    }
  });

  it('ask for ACLs, prefixes and delimiters', async () => {
    const withAcl = (acl: string): WireRequest => ({
      ...put,
      headers: { 'x-oss-object-acl': acl },
    });
    const aclIs = { StringEquals: { 'oss:x-oss-object-acl': ['private'] } };
    expect(await asks(aclIs, withAcl('private'))).toBe(true);
    expect(await asks(aclIs, withAcl('public-read'))).toBe(false);
    expect(await asks(aclIs, put)).toBe(false);
    const prefixIs = { StringEquals: { 'oss:Prefix': ['a/', 'ü'], 'oss:Delimiter': '/' } };
    const listing = (...query: [string, string][]): WireRequest => ({ bucket, query });
    expect(await asks(prefixIs, listing(['prefix', 'a/'], ['delimiter', '/']))).toBe(true);
    expect(await asks(prefixIs, listing(['prefix', 'ü'], ['delimiter', '/']))).toBe(true);
    expect(await asks(prefixIs, listing(['prefix', 'a/']))).toBe(false);
    expect(await asks(prefixIs, listing(['delimiter', '/']))).toBe(false);
  });

  it('ask for the tags that an object has', async () => {
    const { owner } = served.own;
    const tagged = { bucket, key: 'tagged' };
    await owner.send({ ...put, ...tagged, headers: { 'x-oss-tagging': 'stage=ready' } });
    const ready = { StringEquals: { 'oss:ExistingObjectTag/stage': 'ready' } };
    expect(await asks(ready, tagged)).toBe(true);
    expect(await asks(ready, { bucket, key: 'there' })).toBe(false);
    const user = await served.own.user(
      allow('oss:*'),
      under(deny('oss:GetObject'), { StringEquals: { 'oss:ExistingObjectTag/stage': 'ready' } }),
    );
    expect((await user.send(tagged)).status).toBe(403);
    await owner.send({ method: 'DELETE', ...tagged, query: [['tagging', null]] });
    expect((await user.send(tagged)).status).toBe(200);
  });

  it('ask for the tags that a request sets, in a header or in its body', async () => {
    const only = { StringEquals: { 'oss:RequestObjectTag/TagA': 'A' } };
    expect(await asks(only, putWithTags)).toBe(true);
    expect(await asks(only, put)).toBe(false);
    const tagging = (value: string): WireRequest => ({
      method: 'PUT',
      bucket,
      key: 'there',
      query: [['tagging', null]],
      body: `<Tagging><TagSet><Tag><Key>TagA</Key><Value>${value}</Value></Tag></TagSet></Tagging>`,
    });
    expect(await asks(only, tagging('A'))).toBe(true);
    expect(await asks(only, tagging('B'))).toBe(false);
    const kept = await served.own.owner.send({ bucket, key: 'there', query: [['tagging', null]] });
    expect(kept.text).toContain('<Value>A</Value>');
  });
});

const md5 = (text: string): string => createHash('md5').update(text).digest('base64');
