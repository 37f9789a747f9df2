/** What goes wrong before RAM and STS have their say, and calls as the official packages do not send them. */
import { createHash, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import {
  acs3CanonicalRequest,
  acs3Signature,
  acs3StringToSign,
  rpcSignature,
  rpcStringToSign,
} from '@openoss/protocol';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { startRpc } from '../support/start-rpc.js';

type Texts = Readonly<Record<string, string | undefined>>;

let service: Awaited<ReturnType<typeof startRpc>>;
beforeEach(async () => {
  service = await startRpc();
});

/** Without what is undefined. */
const given = (texts: Texts): [string, string][] =>
  Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined);

const instant = (ahead = 0) =>
  `${new Date(Date.now() + ahead).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;

/** The parameters of a call that is signed in them. */
function rpcParameters(method: string, changes: Texts = {}, secret = service.root.accessKeySecret) {
  const parameters = given({
    Action: 'GetCallerIdentity',
    Version: '2015-04-01',
    Format: 'JSON',
    AccessKeyId: service.root.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: instant(),
    ...changes,
  });
  const signature = rpcSignature(secret, rpcStringToSign(method, parameters));
  return new URLSearchParams(
    given({ ...Object.fromEntries(parameters), Signature: signature, ...pick(changes) }),
  );
}

const pick = (changes: Texts): Texts =>
  'Signature' in changes ? { Signature: changes.Signature } : {};

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function send(query: string, init: RequestInit = {}, path = '/'): Promise<Answer> {
  const response = await fetch(
    `${service.endpoint}${path}${query === '' ? '' : `?${query}`}`,
    init,
  );
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const codeOf = ({ status, text }: Answer): string => `${status} ${JSON.parse(text).Code}`;

const rpc = async (changes?: Texts, secret?: string) =>
  send(rpcParameters('GET', changes, secret).toString());

describe('a call that is signed in its parameters', () => {
  it('may be a GET, or a POST with its parameters in the query, a form, or both', async () => {
    expect((await rpc()).status).toBe(200);
    const query = rpcParameters('POST').toString();
    expect((await send(query, { method: 'POST' })).status).toBe(200);
    const form = rpcParameters('POST');
    expect((await send('', { method: 'POST', body: form })).status).toBe(200);
    const all = [...rpcParameters('POST')];
    const rest = new URLSearchParams(all.slice(3));
    const first = new URLSearchParams(all.slice(0, 3)).toString();
    expect((await send(first, { method: 'POST', body: rest })).status).toBe(200);
  });

  it.each([
    'Action',
    'Version',
    'AccessKeyId',
    'SignatureMethod',
    'SignatureVersion',
    'SignatureNonce',
    'Timestamp',
    'Signature',
  ])('is refused without %s', async (name) => {
    const answer = await rpc({ [name]: undefined });
    expect(codeOf(answer)).toBe(`400 Missing${name}`);
    expect(JSON.parse(answer.text).Message).toBe(`${name} is mandatory for this action.`);
  });

  it.each([
    ['404 InvalidAction.NotFound', { Action: 'NoSuchThing' }],
    ['404 InvalidAction.NotFound', { Action: 'GetUser' }],
    ['404 InvalidAction.NotFound', { Action: '__proto__' }],
    ['400 InvalidVersion', { Version: '2016-01-21' }],
    ['404 InvalidAction.NotFound', { Version: '2016-01-20' }],
    ['400 InvalidSignatureMethod', { SignatureMethod: 'HMAC-SHA256' }],
    ['400 InvalidSignatureVersion', { SignatureVersion: '2.0' }],
    ['400 InvalidSignatureType', { SignatureType: 'BEARERTOKEN' }],
    ['400 InvalidTimeStamp.Format', { Timestamp: 'now' }],
    ['400 InvalidTimeStamp.Format', { Timestamp: '2026-13-26T16:30:00Z' }],
    ['400 InvalidTimeStamp.Expired', { Timestamp: instant(-16 * 60_000) }],
    ['400 InvalidTimeStamp.Expired', { Timestamp: instant(16 * 60_000) }],
    ['404 InvalidAccessKeyId.NotFound', { AccessKeyId: 'nobody' }],
    ['400 InvalidParameter.Format', { Format: 'YAML' }],
    ['400 InvalidSecurityToken.Malformed', { SecurityToken: 'x' }],
    ['400 SignatureDoesNotMatch', { Signature: '41wk2SSX1GJh7fwnc5eqOfiJPFg=' }],
    ['400 SignatureDoesNotMatch', { Signature: 'x' }],
  ])('is refused with %s for %j', async (refusal, changes) => {
    expect(codeOf(await rpc(changes))).toBe(refusal);
  });

  it('is refused when somebody changed, added or repeated something', async () => {
    const signed = rpcParameters('GET').toString();
    expect(codeOf(await send(signed.replace('Format=JSON', 'Format=json')))).toBe(
      '400 SignatureDoesNotMatch',
    );
    const added = await send(`${rpcParameters('GET')}&RoleArn=x`);
    expect(codeOf(added)).toBe('400 SignatureDoesNotMatch');
    const [, signedText] = JSON.parse(added.text).Message.split('string to sign is:');
    expect(signedText).toMatch(/^GET&%2F&AccessKeyId%3Drootkeyid%26Action%3DGetCallerIdentity/);
    expect(added.text).not.toContain(service.root.accessKeySecret);
    expect(codeOf(await send(rpcParameters('POST').toString()))).toBe('400 SignatureDoesNotMatch');
    expect(codeOf(await send(`${rpcParameters('GET')}&Action=AssumeRole`))).toBe(
      '400 InvalidAction',
    );
    expect(codeOf(await send(`${rpcParameters('GET')}&x=%ff`))).toBe('400 InvalidParameter');
  });

  it('counts once, and its nonce too', async () => {
    const once = rpcParameters('GET').toString();
    expect((await send(once)).status).toBe(200);
    expect(codeOf(await send(once))).toBe('400 SignatureNonceUsed');
    const SignatureNonce = randomUUID();
    // A call that is refused uses up nobody's nonce.
    expect(codeOf(await rpc({ SignatureNonce }, 'wrong'))).toBe('400 SignatureDoesNotMatch');
    expect((await rpc({ SignatureNonce })).status).toBe(200);
    expect(codeOf(await rpc({ SignatureNonce, Version: '2015-05-01', Action: 'ListUsers' }))).toBe(
      '400 SignatureNonceUsed',
    );
  });

  it('is answered in XML unless it asks for JSON', async () => {
    const named = { Version: '2015-05-01', Action: 'CreateUser', UserName: 'alice' };
    const made = await rpc({ ...named, Format: undefined, DisplayName: 'A & <B>' });
    expect(made.headers.get('content-type')).toBe('text/xml;charset=utf-8');
    expect(made.headers.get('cache-control')).toBe('no-store');
    const requestId = made.headers.get('x-acs-request-id') ?? '';
    expect(made.text).toMatch(
      /^<\?xml version='1.0' encoding='UTF-8'\?><CreateUserResponse><RequestId>[0-9A-F-]{36}<\/RequestId><User><UserId>\d{18}<\/UserId><UserName>alice<\/UserName><DisplayName>A &amp; &lt;B&gt;<\/DisplayName>/,
    );
    expect(made.text).toContain(`<RequestId>${requestId}</RequestId>`);
    await rpc({ ...named, UserName: 'bob' });
    const listed = await rpc({ Version: '2015-05-01', Action: 'ListUsers', Format: 'xml' });
    expect(listed.text).toMatch(
      /<IsTruncated>false<\/IsTruncated><Users><User>.*<\/User><User>.*<\/User><\/Users><\/ListUsersResponse>$/,
    );
    const refused = await rpc({ ...named, Format: 'XML' });
    expect(refused.status).toBe(409);
    expect(refused.text).toMatch(
      /^<\?xml version='1.0' encoding='UTF-8'\?><Error><RequestId>[^<]+<\/RequestId><HostId>127\.0\.0\.1:\d+<\/HostId><Code>EntityAlreadyExists.User<\/Code><Message>The user does already EXIST.<\/Message><Recommend>[^<]+<\/Recommend><\/Error>$/,
    );
    const asked = await send(rpcParameters('GET', { Format: undefined }).toString(), {
      headers: { Accept: 'application/json' },
    });
    expect(JSON.parse(asked.text)).toMatchObject({ IdentityType: 'Account' });
  });

  it('is refused in full in JSON', async () => {
    const answer = await rpc({ Version: '2015-05-01', Action: 'GetUser', UserName: 'nobody' });
    expect(answer.headers.get('content-type')).toBe('application/json;charset=utf-8');
    expect(JSON.parse(answer.text)).toEqual({
      RequestId: answer.headers.get('x-acs-request-id'),
      HostId: new URL(service.endpoint).host,
      Code: 'EntityNotExist.User',
      Message: 'The user does not exist.',
      Recommend: expect.stringContaining('EntityNotExist.User'),
    });
  });

  it.each([
    ['400 MissingUserName', { Action: 'GetUser' }],
    ['400 MissingUserName', { Action: 'GetUser', UserName: '' }],
    ['400 InvalidParameter.UserName.InvalidChars', { Action: 'GetUser', UserName: 'a/b' }],
    ['400 InvalidParameter.UserName.InvalidChars', { Action: 'CreateUser', UserName: '../x' }],
    ['400 InvalidParameter.MaxItems', { Action: 'ListUsers', MaxItems: 'many' }],
    ['400 InvalidParameter.MaxItems', { Action: 'ListUsers', MaxItems: '1001' }],
    ['400 InvalidParameter.Marker', { Action: 'ListUsers', Marker: '!' }],
    ['400 InvalidParameter.PolicyType', { Action: 'ListPolicies', PolicyType: 'Mine' }],
    [
      '400 UnsupportedParameter',
      { Action: 'DeletePolicy', PolicyName: 'x', CascadingDelete: 'true' },
    ],
    ['400 UnsupportedParameter', { Action: 'ListRoles', 'Tag.1.Key': 'x' }],
    [
      '400 InvalidParameter.Status',
      { Action: 'UpdateAccessKey', UserName: 'x', UserAccessKeyId: 'x', Status: 'Half' },
    ],
    [
      '400 InvalidParameter.SetAsDefault',
      { Action: 'CreatePolicyVersion', PolicyName: 'x', PolicyDocument: '{}', SetAsDefault: 'so' },
    ],
  ])('to RAM is refused with %s for %j', async (refusal, changes) => {
    expect(codeOf(await rpc({ Version: '2015-05-01', ...changes }))).toBe(refusal);
  });
});

describe('a RAM user', () => {
  /** Calls as a user that has these statements in its policy. */
  async function userWith(...statements: object[]) {
    const ram = (changes: Texts) => rpc({ Version: '2015-05-01', ...changes });
    await ram({ Action: 'CreateUser', UserName: 'alice' });
    const made = await ram({ Action: 'CreateAccessKey', UserName: 'alice' });
    const policy = { PolicyName: 'own', PolicyType: 'Custom' };
    const PolicyDocument = JSON.stringify({ Version: '1', Statement: statements });
    await ram({ Action: 'CreatePolicy', PolicyName: 'own', PolicyDocument });
    await ram({ Action: 'AttachPolicyToUser', UserName: 'alice', ...policy });
    const { AccessKeyId, AccessKeySecret } = JSON.parse(made.text).AccessKey;
    return (changes: Texts) =>
      rpc({ Version: '2015-05-01', AccessKeyId, ...changes }, AccessKeySecret);
  }
  const allow = { Effect: 'Allow', Action: 'ram:*', Resource: '*' };

  it('is told what denied it', async () => {
    const alice = await userWith({ ...allow, Effect: 'Deny', Action: 'ram:GetUser' });
    const denied = await alice({ Action: 'GetUser', UserName: 'alice' });
    expect(codeOf(denied)).toBe('403 NoPermission');
    expect(JSON.parse(denied.text).AccessDeniedDetail).toEqual({
      PolicyType: 'AccountLevelIdentityBasedPolicy',
      AuthPrincipalOwnerId: service.account,
      AuthPrincipalType: 'SubUser',
      AuthPrincipalDisplayName: expect.stringMatching(/^\d{18}$/),
      NoPermissionType: 'ExplicitDeny',
      AuthAction: 'ram:GetUser',
    });
    const other = await alice({ Action: 'ListUsers', Format: 'XML' });
    expect(other.text).toContain('<NoPermissionType>ImplicitDeny</NoPermissionType>');
  });

  it.each([
    ['IpAddress', 'acs:SourceIp', '127.0.0.0/8', '10.0.0.0/8'],
    ['Bool', 'acs:SecureTransport', 'false', 'true'],
    ['StringLike', 'acs:UserAgent', 'node*', 'curl*'],
    ['StringLike', 'acs:SourceVpc', '*', 'vpc-*'],
    ['DateLessThan', 'acs:CurrentTime', '2100-01-01T00:00:00Z', '2020-01-01T00:00:00Z'],
    ['StringLike', 'acs:AccessId', 'LTAI*', 'STS*'],
    ['Bool', 'acs:MFAPresent', 'false', 'true'],
  ])('is held to its conditions: %s %s', async (operator, condition, holds, fails) => {
    const under = (value: string) => ({
      ...allow,
      Condition: { [operator]: { [condition]: value } },
    });
    const alice = await userWith(
      { ...under(fails), Action: 'ram:GetUser' },
      {
        ...under(holds),
        Action: 'ram:ListUsers',
      },
    );
    expect(codeOf(await alice({ Action: 'GetUser', UserName: 'alice' }))).toBe('403 NoPermission');
    expect((await alice({ Action: 'ListUsers' })).status).toBe(200);
  });
});

describe('a call that is signed in a header', () => {
  const EMPTY = createHash('sha256').digest('hex');

  /** The headers of a call; `unsigned` are added once it is signed. */
  function acs3Headers(changes: Texts = {}, unsigned: Texts = {}, secret?: string) {
    const headers = new Map(
      given({
        host: new URL(service.endpoint).host,
        'x-acs-action': 'GetCallerIdentity',
        'x-acs-version': '2015-04-01',
        'x-acs-date': instant(),
        'x-acs-signature-nonce': randomUUID(),
        'x-acs-content-sha256': EMPTY,
        ...changes,
      }),
    );
    const signedHeaders = [...headers.keys()];
    const canonical = acs3CanonicalRequest({
      method: 'POST',
      path: '/',
      query: [],
      headers,
      signedHeaders,
      payloadHash: headers.get('x-acs-content-sha256') ?? '',
    });
    const key = secret ?? service.root.accessKeySecret;
    const signature = acs3Signature(key, acs3StringToSign(canonical));
    const id = service.root.accessKeyId;
    const authorization = `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${signedHeaders.join(';')},Signature=${signature}`;
    headers.delete('host');
    return given({ ...Object.fromEntries(headers), authorization, ...unsigned });
  }
  const acs3 = (...given: Parameters<typeof acs3Headers>) =>
    send('', { method: 'POST', headers: acs3Headers(...given) });

  it('is answered in JSON unless it asks for XML', async () => {
    expect(JSON.parse((await acs3()).text)).toMatchObject({ IdentityType: 'Account' });
    const asked = await acs3({}, { accept: 'application/xml' });
    expect(asked.text).toContain('<GetCallerIdentityResponse>');
  });

  it.each([
    ['400 MissingTimestamp', { 'x-acs-date': undefined }],
    ['400 MissingSignatureNonce', { 'x-acs-signature-nonce': undefined }],
    ['400 MissingAction', { 'x-acs-action': undefined }],
    ['400 MissingVersion', { 'x-acs-version': undefined }],
    ['400 InvalidTimeStamp.Expired', { 'x-acs-date': instant(-16 * 60_000) }],
    ['400 InvalidSecurityToken.Malformed', { 'x-acs-security-token': 'x' }],
    ['400 SignatureDoesNotMatch', { 'x-acs-content-sha256': 'f'.repeat(64) }],
    ['400 SignatureDoesNotMatch', { 'x-acs-content-sha256': undefined }],
  ])('is refused with %s for %j', async (refusal, changes) => {
    expect(codeOf(await acs3(changes))).toBe(refusal);
  });

  it('is refused when somebody added a header, changed the body or the query', async () => {
    const added = await acs3({}, { 'x-acs-extra': 'x' });
    expect(codeOf(added)).toBe('400 SignatureDoesNotMatch');
    expect(JSON.parse(added.text).Message).toContain('server canonical request is:POST\n/\n\n');
    const changed = await acs3({}, { 'x-acs-action': 'AssumeRole' });
    expect(codeOf(changed)).toBe('400 SignatureDoesNotMatch');
    const query = await send('RoleArn=x', { method: 'POST', headers: acs3Headers() });
    expect(codeOf(query)).toBe('400 SignatureDoesNotMatch');
    const type = { 'content-type': 'text/plain' };
    const body = await send('', { method: 'POST', headers: acs3Headers(type), body: 'x' });
    expect(codeOf(body)).toBe('400 SignatureDoesNotMatch');
    const hash = { 'x-acs-content-sha256': createHash('sha256').update('x=y').digest('hex') };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = async (signed: Texts, unsigned: Texts, content?: string) => {
      const headers = acs3Headers(signed, unsigned);
      return (await send('', { method: 'POST', headers, ...(content && { body: content }) }))
        .status;
    };
    expect(await sent({ ...hash, ...form }, {}, 'x=y')).toBe(200);
    expect(await sent(hash, form, 'x=y')).toBe(400);
    expect(await sent({}, form)).toBe(200);
  });

  it('is refused for another key, another algorithm, and once it was served', async () => {
    expect(codeOf(await acs3({}, {}, 'wrong'))).toBe('400 SignatureDoesNotMatch');
    const sm3 = 'ACS3-HMAC-SM3 Credential=rootkeyid,SignedHeaders=host,Signature=x';
    expect(codeOf(await acs3({}, { authorization: sm3 }))).toBe('400 InvalidSignatureMethod');
    const basic = await acs3({}, { authorization: 'Basic eDp5' });
    expect(codeOf(basic)).toBe('400 InvalidAuthorization');
    const headers = acs3Headers();
    expect((await send('', { method: 'POST', headers })).status).toBe(200);
    expect(codeOf(await send('', { method: 'POST', headers }))).toBe('400 SignatureNonceUsed');
  });
});

describe('whatever comes', () => {
  it('elsewhere or with another method is refused', async () => {
    const query = rpcParameters('GET').toString();
    expect(codeOf(await send(query, {}, '/users'))).toBe('404 InvalidAction.NotFound');
    const put = await send(rpcParameters('PUT').toString(), { method: 'PUT', body: 'x' });
    expect(codeOf(put)).toBe('400 UnsupportedHTTPMethod');
    expect((await send('')).text).toContain('<Code>MissingVersion</Code>');
  });

  it('and is too long is refused, and the client sees it', async () => {
    const body = Buffer.alloc(2_000_000, 'x');
    expect(codeOf(await send('', { method: 'POST', body }))).toBe('413 RequestEntityTooLarge');
    const chunked = new ReadableStream({
      start(controller) {
        for (let at = 0; at < 10; at++) controller.enqueue(new Uint8Array(100_000));
        controller.close();
      },
    });
    const init = { method: 'POST', body: chunked, duplex: 'half' } as RequestInit;
    expect(codeOf(await send('', init))).toBe('413 RequestEntityTooLarge');
  });

  it('and breaks off harms nobody', async () => {
    const { port } = new URL(service.endpoint);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await rpc()).status).toBe(200);
  });

  it('is answered, and by no failure', async () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '',
        '1.0',
        'HMAC-SHA1',
        'JSON',
        'rootkeyid',
        '2015-05-01',
        'ListUsers',
        instant(),
      ),
    );
    const headerText = fc.stringMatching(/^[\x21-\x7e]{0,40}$/);
    const known = ['Action', 'Version', 'Format', 'AccessKeyId', 'Signature', 'SignatureMethod'];
    const names = fc.oneof(
      fc.constantFrom(...known, 'SignatureVersion', 'SignatureNonce', 'Timestamp', 'SecurityToken'),
      fc.string(),
    );
    const authorization = fc.oneof(
      headerText,
      fc
        .tuple(headerText, headerText, headerText)
        .map(
          ([id, signed, signature]) =>
            `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${signed},Signature=${signature}`,
        ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(names, anything),
        fc.option(
          fc.record({ authorization, 'x-acs-version': headerText, 'x-acs-date': headerText }),
        ),
        fc.constantFrom('GET', 'POST'),
        async (parameters, headers, method) => {
          const query = new URLSearchParams(parameters).toString();
          const form = method === 'POST' && { body: new URLSearchParams(parameters) };
          const { status } = await send(form ? '' : query, {
            method,
            headers: headers ?? {},
            ...form,
          });
          expect(status).toBeGreaterThanOrEqual(400);
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
    for (const raw of ['%', '%zz', '&&==&', '=', '?', 'a=%00', '%ff=1', 'a&a', '\u{1f600}']) {
      expect((await send(raw)).status).toBe(400);
    }
  });

  it('cannot make a header or an element of its own', async () => {
    const answer = await rpc({
      Version: '2015-05-01',
      Action: 'GetUser',
      UserName: '</Message><Evil>\r\nX-Evil: 1',
      Format: 'XML',
    });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('<Evil>');
    const wrong = await rpc({ Signature: 'x', Format: 'XML', Extra: '<Evil>' });
    expect(wrong.text).not.toContain('<Evil>');
  });
});
