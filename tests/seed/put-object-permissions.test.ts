/**
 * The Permissions section of the put-object page, with `ossutil` itself and users that Alibaba Cloud's own
 * package for RAM has made.
 * https://www.alibabacloud.com/help/en/oss/developer-reference/put-object
 */
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendSigned } from '../support/http.js';
import {
  type Keys,
  officialClients,
  type RamClient,
  ram,
  sts,
} from '../support/official-packages.js';
import { type OssutilUser, ossutilUser, pointedAt, putObject } from '../support/ossutil-user.js';
import type { Outcome } from '../support/programs.js';
import { allow, deny, policyOf, type Statement } from '../support/start-with-identities.js';

const objects = 'acs:oss:*:*:examplebucket/*';
const put = putObject('--body', 'hi oss');
const putWithTags = [...put, '--tagging', 'TagA=A&TagB=B'];
const putWithKms = [...put, '--server-side-encryption', 'KMS'];

let oss: OpenOss;
let account: string;
let root: RamClient;
let shell: OssutilUser;
let names = 0;
beforeAll(async () => {
  oss = await startOpenOss({ buckets: ['examplebucket'], rpc: {} });
  const official = officialClients(oss.rpcEndpoint ?? '', oss.credentials);
  root = official.ram;
  account = (await official.sts.getCallerIdentity()).body?.accountId ?? '';
  shell = await ossutilUser(pointedAt(oss.endpoint, oss));
});
afterAll(() => oss.close());

/** The bucket's policy, or none. */
async function setBucketPolicy(...statements: Statement[]): Promise<void> {
  const policy = { bucket: 'examplebucket', query: [['policy', null]] as const };
  const request =
    statements.length === 0
      ? { ...policy, method: 'DELETE' }
      : { ...policy, method: 'PUT', body: policyOf(...statements) };
  expect((await sendSigned(oss, request)).status).toBeLessThan(300);
}
beforeEach(async () => {
  await setBucketPolicy();
  await sendSigned(oss, { method: 'DELETE', bucket: 'examplebucket', key: 'exampleobject' });
});

const asKeys = ({ accessKeyId, accessKeySecret, securityToken = '' }: Keys): NodeJS.ProcessEnv => ({
  OSS_ACCESS_KEY_ID: accessKeyId,
  OSS_ACCESS_KEY_SECRET: accessKeySecret,
  OSS_SESSION_TOKEN: securityToken,
});

/** `ossutil` as somebody with these keys types it. */
const as = (keys: Keys, command: readonly string[]): Promise<Outcome> =>
  shell.ossutil(command, { env: asKeys(keys) });

interface RamUser {
  readonly userName: string;
  readonly userId: string;
  readonly keys: Keys;
}

/** A RAM user with an access key, and nothing else. */
async function freshUser(): Promise<RamUser> {
  const userName = `user${names++}`;
  const { body } = await root.createUser(new ram.CreateUserRequest({ userName }));
  const made = await root.createAccessKey(new ram.CreateAccessKeyRequest({ userName }));
  const { accessKeyId = '', accessKeySecret = '' } = made.body?.accessKey ?? {};
  return { userName, userId: body?.user?.userId ?? '', keys: { accessKeyId, accessKeySecret } };
}

/** A policy of these statements for a user. */
async function grant({ userName }: RamUser, ...statements: Statement[]): Promise<void> {
  const policyName = `policy${names++}`;
  const policyDocument = policyOf(...statements);
  await root.createPolicy(new ram.CreatePolicyRequest({ policyName, policyDocument }));
  const attachment = { policyType: 'Custom', policyName, userName };
  await root.attachPolicyToUser(new ram.AttachPolicyToUserRequest(attachment));
}

function expectSuccess({ status, stderr }: Outcome): void {
  expect(stderr).toBe('');
  expect(status).toBe(0);
}

/** That the service refused it with this sentence and EC, and ossutil says so. */
function expectRefused({ status, stdout, stderr }: Outcome, message: string, ec: string): void {
  expect(stderr).toContain(
    `Error returned by Service. \nHttp Status Code: 403. \nError Code: AccessDenied. \n`,
  );
  expect(stderr).toContain(`Message: ${message}.\nEC: ${ec}.\n`);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
}

const refuseToPut = (outcome: Outcome) =>
  expectRefused(
    outcome,
    'You have no right to access this object because of bucket acl.',
    '0003-00000001',
  );
const refuseToTag = (outcome: Outcome) =>
  expectRefused(outcome, 'You have no right to access this object.', '0003-00000905');
const refuseKey = (outcome: Outcome) =>
  expectRefused(outcome, 'This request is forbidden by kms.', '');

/** What is stored, as the account sees it; undefined for nothing. */
async function stored(): Promise<{ readonly text: string; readonly tags: string } | undefined> {
  const object = { bucket: 'examplebucket', key: 'exampleobject' };
  const answer = await sendSigned(oss, object);
  if (answer.status === 404) return undefined;
  return { text: answer.text, tags: String(answer.headers['x-oss-tagging-count'] ?? '0') };
}

describe('By default, an Alibaba Cloud account has full permissions.', () => {
  it('It puts, with tags and without.', async () => {
    expectSuccess(await shell.ossutil(put));
    expect(await stored()).toEqual({ text: 'hi oss', tags: '0' });
    expectSuccess(await shell.ossutil(putWithTags));
    expect(await stored()).toEqual({ text: 'hi oss', tags: '2' });
    expectSuccess(await shell.ossutil(putWithKms));
    expect(await stored()).toEqual({ text: 'hi oss', tags: '0' });
  });
});

describe('RAM users or RAM roles under an account do not have any permissions by default.', () => {
  it('A fresh user is refused, and nothing is stored.', async () => {
    const { keys } = await freshUser();
    refuseToPut(await as(keys, put));
    refuseToPut(await as(keys, putWithTags));
    expect(await stored()).toBeUndefined();
  });
});

describe('The account grants permissions through RAM policies.', () => {
  it('oss:PutObject uploads an object; oss:PutObjectTagging is required with --tagging.', async () => {
    const user = await freshUser();
    await grant(user, allow('oss:PutObject', objects));
    expectSuccess(await as(user.keys, put));
    expect(await stored()).toEqual({ text: 'hi oss', tags: '0' });
    refuseToTag(await as(user.keys, putWithTags));
    expect(await stored()).toEqual({ text: 'hi oss', tags: '0' });
    await grant(user, allow('oss:PutObjectTagging', objects));
    expectSuccess(await as(user.keys, putWithTags));
    expect(await stored()).toEqual({ text: 'hi oss', tags: '2' });
  });

  it('kms:GenerateDataKey and kms:Decrypt are required with KMS, on the key.', async () => {
    const user = await freshUser();
    await grant(user, allow('oss:PutObject', objects));
    refuseKey(await as(user.keys, putWithKms));
    const keys = `acs:kms:*:${account}:key/*`;
    await grant(user, allow('kms:GenerateDataKey', keys));
    refuseKey(await as(user.keys, putWithKms));
    expect(await stored()).toBeUndefined();
    await grant(user, allow('kms:Decrypt', keys));
    expectSuccess(await as(user.keys, putWithKms));
    expect(await stored()).toEqual({ text: 'hi oss', tags: '0' });
    // Without the object's own permission, those on the key are worth nothing.
    const another = await freshUser();
    await grant(another, allow('kms:*'));
    refuseToPut(await as(another.keys, putWithKms));
  });

  it('oss:PutObjectTagging alone uploads nothing.', async () => {
    const user = await freshUser();
    await grant(user, allow('oss:PutObjectTagging', objects));
    refuseToPut(await as(user.keys, put));
    refuseToPut(await as(user.keys, putWithTags));
    expect(await stored()).toBeUndefined();
  });

  it('A Deny wins.', async () => {
    const user = await freshUser();
    await grant(user, allow('oss:*'));
    expectSuccess(await as(user.keys, putWithTags));
    await grant(user, deny('oss:PutObjectTagging'));
    expectRefused(
      await as(user.keys, putWithTags),
      'Access denied by bucket policy.',
      '0003-00000201',
    );
    expectSuccess(await as(user.keys, put));
    await grant(user, deny('oss:PutObject', objects));
    expectRefused(await as(user.keys, put), 'Access denied by bucket policy.', '0003-00000201');
  });
});

describe('The account grants permissions through Bucket Policy.', () => {
  const to = ({ userId }: RamUser, statement: Statement) => ({ ...statement, Principal: [userId] });

  it('oss:PutObject uploads an object; oss:PutObjectTagging is required with --tagging.', async () => {
    const user = await freshUser();
    await setBucketPolicy(to(user, allow('oss:PutObject', objects)));
    expectSuccess(await as(user.keys, put));
    refuseToTag(await as(user.keys, putWithTags));
    expect(await stored()).toEqual({ text: 'hi oss', tags: '0' });
    await setBucketPolicy(to(user, allow(['oss:PutObject', 'oss:PutObjectTagging'], objects)));
    expectSuccess(await as(user.keys, putWithTags));
    expect(await stored()).toEqual({ text: 'hi oss', tags: '2' });
    refuseToPut(await as((await freshUser()).keys, put));
  });

  it('A Deny wins, over RAM policies too.', async () => {
    const user = await freshUser();
    await grant(user, allow('oss:*'));
    await setBucketPolicy(to(user, allow('oss:*')), to(user, deny('oss:PutObject', objects)));
    expectRefused(await as(user.keys, put), 'Access denied by bucket policy.', '0003-00000101');
    expect(await stored()).toBeUndefined();
  });
});

describe('A session of a RAM role', () => {
  it('has what its role has, and is held to its session policy.', async () => {
    const roleName = 'uploader';
    const assumeRolePolicyDocument = policyOf({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { RAM: [`acs:ram::${account}:root`] },
    });
    const role = new ram.CreateRoleRequest({ roleName, assumeRolePolicyDocument });
    const roleArn = (await root.createRole(role)).body?.role?.arn ?? '';
    const user = await freshUser();
    await grant(user, allow('sts:AssumeRole', roleArn));
    const assume = async (policy?: string): Promise<Keys> => {
      const request = {
        roleArn,
        roleSessionName: 'seed',
        ...(policy === undefined ? {} : { policy }),
      };
      const { sts: client } = officialClients(oss.rpcEndpoint ?? '', user.keys);
      const { body } = await client.assumeRole(new sts.AssumeRoleRequest(request));
      const {
        accessKeyId = '',
        accessKeySecret = '',
        securityToken = '',
      } = body?.credentials ?? {};
      return { accessKeyId, accessKeySecret, securityToken };
    };
    const unheld = await assume();
    refuseToPut(await as(unheld, put));

    const policyName = 'uploading';
    const policyDocument = policyOf(allow(['oss:PutObject', 'oss:PutObjectTagging'], objects));
    await root.createPolicy(new ram.CreatePolicyRequest({ policyName, policyDocument }));
    const attachment = { policyType: 'Custom', policyName, roleName };
    await root.attachPolicyToRole(new ram.AttachPolicyToRoleRequest(attachment));
    expectSuccess(await as(unheld, putWithTags));

    const held = await assume(policyOf(allow('oss:PutObject', objects)));
    expectSuccess(await as(held, put));
    expect(await stored()).toEqual({ text: 'hi oss', tags: '0' });
    const refusal = ["Access denied by authorizer's policy.", '0003-00000301'] as const;
    expectRefused(await as(held, putWithTags), ...refusal);
    // Its role may not more than that, whatever the session policy says.
    const wide = await assume(policyOf(allow('oss:*')));
    refuseToPut(await as(wide, ['api', 'get-object', ...put.slice(2, 6)]));
    // Nor is the bucket policy a way around it.
    await setBucketPolicy({
      ...allow('oss:*'),
      Principal: [`arn:sts::${account}:assumed-role/${roleName}/*`],
    });
    expectRefused(await as(held, putWithTags), ...refusal);
  });
});
