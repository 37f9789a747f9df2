/** Who may have objects encrypted anew, and what a call about it is answered; keys that are with another KMS. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SigningCredentials } from '@openoss/protocol';
import { createLog, type Service, startService } from '@openoss/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReencryptLine } from '../../packages/openoss/src/admin/reencrypt-report.js';
import {
  type CallParameters,
  Refused,
  RpcCaller,
} from '../../packages/openoss/src/admin/rpc-caller.js';
import { sendSigned } from '../support/http.js';
import { kms, officialKms } from '../support/official-kms.js';
import {
  allow,
  deny,
  type policyOf,
  startWithIdentities,
} from '../support/start-with-identities.js';

type Line = ReencryptLine & Record<string, unknown>;
const bucket = 'examplebucket';
const METHOD = 'x-oss-server-side-encryption';

function callerOf(rpc: string, credentials: SigningCredentials): RpcCaller {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  const source = 'a test';
  return new RpcCaller(async () => ({
    ...{ endpoint: new URL(rpc), accessKeyId, accessKeySecret, securityToken, source },
  }));
}

/** The lines of an answer, or the code of a refusal. */
async function reencrypt(
  caller: RpcCaller,
  parameters: CallParameters,
  signal = new AbortController().signal,
): Promise<readonly Line[] | string> {
  const lines: Line[] = [];
  try {
    const asked = { Bucket: bucket, Method: 'AES256', ...parameters };
    for await (const line of caller.lines<Line>('openoss', 'ReencryptObjects', asked, signal)) {
      lines.push(line);
    }
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
  return lines;
}

/** How it ended. */
async function summary(...args: Parameters<typeof reencrypt>): Promise<Line | string> {
  const told = await reencrypt(...args);
  return typeof told === 'string' ? told : (told.at(-1) ?? 'nothing was told');
}

const code = async (...args: Parameters<typeof reencrypt>) => {
  const told = await reencrypt(...args);
  return typeof told === 'string' ? told : told.at(-1)?.Code;
};

describe.sequential('who may have objects encrypted anew', () => {
  let world: Awaited<ReturnType<typeof startWithIdentities>>;
  let keyId: string;
  const rpc = () => world.service.rpcEndpoint ?? '';
  const inBucket = (rest: string) => `acs:oss:*:*:${bucket}/${rest}`;
  const mayAsk = allow('openoss:ReencryptObjects', `acs:openoss:*:*:bucket/${bucket}`);
  const objects = allow(['oss:GetObject', 'oss:PutObject'], inBucket('*'));

  beforeAll(async () => {
    world = await startWithIdentities();
    await world.service.createBucket(bucket);
    for (const key of ['a/1', 'a/2', 'b/1']) {
      const request = { method: 'PUT', bucket, key, body: 'hi oss' };
      expect(await sendSigned(world.oss, request)).toMatchObject({ status: 200 });
    }
    const client = officialKms(rpc(), world.oss.credentials);
    keyId = (await client.createKey(new kms.CreateKeyRequest({}))).keyMetadata.keyId;
  });
  afterAll(() => world.close());

  const as = async (...statements: Parameters<typeof policyOf>) =>
    callerOf(rpc(), (await world.own.user(...statements)).credentials);

  it('nobody of the account without the permission, and nobody of another account', async () => {
    expect(await code(await as(objects), {})).toBe('NoPermission');
    const elsewhere = allow('openoss:ReencryptObjects', 'acs:openoss:*:*:bucket/another');
    expect(await code(await as(objects, elsewhere), {})).toBe('NoPermission');
    const other = await world.otherAccount();
    expect(await code(callerOf(rpc(), other.owner.credentials), {})).toBe('NoPermission');
    expect(await code(callerOf(rpc(), world.oss.credentials), { Bucket: 'nothing' })).toBe(
      'InvalidBucket',
    );
    expect(await code(callerOf(rpc(), world.oss.credentials), { Bucket: '..' })).toBe(
      'InvalidBucket',
    );
  });

  it('whoever may, for those objects alone that they may read and write', async () => {
    const those = allow(['oss:GetObject', 'oss:PutObject'], inBucket('a/*'));
    const secret = deny('oss:PutObject', inBucket('a/2'));
    const told = await reencrypt(await as(mayAsk, those, secret), {});
    if (typeof told === 'string') throw new Error(told);
    const failed = told.filter((line) => line.Type === 'failure');
    expect(failed).toMatchObject([
      { Key: 'a/2', Code: 'AccessDenied', Message: 'Access denied by bucket policy.' },
      { Key: 'b/1', Code: 'AccessDenied' },
    ]);
    expect(told.at(-1)).toMatchObject({ Type: 'summary', Complete: true, Rewritten: 1, Failed: 2 });
    const methodOf = async (key: string) =>
      (await sendSigned(world.oss, { method: 'HEAD', bucket, key })).headers[METHOD];
    expect(await methodOf('a/1')).toBe('AES256');
    expect(await methodOf('a/2')).toBeUndefined();
  });

  it('only with keys that they may use, the old one and the new one', async () => {
    const wanted = { Method: 'KMS', KeyId: keyId };
    const key = `acs:kms:*:*:key/${keyId}`;
    const use = ['kms:GenerateDataKey', 'kms:Decrypt'];
    expect(await code(await as(mayAsk, objects), wanted)).toBe('Forbidden.NoPermission');
    const onlyDecrypt = allow('kms:Decrypt', key);
    expect(await code(await as(mayAsk, objects, onlyDecrypt), wanted)).toBe(
      'Forbidden.NoPermission',
    );
    const user = await as(mayAsk, objects, allow(use, key));
    expect(await summary(user, wanted)).toMatchObject({ Rewritten: 2, Rewrapped: 1, Failed: 0 });
    // Away from it takes what reading takes.
    expect(await summary(await as(mayAsk, objects), {})).toMatchObject({ Failed: 3, Rewrapped: 0 });
    expect(await summary(await as(mayAsk, objects, onlyDecrypt), {})).toMatchObject({
      Failed: 0,
      Rewrapped: 3,
    });
  });

  it('and what is wrong with a call is told before anything is done', async () => {
    const root = callerOf(rpc(), world.oss.credentials);
    for (const [parameters, refusal] of [
      [{ Concurrency: 0 }, 'InvalidConcurrency'],
      [{ Concurrency: 5 }, 'InvalidConcurrency'],
      [{ KeyId: keyId }, 'InvalidKeyId'],
      [{ DataEncryption: 'SM4' }, 'InvalidDataEncryption'],
      [{ Method: undefined }, 'InvalidMethod'],
      [{ Method: 'AES' }, 'InvalidParameter.Method'],
      [{ Method: 'KMS', KeyId: '00000000-0000-4000-8000-000000000000' }, 'Forbidden.KeyNotFound'],
    ] as const) {
      expect(await code(root, parameters)).toBe(refusal);
    }
  });
});

describe.sequential('keys, with another KMS', () => {
  const root = { accessKeyId: 'rootkeyid', accessKeySecret: 'rootkeysecret' };
  const services: Service[] = [];
  let scratch: string;
  let oss: Service & { credentials: SigningCredentials };
  let keeper: Service;
  const loopback = { host: '127.0.0.1', port: 0 };
  const started = async (name: string, environment: Record<string, string>) => {
    const service = await startService({
      directory: path.join(scratch, name),
      listen: loopback,
      rpcListen: loopback,
      region: 'cn-hangzhou',
      minFreeBytes: 256 * 1024,
      environment: {
        OPENOSS_ROOT_ACCESS_KEY_ID: root.accessKeyId,
        OPENOSS_ROOT_ACCESS_KEY_SECRET: root.accessKeySecret,
        ...environment,
      },
      log: createLog('fatal'),
    });
    services.push(service);
    return service;
  };
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'openoss-reencrypt-'));
    keeper = await started('keeper', {
      OPENOSS_KMS_ROOT_KEY: Buffer.alloc(32, 3).toString('base64'),
    });
    oss = await started('oss', {
      OPENOSS_KMS_ENDPOINT: keeper.rpcEndpoint ?? '',
      OPENOSS_KMS_ACCESS_KEY_ID: root.accessKeyId,
      OPENOSS_KMS_ACCESS_KEY_SECRET: root.accessKeySecret,
    });
    await oss.createBucket(bucket);
  });
  afterAll(async () => {
    for (const service of services) await service.close(0);
    await rm(scratch, { recursive: true, force: true });
  });

  it('or kept here, are used by one run at a time, which ends with the server', async () => {
    const service = await started('one', {
      OPENOSS_KMS_ROOT_KEY: Buffer.alloc(32, 4).toString('base64'),
    });
    await service.createBucket(bucket);
    const puts = Array.from({ length: 400 }, (_, at) =>
      sendSigned(service, { method: 'PUT', bucket, key: String(1000 + at), body: 'hi oss' }),
    );
    await Promise.all(puts);
    const caller = callerOf(service.rpcEndpoint ?? '', root);
    const asked = { Bucket: bucket, Method: 'SM4', Concurrency: 1 };
    const never = new AbortController().signal;
    const run = caller.lines<Line>('openoss', 'ReencryptObjects', asked, never);
    const told: Line[] = [];
    let closed: Promise<void> | undefined;
    for await (const line of run) {
      told.push(line);
      if (told.length !== 2) continue;
      expect(await code(caller, {})).toBe('ReencryptionInProgress');
      closed = service.close(5000);
    }
    expect(told.at(-1)).toMatchObject({
      ...{ Type: 'summary', Complete: false, Code: 'Interrupted', Failed: 0 },
      Message: 'the server is stopping',
    });
    await closed;
    const again = await started('one', {
      OPENOSS_KMS_ROOT_KEY: Buffer.alloc(32, 4).toString('base64'),
    });
    const { Objects, Position } = told.at(-1) ?? {};
    const went = callerOf(again.rpcEndpoint ?? '', root);
    expect(await summary(went, { Method: 'SM4', After: Position as string })).toMatchObject({
      ...{ Complete: true, Rewritten: 400 - Number(Objects) },
    });
    expect(await summary(went, { Method: 'SM4' })).toMatchObject({ Already: 400 });
  });

  it('are asked which version a ciphertext is of, and it ends where they do not answer', async () => {
    const caller = callerOf(oss.rpcEndpoint ?? '', root);
    const client = officialKms(keeper.rpcEndpoint ?? '', root);
    const { keyMetadata } = await client.createKey(new kms.CreateKeyRequest({}));
    const { keyId } = keyMetadata;
    for (const key of ['1', '2', '3']) {
      await sendSigned(oss, { method: 'PUT', bucket, key, body: 'hi oss' });
    }
    const wanted = { Method: 'KMS', KeyId: keyId, Concurrency: 1 };
    expect(await summary(caller, wanted)).toMatchObject({ Rewritten: 3, Failed: 0 });
    expect(await summary(caller, wanted)).toMatchObject({ Already: 3, Rewrapped: 0 });
    await client.createKeyVersion(new kms.CreateKeyVersionRequest({ keyId }));
    expect(await summary(caller, wanted)).toMatchObject({ Already: 0, Rewrapped: 3 });
    expect(await summary(caller, wanted)).toMatchObject({ Already: 3 });
    expect(await summary(caller, { Method: 'SM4' })).toMatchObject({ Rewritten: 3 });
    expect(await sendSigned(oss, { bucket, key: '2' })).toMatchObject({ text: 'hi oss' });

    await client.scheduleKeyDeletion(
      new kms.ScheduleKeyDeletionRequest({ keyId, pendingWindowInDays: 7 }),
    );
    expect(await code(caller, wanted)).toBe('Rejected.PendingDeletion');
    await keeper.close(0);
    expect(await code(caller, { Method: 'SM4' })).toBe('ServiceUnavailableTemporary');
    // What every object would meet is no object's failure.
    const stopped = await summary(caller, { Method: 'none', Concurrency: 1 });
    expect(stopped).toMatchObject({ Complete: false, Code: 'ServiceUnavailable', Failed: 0 });
    expect(stopped).not.toHaveProperty('Position');
  });
});
