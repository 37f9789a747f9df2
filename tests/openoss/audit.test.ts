/** The audit log: what is told of each request, and what never is. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseQuery, presignUrl } from '@openoss/protocol';
import { createLog, startService } from '@openoss/server';
import { startOpenOss } from 'openoss';
import { expect, it, onTestFinished } from 'vitest';
import { type AuditLine, auditLines, auditText } from '../support/audit-lines.js';
import { type Reachable, send, sendRaw, sendSigned, type WireAnswer } from '../support/http.js';
import { callKms, kms, kmsRefusalOf, officialKms } from '../support/official-kms.js';
import { type Keys, officialClients, ram, refusalOf, sts } from '../support/official-packages.js';
import { freshDirectories } from '../support/operator.js';
import { RawConnection, signedHead } from '../support/raw-connection.js';
import { allow, deny, policyOf } from '../support/start-with-identities.js';
import { type WireTap, wireTap } from '../support/wire-tap.js';

const freshDirectory = await freshDirectories();
const bucket = 'examplebucket';
const region = 'cn-hangzhou';

/** A service that is audited, with clients whose every byte is heard. */
async function startAudited() {
  const folder = freshDirectory();
  await mkdir(folder);
  const file = path.join(folder, 'audit.log');
  const root = { accessKeyId: 'rootkeyid', accessKeySecret: 'root-secret-0123456789' };
  const free = { host: '127.0.0.1', port: 0 };
  const service = await startService({
    directory: path.join(folder, 'data'),
    ...{ listen: free, rpcListen: free, adminListen: free, region },
    audit: { file },
    minFreeBytes: 256 * 1024,
    environment: {
      OPENOSS_ROOT_ACCESS_KEY_ID: root.accessKeyId,
      OPENOSS_ROOT_ACCESS_KEY_SECRET: root.accessKeySecret,
      OPENOSS_DIRECTORY_KEY: Buffer.alloc(32, 9).toString('base64'),
      OPENOSS_KMS_ROOT_KEY: Buffer.alloc(32, 8).toString('base64'),
    },
    log: createLog('silent'),
  });
  onTestFinished(() => service.close(0));
  await service.createBucket(bucket);
  const oss = await wireTap(service.endpoint);
  const rpc = await wireTap(service.rpcEndpoint ?? '');
  const as = (credentials: Keys): Reachable => ({ endpoint: oss.endpoint, region, credentials });
  return {
    ...{ service, file, oss, rpc, root, as },
    call: (keys: Keys, algorithm?: 'v2') => officialClients(rpc.endpoint, keys, algorithm),
    /** The line of an answer, or the one that a test looks for. */
    async lineOf(of: WireAnswer | ((line: AuditLine) => boolean)): Promise<AuditLine> {
      const is =
        typeof of === 'function'
          ? of
          : ({ requestId }: AuditLine) => requestId === of.headers['x-oss-request-id'];
      await expect.poll(() => auditLines(file).filter(is).length).toBe(1);
      const line = auditLines(file).find(is);
      if (line === undefined) throw new Error('there was one');
      return line;
    },
  };
}

/** How many answers a tap has heard, but for those that tell to go on. */
const answersIn = ({ received }: WireTap): number =>
  received().match(/HTTP\/1\.1 [2-5]\d\d /g)?.length ?? 0;

const FORMS: readonly RegExp[] = [
  /^Authorization: (?:OSS \w+:|OSS4-HMAC-SHA256 .*?Signature=|ACS3-HMAC-SHA256 .*?Signature=)(\S+)/gim,
  /[?&](?:x-oss-)?signature=([^&\s]+)/gi,
  /[?&](?:x-oss-)?security-?token=([^&\s]+)/gi,
  /^x-(?:oss|acs)-security-token: (\S+)/gim,
  /"(?:AccessKeySecret|SecurityToken)":"([^"]+)"/g,
  /<(?:AccessKeySecret|SecurityToken)>([^<]+)</g,
  /[?&](?:Plaintext|CiphertextBlob)=([^&\s]+)/g,
  /"(?:Plaintext|CiphertextBlob)":"([^"]+)"/g,
];

/** Every signature, token and secret that was sent, as it was and decoded. */
function secretsOf(...taps: readonly WireTap[]): Set<string> {
  const secrets = new Set<string>();
  for (const { sent, received } of taps) {
    for (const text of [sent(), received()]) {
      for (const form of FORMS) {
        for (const [, secret = ''] of text.matchAll(form)) {
          secrets.add(secret).add(decodeURIComponent(secret));
        }
      }
    }
  }
  return secrets;
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

it('tells of each request who, from where, what, how it was decided, and no secret', async () => {
  const audited = await startAudited();
  const { service, file, oss, rpc, root, as, call, lineOf } = audited;
  const { account } = service;
  const owner = as(root);
  const put = (who: Reachable, key: string, headers: Record<string, string> = {}) =>
    sendSigned(who, { method: 'PUT', bucket, key, body: 'hello', headers });

  // The account itself.
  const byRoot = await lineOf(await put(owner, 'a/ü\n\u2028"'));
  expect(byRoot).toMatchObject({
    service: 'oss',
    sourceIp: '127.0.0.1',
    tls: false,
    host: new URL(oss.endpoint).host,
    method: 'PUT',
    auth: 'v4-header',
    accessKeyId: root.accessKeyId,
    account,
    principal: `acs:ram::${account}:root`,
    operation: 'PutObject',
    action: 'oss:PutObject',
    bucket,
    key: 'a/ü\n\u2028"',
    resource: `acs:oss:${region}:${account}:${bucket}/a/ü\n\u2028"`,
    decision: 'allowed',
    decidedBy: 'ownership',
    status: 200,
    outcome: 'answered',
    bytesIn: 5,
    bytesOut: 0,
  });
  expect(byRoot).not.toHaveProperty('statement');
  expect(byRoot.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(Math.abs(Date.now() - Date.parse(String(byRoot.time)))).toBeLessThan(60_000);
  expect(byRoot.milliseconds).toBeGreaterThan(0);

  // A RAM user, made through RAM with both signatures.
  const rootCalls = call(root);
  const rootCallsV1 = call(root, 'v2');
  await rootCalls.ram.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
  expect(await lineOf(({ operation }) => operation === 'CreateUser')).toMatchObject({
    service: 'ram',
    auth: 'acs3-header',
    accessKeyId: root.accessKeyId,
    principal: `acs:ram::${account}:root`,
    action: 'ram:CreateUser',
    resource: `acs:ram::${account}:user/alice`,
    decision: 'allowed',
    decidedBy: 'ownership',
    status: 200,
    outcome: 'answered',
  });
  const { body: made } = await rootCallsV1.ram.createAccessKey(
    new ram.CreateAccessKeyRequest({ userName: 'alice' }),
  );
  expect(await lineOf(({ operation }) => operation === 'CreateAccessKey')).toMatchObject({
    auth: 'rpc-parameters',
    resource: `acs:ram::${account}:user/alice`,
  });
  const { accessKeyId = '', accessKeySecret = '' } = made?.accessKey ?? {};
  const alice = { accessKeyId, accessKeySecret };
  await rootCalls.ram.createPolicy(
    new ram.CreatePolicyRequest({
      policyName: 'writers',
      policyDocument: policyOf(allow('oss:PutObject'), allow('sts:AssumeRole')),
    }),
  );
  await rootCalls.ram.attachPolicyToUser(
    new ram.AttachPolicyToUserRequest({
      ...{ policyType: 'Custom', policyName: 'writers', userName: 'alice' },
    }),
  );
  expect(await lineOf(({ operation }) => operation === 'AttachPolicyToUser')).toMatchObject({
    resource: `acs:ram::${account}:user/alice`,
    otherResources: [`acs:ram::${account}:policy/writers`],
  });
  const writers = { policyType: 'ram', policyName: 'writers' };
  expect(await lineOf(await put(as(alice), 'k'))).toMatchObject({
    accessKeyId,
    principal: `acs:ram::${account}:user/alice`,
    decision: 'allowed',
    decidedBy: 'identity-policy',
    statement: { ...writers, policyVersion: 'v1', effect: 'Allow', index: 0 },
  });
  // What the operation needs besides is what is denied.
  expect(await lineOf(await put(as(alice), 'k', { 'x-oss-tagging': 'a=b' }))).toMatchObject({
    decision: 'implicit-deny',
    action: 'oss:PutObjectTagging',
    status: 403,
    code: 'AccessDenied',
    bytesIn: 0,
  });

  // A new version of the policy denies.
  await rootCalls.ram.createPolicyVersion(
    new ram.CreatePolicyVersionRequest({
      policyName: 'writers',
      policyDocument: policyOf(
        allow(['oss:*', 'sts:AssumeRole']),
        deny('oss:PutObject', `acs:oss:*:*:${bucket}/k`),
      ),
      setAsDefault: true,
    }),
  );
  const denied = await lineOf(await put(as(alice), 'k'));
  expect(denied).toMatchObject({
    decision: 'explicit-deny',
    decidedBy: 'identity-policy',
    statement: { ...writers, policyVersion: 'v2', effect: 'Deny', index: 1 },
    status: 403,
    code: 'AccessDenied',
  });
  expect(denied.ec).toMatch(/^\d{4}-\d{8}$/);

  // The bucket policy denies as well.
  const { body: who } = await rootCalls.ram.getUser(new ram.GetUserRequest({ userName: 'alice' }));
  await sendSigned(owner, {
    method: 'PUT',
    bucket,
    query: [['policy', null]],
    body: policyOf({
      ...deny('oss:PutObject', `acs:oss:*:*:${bucket}/*`),
      Principal: [who?.user?.userId],
    }),
  });
  const ofBucket = { policyType: 'bucket', policyName: bucket, effect: 'Deny', index: 0 };
  expect(await lineOf(await put(as(alice), 'other'))).toMatchObject({
    decidedBy: 'bucket-policy',
    decision: 'explicit-deny',
    statement: ofBucket,
  });
  expect(await lineOf(await put(as(alice), 'k'))).toMatchObject({
    statement: { ...writers, index: 1 },
    otherStatement: ofBucket,
  });

  // A session, held to its session policy.
  await rootCalls.ram.createRole(
    new ram.CreateRoleRequest({
      roleName: 'reader',
      assumeRolePolicyDocument: policyOf({
        ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
        Principal: { RAM: [`acs:ram::${account}:root`] },
      }),
    }),
  );
  await rootCalls.ram.attachPolicyToRole(
    new ram.AttachPolicyToRoleRequest({
      ...{ policyType: 'System', policyName: 'AliyunOSSFullAccess', roleName: 'reader' },
    }),
  );
  const roleArn = `acs:ram::${account}:role/reader`;
  const { body: assumed } = await call(alice).sts.assumeRole(
    new sts.AssumeRoleRequest({
      ...{ roleArn, roleSessionName: 'night-shift' },
      policy: policyOf(allow('oss:GetObject')),
    }),
  );
  expect(await lineOf(({ operation }) => operation === 'AssumeRole')).toMatchObject({
    service: 'sts',
    accessKeyId,
    principal: `acs:ram::${account}:user/alice`,
    action: 'sts:AssumeRole',
    resource: roleArn,
    decision: 'allowed',
    decidedBy: 'trust-policy',
  });
  const { credentials } = assumed ?? {};
  const session = {
    accessKeyId: credentials?.accessKeyId ?? '',
    accessKeySecret: credentials?.accessKeySecret ?? '',
    securityToken: credentials?.securityToken ?? '',
  };
  const bySession = {
    accessKeyId: session.accessKeyId,
    account,
    principal: `acs:ram::${account}:assumed-role/reader/night-shift`,
    sessionName: 'night-shift',
  };
  expect(await lineOf(await sendSigned(as(session), { bucket, key: 'k' }))).toMatchObject({
    ...bySession,
    decision: 'allowed',
    statement: { policyName: 'AliyunOSSFullAccess', policyVersion: 'v1' },
    bytesOut: 5,
  });
  expect(await lineOf(await put(as(session), 'k2'))).toMatchObject({
    ...bySession,
    decision: 'implicit-deny',
    decidedBy: 'session-policy',
  });

  // URLs that are signed, by a session too.
  const presigned = (version: 'v1' | 'v4', keys: Keys) => {
    const request = { method: 'GET', bucket, key: 'k', query: [], headers: new Map() };
    const options = { version, region, credentials: keys, now: Date.now() };
    const query = presignUrl(request, options, 60);
    return send(oss.endpoint, { bucket, key: 'k', query: [...query] });
  };
  for (const version of ['v1', 'v4'] as const) {
    for (const keys of [root, session]) {
      const answer = await presigned(version, keys);
      expect(answer.status).toBe(200);
      const line = await lineOf(answer);
      expect(line).toMatchObject({ auth: `${version}-url`, accessKeyId: keys.accessKeyId });
      const told = parseQuery(String(line.query)).map(([name]) => name);
      expect(told.sort()).toEqual(
        version === 'v1' ? ['Expires', 'OSSAccessKeyId'] : ['x-oss-date', 'x-oss-expires'],
      );
    }
  }

  // Who is not who they say, and who says nothing.
  const wrong = { ...root, accessKeySecret: 'another-secret-altogether' };
  expect(await lineOf(await put(as(wrong), 'k'))).toMatchObject({
    auth: 'v4-header',
    accessKeyId: root.accessKeyId,
    decision: 'unauthenticated',
    operation: 'PutObject',
    key: 'k',
    code: 'SignatureDoesNotMatch',
    status: 403,
  });
  const unproved = await lineOf(({ code }) => code === 'SignatureDoesNotMatch');
  expect(unproved).not.toHaveProperty('principal');
  expect(await lineOf(await send(oss.endpoint, { bucket, key: 'k' }))).toMatchObject({
    auth: 'anonymous',
    decision: 'implicit-deny',
    decidedBy: 'bucket-acl',
  });
  expect(
    await lineOf(await send(oss.endpoint, { bucket, headers: { Authorization: 'Bearer token1' } })),
  ).toMatchObject({ auth: 'unknown', decision: 'unauthenticated' });
  expect(await lineOf(await sendSigned(owner, { bucket: 'missing', key: 'k' }))).toMatchObject({
    decision: 'not-reached',
    code: 'NoSuchBucket',
    bucket: 'missing',
  });
  expect(
    await lineOf(await send(oss.endpoint, { target: '/Wrong_/k?Signature=leaked-1&acl' })),
  ).toMatchObject({ path: '/Wrong_/k', query: 'acl', code: 'InvalidBucketName' });

  // A signed URL whose question mark was encoded is the name of an object.
  const glued = await send(oss.endpoint, {
    target: `/${bucket}/a.txt%3FOSSAccessKeyId=${root.accessKeyId}&Signature=leaked-2%3D`,
  });
  expect(await lineOf(glued)).toMatchObject({
    key: `a.txt?OSSAccessKeyId=${root.accessKeyId}&…`,
    resource: `acs:oss:${region}:${account}:${bucket}/a.txt?OSSAccessKeyId=${root.accessKeyId}&…`,
  });

  // Who changes what others may is told with the ACL, also where a bucket is made again for it.
  const again = (who: Reachable, acl?: string) =>
    sendSigned(who, {
      method: 'PUT',
      bucket,
      headers: acl === undefined ? {} : { 'x-oss-acl': acl },
    });
  expect(await lineOf(await again(as(alice), 'public-read'))).toMatchObject({
    ...{ operation: 'PutBucket', acl: 'public-read', status: 200 },
    ...{ action: 'oss:PutBucketAcl', decision: 'allowed', decidedBy: 'identity-policy' },
    statement: { ...writers, policyVersion: 'v2', effect: 'Allow', index: 0 },
  });
  expect(await lineOf(await again(as(session), 'public-read-write'))).toMatchObject({
    ...{ operation: 'PutBucket', acl: 'public-read-write', status: 409, ec: '0015-00000104' },
    ...{ action: 'oss:PutBucketAcl', decision: 'implicit-deny', decidedBy: 'session-policy' },
  });
  expect(await lineOf(await again(as(alice)))).toMatchObject({
    ...{ operation: 'PutBucket', status: 409, decision: 'not-reached' },
  });
  await sendSigned(owner, {
    ...{ method: 'PUT', bucket, query: [['policy', null]] },
    body: policyOf({
      ...deny('oss:PutBucketAcl', `acs:oss:*:*:${bucket}`),
      Principal: [account],
    }),
  });
  expect(await lineOf(await again(owner, 'private'))).toMatchObject({
    ...{ status: 409, action: 'oss:PutBucketAcl', decision: 'explicit-deny' },
    ...{ decidedBy: 'bucket-policy', statement: ofBucket },
  });
  await sendSigned(owner, { method: 'DELETE', bucket, query: [['policy', null]] });
  const set = { method: 'PUT', bucket, query: [['acl', null]] as const };
  expect(
    await lineOf(await sendSigned(owner, { ...set, headers: { 'x-oss-acl': 'private' } })),
  ).toMatchObject({ operation: 'PutBucketAcl', acl: 'private', decision: 'allowed', status: 200 });
  const ofObject = { 'x-oss-object-acl': 'public-read' };
  expect(
    await lineOf(await sendSigned(owner, { ...set, key: 'k', headers: ofObject })),
  ).toMatchObject({ operation: 'PutObjectAcl', acl: 'public-read', status: 200 });
  expect(await lineOf(await put(owner, 'k', ofObject))).toMatchObject({
    ...{ operation: 'PutObject', acl: 'public-read' },
  });
  expect(byRoot).not.toHaveProperty('acl');

  // Deletions tell what was deleted.
  const body = '<Delete><Object><Key>x</Key></Object><Object><Key>y</Key></Object></Delete>';
  const md5 = createHash('md5').update(body).digest('base64');
  const deletion = { method: 'POST', bucket, query: [['delete', null]] as const, body };
  const deleted = await sendSigned(owner, { ...deletion, headers: { 'Content-MD5': md5 } });
  expect(await lineOf(deleted)).toMatchObject({
    operation: 'DeleteMultipleObjects',
    deletedKeys: ['x', 'y'],
    decision: 'allowed',
    bytesIn: body.length,
  });

  // Calls that are refused.
  expect(await refusalOf(call(alice).ram.listUsers(new ram.ListUsersRequest({})))).toBe(
    '403 NoPermission',
  );
  expect(
    await lineOf(({ operation, code }) => operation === 'ListUsers' && code === 'NoPermission'),
  ).toMatchObject({
    decision: 'implicit-deny',
    resource: `acs:ram::${account}:user/*`,
    status: 403,
  });
  expect(await refusalOf(call(wrong).ram.listUsers(new ram.ListUsersRequest({})))).toContain(
    'SignatureDoesNotMatch',
  );
  expect(
    await lineOf(({ service: of, code }) => of === 'ram' && code === 'SignatureDoesNotMatch'),
  ).toMatchObject({ decision: 'unauthenticated', accessKeyId: root.accessKeyId });
  await call(session).sts.getCallerIdentity();
  expect(await lineOf(({ operation }) => operation === 'GetCallerIdentity')).toMatchObject({
    ...bySession,
    decision: 'allowed',
    decidedBy: 'nothing-asked',
  });
  await rootCalls.ram.deleteAccessKey(
    new ram.DeleteAccessKeyRequest({ userName: 'alice', userAccessKeyId: accessKeyId }),
  );
  expect(await lineOf(({ operation }) => operation === 'DeleteAccessKey')).toMatchObject({
    targetAccessKeyId: accessKeyId,
  });
  expect((await send(rpc.endpoint, { method: 'POST', body: Buffer.alloc(200_000) })).status).toBe(
    413,
  );
  expect(await lineOf(({ code }) => code === 'RequestEntityTooLarge')).toMatchObject({
    service: 'rpc',
    decision: 'not-reached',
  });

  // Each answer has its line, and no line has no answer.
  const answered = () => answersIn(oss) + answersIn(rpc);
  await expect.poll(() => auditLines(file).length).toBe(answered());
  expect(answered()).toBeGreaterThan(30);
  await service.close(1000);
  const lines = auditLines(file);
  expect(lines).toHaveLength(answered());
  expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(lines.length);
  expect(lines.every(({ outcome }) => outcome === 'answered')).toBe(true);

  // And nothing that is a secret.
  const secrets = secretsOf(oss, rpc);
  for (const { accessKeySecret: secret } of [root, alice, session, wrong]) secrets.add(secret);
  secrets.add('leaked-1').add('leaked-2').add('token1').add(Buffer.alloc(32, 9).toString('base64'));
  expect(secrets.size).toBeGreaterThan(35);
  expect(secrets).toContain(session.securityToken);
  const text = auditText(file);
  expect([...secrets].filter((secret) => text.includes(secret))).toEqual([]);
});

it('tells of calls of KMS and of objects under its keys, and nothing that they opened or sealed', async () => {
  const { service, file, oss, rpc, root, as, lineOf } = await startAudited();
  const { account, identities } = service;
  const ofAccount = `acs:kms:${region}:${account}`;
  const keys = officialKms(rpc.endpoint, root);
  const { keyId } = (await keys.createKey(new kms.CreateKeyRequest({}))).keyMetadata;
  const byRoot = {
    ...{ service: 'kms', accessKeyId: root.accessKeyId, account, auth: 'rpc-parameters' },
    ...{ principal: `acs:ram::${account}:root`, decision: 'allowed', decidedBy: 'ownership' },
    ...{ status: 200, outcome: 'answered' },
  };
  const calls = (name: string) => lineOf(({ operation }) => operation === name);
  expect(await calls('CreateKey')).toMatchObject({
    ...byRoot,
    action: 'kms:CreateKey',
    resource: `${ofAccount}:key`,
  });
  const aliasName = 'alias/photos';
  await keys.createAlias(new kms.CreateAliasRequest({ aliasName, keyId }));
  const onKey = { ...byRoot, resource: `${ofAccount}:key/${keyId}` };
  expect(await calls('CreateAlias')).toMatchObject({
    ...byRoot,
    resource: `${ofAccount}:${aliasName}`,
    otherResources: [onKey.resource],
  });
  await keys.generateDataKey(new kms.GenerateDataKeyRequest({ keyId: aliasName }));
  expect(await calls('GenerateDataKey')).toMatchObject({ ...onKey, action: 'kms:GenerateDataKey' });
  const plaintext = Buffer.from('what nobody is told').toString('base64');
  const { ciphertextBlob } = await keys.encrypt(new kms.EncryptRequest({ keyId, plaintext }));
  expect(await calls('Encrypt')).toMatchObject(onKey);
  await keys.decrypt(new kms.DecryptRequest({ ciphertextBlob }));
  expect(await calls('Decrypt')).toMatchObject({ ...onKey, action: 'kms:Decrypt' });
  const anew = { CiphertextBlob: ciphertextBlob, DestinationKeyId: keyId };
  await callKms(keys, 'ReEncrypt', anew);
  expect(await calls('ReEncrypt')).toMatchObject({
    ...onKey,
    action: 'kms:ReEncryptFrom',
    otherResources: [onKey.resource],
  });

  // A user whose policies say nothing of keys.
  const { users, accessKeys, policies, attachments } = identities.ram(account);
  await users.create({ userName: 'alice' });
  const made = await accessKeys.create('alice');
  const alice = { accessKeyId: made.accessKeyId, accessKeySecret: made.accessKeySecret };
  const may = async (policyName: string, ...statements: Parameters<typeof policyOf>) => {
    await policies.create({ policyName, policyDocument: policyOf(...statements) });
    await attachments.attach({ type: 'Custom', name: policyName }, { kind: 'user', name: 'alice' });
  };
  await may('objects', allow(['oss:PutObject', 'oss:GetObject']));
  const hers = officialKms(rpc.endpoint, alice);
  const refused = hers.decrypt(new kms.DecryptRequest({ ciphertextBlob }));
  expect(await kmsRefusalOf(refused)).toBe('403 Forbidden.NoPermission');
  expect(await lineOf(({ code }) => code === 'Forbidden.NoPermission')).toMatchObject({
    ...{ service: 'kms', operation: 'Decrypt', action: 'kms:Decrypt', status: 403 },
    ...{ principal: `acs:ram::${account}:user/alice`, resource: onKey.resource },
    ...{ decision: 'implicit-deny' },
  });
  const garbled = hers.decrypt(new kms.DecryptRequest({ ciphertextBlob: 'bm90aGluZw==' }));
  expect(await kmsRefusalOf(garbled)).toBe('400 InvalidParameter');
  expect(await lineOf(({ code }) => code === 'InvalidParameter')).toMatchObject({
    ...{ service: 'kms', operation: 'Decrypt', decision: 'not-reached' },
  });

  const put = (who: Reachable, key: string) => {
    const request = { method: 'PUT', bucket, key, body: 'hello' };
    const named = {
      'x-oss-server-side-encryption': 'KMS',
      'x-oss-server-side-encryption-key-id': keyId,
    };
    return sendSigned(who, { ...request, headers: named });
  };
  const denied = { operation: 'PutObject', status: 403, code: 'AccessDenied' };
  expect(await lineOf(await put(as(alice), 'k'))).toMatchObject({
    ...denied,
    ...{ action: 'kms:GenerateDataKey', decision: 'implicit-deny' },
  });
  await may('keys', allow('kms:*'));
  expect(await lineOf(await put(as(alice), 'k'))).toMatchObject({
    ...{ action: 'oss:PutObject', decision: 'allowed', status: 200 },
    statement: { policyName: 'objects' },
  });
  await may('no-decryption', deny('kms:Decrypt'));
  const forbids = {
    ...{ action: 'kms:Decrypt', decision: 'explicit-deny', decidedBy: 'identity-policy' },
    statement: { policyType: 'ram', policyName: 'no-decryption', effect: 'Deny', index: 0 },
  };
  expect(await lineOf(await put(as(alice), 'k'))).toMatchObject({ ...denied, ...forbids });
  expect(await lineOf(await sendSigned(as(alice), { bucket, key: 'k' }))).toMatchObject({
    ...{ ...denied, operation: 'GetObject' },
    ...forbids,
  });
  // Whoever comes without an identity has no key, also where the bucket takes in what anybody puts.
  const open = { 'x-oss-acl': 'public-read-write' };
  await sendSigned(as(root), { method: 'PUT', bucket, query: [['acl', null]], headers: open });
  const encrypted = { 'x-oss-server-side-encryption': 'KMS' };
  const byNobody = { method: 'PUT', bucket, key: 'n', body: 'x', headers: encrypted };
  expect(await lineOf(await send(oss.endpoint, byNobody))).toMatchObject({
    ...denied,
    ...{ auth: 'anonymous', action: 'kms:GenerateDataKey', decision: 'implicit-deny' },
  });

  await expect.poll(() => auditLines(file).length).toBe(answersIn(oss) + answersIn(rpc));
  await service.close(1000);
  const secrets = secretsOf(oss, rpc);
  for (const { accessKeySecret: secret } of [root, alice]) secrets.add(secret);
  expect(secrets).toContain(plaintext);
  expect(secrets).toContain(ciphertextBlob);
  secrets.add('what nobody is told').add(Buffer.alloc(32, 8).toString('base64'));
  expect(secrets.size).toBeGreaterThan(20);
  const text = auditText(file);
  expect([...secrets].filter((secret) => text.includes(secret))).toEqual([]);
});

it('tells of what was broken off, of what is no HTTP, and of calls in the same way', async () => {
  const { service, file, oss, rpc, root, as, lineOf } = await startAudited();
  const owner = as(root);
  const half = (key: string) =>
    signedHead(owner, { method: 'PUT', bucket, key }, { 'Content-Length': '1000' });

  const reset = await RawConnection.open(oss.endpoint);
  await reset.write(`${half('reset')}${'x'.repeat(100)}`);
  await wait(50);
  reset.socket.resetAndDestroy();
  expect(await lineOf(({ key }) => key === 'reset')).toMatchObject({
    sourceIp: '127.0.0.1',
    operation: 'PutObject',
    decision: 'allowed',
    status: 0,
    outcome: 'unanswered',
    code: 'IncompleteBody',
    bytesIn: 100,
  });

  const ended = await RawConnection.open(oss.endpoint);
  await ended.write(`${half('ended')}${'x'.repeat(10)}`);
  ended.end();
  expect(await ended.ended()).toContain('IncompleteBody');
  expect(await lineOf(({ key }) => key === 'ended')).toMatchObject({
    status: 400,
    outcome: 'answered',
    code: 'IncompleteBody',
    bytesIn: 10,
  });

  // A download whose reader goes away: the tap would take everything in.
  const large = Buffer.alloc(24 * 1024 * 1024);
  await sendSigned(owner, { method: 'PUT', bucket, key: 'large', body: large });
  const reader = await RawConnection.open(service.endpoint);
  reader.socket.pause();
  await reader.write(signedHead(owner, { bucket, key: 'large' }));
  await wait(300);
  reader.socket.resetAndDestroy();
  const cut = await lineOf(({ key, method }) => key === 'large' && method === 'GET');
  expect(cut).toMatchObject({ status: 200, outcome: 'cut-short', decision: 'allowed' });
  expect(cut.bytesOut).toBeLessThan(large.length);

  // Refused before their body was read: the connection ends, and the answer is out.
  const early = await RawConnection.open(oss.endpoint);
  await early.write(
    `PUT /${bucket}/early HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n`,
  );
  expect(await early.ended()).toContain('AccessDenied');
  expect(await lineOf(({ key }) => key === 'early')).toMatchObject({
    outcome: 'answered',
    status: 403,
    bytesIn: 0,
  });

  const idOf = (answer: string) => /x-oss-request-id: (\S+)/.exec(answer)?.[1];
  for (const [bytes, status] of [
    ['NONSENSE\r\n\r\n', 400],
    ['CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n', 405],
    [`GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 400],
  ] as const) {
    const id = idOf(await sendRaw(oss.endpoint, bytes));
    expect(await lineOf(({ requestId }) => requestId === id)).toMatchObject({
      ...{ service: 'oss', auth: 'unknown', decision: 'not-reached', status, outcome: 'answered' },
    });
  }

  // RAM and STS.
  expect(await sendRaw(rpc.endpoint, 'NONSENSE\r\n\r\n')).toContain('HTTP/1.1 400 Bad Request');
  const noHost = 'GET /?Action=ListUsers&Version=2015-05-01 HTTP/1.1\r\nConnection: close\r\n\r\n';
  expect(await sendRaw(rpc.endpoint, noHost)).toContain('MissingAccessKeyId');
  const odd = 'GET / HTTP/1.1\r\nHost: h\r\nExpect: more\r\nConnection: close\r\n\r\n';
  expect(await sendRaw(rpc.endpoint, odd)).toContain('MissingVersion');
  const garbled = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n';
  expect(await sendRaw(rpc.endpoint, garbled)).toContain('HTTP/1.1 400 Bad Request');
  const gone = await RawConnection.open(rpc.endpoint);
  await gone.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf');
  await wait(50);
  gone.socket.resetAndDestroy();
  expect(
    await lineOf(({ service: of, outcome }) => of === 'rpc' && outcome === 'unanswered'),
  ).toMatchObject({ status: 0, bytesIn: 4, method: 'POST' });

  await expect
    .poll(() => auditLines(file).filter(({ outcome }) => outcome === 'answered').length)
    .toBe(answersIn(oss) + answersIn(rpc));
  await service.close(1000);
  expect(auditLines(file)).toHaveLength(answersIn(oss) + answersIn(rpc) + 3);
});

it('tells of requests that were one too many', async () => {
  const folder = freshDirectory();
  await mkdir(folder);
  const file = path.join(folder, 'audit.log');
  const oss = await startOpenOss({
    buckets: [bucket],
    limits: { maxRequests: 1 },
    audit: { file },
  });
  onTestFinished(() => oss.close());
  const busy = await RawConnection.open(oss.endpoint);
  await busy.write(signedHead(oss, { method: 'PUT', bucket, key: 'k' }, { 'Content-Length': '2' }));
  await wait(50);
  const shed = await sendSigned(oss, { bucket, key: 'k' });
  expect(shed.status).toBe(503);
  await busy.write('ab');
  await busy.answers(1);
  busy.end();
  await oss.close();
  const lines = auditLines(file);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ requestId: shed.headers['x-oss-request-id'] });
  expect(lines[0]).toMatchObject({ status: 503, decision: 'not-reached', outcome: 'answered' });
});

it('counts calls of RAM, STS and KMS for Prometheus, by product, action and status', async () => {
  const { service, rpc, root, call } = await startAudited();
  await call(root).ram.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
  await refusalOf(call(root).ram.createUser(new ram.CreateUserRequest({ userName: 'alice' })));
  await call(root).sts.getCallerIdentity();
  const missing = new kms.DescribeKeyRequest({ keyId: '9468da86-3509-4f8d-a61e-6eab1eac0000' });
  await kmsRefusalOf(officialKms(rpc.endpoint, root).describeKey(missing));
  await send(rpc.endpoint, { target: '/?Version=2015-05-01&Action=NoSuchThing' });
  const metrics = async () =>
    (await send(service.adminEndpoint ?? '', { target: '/metrics' })).text;
  const count = (product: string, action: string, status: number) =>
    `openoss_rpc_requests_total{product="${product}",action="${action}",status="${status}"} 1\n`;
  await expect.poll(metrics).toContain(count('none', 'none', 404));
  const text = await metrics();
  expect(text).toContain(count('Ram', 'CreateUser', 200));
  expect(text).toContain(count('Ram', 'CreateUser', 409));
  expect(text).toContain(count('Sts', 'GetCallerIdentity', 200));
  expect(text).toContain(count('Kms', 'DescribeKey', 404));
  expect(text).toContain(
    'openoss_rpc_request_duration_seconds_count{product="Ram",action="CreateUser"} 2\n',
  );
  await expect.poll(metrics).toMatch(/^openoss_audit_lines_total 5$/m);
  expect(text).toMatch(/^openoss_audit_lines_lost_total 0$/m);
});
