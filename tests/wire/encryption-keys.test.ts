/**
 * Objects encrypted with keys of KMS: how keys are named, who may use them, and what comes of it when they
 * cannot be used (oss-protocol.md, 5.3 and 5.4).
 */
import type { KeyService } from '@openoss/kms';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, type WireAnswer, type WireRequest } from '../support/http.js';
import { kms, kmsRefusalOf, officialKms } from '../support/official-kms.js';
import {
  allow,
  deny,
  policyOf,
  type ServedIdentities,
  type Someone,
  startWithIdentities,
} from '../support/start-with-identities.js';

const bucket = 'examplebucket';
const METHOD = 'x-oss-server-side-encryption';
const KEY = 'x-oss-server-side-encryption-key-id';
const DAY = 24 * 60 * 60 * 1000;
const FORBIDDEN = 'This request is forbidden by kms.';

let served: ServedIdentities;
let keys: KeyService;
/** The id of a key of the account that owns the bucket. */
let keyId: string;
beforeAll(async () => {
  served = await startWithIdentities();
  await served.service.createBucket(bucket);
  keys = served.service.kms.keysOf(served.own.uid);
});
afterAll(() => served.close());
beforeEach(async () => {
  ({ keyId } = await keys.createKey({ description: 'of a test' }));
});

const put = (
  who: Someone,
  name: string | undefined,
  more: Partial<WireRequest> = {},
): Promise<WireAnswer> =>
  who.send({
    method: 'PUT',
    bucket,
    key: 'k',
    body: 'hi oss',
    ...more,
    headers: { [METHOD]: 'KMS', ...(name === undefined ? {} : { [KEY]: name }), ...more.headers },
  });
const get = (who: Someone, key = 'k'): Promise<WireAnswer> => who.send({ bucket, key });

function expectForbidden(answer: WireAnswer, action?: string): void {
  expect(answer.status).toBe(403);
  expect(errorOf(answer)).toMatchObject({ Code: 'AccessDenied', Message: FORBIDDEN });
  if (action !== undefined) expect(answer.text).toContain(`<AuthAction>${action}</AuthAction>`);
}

function expectRefused(answer: WireAnswer, status: number, code: string, ec?: string): void {
  expect(answer.status).toBe(status);
  expect(errorOf(answer).Code).toBe(code);
  expect(answer.headers['x-oss-ec']).toBe(ec);
}

describe('a key', () => {
  it('is named by its id, its ARN, an alias or the ARN of that, and answered by its id', async () => {
    await keys.createAlias(`alias/${keyId}`, keyId);
    const arn = `acs:kms:cn-hangzhou:${served.own.uid}:`;
    const names = [keyId, `${arn}key/${keyId}`, `alias/${keyId}`, `${arn}alias/${keyId}`];
    for (const name of names) {
      const answer = await put(served.own.owner, name);
      expect(answer.text).toBe('');
      expect(answer.headers).toMatchObject({ [METHOD]: 'KMS', [KEY]: keyId });
      const got = await get(served.own.owner);
      expect(got).toMatchObject({ status: 200, text: 'hi oss' });
      expect(got.headers[KEY]).toBe(keyId);
    }
  });

  it('that is not there, or is another’s, is not found', async () => {
    const other = await served.otherAccount();
    const { keyId: foreign } = await served.service.kms.keysOf(other.uid).createKey({});
    const names = [
      '9468da86-3509-4f8d-a61e-6eab1eac****',
      '9468da86-3509-4f8d-a61e-6eab1eac0000',
      foreign,
      `acs:kms:cn-hangzhou:${other.uid}:key/${foreign}`,
      `acs:kms:cn-beijing:${served.own.uid}:key/${keyId}`,
    ];
    for (const name of names) {
      const refused = await put(served.own.owner, name, { key: 'none' });
      expectRefused(refused, 404, 'KeyNotFound', '0005-00000208');
    }
    const refused = await put(served.own.owner, 'alias/nobody', { key: 'none' });
    expectRefused(refused, 404, 'AliasNotFound');
    expect((await get(served.own.owner, 'none')).status).toBe(404);
  });

  it('is the account’s own for OSS where none is named, the same every time', async () => {
    const [first, second] = [
      await put(served.own.owner, undefined),
      await put(served.own.owner, undefined),
    ];
    expect(first.headers[KEY]).toBe(await keys.keyIdOf('alias/acs/oss'));
    expect(second.headers[KEY]).toBe(first.headers[KEY]);
    // What encrypts without KMS is no key that an account sees.
    await put(served.own.owner, undefined, { headers: { [METHOD]: 'AES256' } });
    const { items } = await keys.listKeys({ number: 1, size: 1000 });
    const descriptions = items.map((each) => keys.describeKey(each.keyId));
    const known = await Promise.all(descriptions);
    expect(known.filter(({ creator }) => creator !== served.own.uid)).toHaveLength(1);
  });

  it('of a new version encrypts from then on, and what the old ones did stays readable', async () => {
    await put(served.own.owner, keyId, { key: 'old' });
    await keys.createKeyVersion(keyId);
    await put(served.own.owner, keyId, { key: 'new' });
    for (const key of ['old', 'new'])
      expect((await get(served.own.owner, key)).text).toBe('hi oss');
  });

  it('is bound to what whoever puts says, and reading needs nothing of it', async () => {
    const headers = { 'x-oss-server-side-encryption-context': '{"purpose":"test"}' };
    expect((await put(served.own.owner, keyId, { headers })).status).toBe(200);
    expect((await get(served.own.owner)).text).toBe('hi oss');
  });
});

describe('a RAM user', () => {
  const objects = allow(['oss:PutObject', 'oss:GetObject']);
  const on = (id: string) => `acs:kms:cn-hangzhou:${served.own.uid}:key/${id}`;

  it('needs kms:GenerateDataKey and kms:Decrypt on the key to put', async () => {
    const user = await served.own.user(objects);
    expectForbidden(await put(user, keyId), 'kms:GenerateDataKey');
    expect((await put(user, undefined, { headers: { [METHOD]: 'AES256' } })).status).toBe(200);
    await served.own.grant(user, allow('kms:GenerateDataKey', on(keyId)));
    expectForbidden(await put(user, keyId), 'kms:Decrypt');
    await served.own.grant(user, allow('kms:Decrypt', on(keyId)));
    expect((await put(user, keyId)).status).toBe(200);
    const { keyId: another } = await keys.createKey({});
    expectForbidden(await put(user, another), 'kms:GenerateDataKey');
    expect((await get(user)).text).toBe('hi oss');
  });

  it('needs kms:Decrypt on the key to get, and nothing of it to ask what there is', async () => {
    await put(served.own.owner, keyId);
    const user = await served.own.user(objects, allow('kms:GenerateDataKey'));
    expectForbidden(await get(user), 'kms:Decrypt');
    const head = await user.send({ method: 'HEAD', bucket, key: 'k' });
    expect(head).toMatchObject({ status: 200 });
    expect(head.headers[KEY]).toBe(keyId);
    await served.own.grant(user, allow('kms:Decrypt', `acs:kms:*:${served.own.uid}:*`));
    expect((await get(user)).text).toBe('hi oss');
  });

  it('needs them on the key that an alias, the bucket’s rule or nothing stands for', async () => {
    const ruled = 'ruledbucket';
    await served.service.createBucket(ruled);
    await served.own.owner.send({
      method: 'PUT',
      bucket: ruled,
      query: [['encryption', null]],
      body: `<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm><KMSMasterKeyID>${keyId}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>`,
    });
    await keys.createAlias('alias/ruled', keyId);
    const user = await served.own.user(objects);
    const inRuled = () => user.send({ method: 'PUT', bucket: ruled, key: 'k', body: 'x' });
    const byAlias = () => put(user, 'alias/ruled');
    for (const attempt of [inRuled, byAlias]) expectForbidden(await attempt());
    expectForbidden(await put(user, undefined));
    await served.own.grant(user, allow(['kms:GenerateDataKey', 'kms:Decrypt'], on(keyId)));
    for (const attempt of [inRuled, byAlias]) expect((await attempt()).status).toBe(200);
    expectForbidden(await put(user, undefined));
    const standard = (await keys.keyIdOf('alias/acs/oss')) ?? '';
    await served.own.grant(user, allow(['kms:GenerateDataKey', 'kms:Decrypt'], on(standard)));
    expect((await put(user, undefined)).headers[KEY]).toBe(standard);
  });

  it('is held to a Deny, and a session to its session policy', async () => {
    await put(served.own.owner, keyId);
    const denied = await served.own.user(objects, allow('kms:*'), deny('kms:Decrypt', on(keyId)));
    expectForbidden(await get(denied), 'kms:Decrypt');
    expectForbidden(await put(denied, keyId), 'kms:Decrypt');
    const statements = [objects, allow('kms:*')];
    const whole = await served.own.session(statements);
    expect((await get(whole)).text).toBe('hi oss');
    const narrowed = await served.own.session(statements, policyOf(objects));
    expectForbidden(await get(narrowed), 'kms:Decrypt');
    const widened = await served.own.session(statements, policyOf(objects, allow('kms:Decrypt')));
    expect((await get(widened)).text).toBe('hi oss');
    expectForbidden(await put(widened, keyId), 'kms:GenerateDataKey');
  });

  it('of another account has no key of the bucket’s owner, whatever its policies and the bucket’s allow', async () => {
    await put(served.own.owner, keyId);
    const other = await served.otherAccount();
    const user = await other.user(objects, allow('kms:*'));
    await served.own.owner.send({
      method: 'PUT',
      bucket,
      query: [['policy', null]],
      body: policyOf({ ...allow(['oss:*', 'kms:*']), Principal: ['*'] }),
    });
    for (const who of [user, other.owner]) {
      expectForbidden(await get(who));
      expectForbidden(await put(who, keyId));
      expect((await put(who, undefined, { key: 'o', headers: { [METHOD]: 'SM4' } })).status).toBe(
        200,
      );
      expect((await get(who, 'o')).text).toBe('hi oss');
    }
    await served.own.owner.send({ method: 'DELETE', bucket, query: [['policy', null]] });
  });
});

describe('an account that is not the first', () => {
  it('has keys of its own, over KMS and in its buckets, which the first can neither see nor name', async () => {
    const other = await served.otherAccount();
    const theirs = 'theirbucket';
    expect((await other.owner.send({ method: 'PUT', bucket: theirs })).status).toBe(200);
    const clientOf = ({ credentials: { accessKeyId, accessKeySecret } }: Someone) =>
      officialKms(served.service.rpcEndpoint ?? '', { accessKeyId, accessKeySecret });
    const [own, others] = [clientOf(served.own.owner), clientOf(other.owner)] as const;
    const { keyMetadata } = await others.createKey(new kms.CreateKeyRequest({}));
    const { keyId: foreign, arn } = keyMetadata;
    expect(keyMetadata).toMatchObject({
      arn: `acs:kms:cn-hangzhou:${other.uid}:key/${foreign}`,
      creator: other.uid,
    });
    for (const name of [foreign, arn]) {
      const shown = own.describeKey(new kms.DescribeKeyRequest({ keyId: name }));
      expect(await kmsRefusalOf(shown)).toBe('404 Forbidden.KeyNotFound');
    }
    const data = await others.generateDataKey(new kms.GenerateDataKeyRequest({ keyId: foreign }));
    const blob = new kms.DecryptRequest({ ciphertextBlob: data.ciphertextBlob });
    expect((await others.decrypt(blob)).plaintext).toBe(data.plaintext);
    expect(await kmsRefusalOf(own.decrypt(blob))).toBe('404 Forbidden.KeyNotFound');

    const inTheirs = { bucket: theirs };
    const named = await put(other.owner, foreign, inTheirs);
    expect(named.headers[KEY]).toBe(foreign);
    expect((await other.owner.send({ ...inTheirs, key: 'k' })).text).toBe('hi oss');
    expectRefused(await put(other.owner, keyId, inTheirs), 404, 'KeyNotFound', '0005-00000208');
    const standard = (await put(other.owner, undefined, inTheirs)).headers[KEY];
    const theirKeys = served.service.kms.keysOf(other.uid);
    expect(standard).toBe(await theirKeys.keyIdOf('alias/acs/oss'));
    expect(standard).not.toBe(await keys.keyIdOf('alias/acs/oss'));

    // Its users need permission for its keys; what the first account has of its own is worth nothing here.
    const user = await other.user(allow(['oss:PutObject', 'oss:GetObject']));
    expectForbidden(await put(user, foreign, inTheirs), 'kms:GenerateDataKey');
    const actions = ['kms:GenerateDataKey', 'kms:Decrypt'];
    await other.grant(user, allow(actions, `acs:kms:*:${served.own.uid}:*`));
    expectForbidden(await put(user, foreign, inTheirs), 'kms:GenerateDataKey');
    await other.grant(user, allow(actions, arn));
    expect((await put(user, foreign, inTheirs)).status).toBe(200);
    await other.owner.send({
      ...{ method: 'PUT', bucket: theirs, query: [['policy', null]] },
      body: policyOf({ ...allow('oss:*'), Principal: [served.own.uid] }),
    });
    expectForbidden(await put(served.own.owner, foreign, inTheirs));
    expectForbidden(await served.own.owner.send({ ...inTheirs, key: 'k' }));
    const plain = { ...inTheirs, key: 'o', headers: { [METHOD]: 'AES256' } };
    expect((await put(served.own.owner, undefined, plain)).status).toBe(200);
    expect((await other.owner.send({ ...inTheirs, key: 'o' })).text).toBe('hi oss');
  });
});

describe('a key that cannot be used', () => {
  /** What of it is refused, and that nothing else is; nothing of a refused put is kept. */
  async function expectUnusable(status: number, code: string, ec: string): Promise<void> {
    expectRefused(await put(served.own.owner, keyId), status, code, ec);
    expectRefused(
      await put(served.own.owner, keyId, { key: 'none', body: Buffer.alloc(200_000) }),
      status,
      code,
      ec,
    );
    expectRefused(await get(served.own.owner), status, code, ec);
    expect((await get(served.own.owner, 'none')).status).toBe(404);
    const head = await served.own.owner.send({ method: 'HEAD', bucket, key: 'k' });
    expect(head.status).toBe(200);
    expect((await get(served.own.owner, 'other')).text).toBe('hi oss');
    expect((await put(served.own.owner, undefined, { key: 'other' })).status).toBe(200);
  }
  beforeEach(async () => {
    await put(served.own.owner, keyId);
    await put(served.own.owner, undefined, { key: 'other' });
  });

  it('because it is disabled, until it is enabled', async () => {
    await keys.disableKey(keyId);
    await expectUnusable(409, 'KeyDisabled', '0005-00000214');
    await keys.enableKey(keyId);
    expect((await get(served.own.owner)).text).toBe('hi oss');
  });

  it('because it is to be deleted, until it is not; once it is gone, so is what it encrypted', async () => {
    await keys.scheduleKeyDeletion(keyId, 7);
    await expectUnusable(409, 'KeyPendingDeletion', '0005-00000215');
    await keys.cancelKeyDeletion(keyId);
    expect((await get(served.own.owner)).text).toBe('hi oss');
    await keys.scheduleKeyDeletion(keyId, 7);
    served.clock.ahead = 8 * DAY;
    try {
      await expectUnusable(404, 'KeyNotFound', '0005-00000208');
      // It can be overwritten and deleted like any other.
      expect((await put(served.own.owner, undefined)).status).toBe(200);
      expect((await get(served.own.owner)).text).toBe('hi oss');
    } finally {
      served.clock.ahead = 0;
    }
  });

  it('is not asked for before a refusal that does not need it', async () => {
    await keys.disableKey(keyId);
    const headers = { 'x-oss-tagging': 'a=1&a=2' };
    expectRefused(
      await put(served.own.owner, keyId, { headers }),
      400,
      'InvalidArgument',
      '0010-00000219',
    );
    const stranger = await served.own.user();
    const denied = await put(stranger, keyId);
    expect(errorOf(denied).Message).not.toBe(FORBIDDEN);
    expect(denied.status).toBe(403);
  });
});
