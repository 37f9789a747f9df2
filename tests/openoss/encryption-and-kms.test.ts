/**
 * Objects whose keys are with another KMS, here that of another OpenOSS, and that KMS as it should not be: away,
 * silent, refusing; and a server that starts without the root key of its keyring.
 */
import { readdir } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { createLog, type Service, startService } from '@openoss/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, type Reachable, sendSigned, type WireAnswer } from '../support/http.js';
import { kms, officialKms } from '../support/official-kms.js';
import { scratchDirectory } from '../support/programs.js';

const bucket = 'examplebucket';
const METHOD = 'x-oss-server-side-encryption';
const KEY = 'x-oss-server-side-encryption-key-id';
const scratch = await scratchDirectory();
const root = { accessKeyId: 'rootkeyid', accessKeySecret: 'rootkeysecret' };
const loopback = { host: '127.0.0.1', port: 0 };

const start = (name: string, environment: Record<string, string>): Promise<Service> =>
  startService({
    directory: path.join(scratch, name),
    listen: loopback,
    adminListen: loopback,
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

const put = (
  oss: Reachable,
  key: string,
  headers: Record<string, string>,
  body: string | Buffer = 'hi oss',
) => sendSigned(oss, { method: 'PUT', bucket, key, body, headers });
const get = (oss: Reachable, key: string) => sendSigned(oss, { bucket, key });

function expectUnavailable(answer: WireAnswer): void {
  expect(answer.status).toBe(503);
  expect(errorOf(answer)).toMatchObject({
    Code: 'ServiceUnavailable',
    Message: 'The key management service does not answer. Please try again.',
  });
}

const rootKey = { OPENOSS_KMS_ROOT_KEY: Buffer.alloc(32, 3).toString('base64') };

/** A way to a server that can be cut, or swallow what comes. */
async function wayTo(endpoint: string) {
  const { hostname, port } = new URL(endpoint);
  const way = { state: 'open' as 'open' | 'cut' | 'silent', endpoint: '' };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    if (way.state === 'cut') socket.destroy();
    if (way.state !== 'open') return;
    const on = connect({ host: hostname, port: Number(port) }).on('error', () => socket.destroy());
    sockets.add(on);
    socket.pipe(on).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address !== null) {
    way.endpoint = `http://127.0.0.1:${address.port}`;
  }
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return Object.assign(way, {
    /** What is connected stays so only if it is open. */
    turn(state: 'open' | 'cut' | 'silent') {
      way.state = state;
      for (const socket of sockets) socket.destroy();
    },
    close,
  });
}

describe.sequential('keys that are with another KMS', () => {
  let keeper: Service;
  let oss: Service & Reachable;
  let way: Awaited<ReturnType<typeof wayTo>>;
  let keyId: string;
  const client = () => officialKms(keeper.rpcEndpoint ?? '', root);
  beforeAll(async () => {
    keeper = await start('keeper', rootKey);
    way = await wayTo(keeper.rpcEndpoint ?? '');
    const { accessKeyId, accessKeySecret } = root;
    oss = await start('oss', {
      OPENOSS_KMS_ENDPOINT: way.endpoint,
      OPENOSS_KMS_ACCESS_KEY_ID: accessKeyId,
      OPENOSS_KMS_ACCESS_KEY_SECRET: accessKeySecret,
    });
    await oss.createBucket(bucket);
    const made = await client().createKey(new kms.CreateKeyRequest({}));
    keyId = made.keyMetadata.keyId;
  });
  afterAll(async () => {
    await oss.close(0);
    way.close();
    await keeper.close(0);
  });

  it.each([
    ['AES256', { [METHOD]: 'AES256' }],
    ['SM4', { [METHOD]: 'SM4' }],
    ['KMS', { [METHOD]: 'KMS' }],
    ['KMS with SM4', { [METHOD]: 'KMS', 'x-oss-server-side-data-encryption': 'SM4' }],
  ])('encrypt with %s', async (what, headers) => {
    for (const body of [Buffer.from('hi oss'), Buffer.alloc(200_000, what)]) {
      const answer = await put(oss, what, headers, body);
      expect(answer.text).toBe('');
      expect(answer.headers).toMatchObject(headers);
      expect((await get(oss, what)).body.equals(body)).toBe(true);
    }
  });

  it('are named by id or alias, and looked for there', async () => {
    await client().createAlias(new kms.CreateAliasRequest({ keyId, aliasName: 'alias/there' }));
    for (const name of [keyId, 'alias/there']) {
      const answer = await put(oss, 'named', { [METHOD]: 'KMS', [KEY]: name });
      expect(answer.text).toBe('');
      expect(answer.headers[KEY]).toBe(keyId);
      expect((await get(oss, 'named')).text).toBe('hi oss');
    }
    const none = await put(oss, 'none', { [METHOD]: 'KMS', [KEY]: 'alias/nobody' });
    expect(none.status).toBe(404);
    expect(errorOf(none).Code).toBe('AliasNotFound');
  });

  it('are refused as they are there', async () => {
    await client().disableKey(new kms.DisableKeyRequest({ keyId }));
    const refused = await put(oss, 'refused', { [METHOD]: 'KMS', [KEY]: keyId });
    expect(refused.status).toBe(409);
    expect(errorOf(refused)).toMatchObject({ Code: 'KeyDisabled', EC: '0005-00000214' });
    await client().enableKey(new kms.EnableKeyRequest({ keyId }));
  });

  it.each([
    ['cut', 5000],
    ['silent', 12_000],
  ] as const)(
    'fail soon when the way to them is %s, leave nothing behind, and hold up nobody else',
    async (state, within) => {
      await put(oss, 'unread', { [METHOD]: 'AES256' });
      const before = await filesOf(path.join(scratch, 'oss', 'blobs'));
      const lost = `lost when ${state}`;
      way.turn(state);
      const began = Date.now();
      const failing = Promise.all([
        put(oss, lost, { [METHOD]: 'KMS' }),
        put(oss, lost, { [METHOD]: 'AES256' }, Buffer.alloc(300_000)),
        get(oss, 'unread'),
      ]);
      expect((await put(oss, 'plain', {})).status).toBe(200);
      expect((await get(oss, 'plain')).text).toBe('hi oss');
      expect(Date.now() - began).toBeLessThan(2000);
      for (const answer of await failing) expectUnavailable(answer);
      expect(Date.now() - began).toBeLessThan(within);
      expect((await get(oss, lost)).status).toBe(404);
      expect(await filesOf(path.join(scratch, 'oss', 'blobs'))).toEqual(before);
      way.turn('open');
      expect((await get(oss, 'unread')).text).toBe('hi oss');
      expect((await put(oss, lost, { [METHOD]: 'KMS' })).status).toBe(200);
    },
  );
});

/** Names of all files in a directory, however deep. */
async function filesOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

it('a server without the root key serves what is not encrypted, and says what is locked', async () => {
  const first = await start('locked', rootKey);
  await first.createBucket(bucket);
  await put(first, 'plain', {});
  for (const method of ['AES256', 'SM4', 'KMS']) await put(first, method, { [METHOD]: method });
  await first.close(0);

  const locked = await start('locked', {});
  try {
    expect((await get(locked, 'plain')).text).toBe('hi oss');
    expect((await put(locked, 'plain', {}, 'again')).status).toBe(200);
    const message = expect.stringMatching(/^The key ring of the server is locked: /);
    for (const method of ['AES256', 'SM4', 'KMS']) {
      for (const answer of [
        await get(locked, method),
        await put(locked, 'none', { [METHOD]: method }),
      ]) {
        expect(answer.status).toBe(503);
        expect(errorOf(answer)).toMatchObject({ Code: 'ServiceUnavailable', Message: message });
      }
      const head = await sendSigned(locked, { method: 'HEAD', bucket, key: method });
      expect(head.headers[METHOD]).toBe(method);
    }
    expect((await get(locked, 'none')).status).toBe(404);
    const ready = await fetch(`${locked.adminEndpoint}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.text()).toContain('the keyring is locked');
  } finally {
    await locked.close(0);
  }

  const again = await start('locked', rootKey);
  try {
    for (const method of ['AES256', 'SM4', 'KMS'])
      expect((await get(again, method)).text).toBe('hi oss');
    expect(await (await fetch(`${again.adminEndpoint}/health/ready`)).text()).not.toContain(
      'locked',
    );
  } finally {
    await again.close(0);
  }
});
