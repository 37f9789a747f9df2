/**
 * What was taken away counts from the answer on: a key that was deleted or made inactive, a policy that
 * was detached or changed, a bucket policy that was put or deleted. Every request that begins after the
 * change was answered is decided by it, whichever worker serves it, and while all of them are at work.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { type ConnectionAnswer, Connections, holderOf } from '../support/connections.js';
import { errorOf } from '../support/http.js';
import { type Keys, officialClients, ram, sts } from '../support/official-packages.js';
import { freshDirectories } from '../support/operator.js';
import { serve } from '../support/serve.js';
import { allow, deny, policyOf } from '../support/start-with-identities.js';
import { workersOf } from '../support/workers.js';

const freshDirectory = await freshDirectories();

const bucket = 'examplebucket';
const key = 'shared';
const CONNECTIONS = 8;
const LANES = 4;

/** What everybody who is asking must be told, by when they began to. */
class Truth {
  /** A number that is another one whenever what must be answered may be another. */
  stamp = 0;
  /** What a request is answered that begins and ends while this stands; undefined while it changes. */
  must: string | undefined;

  /** Makes a change; from its answer on, requests must be answered so. */
  async change(made: () => Promise<unknown>, must: string): Promise<void> {
    this.must = undefined;
    this.stamp++;
    await made();
    this.must = must;
    this.stamp++;
  }
}

const told = ({ status, text }: ConnectionAnswer): string =>
  status === 200 ? 'allowed' : (errorOf({ text }).Code ?? String(status));

/** A service with two workers, and somebody who may read an object there. */
async function started() {
  const server = await serve(freshDirectory(), ['--workers', '2', '--rpc-listen', '127.0.0.1:0'], {
    OPENOSS_DIRECTORY_KEY: Buffer.alloc(32, 5).toString('base64'),
  });
  const rpc = /RAM and STS are at (\S+)/.exec(server.announced)?.[1] ?? '';
  const root = officialClients(rpc, server.credentials).ram;
  const connections = new Connections(server, CONNECTIONS + LANES);
  onTestFinished(() => connections.close());
  const made = await connections.send(0, { method: 'PUT', bucket });
  expect(made.status).toBe(200);
  const body = Buffer.from('x');
  expect((await connections.send(0, { method: 'PUT', bucket, key, body })).status).toBe(200);
  // One after another each worker gets its turn; of many at once one that is busy gets none.
  for (let at = 1; at < CONNECTIONS + LANES; at++) await connections.send(at, { bucket, key });

  const { body: who } = await officialClients(rpc, server.credentials).sts.getCallerIdentity();
  const account = who?.accountId ?? '';
  await root.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
  await root.createPolicy(
    new ram.CreatePolicyRequest({
      policyName: 'reads',
      policyDocument: policyOf(allow('*')),
    }),
  );
  await root.attachPolicyToUser(
    new ram.AttachPolicyToUserRequest({
      policyName: 'reads',
      policyType: 'Custom',
      userName: 'alice',
    }),
  );
  const newKey = async (): Promise<Keys> => {
    const { body } = await root.createAccessKey(
      new ram.CreateAccessKeyRequest({ userName: 'alice' }),
    );
    const { accessKeyId = '', accessKeySecret = '' } = body?.accessKey ?? {};
    return { accessKeyId, accessKeySecret };
  };
  const setStatus = ({ accessKeyId }: Keys, status: 'Active' | 'Inactive') =>
    root.updateAccessKey(
      new ram.UpdateAccessKeyRequest({
        userName: 'alice',
        userAccessKeyId: accessKeyId,
        status,
      }),
    );
  const nobody: Keys = { accessKeyId: '', accessKeySecret: '' };
  return { server, rpc, root, account, connections, newKey, setStatus, alice: nobody };
}

type Started = Awaited<ReturnType<typeof started>>;

/** Asks on every connection at once, and in a loop on others, while `act` changes things. */
async function underLoad(
  { server, connections }: Started,
  credentials: () => Keys,
  act: (truth: Truth, everybodyIs: (told: string) => Promise<void>) => Promise<void>,
): Promise<number> {
  const truth = new Truth();
  let isOver = false;
  let held = 0;
  const wrong: string[] = [];
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    while (!isOver) {
      // All of them without a pause would leave nothing of two cores for what they wait for.
      await delay(2);
      const { stamp, must } = truth;
      const answer = told(
        await connections.send(CONNECTIONS + lane, { bucket, key }, credentials()),
      );
      if (must === undefined || truth.stamp !== stamp) continue;
      held++;
      if (answer !== must) wrong.push(`${answer} instead of ${must}`);
    }
  });
  const everybodyIs = async (expected: string): Promise<void> => {
    const answers = await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, at) =>
        connections.send(at, { bucket, key }, credentials()),
      ),
    );
    expect(answers.map(told)).toEqual(Array(CONNECTIONS).fill(expected));
  };
  try {
    await everybodyIs('allowed');
    const workers = workersOf(server);
    const holders = connections.ports
      .slice(0, CONNECTIONS)
      .map((port) => holderOf(server.endpoint, port, workers));
    expect(new Set(holders)).toEqual(new Set(workers));
    await act(truth, everybodyIs);
  } finally {
    isOver = true;
    await Promise.all(lanes);
  }
  expect(wrong).toEqual([]);
  return held;
}

const ROUNDS = 3;

async function keyOfAUser(service: Started): Promise<number> {
  const { root, newKey, setStatus } = service;
  let credentials = await newKey();
  return underLoad(
    service,
    () => credentials,
    async (truth, everybodyIs) => {
      for (let round = 0; round < ROUNDS; round++) {
        await truth.change(() => setStatus(credentials, 'Inactive'), 'InvalidAccessKeyId');
        await everybodyIs('InvalidAccessKeyId');
        await truth.change(() => setStatus(credentials, 'Active'), 'allowed');
        await everybodyIs('allowed');
        const { accessKeyId: userAccessKeyId } = credentials;
        const request = new ram.DeleteAccessKeyRequest({ userName: 'alice', userAccessKeyId });
        await truth.change(() => root.deleteAccessKey(request), 'InvalidAccessKeyId');
        await everybodyIs('InvalidAccessKeyId');
        await truth.change(async () => {
          credentials = await newKey();
        }, 'allowed');
        await everybodyIs('allowed');
      }
      service.alice = credentials;
    },
  );
}

function policyOfAUser(service: Started): Promise<number> {
  const { root, alice } = service;
  const toAlice = { policyName: 'reads', policyType: 'Custom', userName: 'alice' };
  const attach = () => root.attachPolicyToUser(new ram.AttachPolicyToUserRequest(toAlice));
  const detach = () => root.detachPolicyFromUser(new ram.DetachPolicyFromUserRequest(toAlice));
  const version = (policyDocument: string) =>
    root.createPolicyVersion(
      new ram.CreatePolicyVersionRequest({
        policyName: 'reads',
        policyDocument,
        setAsDefault: true,
        rotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded',
      }),
    );
  return underLoad(
    service,
    () => alice,
    async (truth, everybodyIs) => {
      for (let round = 0; round < ROUNDS; round++) {
        await truth.change(detach, 'AccessDenied');
        await everybodyIs('AccessDenied');
        await truth.change(attach, 'allowed');
        await everybodyIs('allowed');
        const denial = policyOf(allow('*'), deny('oss:GetObject'));
        await truth.change(() => version(denial), 'AccessDenied');
        await everybodyIs('AccessDenied');
        await truth.change(() => version(policyOf(allow('*'))), 'allowed');
        await everybodyIs('allowed');
      }
    },
  );
}

function policyOfTheBucket(service: Started): Promise<number> {
  const { connections, alice } = service;
  const denial = policyOf({
    ...deny('oss:GetObject', `acs:oss:*:*:${bucket}/*`),
    Principal: ['*'],
  });
  const ofPolicy = { bucket, query: [['policy', null]] } as const;
  return underLoad(
    service,
    () => alice,
    async (truth, everybodyIs) => {
      for (let round = 0; round < ROUNDS; round++) {
        const put = { ...ofPolicy, method: 'PUT', body: denial };
        await truth.change(async () => {
          expect((await connections.send(round, put)).status).toBe(200);
        }, 'AccessDenied');
        await everybodyIs('AccessDenied');
        await truth.change(async () => {
          const deletion = { ...ofPolicy, method: 'DELETE' };
          expect((await connections.send(round + 1, deletion)).status).toBe(204);
        }, 'allowed');
        await everybodyIs('allowed');
      }
    },
  );
}

async function session(service: Started): Promise<number> {
  const { root, rpc, alice, account, setStatus } = service;
  const { body: made } = await root.createRole(
    new ram.CreateRoleRequest({
      roleName: 'reader',
      assumeRolePolicyDocument: policyOf({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { RAM: [`acs:ram::${account}:root`] },
      }),
    }),
  );
  const toRole = { policyName: 'reads', policyType: 'Custom', roleName: 'reader' };
  const attach = () => root.attachPolicyToRole(new ram.AttachPolicyToRoleRequest(toRole));
  const detach = () => root.detachPolicyFromRole(new ram.DetachPolicyFromRoleRequest(toRole));
  await attach();
  const { body } = await officialClients(rpc, alice).sts.assumeRole(
    new sts.AssumeRoleRequest({ roleArn: made?.role?.arn, roleSessionName: 'test' }),
  );
  const { accessKeyId = '', accessKeySecret = '', securityToken = '' } = body?.credentials ?? {};
  const credentials = { accessKeyId, accessKeySecret, securityToken };
  return underLoad(
    service,
    () => credentials,
    async (truth, everybodyIs) => {
      for (let round = 0; round < ROUNDS; round++) {
        await truth.change(detach, 'AccessDenied');
        await everybodyIs('AccessDenied');
        await truth.change(attach, 'allowed');
        await everybodyIs('allowed');
        await truth.change(() => setStatus(alice, 'Inactive'), 'InvalidSecurityToken');
        await everybodyIs('InvalidSecurityToken');
        await truth.change(() => setStatus(alice, 'Active'), 'allowed');
        await everybodyIs('allowed');
      }
    },
  );
}

it('what is taken away, or given, counts from the answer on: with two workers, under load', async () => {
  const service = await started();
  const held = {
    'an access key made inactive, active again, deleted, and another': await keyOfAUser(service),
    'a policy detached, attached, and its default version': await policyOfAUser(service),
    'a bucket policy put over one connection, deleted over another':
      await policyOfTheBucket(service),
    "a session's role without its policy, and without the key it began with":
      await session(service),
  };
  // Requests of the load too began, and ended, while there was one right answer.
  for (const [what, count] of Object.entries(held)) expect(count, what).toBeGreaterThan(0);
});
