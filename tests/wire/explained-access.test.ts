/** ExplainAccess: what it says of a request is what happens to the request, and why. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, type WireAnswer, type WireRequest } from '../support/http.js';
import { callOwn, type OwnAnswer } from '../support/own-calls.js';
import {
  allow,
  deny,
  policyOf,
  type ServedIdentities,
  type Someone,
  startWithIdentities,
} from '../support/start-with-identities.js';

let served: ServedIdentities;
beforeAll(async () => {
  served = await startWithIdentities();
});
afterAll(() => served.close());

/** Somebody as both sides know it. */
interface Asker {
  readonly as: string;
  readonly sessionPolicy?: string;
  readonly send: (request: WireRequest) => Promise<WireAnswer>;
}

const explainAs = (by: Someone, parameters: Record<string, string | undefined>) =>
  callOwn(served.service.rpcEndpoint, by.credentials, 'ExplainAccess', parameters);
const explain = (parameters: Record<string, string | undefined>) =>
  explainAs(served.own.owner, parameters);

const of = ({ as, sessionPolicy }: Asker, actions: string, resource: string) => ({
  Principal: as,
  SessionPolicy: sessionPolicy,
  Actions: actions,
  Resource: resource,
});

/** The statement that is told to have decided. */
const statementOf = ({ answer }: OwnAnswer): Record<string, unknown> =>
  (answer.Statement ?? {}) as Record<string, unknown>;

const bucketsAre = {
  'closed-bucket': 'private',
  'readable-bucket': 'public-read',
  'writable-bucket': 'public-read-write',
  'policy-bucket': 'private',
  'blocked-bucket': 'public-read-write',
} as const;
type BucketName = keyof typeof bucketsAre;
const buckets = Object.keys(bucketsAre) as BucketName[];

const sub = (bucket: string, name: string): WireRequest => ({ bucket, query: [[name, null]] });

/** What is asked for: the actions, the resource, and the very request. Each may be sent again and again. */
const requests = (bucket: string): readonly (readonly [string, string, WireRequest])[] => [
  ['oss:GetObject', `${bucket}/plain`, { bucket, key: 'plain' }],
  ['oss:GetObject', `${bucket}/open`, { bucket, key: 'open' }],
  ['oss:GetObject', `${bucket}/shut`, { method: 'HEAD', bucket, key: 'shut' }],
  ['oss:GetObject', `${bucket}/not-there`, { bucket, key: 'not-there' }],
  ['oss:PutObject', `${bucket}/new`, { method: 'PUT', bucket, key: 'new', body: 'x' }],
  [
    'oss:PutObject',
    `${bucket}/shut`,
    { method: 'PUT', bucket, key: 'shut', body: 'x', headers: { 'x-oss-object-acl': 'private' } },
  ],
  [
    'oss:PutObject,oss:PutObjectTagging',
    `${bucket}/new`,
    { method: 'PUT', bucket, key: 'new', body: 'x', headers: { 'x-oss-tagging': 'A=B' } },
  ],
  ['oss:DeleteObject', `${bucket}/not-there`, { method: 'DELETE', bucket, key: 'not-there' }],
  ['oss:GetObjectTagging', `${bucket}/plain`, { ...sub(bucket, 'tagging'), key: 'plain' }],
  ['oss:GetObjectAcl', `${bucket}/plain`, { ...sub(bucket, 'acl'), key: 'plain' }],
  ['oss:ListObjects', bucket, { bucket, query: [['list-type', '2']] }],
  ['oss:GetBucketAcl', bucket, sub(bucket, 'acl')],
  ['oss:PutBucketAcl', bucket, { ...sub(bucket, 'acl'), method: 'PUT' }],
  ['oss:GetBucketPolicy', bucket, sub(bucket, 'policy')],
  ['oss:ListBuckets', '*', {}],
];

async function askers(): Promise<readonly Asker[]> {
  const { own } = served;
  const ofUser = (user: Someone & { readonly name: string }): Asker => ({
    as: user.name,
    send: user.send,
  });
  const session = async (policy: string | undefined): Promise<Asker> => {
    const made = await own.session([allow('oss:*'), deny('oss:GetBucketAcl')], policy);
    return {
      as: `role/${made.role}/wire-test`,
      ...(policy !== undefined && { sessionPolicy: policy }),
      send: made.send,
    };
  };
  const all = [
    { as: 'root', send: own.owner.send },
    { as: 'anonymous', send: (request: WireRequest) => send(served.oss.endpoint, request) },
    ofUser(await own.user()),
    ofUser(await own.user(allow('oss:*'))),
    ofUser(
      await own.user(allow('oss:PutObject'), allow('oss:Get*', 'acs:oss:*:*:closed-bucket/*')),
    ),
    ofUser(await own.user(allow('oss:*'), deny(['oss:PutObject', 'oss:ListBuckets']))),
    await session(undefined),
    await session(policyOf(allow('oss:GetObject'), deny('oss:DeleteObject'))),
  ];
  const named = await own.user();
  const denied = await own.user(allow('oss:*'));
  const document = policyOf(
    {
      ...allow(['oss:GetObject', 'oss:PutObject'], 'acs:oss:*:*:policy-bucket/*'),
      Principal: [named.id],
    },
    {
      ...deny('oss:GetObject', 'acs:oss:*:*:policy-bucket/open'),
      Principal: [denied.id, named.id],
    },
    { ...allow('oss:ListObjects', 'acs:oss:*:*:policy-bucket'), Principal: ['*'] },
  );
  const put = { ...sub('policy-bucket', 'policy'), method: 'PUT', body: document };
  expect((await own.owner.send(put)).status).toBe(200);
  return [...all, ofUser(named), ofUser(denied)];
}

async function furnish(): Promise<void> {
  const { owner } = served.own;
  for (const [bucket, acl] of Object.entries(bucketsAre)) {
    await owner.send({ method: 'PUT', bucket, headers: { 'x-oss-acl': acl } });
    for (const [key, object] of [
      ['plain', 'default'],
      ['open', 'public-read'],
      ['shut', 'private'],
    ] as const) {
      const headers = { 'x-oss-object-acl': object };
      expect((await owner.send({ method: 'PUT', bucket, key, body: 'x', headers })).status).toBe(
        200,
      );
    }
  }
  const block = `<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>`;
  const on = { ...sub('blocked-bucket', 'publicAccessBlock'), method: 'PUT', body: block };
  expect((await owner.send(on)).status).toBe(200);
}

/** Has a request explained, and sends it: both have to say the same. */
async function agreed(
  asker: Asker,
  actions: string,
  resource: string,
  request: WireRequest,
): Promise<OwnAnswer['answer']> {
  const explained = await explain(of(asker, actions, resource));
  const what = `${asker.as} ${actions} ${resource}`;
  expect(explained.status, `${what}: ${JSON.stringify(explained.answer)}`).toBe(200);
  const { Decision, Allowed, Refusal } = explained.answer;
  const answer = await asker.send(request);
  expect(answer.status !== 403, `${what}: ${Decision}, ${answer.text}`).toBe(Allowed);
  if (Allowed !== true && request.method !== 'HEAD') {
    const answered = errorOf(answer);
    const refusal = Refusal as Readonly<Record<string, unknown>>;
    const told = { Code: refusal.Code, Message: refusal.Message, EC: refusal.EC };
    // Some refusals have no EC.
    expect(told, what).toEqual({
      Code: answered.Code,
      Message: answered.Message,
      EC: answered.EC,
    });
  }
  return explained.answer;
}

describe('what is explained', () => {
  it('happens: every request is answered as it was said to be, code, EC and message', async () => {
    await furnish();
    const seen = new Set<string>();
    // None of them changes what another is decided by, so that they may share their flushes.
    for (const asker of await askers()) {
      const answers = buckets.flatMap(requests).map((request) => agreed(asker, ...request));
      for (const { Decision, Stage } of await Promise.all(answers))
        seen.add(`${Decision} ${Stage}`);
    }
    // So that the agreement is about something: every way there is to decide.
    expect([...seen].sort()).toEqual([
      'Allow bucket-acl',
      'Allow bucket-policy',
      'Allow identity-policy',
      'Allow object-acl',
      'Allow ownership',
      'ExplicitDeny bucket-policy',
      'ExplicitDeny identity-policy',
      'ExplicitDeny session-policy',
      'ImplicitDeny bucket-acl',
      'ImplicitDeny management',
      'ImplicitDeny object-acl',
      'ImplicitDeny public-access-block',
      'ImplicitDeny session-policy',
    ]);
  });

  it('is what making a bucket again is answered, which its account has', async () => {
    const bucket = 'made-again';
    await served.service.createBucket(bucket);
    const { own } = served;
    const body = policyOf({ ...deny('oss:PutBucketAcl'), Principal: [own.uid] });
    const askers = [
      { as: 'root', send: own.owner.send },
      ...(await Promise.all([
        own.user(),
        own.user(allow('oss:*')),
        own.user(allow('oss:PutBucketAcl')),
        own.user(allow('*'), deny('oss:PutBucketAcl')),
      ]).then((users) => users.map(({ name, send }) => ({ as: name, send })))),
    ];
    const allowed: unknown[] = [];
    for (const withPolicy of [false, true]) {
      if (withPolicy) {
        const put = { ...sub(bucket, 'policy'), method: 'PUT', body };
        expect((await own.owner.send(put)).status).toBe(200);
      }
      for (const asker of askers) {
        for (const [actions, headers] of [
          ['oss:PutBucket', {}],
          ['oss:PutBucket,oss:PutBucketAcl', { 'x-oss-acl': 'private' }],
        ] as const) {
          const { answer } = await explain(of(asker, actions, bucket));
          const sent = await asker.send({ method: 'PUT', bucket, headers });
          const what = `${asker.as} ${actions} ${JSON.stringify(answer)}`;
          expect(sent.status === 200, what).toBe(answer.Allowed);
          allowed.push(answer.Allowed);
          if (answer.Allowed === true) continue;
          const { Code, EC, Message } = errorOf(sent);
          expect(answer.Refusal, what).toMatchObject({
            HttpStatus: sent.status,
            Code,
            EC,
            Message,
          });
        }
      }
    }
    // Without and with an ACL: the account, nobody, and whom a policy lets set it; then against the bucket's policy.
    expect(allowed).toEqual([
      ...[true, true, false, false, false, true, false, true, false, false],
      ...[true, false, false, false, false, true, false, true, false, false],
    ]);
  });

  it('names the statement that decided, with its policy, version and JSON', async () => {
    const { identities, account, createBucket } = served.service;
    await createBucket('named-bucket');
    const { policies, policyVersions, groups, attachments } = identities.ram(account);
    const user = await served.own.user();
    await policies.create({ policyName: 'in-group', policyDocument: policyOf(allow('oss:Get*')) });
    const second = policyOf(allow('oss:*'), deny('oss:Delete*', 'acs:oss:*:*:*/kept/*'));
    await policyVersions.create({
      policyName: 'in-group',
      policyDocument: second,
      setAsDefault: true,
    });
    await groups.create({ groupName: 'staff' });
    await attachments.attach(
      { type: 'Custom', name: 'in-group' },
      { kind: 'group', name: 'staff' },
    );
    await groups.addUser('staff', user.name);
    const asker = { as: user.name, send: user.send };

    const denied = await explain(of(asker, 'oss:DeleteObject', 'named-bucket/kept/one'));
    expect(denied.answer).toMatchObject({ Decision: 'ExplicitDeny', Stage: 'identity-policy' });
    const { Document, ...name } = statementOf(denied);
    expect(name).toEqual({
      PolicyKind: 'ram',
      PolicyName: 'in-group',
      PolicyType: 'Custom',
      VersionId: 'v2',
      GroupName: 'staff',
      Index: 1,
      Effect: 'Deny',
    });
    expect(JSON.parse(String(Document))).toEqual(deny('oss:Delete*', 'acs:oss:*:*:*/kept/*'));
    expect(denied.answer.Steps).toMatchObject([
      { Stage: 'session-policy', Outcome: 'none', Reason: 'there is none' },
      {
        Stage: 'identity-policy',
        Outcome: 'explicit-deny',
        Statements: [
          { Index: 0, Effect: 'Allow', Applies: true },
          { Index: 1, Effect: 'Deny', Applies: true },
        ],
      },
      { Stage: 'bucket-policy', Outcome: 'none' },
    ]);

    // A policy of the bucket with one statement, which needs no list.
    const only = {
      ...deny('oss:*'),
      Principal: ['*'],
      Condition: { Bool: { 'acs:SecureTransport': 'false' } },
    };
    const body = JSON.stringify({ Version: '1', Statement: only });
    await served.own.owner.send({ ...sub('named-bucket', 'policy'), method: 'PUT', body });
    const both = await explain(of(asker, 'oss:DeleteObject', 'named-bucket/kept/one'));
    expect(both.answer.BucketStatement).toMatchObject({
      PolicyKind: 'bucket',
      PolicyName: 'named-bucket',
    });
    const root = await explain({
      Principal: 'root',
      Actions: 'oss:GetObject',
      Resource: 'named-bucket/k',
    });
    expect(JSON.parse(String(statementOf(root).Document))).toEqual(only);
    expect((await served.own.owner.send({ bucket: 'named-bucket', key: 'k' })).status).toBe(403);
  });
});

describe('what conditions ask for', () => {
  it('is what is told, and what is not told is said to have been asked for in vain', async () => {
    await served.service.createBucket('condition-bucket');
    const only = (operator: string, key: string, value: string) => ({
      ...allow('oss:*'),
      Condition: { [operator]: { [key]: [value] } },
    });
    const cases: readonly (readonly [string, string, string, string])[] = [
      ['IpAddress', 'acs:SourceIp', '10.0.0.0/8', '10.1.2.3'],
      ['StringLike', 'acs:UserAgent', 'curl/*', 'curl/8 ü'],
      ['DateLessThan', 'acs:CurrentTime', '2020-01-01T00:00:00Z', '2019-06-01T00:00:00+08:00'],
      ['Bool', 'acs:SecureTransport', 'true', 'true'],
      ['StringEquals', 'acs:AccessId', 'LTAIx', 'LTAIx'],
      ['StringEquals', 'oss:ExistingObjectTag/team', 'red', 'red'],
      ['StringEquals', 'oss:RequestObjectTag/team', 'red', 'red'],
      ['StringEquals', 'oss:x-oss-object-acl', 'private', 'private'],
    ];
    for (const [operator, key, value, told] of cases) {
      const user = await served.own.user(only(operator, key, value));
      const asked = of({ as: user.name, send: user.send }, 'oss:PutObject', 'condition-bucket/k');
      const without = await explain(asked);
      expect(without.answer, key).toMatchObject({ Allowed: false });
      const known = key === 'acs:SecureTransport' || key === 'acs:CurrentTime';
      expect(without.answer.Unanswered, key).toEqual(known ? [] : [{ Key: key }]);
      const lower = key.includes('/') ? key : key.toLowerCase();
      const withIt = await explain({ ...asked, Context: JSON.stringify({ [lower]: told }) });
      expect(withIt.answer, key).toMatchObject({ Allowed: true, Unanswered: [] });
    }
  });

  it('of an object comes from the object that is there', async () => {
    const bucket = 'tagged-bucket';
    await served.service.createBucket(bucket);
    const user = await served.own.user({
      ...allow('oss:GetObject'),
      Condition: { StringEquals: { 'oss:ExistingObjectTag/team': 'red' } },
    });
    for (const key of ['red', 'blue']) {
      const headers = { 'x-oss-tagging': `team=${key}` };
      await served.own.owner.send({ method: 'PUT', bucket, key, body: 'x', headers });
    }
    for (const [key, allowed] of [
      ['red', true],
      ['blue', false],
    ] as const) {
      const explained = await explain(
        of({ as: user.name, send: user.send }, 'oss:GetObject', `${bucket}/${key}`),
      );
      expect(explained.answer).toMatchObject({ Allowed: allowed, Object: { Exists: true } });
      expect((await user.send({ bucket, key })).status).toBe(allowed ? 200 : 403);
    }
  });

  it.each([
    ['acs:SourceIp', 'here', 'is no IP address'],
    ['acs:CurrentTime', 'today', 'is no time'],
    ['acs:SecureTransport', 'yes', 'true or false'],
    ['acs:MFAPresent', 'true', 'every request to this server has "false"'],
    ['acs:SourceVpc', 'vpc-1', 'every request to this server has ""'],
    ['oss:DataAccessPointArn', 'x', 'no request to this server has it'],
    ['oss:Prefix', 'a/', 'only a listing has it'],
  ])('is refused where no request here could have it: %s=%s', async (key, value, reason) => {
    const asked = { Principal: 'root', Actions: 'oss:GetObject', Resource: 'b1b/k' };
    const { status, answer } = await explain({
      ...asked,
      Context: JSON.stringify({ [key]: value }),
    });
    expect(`${status} ${answer.Code}`).toBe('400 InvalidContext');
    expect(answer.Message).toContain(reason);
  });
});

describe('a question', () => {
  it.each([
    [{ Principal: '' }, '400 MissingPrincipal'],
    [{ Principal: 'user/a/b' }, '400 InvalidPrincipal'],
    [{ Principal: 'role/r/s/t' }, '400 InvalidPrincipal'],
    [{ Principal: 'role/r/!' }, '400 InvalidPrincipal'],
    [{ Principal: 'acs:ram::*:user/alice' }, '400 InvalidPrincipal'],
    [
      { Principal: '1000000000000000', Actions: 'oss:ListBuckets', Resource: '*' },
      '400 InvalidResource',
    ],
    [
      { Principal: '1000000000000000', Actions: 'oss:PutBucketAcl', Resource: 'no-such-bucket' },
      '400 InvalidResource',
    ],
    [{ Principal: '1000000000000000', SessionPolicy: '{}' }, '400 InvalidSessionPolicy'],
    [{ Principal: 'nobody' }, '404 EntityNotExist.User'],
    [{ Principal: 'role/none' }, '404 EntityNotExist.Role'],
    [{ Actions: 'PutObject' }, '400 InvalidActions'],
    [{ Actions: 'oss:*' }, '400 InvalidActions'],
    [{ Actions: 'ram:CreateUser' }, '400 InvalidActions'],
    [{ Resource: 'acs:ram:*:*:user/alice' }, '400 InvalidResource'],
    [{ Resource: 'acs:oss:us-east-1:*:b1b/k' }, '400 InvalidResource'],
    [{ Resource: 'acs:oss:*:1000000000000000:b1b/k' }, '400 InvalidResource'],
    [{ Resource: 'b1b' }, '400 InvalidResource'],
    [{ Actions: 'oss:ListObjects' }, '400 InvalidResource'],
    [{ Context: '[]' }, '400 InvalidContext'],
    [{ Context: '{"acs:SourceIp":["10.0.0.1"]}' }, '400 InvalidContext'],
    [{ SessionPolicy: '{}' }, '400 InvalidSessionPolicy'],
  ])('%j is refused with %s', async (changes, outcome) => {
    const asked = {
      Principal: 'anonymous',
      Actions: 'oss:GetObject',
      Resource: 'b1b/k',
      ...changes,
    };
    const { status, answer } = await explain(asked);
    expect(`${status} ${answer.Code}`).toBe(outcome);
  });

  it('about what is refused before permissions are asked for, is answered so', async () => {
    const asked = { Principal: 'root', Actions: 'oss:GetObject' };
    const nowhere = await explain({ ...asked, Resource: 'no-such-bucket/k' });
    expect(nowhere.answer).toMatchObject({
      Decision: 'Refused',
      Allowed: false,
      Refusal: { Code: 'NoSuchBucket', HttpStatus: 404 },
    });
    const misnamed = await explain({ ...asked, Resource: 'NO/k' });
    expect(misnamed.answer.Refusal).toMatchObject({ Code: 'InvalidBucketName' });
    // A bucket that is not there can be made; one that an account has is its own.
    const user = await served.own.user(allow('oss:PutBucketAcl'));
    const make = of({ as: user.name, send: user.send }, 'oss:PutBucketAcl', 'no-such-bucket');
    const made = await explain(make);
    expect(made.answer).toMatchObject({ Decision: 'ImplicitDeny', Action: 'oss:PutBucket' });
    const request = { ...sub('no-such-bucket', 'acl'), method: 'PUT' };
    expect((await user.send(request)).status).toBe(403);
  });

  it('may be put by the account, and by whom a policy allows openoss:ExplainAccess about somebody', async () => {
    const clerk = await served.own.user(
      allow('openoss:ExplainAccess', 'acs:openoss:*:*:user/user*'),
    );
    const user = await served.own.user();
    const about = (principal: string) => ({
      Principal: principal,
      Actions: 'oss:ListBuckets',
      Resource: '*',
    });
    expect((await explainAs(clerk, about(user.name))).status).toBe(200);
    for (const [by, principal] of [
      [clerk, 'root'],
      [clerk, 'anonymous'],
      [user, user.name],
    ] as const) {
      const { status, answer } = await explainAs(by, about(principal));
      expect(`${status} ${answer.Code}`).toBe('403 NoPermission');
      expect(answer.AccessDeniedDetail).toMatchObject({ AuthAction: 'openoss:ExplainAccess' });
    }
  });

  it('about a bucket of another account is not answered', async () => {
    await served.service.createBucket('mine-alone');
    const other = await served.otherAccount();
    const theirs = { Principal: 'root', Actions: 'oss:GetObject', Resource: 'mine-alone/k' };
    const { status, answer } = await explainAs(other.owner, theirs);
    expect(`${status} ${answer.Code}`).toBe('403 NoPermission');
    const { answer: own } = await explainAs(other.owner, {
      ...theirs,
      Resource: '*',
      Actions: 'oss:ListBuckets',
    });
    expect(own).toMatchObject({ Allowed: true, Stage: 'ownership' });
  });
});

describe('what somebody of another account may do to a bucket', () => {
  /** Both accounts, and buckets of the first with something for the other. */
  async function shared() {
    const { own } = served;
    const other = await served.otherAccount();
    const user = await other.user(deny('*'));
    const unnamed = await other.user(allow('*'));
    const session = await other.session([deny('*')]);
    const sessionPolicy = policyOf(allow('oss:GetObject'));
    const held = await session.another(sessionPolicy);
    const names = ['shared-closed', 'shared-open', 'shared-blocked'] as const;
    for (const bucket of names) {
      const acl = bucket === 'shared-closed' ? 'private' : 'public-read';
      await own.owner.send({ method: 'PUT', bucket, headers: { 'x-oss-acl': acl } });
      for (const [key, objectAcl] of [
        ['plain', 'default'],
        ['open', 'public-read'],
        ['shut', 'private'],
      ] as const) {
        const headers = { 'x-oss-object-acl': objectAcl };
        await own.owner.send({ method: 'PUT', bucket, key, body: 'x', headers });
      }
    }
    const body = `<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>`;
    const block = { ...sub('shared-blocked', 'publicAccessBlock'), method: 'PUT', body };
    expect((await own.owner.send(block)).status).toBe(200);
    const Principal = [
      ...[user.id, other.uid],
      `arn:sts::${other.uid}:assumed-role/${session.role}/*`,
    ];
    const policy = policyOf(
      {
        ...allow(['oss:GetObject', 'oss:PutObject'], 'acs:oss:*:*:shared-closed/*'),
        Principal,
      },
      { ...deny('oss:GetObject', 'acs:oss:*:*:shared-closed/shut'), Principal },
    );
    const put = { ...sub('shared-closed', 'policy'), method: 'PUT', body: policy };
    expect((await own.owner.send(put)).status).toBe(200);
    return { own, other, user, unnamed, session, held, sessionPolicy, names };
  }

  it('is what happens, whatever RAM policies it has there, of which nothing is told', async () => {
    const { other, user, unnamed, session, held, sessionPolicy, names } = await shared();
    const { uid } = other;
    const askers: readonly Asker[] = [
      { as: `acs:ram::${uid}:user/${user.name}`, send: user.send },
      { as: user.id, send: user.send },
      { as: `acs:ram::${uid}:user/${unnamed.name}`, send: unnamed.send },
      { as: unnamed.id, send: unnamed.send },
      { as: `acs:ram::${uid}:root`, send: other.owner.send },
      { as: uid, send: other.owner.send },
      { as: `acs:ram::${uid}:role/${session.role}/wire-test`, send: session.send },
      {
        as: `arn:sts::${uid}:assumed-role/${session.role}/wire-test`,
        send: held.send,
        sessionPolicy,
      },
    ];
    const seen = new Set<string>();
    for (const asker of askers) {
      const sent = names.flatMap(requests).filter(([, resource]) => resource !== '*');
      for (const answer of await Promise.all(sent.map((request) => agreed(asker, ...request)))) {
        seen.add(`${answer.Decision} ${answer.Stage}`);
        const text = JSON.stringify(answer);
        expect(text).toContain('do not count for this bucket');
        expect(text).not.toContain('"PolicyKind":"ram"');
        expect(text).not.toContain('AccessDeniedDetail');
        if (asker.as !== unnamed.id) expect(text).not.toContain(unnamed.id);
        expect(text.includes('may be held to a session policy')).toBe(asker.send === session.send);
      }
    }
    expect([...seen].sort()).toEqual([
      'Allow bucket-acl',
      'Allow bucket-policy',
      'Allow object-acl',
      'ExplicitDeny bucket-policy',
      'ImplicitDeny bucket-acl',
      'ImplicitDeny management',
      'ImplicitDeny object-acl',
      'ImplicitDeny public-access-block',
      'ImplicitDeny session-policy',
    ]);

    // Whether it has a user, or is there at all, shows nowhere.
    const asked = { Actions: 'oss:GetObject', Resource: 'shared-closed/plain' };
    const about = async (Principal: string) => {
      const { answer } = await explain({ ...asked, Principal });
      return { ...answer, Principal: '', RequestId: '' };
    };
    const ofUser = await about(`acs:ram::${uid}:user/${unnamed.name}`);
    expect(ofUser).toMatchObject({ Decision: 'ImplicitDeny' });
    expect(await about(`acs:ram::${uid}:user/nobody`)).toEqual(ofUser);
    expect(await about('acs:ram::1000000000000000:user/nobody')).toEqual(ofUser);
  });

  it('may be asked by whom a policy allows it about another account, and by nobody of that', async () => {
    const { own } = served;
    const other = await served.otherAccount();
    await served.service.createBucket('asked-about');
    const asked = { Actions: 'oss:GetObject', Resource: 'asked-about/k' };
    const ofOther = { ...asked, Principal: other.uid };
    const clerk = await own.user(allow('openoss:ExplainAccess', 'acs:openoss:*:*:another-account'));
    const ofUsers = await own.user(allow('openoss:ExplainAccess', 'acs:openoss:*:*:user/*'));
    const outcome = async (by: Someone, parameters: Record<string, string>) => {
      const { status, answer } = await explainAs(by, parameters);
      return `${status} ${answer.Code ?? ''}`;
    };
    expect(await outcome(clerk, ofOther)).toBe('200 ');
    expect(await outcome(ofUsers, ofOther)).toBe('403 NoPermission');
    expect(await outcome(clerk, { ...asked, Principal: clerk.name })).toBe('403 NoPermission');
    // A user of its own is asked about by its name, for which there are policies.
    for (const by of [clerk, own.owner]) {
      expect(await outcome(by, { ...asked, Principal: clerk.id })).toBe('400 InvalidPrincipal');
    }
    expect(await outcome(other.owner, { ...asked, Principal: 'root' })).toBe('403 NoPermission');
    expect(await outcome(other.owner, { ...asked, Principal: own.uid })).toBe('403 NoPermission');
    // Making a bucket is decided by its own policies.
    const making = { Actions: 'oss:PutBucket', Resource: 'asked-about' };
    expect(await outcome(own.owner, { ...ofOther, ...making })).toBe('400 InvalidResource');
    // Its own policies decide what it may do with keys; those of this account are nobody else's to use.
    const decrypting = { Actions: 'kms:Decrypt', Resource: 'key' };
    expect(await outcome(own.owner, { ...asked, ...decrypting, Principal: 'root' })).toBe('200 ');
    expect(await outcome(own.owner, { ...ofOther, ...decrypting })).toBe('400 InvalidResource');
  });
});
