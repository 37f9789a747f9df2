import { createRequire } from 'node:module';
import { putBucketDocument } from '../load/send-one.mjs';

const require = createRequire(import.meta.url);
/** CommonJS, and Alibaba Cloud's own. @type {typeof import('@alicloud/ram20150501')} */
const ram = require('@alicloud/ram20150501');

const USER = 'bench';
const POLICY = 'bench-ten-statements';

/**
 * What a team's policies look like: the last statement is the one that allows the put, the others name
 * other prefixes, other actions, and where from. None is decided without a look at it.
 *
 * @param {string} bucket
 * @param {object} [principal] of a bucket policy's statements
 */
export function tenStatements(bucket, principal = {}) {
  const arn = (/** @type {string} */ key) => `acs:oss:*:*:${bucket}/${key}`;
  return [
    { Effect: 'Allow', Action: 'oss:GetObject', Resource: arn('*') },
    {
      Effect: 'Allow',
      Action: ['oss:PutObject', 'oss:AbortMultipartUpload'],
      Resource: arn('incoming/*'),
    },
    {
      Effect: 'Allow',
      Action: 'oss:Put*',
      Resource: [arn('reports/2025/*'), arn('reports/2026/*')],
    },
    { Effect: 'Deny', Action: 'oss:*', Resource: arn('locked/*') },
    { Effect: 'Deny', Action: 'oss:Delete*', Resource: arn('*') },
    { Effect: 'Deny', Action: 'oss:PutObject', Resource: arn('*.exe') },
    {
      Effect: 'Deny',
      Action: 'oss:PutObject',
      Resource: arn('*'),
      Condition: { NotIpAddress: { 'acs:SourceIp': ['127.0.0.0/8', '10.0.0.0/8'] } },
    },
    {
      Effect: 'Deny',
      Action: 'oss:PutObject',
      Resource: arn('*'),
      Condition: { StringEquals: { 'oss:x-oss-acl': ['public-read', 'public-read-write'] } },
    },
    {
      Effect: 'Deny',
      Action: 'oss:*',
      Resource: arn('*'),
      Condition: { DateLessThan: { 'acs:CurrentTime': '2020-01-01T00:00:00Z' } },
    },
    { Effect: 'Allow', Action: 'oss:PutObject', Resource: arn('*') },
  ].map((statement) => ({ ...statement, ...principal }));
}

/**
 * Makes a RAM user with ten statements of a policy, and ten more in the policy of a bucket, and answers
 * how its requests are signed.
 *
 * @param {import('./running-server.mjs').RunningServer} server
 * @param {string} rpcEndpoint
 * @param {string} bucket
 * @returns {Promise<import('../load/request-head.mjs').RequestStyle>}
 */
export async function makeRamUser(server, rpcEndpoint, bucket) {
  const { style } = server;
  if (style.kind !== 'oss-v4') throw new Error('OpenOSS is asked with V4');
  const client = new ram.default(
    /** @type {any} */ ({
      accessKeyId: style.accessKeyId,
      accessKeySecret: style.accessKeySecret,
      endpoint: new URL(rpcEndpoint).host,
      protocol: 'http',
    }),
  );
  const { body: made } = await client.createUser(new ram.CreateUserRequest({ userName: USER }));
  await client.createPolicy(
    new ram.CreatePolicyRequest({
      policyName: POLICY,
      policyDocument: document(tenStatements(bucket)),
    }),
  );
  await client.attachPolicyToUser(
    new ram.AttachPolicyToUserRequest({ policyType: 'Custom', policyName: POLICY, userName: USER }),
  );
  await putBucketDocument(
    server,
    bucket,
    'policy',
    document(tenStatements(bucket, { Principal: [made?.user?.userId] })),
  );
  const { body } = await client.createAccessKey(new ram.CreateAccessKeyRequest({ userName: USER }));
  const { accessKeyId, accessKeySecret } = body?.accessKey ?? {};
  if (accessKeyId === undefined || accessKeySecret === undefined) {
    throw new Error('there is no access key in the answer of CreateAccessKey');
  }
  return { ...style, accessKeyId, accessKeySecret };
}

/** @param {readonly object[]} statements */
function document(statements) {
  return JSON.stringify({ Version: '1', Statement: statements });
}
