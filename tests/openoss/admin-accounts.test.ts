/** Several accounts on one server, as its operator makes them with `openoss admin account`. */
import { describe, expect, it } from 'vitest';
import { errorOf, type Reachable, sendSigned, type WireRequest } from '../support/http.js';
import { officialClients, ram, refusalOf } from '../support/official-packages.js';
import { freshDirectories } from '../support/operator.js';
import { cleanEnvironment, programs, run } from '../support/programs.js';
import { serve } from '../support/serve.js';

const freshDirectory = await freshDirectories();
const directoryKey = { OPENOSS_DIRECTORY_KEY: Buffer.alloc(32, 7).toString('base64') };

interface Key {
  readonly AccessKeyId: string;
  readonly AccessKeySecret: string;
}
const keysOf = ({ AccessKeyId, AccessKeySecret }: Key) => ({
  accessKeyId: AccessKeyId,
  accessKeySecret: AccessKeySecret,
});

async function operator() {
  const server = await serve(freshDirectory(), ['--rpc-listen', '127.0.0.1:0'], directoryKey);
  const rpc = /RAM and STS are at (\S+)/.exec(server.announced)?.[1] ?? '';
  const as = ({ accessKeyId, accessKeySecret }: Reachable['credentials']) => ({
    OPENOSS_RPC_ENDPOINT: rpc,
    OPENOSS_ROOT_ACCESS_KEY_ID: accessKeyId,
    OPENOSS_ROOT_ACCESS_KEY_SECRET: accessKeySecret,
  });
  const admin = (args: readonly string[], env = as(server.credentials)) =>
    run([process.execPath, programs.openoss, 'admin', ...args], { env: cleanEnvironment(env) });
  const json = async <T>(...args: string[]): Promise<T> => {
    const { status, stdout, stderr } = await admin([...args, '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return JSON.parse(stdout);
  };
  return { server, rpc, as, admin, json };
}

describe('openoss admin account', () => {
  it('makes an account that is another’s, and what is between accounts is between these', async () => {
    const { server, rpc, admin, json } = await operator();
    expect((await admin(['account', 'list'])).stdout).toContain('no other');
    const partner = await json<{ AccountId: string; AccessKey: Key }>(
      'account',
      'create',
      'Partner',
    );
    expect(partner.AccountId).toMatch(/^1\d{15}$/);
    const text = await admin(['account', 'create', 'Second partner']);
    expect(text.stdout).toMatch(
      /^Created account Second partner \(id 1\d{15}\)\.\naccess key id: /,
    );
    const listed = (await admin(['account', 'list'])).stdout;
    expect(listed).toContain(`${partner.AccountId}  Partner  `);
    expect(listed).toContain('Second partner');

    const theirs: Reachable = { ...server, credentials: keysOf(partner.AccessKey) };
    const bucket = 'of-partner';
    const object: WireRequest = { bucket, key: 'k' };
    expect((await sendSigned(theirs, { method: 'PUT', bucket })).status).toBe(200);
    expect((await sendSigned(theirs, { ...object, method: 'PUT', body: 'x' })).status).toBe(200);
    expect((await sendSigned(server, object)).status).toBe(403);
    const taken = await sendSigned(server, { method: 'PUT', bucket });
    expect(errorOf(taken).Code).toBe('BucketAlreadyExists');
    expect((await sendSigned(server, {})).text).not.toContain(bucket);

    // It has users of its own, and lets those of the first account in by its bucket policy.
    const { ram: ofPartner, sts } = officialClients(rpc, keysOf(partner.AccessKey));
    await ofPartner.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
    expect((await sts.getCallerIdentity()).body?.accountId).toBe(partner.AccountId);
    const { ram: ofFirst } = officialClients(rpc, server.credentials);
    expect(await refusalOf(ofFirst.getUser(new ram.GetUserRequest({ userName: 'alice' })))).toBe(
      '404 EntityNotExist.User',
    );
    const userName = 'bob';
    const { body } = await ofFirst.createUser(new ram.CreateUserRequest({ userName }));
    const made = await ofFirst.createAccessKey(new ram.CreateAccessKeyRequest({ userName }));
    const { accessKeyId = '', accessKeySecret = '' } = made.body?.accessKey ?? {};
    const bob: Reachable = { ...server, credentials: { accessKeyId, accessKeySecret } };
    const policy = JSON.stringify({
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'oss:GetObject',
          Principal: [body?.user?.userId],
          Resource: `acs:oss:*:*:${bucket}/*`,
        },
      ],
    });
    expect((await sendSigned(bob, object)).status).toBe(403);
    const query = [['policy', null]] as const;
    await sendSigned(theirs, { method: 'PUT', bucket, query, body: policy });
    expect((await sendSigned(bob, object)).text).toBe('x');
    expect((await sendSigned(server, object)).status).toBe(403);
  });

  it('makes and deletes the access keys of one', async () => {
    const { server, admin, json } = await operator();
    const { AccountId, AccessKey } = await json<{ AccountId: string; AccessKey: Key }>(
      ...['account', 'create', 'Partner'],
    );
    const list = async (key: Key) =>
      (await sendSigned({ ...server, credentials: keysOf(key) }, {})).status;
    const second = await json<Key>('account', 'key', 'create', AccountId);
    expect([await list(AccessKey), await list(second)]).toEqual([200, 200]);
    const keys = await json<Key[]>('account', 'key', 'list', AccountId);
    expect(keys.map(({ AccessKeyId }) => AccessKeyId)).toEqual([
      AccessKey.AccessKeyId,
      second.AccessKeyId,
    ]);
    expect((await admin(['account', 'key', 'create', AccountId])).status).toBe(3);
    await json('account', 'key', 'delete', AccountId, AccessKey.AccessKeyId);
    expect([await list(AccessKey), await list(second)]).toEqual([403, 200]);
    expect((await admin(['account', 'key', 'list', '1234567890123456'])).status).toBe(3);
  });

  it('is the root access key’s alone', async () => {
    const { as, admin, json } = await operator();
    const { AccountId, AccessKey } = await json<{ AccountId: string; AccessKey: Key }>(
      ...['account', 'create', 'Partner'],
    );
    await json('user', 'create', 'alice');
    const alice = await json<Key>('key', 'create', 'alice');
    await json('policy', 'attach', 'AdministratorAccess', '--user', 'alice');
    for (const key of [AccessKey, alice]) {
      for (const command of [
        ['create', 'Another'],
        ['list'],
        ['key', 'create', AccountId],
        ['key', 'list', AccountId],
        ['key', 'delete', AccountId, AccessKey.AccessKeyId],
      ]) {
        const { status, stdout, stderr } = await admin(['account', ...command], as(keysOf(key)));
        expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
        expect(stderr).toContain('NoPermission');
      }
    }
    expect(await json<object[]>('account', 'list')).toHaveLength(1);
  });
});
