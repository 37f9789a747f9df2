/** A user that the RAM package made, the session that the STS package gave it, and ali-oss with both. */
import { expect, it } from 'vitest';
import { type Keys, officialClients, ram, refusalOf, sts } from '../support/official-packages.js';
import { startRpc } from '../support/start-rpc.js';
import { AliOssClient } from './ali-oss-client.js';

const policy = (...statements: object[]) => JSON.stringify({ Version: '1', Statement: statements });
const allow = (action: string | readonly string[], resource: string) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});

/** What ali-oss is refused with. */
const ossRefusalOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'status' in error) return `${error.status} ${error.name}`;
    throw error;
  }
  return 'none';
};

it.each([true, false])('work with ali-oss, V4 signatures: %s', async (authorizationV4) => {
  const service = await startRpc();
  const { oss, account } = service;
  await oss.createBucket('examplebucket');
  const ossAs = ({ securityToken, ...keys }: Keys) =>
    new AliOssClient({
      ...keys,
      ...(securityToken !== undefined && { stsToken: securityToken }),
      bucket: 'examplebucket',
      region: 'oss-cn-hangzhou',
      endpoint: oss.endpoint,
      authorizationV4,
    });
  const root = officialClients(service.endpoint, service.root).ram;
  const userName = 'alice';
  await root.createUser(new ram.CreateUserRequest({ userName }));
  const { body: made } = await root.createAccessKey(new ram.CreateAccessKeyRequest({ userName }));
  const { accessKeyId = '', accessKeySecret = '' } = made?.accessKey ?? {};
  const alice = { accessKeyId, accessKeySecret };
  expect(await ossRefusalOf(ossAs(alice).put('k', Buffer.from('hi')))).toBe(
    '403 AccessDeniedError',
  );

  const give = async (policyName: string, policyDocument: string) => {
    await root.createPolicy(new ram.CreatePolicyRequest({ policyName, policyDocument }));
    const attachment = { policyType: 'Custom', policyName, userName };
    await root.attachPolicyToUser(new ram.AttachPolicyToUserRequest(attachment));
  };
  await give('putting', policy(allow('oss:PutObject', 'acs:oss:*:*:examplebucket/*')));
  expect(await ossRefusalOf(ossAs(alice).put('k', Buffer.from('hi')))).toBe('none');
  expect(await ossRefusalOf(ossAs(alice).get('k'))).toBe('403 AccessDeniedError');
  const tagged = { headers: { 'x-oss-tagging': 'a=b' } };
  expect(await ossRefusalOf(ossAs(alice).put('k', Buffer.from('hi'), tagged))).toBe(
    '403 AccessDeniedError',
  );
  await give('tagging', policy(allow('oss:PutObjectTagging', 'acs:oss:*:*:examplebucket/*')));
  expect(await ossRefusalOf(ossAs(alice).put('k', Buffer.from('hi'), tagged))).toBe('none');

  const roleName = 'reader';
  const trust = policy({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { RAM: [`acs:ram::${account}:root`] },
  });
  await root.createRole(new ram.CreateRoleRequest({ roleName, assumeRolePolicyDocument: trust }));
  const toRole = { policyType: 'System', policyName: 'AliyunOSSFullAccess', roleName };
  await root.attachPolicyToRole(new ram.AttachPolicyToRoleRequest(toRole));
  await give('assuming', policy(allow('sts:AssumeRole', `acs:ram::${account}:role/${roleName}`)));
  const { body } = await officialClients(service.endpoint, alice).sts.assumeRole(
    new sts.AssumeRoleRequest({
      roleArn: `acs:ram::${account}:role/${roleName}`,
      roleSessionName: 'session',
      policy: policy(allow('oss:GetObject', 'acs:oss:*:*:examplebucket/k')),
    }),
  );
  const { credentials } = body ?? {};
  const session = ossAs({
    accessKeyId: credentials?.accessKeyId ?? '',
    accessKeySecret: credentials?.accessKeySecret ?? '',
    securityToken: credentials?.securityToken ?? '',
  });
  expect((await session.get('k')).content.toString()).toBe('hi');
  expect(await ossRefusalOf(session.get('other'))).toBe('403 AccessDeniedError');
  expect(await ossRefusalOf(session.put('k', Buffer.from('ho')))).toBe('403 AccessDeniedError');

  // Whoever deletes a key has ended what it began.
  const key = new ram.DeleteAccessKeyRequest({ userName, userAccessKeyId: accessKeyId });
  expect(await refusalOf(root.deleteAccessKey(key))).toBe('none');
  expect(await ossRefusalOf(ossAs(alice).put('k', Buffer.from('hi')))).toBe(
    '403 InvalidAccessKeyIdError',
  );
  expect(await ossRefusalOf(session.get('k'))).toMatch(/^403 /);
});
