/** ExplainAccess about keys of KMS: what it says of an encrypted object, and of a key, is what happens. */
import type { KeyService } from '@openoss/kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, type WireAnswer, type WireRequest } from '../support/http.js';
import { kms, kmsRefusalOf, officialKms } from '../support/official-kms.js';
import { callOwn } from '../support/own-calls.js';
import {
  allow,
  deny,
  policyOf,
  type ServedIdentities,
  type Someone,
  startWithIdentities,
} from '../support/start-with-identities.js';

const METHOD = 'x-oss-server-side-encryption';
const KEY = 'x-oss-server-side-encryption-key-id';
const DATA = 'x-oss-server-side-data-encryption';
const plainBucket = 'plain-bucket';
const ruledBucket = 'ruled-bucket';

let served: ServedIdentities;
let keys: KeyService;
/** That of the rule of the one bucket; and another. */
let ruled: string;
let other: string;

beforeAll(async () => {
  served = await startWithIdentities();
  keys = served.service.kms.keysOf(served.own.uid);
  ({ keyId: ruled } = await keys.createKey({}));
  ({ keyId: other } = await keys.createKey({}));
  await keys.createAlias('alias/other', other);
  for (const name of [plainBucket, ruledBucket]) await served.service.createBucket(name);
  const { owner } = served.own;
  const rule = `<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm><KMSMasterKeyID>${ruled}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>`;
  await owner.send({
    method: 'PUT',
    bucket: ruledBucket,
    query: [['encryption', null]],
    body: rule,
  });
  for (const [bucket, key, headers] of [
    [plainBucket, 'plain', {}],
    [plainBucket, 'aes', { [METHOD]: 'AES256' }],
    [plainBucket, 'other', { [METHOD]: 'KMS', [KEY]: 'alias/other' }],
    [ruledBucket, 'ruled', {}],
  ] as const) {
    const put = await owner.send({ method: 'PUT', bucket, key, body: 'x', headers });
    expect(put.text).toBe('');
  }
});
afterAll(() => served.close());

/** Somebody as both sides know it. */
interface Asker {
  readonly as: string;
  readonly sessionPolicy?: string;
  readonly send: (request: WireRequest) => Promise<WireAnswer>;
}

interface Explained {
  readonly Decision: string;
  readonly Allowed: boolean;
  readonly Stage?: string;
  readonly Action?: string;
  readonly Resource: string;
  readonly Refusal?: Readonly<Record<string, unknown>>;
  readonly Statement?: Readonly<Record<string, unknown>>;
  readonly Key?: Readonly<Record<string, unknown>>;
  readonly Steps: readonly { readonly Action: string; readonly Stage: string }[];
  readonly Unanswered: readonly { readonly Key: string }[];
  readonly Notes: readonly { readonly Text: string }[];
}

async function explain(
  { as, sessionPolicy }: Pick<Asker, 'as' | 'sessionPolicy'>,
  Actions: string,
  Resource: string,
  context: Readonly<Record<string, string>> = {},
): Promise<Explained> {
  const { status, answer } = await callOwn(
    served.service.rpcEndpoint,
    served.own.owner.credentials,
    'ExplainAccess',
    {
      Principal: as,
      SessionPolicy: sessionPolicy,
      Actions,
      Resource,
      Context: JSON.stringify(context),
    },
  );
  expect(status, JSON.stringify(answer)).toBe(200);
  return answer as unknown as Explained;
}

const ofUser = (user: Someone & { readonly name: string }): Asker => ({
  as: user.name,
  send: user.send,
});

const on = (id: string) => `acs:kms:cn-hangzhou:${served.own.uid}:key/${id}`;
const objects = allow(['oss:PutObject', 'oss:GetObject']);

async function askers(): Promise<readonly Asker[]> {
  const { own } = served;
  const session = async (policy: string | undefined): Promise<Asker> => {
    const made = await own.session([objects, allow('kms:*')], policy);
    const as = `role/${made.role}/wire-test`;
    return { as, ...(policy !== undefined && { sessionPolicy: policy }), send: made.send };
  };
  return [
    { as: 'root', send: own.owner.send },
    { as: 'anonymous', send: (request: WireRequest) => send(served.oss.endpoint, request) },
    ofUser(await own.user()),
    ofUser(await own.user(allow('kms:*'))),
    ofUser(await own.user(objects)),
    ofUser(await own.user(objects, allow('kms:*'))),
    ofUser(await own.user(objects, allow('kms:GenerateDataKey'))),
    ofUser(await own.user(objects, allow('kms:*', on(other)))),
    ofUser(await own.user(objects, allow('kms:*'), deny('kms:Decrypt', on(ruled)))),
    await session(undefined),
    await session(policyOf(objects)),
    await session(policyOf(objects, allow('kms:Decrypt'))),
  ];
}

/** What is asked for: the action, the resource, what is told of the request, and the very request. */
const requests = (): readonly (readonly [
  string,
  string,
  Record<string, string>,
  WireRequest,
])[] => {
  const put = (bucket: string, headers: Record<string, string>) =>
    ['oss:PutObject', `${bucket}/new`, headers, putOf(bucket, headers)] as const;
  const putOf = (bucket: string, headers: Record<string, string>): WireRequest => ({
    ...{ method: 'PUT', bucket, key: 'new', body: 'x', headers },
  });
  const get = (bucket: string, key: string) =>
    ['oss:GetObject', `${bucket}/${key}`, {}, { bucket, key }] as const;
  return [
    put(plainBucket, {}),
    put(plainBucket, { [METHOD]: 'AES256' }),
    put(plainBucket, { [METHOD]: 'KMS' }),
    put(plainBucket, { [METHOD]: 'KMS', [KEY]: other }),
    put(plainBucket, { [METHOD]: 'KMS', [KEY]: 'alias/other', [DATA]: 'SM4' }),
    put(plainBucket, { [METHOD]: 'KMS', [KEY]: 'alias/nobody' }),
    put(plainBucket, { [METHOD]: 'KMS', [KEY]: '9468da86-3509-4f8d-a61e-6eab1eac0000' }),
    put(plainBucket, { [METHOD]: 'none' }),
    put(plainBucket, { [METHOD]: 'AES256', [KEY]: other }),
    put(ruledBucket, {}),
    put(ruledBucket, { [KEY]: other }),
    put(ruledBucket, { [METHOD]: 'SM4' }),
    get(plainBucket, 'plain'),
    get(plainBucket, 'aes'),
    get(plainBucket, 'other'),
    get(ruledBucket, 'ruled'),
    get(ruledBucket, 'none'),
  ];
};

/** Sends what was explained, and holds the answer against what was said of it; what was decided, by what. */
async function check(
  asker: Asker,
  [action, resource, context, request]: ReturnType<typeof requests>[number],
): Promise<string> {
  const explained = await explain(asker, action, resource, context);
  const answer = await asker.send(request);
  const what = `${asker.as} ${action} ${resource} ${JSON.stringify(context)}: ${JSON.stringify(explained)}`;
  const { Allowed, Refusal, Decision, Stage, Key } = explained;
  if (Allowed) {
    expect([200, 404], what).toContain(answer.status);
    if (answer.status === 404) expect(errorOf(answer).Code, what).toBe('NoSuchKey');
    if (answer.status === 200) expect(answer.headers[KEY], what).toBe(Key?.KeyId);
  } else {
    const { Code, Message, EC } = errorOf(answer);
    expect({ HttpStatus: answer.status, Code, Message, EC }, what).toEqual({
      HttpStatus: Refusal?.HttpStatus,
      Code: Refusal?.Code,
      Message: Refusal?.Message,
      EC: Refusal?.EC,
    });
    if (Decision !== 'Refused' && answer.text.includes('<AuthAction>')) {
      expect(answer.text, what).toContain(`<AuthAction>${explained.Action}</AuthAction>`);
    }
  }
  return `${Decision} ${Stage ?? Refusal?.Code}${Key === undefined ? '' : ' with a key'}`;
}

describe('what is explained of an encrypted object', () => {
  it('happens for the default key, which no explanation makes', async () => {
    const request = { method: 'PUT', bucket: plainBucket, key: 'new', body: 'x' };
    const asked = ['oss:PutObject', `${plainBucket}/new`, { [METHOD]: 'KMS' }] as const;
    const everyKey = ofUser(await served.own.user(objects, allow('kms:*')));
    const oneKey = ofUser(await served.own.user(objects, allow('kms:*', on(other))));
    const said = await explain(everyKey, ...asked);
    expect(said).toMatchObject({
      Allowed: true,
      Key: { Name: 'alias/acs/oss', NamedBy: 'nobody' },
    });
    expect(said.Key).not.toHaveProperty('KeyId');
    expect(said.Notes[0]?.Text).toContain('is made by the first put that needs it');
    const denied = await explain(oneKey, ...asked);
    expect(denied).toMatchObject({ Allowed: false, Action: 'kms:GenerateDataKey' });
    expect(await keys.keyIdOf('alias/acs/oss')).toBeUndefined();

    const headers = { [METHOD]: 'KMS' };
    expect((await oneKey.send({ ...request, headers })).status).toBe(403);
    const made = await everyKey.send({ ...request, headers });
    const now = await explain(everyKey, ...asked);
    expect(now.Key).toMatchObject({ KeyId: made.headers[KEY], State: 'Enabled' });
    expect(now.Notes).toEqual([]);

    // Its data key is made before it is asked who may use it: so it is refused to all alike.
    const id = String(made.headers[KEY]);
    await keys.disableKey(id);
    for (const asker of [everyKey, oneKey]) {
      const outcome = await check(asker, [...asked, { ...request, headers }]);
      expect(outcome).toBe('Refused KeyDisabled with a key');
    }
    await keys.enableKey(id);
  });

  it('happens, whoever asks for whichever key', async () => {
    const seen = new Set<string>();
    for (const asker of await askers()) {
      const decided = await Promise.all(requests().map((request) => check(asker, request)));
      for (const one of decided) seen.add(one);
    }
    // So that the agreement is about something.
    expect([...seen].sort()).toEqual([
      'Allow identity-policy',
      'Allow identity-policy with a key',
      'Allow ownership',
      'Allow ownership with a key',
      'ExplicitDeny identity-policy with a key',
      'ImplicitDeny bucket-acl',
      'ImplicitDeny bucket-acl with a key',
      'ImplicitDeny management with a key',
      'ImplicitDeny session-policy with a key',
      'Refused AliasNotFound with a key',
      'Refused InvalidArgument',
      'Refused InvalidEncryptionAlgorithmError',
      'Refused KeyNotFound with a key',
    ]);
  });

  it('happens when the key is of no use, after who may use it', async () => {
    const { keyId } = await keys.createKey({});
    const headers = { [METHOD]: 'KMS', [KEY]: keyId };
    const put = { method: 'PUT', bucket: plainBucket, key: 'useless', body: 'x', headers };
    await served.own.owner.send(put);
    const both = [
      ['oss:PutObject', `${plainBucket}/useless`, headers, put],
      ['oss:GetObject', `${plainBucket}/useless`, {}, { bucket: plainBucket, key: 'useless' }],
    ] as const;
    const may = ofUser(await served.own.user(objects, allow('kms:*')));
    const mayNot = ofUser(await served.own.user(objects));
    const outcomes = async (asker: Asker) => {
      const decided: string[] = [];
      for (const request of both) decided.push(await check(asker, [...request]));
      return decided;
    };
    for (const [change, code] of [
      [() => keys.disableKey(keyId), 'KeyDisabled'],
      [() => keys.scheduleKeyDeletion(keyId, 7), 'KeyPendingDeletion'],
    ] as const) {
      await change();
      const refused = `Refused ${code} with a key`;
      expect(await outcomes(may)).toEqual([refused, refused]);
      const denied = 'ImplicitDeny management with a key';
      expect(await outcomes(mayNot)).toEqual([denied, denied]);
    }
  });

  it('names the statement that allows or denies it, the key, and every step to it', async () => {
    const user = ofUser(
      await served.own.user(objects, allow('kms:GenerateDataKey'), deny('kms:Decrypt', on(ruled))),
    );
    const said = await explain(user, 'oss:PutObject', `${ruledBucket}/k`);
    expect(said).toMatchObject({
      Decision: 'ExplicitDeny',
      Stage: 'identity-policy',
      Action: 'kms:Decrypt',
      Statement: { Index: 2, Effect: 'Deny' },
      Refusal: { Message: 'This request is forbidden by kms.' },
      Key: { KeyId: ruled, NamedBy: 'bucket', Allowed: false, Action: 'kms:Decrypt' },
    });
    expect(JSON.parse(String(said.Statement?.Document))).toEqual(deny('kms:Decrypt', on(ruled)));
    expect([...new Set(said.Steps.map(({ Action }) => Action))]).toEqual([
      'oss:PutObject',
      'kms:GenerateDataKey',
      'kms:Decrypt',
    ]);
    // Whoever may not put at all is told of the key all the same; the server does not come so far.
    const stranger = await explain(
      ofUser(await served.own.user()),
      'oss:PutObject',
      `${ruledBucket}/k`,
    );
    expect(stranger).toMatchObject({ Action: 'oss:PutObject', Key: { Allowed: false } });
    expect([...new Set(stranger.Steps.map(({ Action }) => Action))]).toEqual(['oss:PutObject']);
    // Heads decrypt nothing.
    const head = await explain(user, 'oss:GetObject', `${ruledBucket}/ruled`);
    expect(head.Notes[0]?.Text).toContain('HeadObject and GetObjectMeta');
    const sent = await user.send({ method: 'HEAD', bucket: ruledBucket, key: 'ruled' });
    expect(sent.status).toBe(200);
  });

  it('goes by conditions of policies, and tells which were asked for in vain', async () => {
    const user = ofUser(
      await served.own.user(objects, {
        ...allow('kms:*'),
        Condition: { IpAddress: { 'acs:SourceIp': ['10.0.0.0/8'] } },
      }),
    );
    const asked = ['oss:PutObject', `${ruledBucket}/k`] as const;
    expect(await explain(user, ...asked)).toMatchObject({
      Allowed: false,
      Unanswered: [{ Key: 'acs:SourceIp' }],
    });
    expect(await explain(user, ...asked, { 'acs:SourceIp': '10.1.1.1' })).toMatchObject({
      Allowed: true,
      Unanswered: [],
      Key: { Allowed: true, Statement: { Index: 1 } },
    });
  });
});

describe('what is explained of a key', () => {
  it('is what OSS and KMS do with it', async () => {
    const { ciphertextBlob } = await keys.encrypt({ keyId: other, plaintext: Buffer.from('x') });
    const seen = new Set<string>();
    for (const asker of await askers()) {
      const decided = await explain(asker, 'kms:GenerateDataKey', on(other));
      const decrypting = await explain(asker, 'KMS:decrypt', `acs:kms:*:*:key/${other}`);
      const both = await explain(asker, 'kms:GenerateDataKey,kms:Decrypt', 'alias/other');
      expect(both.Allowed).toBe(decided.Allowed && decrypting.Allowed);
      expect(both.Resource).toBe(on(other));
      // What an object makes of it is decided by the same.
      const reading = await explain(asker, 'oss:GetObject', `${plainBucket}/other`);
      expect(reading.Key?.Allowed).toBe(decrypting.Allowed);
      if (!decrypting.Allowed) {
        expect(decrypting.Refusal).toMatchObject({
          HttpStatus: 403,
          Message: 'This request is forbidden by kms.',
        });
      }
      seen.add(`${both.Decision} ${both.Stage}`);
    }
    expect([...seen].sort()).toEqual([
      'Allow identity-policy',
      'Allow ownership',
      'ImplicitDeny management',
      'ImplicitDeny session-policy',
    ]);
    // KMS itself, as its official package calls it.
    for (const statements of [[allow('kms:*')], [allow('kms:Decrypt', on(other))], [objects]]) {
      const user = await served.own.user(...statements);
      const { accessKeyId, accessKeySecret } = user.credentials;
      const endpoint = served.service.rpcEndpoint ?? '';
      const client = officialKms(endpoint, { accessKeyId, accessKeySecret });
      const calls = {
        'kms:GenerateDataKey': () =>
          client.generateDataKey(new kms.GenerateDataKeyRequest({ keyId: other })),
        'kms:Decrypt': () => client.decrypt(new kms.DecryptRequest({ ciphertextBlob })),
        'kms:DescribeKey': () => client.describeKey(new kms.DescribeKeyRequest({ keyId: other })),
      };
      for (const [action, call] of Object.entries(calls)) {
        const { Allowed } = await explain({ as: user.name }, action, other);
        const refused = await kmsRefusalOf(call());
        expect(refused, action).toBe(Allowed ? 'none' : '403 Forbidden.NoPermission');
      }
    }
  });

  it('is of an alias, of all keys, and of what only calls of KMS do', async () => {
    const user = await served.own.user(
      allow('kms:CreateAlias', `acs:kms:*:${served.own.uid}:alias/mine*`),
      allow('kms:CreateKey', `acs:kms:*:${served.own.uid}:key`),
    );
    const by = { as: user.name };
    await keys.createAlias('alias/mine-2', other);
    for (const [action, resource, allowed] of [
      ['kms:CreateAlias', 'alias/mine-1', true],
      // What an alias stands for is another matter than the alias.
      ['kms:UpdateAlias', 'alias/mine-2', false],
      ['kms:CreateAlias', 'alias/mine-2', true],
      ['kms:Decrypt', 'alias/mine-2', false],
      ['kms:CreateAlias', 'acs:kms:*:*:alias/other', false],
      ['kms:CreateKey', 'acs:kms:*:*:key', true],
      ['kms:ListAliases', 'alias', false],
    ] as const) {
      expect(await explain(by, action, resource)).toMatchObject({ Allowed: allowed });
    }
    const denied = await explain(by, 'kms:ListKeys', 'key');
    expect(denied.Refusal).toMatchObject({ Code: 'Forbidden.NoPermission', HttpStatus: 403 });
  });

  it('says when there is none, or it is of no use', async () => {
    const { keyId } = await keys.createKey({});
    await keys.disableKey(keyId);
    const notes = async (resource: string, action = 'kms:Decrypt') =>
      (await explain({ as: 'root' }, action, resource)).Notes.map(({ Text }) => Text);
    expect(await notes(keyId)).toEqual(['The key cannot be used: it is Disabled.']);
    expect(await notes('alias/nobody')).toEqual(['There is no alias/nobody.']);
    expect(await notes('alias/other')).toEqual([`alias/other stands for key ${other}.`]);
    const none = '9468da86-3509-4f8d-a61e-6eab1eac0000';
    expect(await notes(none)).toEqual([`There is no key ${none}.`]);
    expect(await notes(other, 'kms:Decrpt')).toEqual([
      'No call of KMS that this server serves asks for kms:Decrpt.',
    ]);
    expect(await notes(other, 'kms:ReEncryptFrom')).toEqual([]);
  });

  it.each([
    ['kms:Decrypt', 'key/*', 'InvalidResource'],
    ['kms:Decrypt', '*', 'InvalidResource'],
    ['kms:Decrypt', 'acs:oss:*:*:examplebucket', 'InvalidResource'],
    ['kms:Decrypt', 'acs:kms:cn-beijing:*:key/x', 'InvalidResource'],
    ['kms:Decrypt', 'acs:kms:*:1000000000000000:key/x', 'InvalidResource'],
    ['kms:Decrypt', 'acs:kms:*:*:x', 'InvalidResource'],
    ['kms:*', 'x', 'InvalidActions'],
    ['oss:PutObject,kms:GenerateDataKey', `${plainBucket}/k`, 'InvalidActions'],
  ])('is not asked for with %s on %s', async (Actions, Resource, code) => {
    const { answer } = await callOwn(
      served.service.rpcEndpoint,
      served.own.owner.credentials,
      'ExplainAccess',
      { Principal: 'root', Actions, Resource },
    );
    expect(answer.Code).toBe(code);
  });

  it('is of a put alone, where encryption is told', async () => {
    const { answer } = await callOwn(
      served.service.rpcEndpoint,
      served.own.owner.credentials,
      'ExplainAccess',
      {
        Principal: 'root',
        Actions: 'oss:GetObject',
        Resource: `${plainBucket}/plain`,
        Context: JSON.stringify({ [METHOD]: 'KMS' }),
      },
    );
    expect(answer.Message).toContain('only a put has it');
  });
});
