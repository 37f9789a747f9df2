import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RoomStore } from '@openoss/storage';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KeyService } from '../key-service.js';
import { KmsError } from '../kms-error.js';
import { openStore } from '../testing/open-keyring.js';
import { RemoteKms, type RemoteKmsOptions } from './remote-kms.js';
import { findRemoteKms } from './remote-kms-settings.js';

type Handler = (parameters: URLSearchParams, response: ServerResponse) => void;

const account = '1234567890123456';
const secret = 'topsecretaccesskey';

/** A KMS that answers what it is told, and what it was asked. */
async function startKms(handle: Handler) {
  const asked: URLSearchParams[] = [];
  const targets: string[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const query = new URL(request.url ?? '/', 'http://kms').searchParams;
    const parameters = new URLSearchParams(Buffer.concat(chunks).toString());
    for (const [name, value] of query) parameters.append(name, value);
    asked.push(parameters);
    targets.push(request.url ?? '');
    handle(parameters, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, asked, targets };
}

/** A room that nothing happens in. */
const quietRoom = { watch: () => () => undefined } as unknown as RoomStore;

function remote(endpoint: string, options: Partial<RemoteKmsOptions> = {}) {
  const warnings: unknown[] = [];
  const kms = new RemoteKms({
    endpoint,
    accessKeyId: 'id',
    accessKeySecret: secret,
    account,
    room: quietRoom,
    log: { warn: (details, message) => warnings.push({ ...details, message }) },
    ...options,
  });
  onTestFinished(() => kms.close());
  return { kms, keys: kms.keysOf(account), warnings };
}

const answer = (response: ServerResponse, status: number, body: object) => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ RequestId: 'r', ...body }));
};

const refuse =
  (status: number, Code: string, Message = 'no'): Handler =>
  (_parameters, response) =>
    answer(response, status, { HttpStatus: status, Code, Message });

const dataKey = {
  KeyId: 'k',
  KeyVersionId: 'v',
  CiphertextBlob: 'blob',
  Plaintext: Buffer.alloc(32, 3).toString('base64'),
};

const errorOf = async (promise: Promise<unknown>): Promise<KmsError> => {
  const error = await promise.then(
    () => undefined,
    (refusal: unknown) => refusal,
  );
  expect(error).toBeInstanceOf(KmsError);
  return error as KmsError;
};

describe('a call of another KMS', () => {
  it('has everything but who signs it in its body', async () => {
    const { endpoint, asked, targets } = await startKms((_parameters, response) =>
      answer(response, 200, dataKey),
    );
    const { keys } = remote(endpoint);
    const made = await keys.generateDataKey({ context: { bucket: 'b', object: 'a&b=c d*' } });
    expect(made).toMatchObject({ keyId: 'k', keyVersionId: 'v', ciphertextBlob: 'blob' });
    expect(made.plaintext).toEqual(Buffer.alloc(32, 3));
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      Action: 'GenerateDataKey',
      Version: '2016-01-20',
      KeyId: 'alias/acs/oss',
      KeySpec: 'AES_256',
      EncryptionContext: '{"bucket":"b","object":"a&b=c d*"}',
      AccessKeyId: 'id',
    });
    await keys.encrypt({ keyId: 'k', plaintext: Buffer.from('hush') });
    expect(targets.join()).not.toMatch(/KeyId=k|Plaintext|Context/);
  });

  it('asks for the default key that it is told', async () => {
    const { endpoint, asked } = await startKms((_parameters, response) =>
      answer(response, 200, dataKey),
    );
    const { keys } = remote(endpoint, { defaultKey: 'alias/mine' });
    await keys.generateDataKey({});
    await keys.generateDataKey({ keyId: 'k', bytes: 16 });
    // Whoever asks which key that is, or whether it is there, is told of the one that is used.
    await keys.describeKey('alias/acs/oss').catch(() => undefined);
    await errorOf(keys.keyIdOf('alias/acs/oss'));
    expect(asked.map((one) => [one.get('KeyId'), one.get('NumberOfBytes')])).toEqual([
      ['alias/mine', null],
      ['k', '16'],
      ['alias/mine', null],
      ['alias/mine', null],
    ]);
  });

  it.each([
    [503, 'ServiceUnavailableTemporary'],
    [500, 'InternalFailure'],
    [429, 'Rejected.Throttling'],
    [400, 'Throttling.User'],
  ])('is made again after %i %s, and again', async (status, code) => {
    let left = 2;
    const { endpoint, asked } = await startKms((parameters, response) => {
      if (left-- > 0) refuse(status, code)(parameters, response);
      else answer(response, 200, dataKey);
    });
    const { keys, warnings } = remote(endpoint);
    expect((await keys.decrypt({ ciphertextBlob: 'blob' })).keyId).toBe('k');
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map((one) => one.get('SignatureNonce'))).size).toBe(3);
    expect(warnings).toEqual([]);
  });

  it('is not made again for ever', async () => {
    const { endpoint, asked } = await startKms(refuse(503, 'ServiceUnavailableTemporary'));
    const { keys, warnings } = remote(endpoint, { attempts: 3 });
    const error = await errorOf(keys.generateDataKey({}));
    expect(error).toMatchObject({ reason: 'Unavailable', status: 503 });
    expect(asked).toHaveLength(3);
    expect(warnings).toMatchObject([{ action: 'GenerateDataKey', attempt: 3 }]);
  });

  it('that makes something is made again only where it was refused', async () => {
    const failing = await startKms(refuse(500, 'InternalFailure'));
    await errorOf(remote(failing.endpoint).keys.createKey({}));
    expect(failing.asked).toHaveLength(1);
    const busy = await startKms(refuse(429, 'Rejected.Throttling'));
    await errorOf(remote(busy.endpoint, { attempts: 2 }).keys.createKey({}));
    expect(busy.asked).toHaveLength(2);
    const cut = await startKms((_parameters, response) => response.destroy());
    await errorOf(remote(cut.endpoint).keys.createAlias('alias/a', 'k'));
    expect(cut.asked).toHaveLength(1);
    await errorOf(remote(cut.endpoint, { attempts: 2 }).keys.describeKey('k'));
    expect(cut.asked).toHaveLength(3);
  });

  it.each([
    [404, 'Forbidden.KeyNotFound', 'KeyNotFound'],
    [404, 'Forbidden.AliasNotFound', 'AliasNotFound'],
    [403, 'Forbidden.NoPermission', 'NoPermission'],
    [403, 'Forbidden.KmsServiceNotEnabled', 'NotEnabled'],
    [409, 'Rejected.Disabled', 'Disabled'],
    [409, 'Rejected.PendingDeletion', 'PendingDeletion'],
    [409, 'Rejected.PendingImport', 'PendingImport'],
    [409, 'Rejected.StateConflict', 'StateConflict'],
    [400, 'InvalidParameter', 'InvalidParameter'],
    [400, 'MissingParameter', 'InvalidParameter'],
    [404, 'InvalidAccessKeyId.NotFound', 'CredentialsRefused'],
    [400, 'IncompleteSignature', 'CredentialsRefused'],
    [400, 'IllegalTimestamp', 'CredentialsRefused'],
    [403, 'Something.New', 'NoPermission'],
    [400, 'Something.New', 'Internal'],
  ] as const)('refused with %i %s is %s, at once', async (status, code, reason) => {
    const { endpoint, asked } = await startKms(refuse(status, code));
    const { keys } = remote(endpoint, { attempts: 1 });
    expect((await errorOf(keys.decrypt({ ciphertextBlob: 'blob' }))).reason).toBe(reason);
    expect(asked).toHaveLength(1);
  });

  it.each<[string, Handler]>([
    ['is silent', () => {}],
    [
      'trickles',
      (_parameters, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(timer));
      },
    ],
  ])('gives up in time when the KMS %s', async (_what, handle) => {
    const { endpoint } = await startKms(handle);
    const { keys } = remote(endpoint, { attemptTimeout: 100, timeout: 400 });
    const began = Date.now();
    expect((await errorOf(keys.decrypt({ ciphertextBlob: 'blob' }))).reason).toBe('Unavailable');
    expect(Date.now() - began).toBeLessThan(1500);
  });

  it('fails soon when nobody is there, or what is there is no KMS', async () => {
    const { keys } = remote('http://127.0.0.1:9', { attempts: 2 });
    expect((await errorOf(keys.describeKey('k'))).reason).toBe('Unavailable');
    const { endpoint } = await startKms((_parameters, response) => {
      response.writeHead(200);
      response.end('<html>hello</html>');
    });
    const other = remote(endpoint, { attempts: 2 });
    expect((await errorOf(other.keys.describeKey('k'))).reason).toBe('Unavailable');
    const { endpoint: empty } = await startKms((_parameters, response) =>
      answer(response, 200, {}),
    );
    expect((await errorOf(remote(empty).keys.describeKey('k'))).reason).toBe('Internal');
  });

  it.each([
    ['Forbidden.NoPermission', 403, true],
    ['Forbidden.KmsServiceNotEnabled', 403, true],
    ['Forbidden.KeyNotFound', 404, false],
  ])('that is refused with %s is told to who runs the server: %#', async (code, status, isTold) => {
    const { endpoint } = await startKms(refuse(status, code));
    const { keys, warnings } = remote(endpoint);
    await errorOf(keys.generateDataKey({ keyId: 'k' }));
    const message = 'the KMS refuses this server, whose access key may lack permission';
    const told = { endpoint, action: 'GenerateDataKey', failure: `${status} ${code}`, message };
    expect(warnings).toEqual(isTold ? [expect.objectContaining(told)] : []);
  });

  it('tells no secret when it fails, neither to who asked nor to the log', async () => {
    const plaintext = Buffer.from('hush, hush');
    const handlers: Handler[] = [
      (_parameters, response) => response.destroy(),
      (parameters, response) =>
        answer(response, 500, { Code: 'InternalFailure', Message: parameters.toString() }),
      (parameters, response) => {
        response.writeHead(502);
        response.end(parameters.toString());
      },
    ];
    for (const handle of handlers) {
      const { endpoint, asked } = await startKms(handle);
      const { keys, warnings } = remote(endpoint, { attempts: 1 });
      const error = await errorOf(keys.encrypt({ keyId: 'k', plaintext }));
      expect(warnings).toHaveLength(1);
      const told = `${error.stack} ${JSON.stringify(error)} ${JSON.stringify(warnings)}`;
      const sent = asked[0];
      for (const hidden of [
        secret,
        plaintext.toString('base64'),
        sent?.get('Signature'),
        sent?.get('SignatureNonce'),
      ]) {
        expect(told).not.toContain(hidden);
      }
    }
  });
});

describe('what was unwrapped', () => {
  it('is not asked for again for some minutes, unless a key was disabled through here', async () => {
    let now = 0;
    const { endpoint, asked } = await startKms((_parameters, response) =>
      answer(response, 200, dataKey),
    );
    const room = (await openStore()).room('kms');
    const { keys } = remote(endpoint, { clock: () => now, keptFor: 1000, room });
    const decrypt = (context = {}) => keys.decrypt({ ciphertextBlob: 'blob', context });
    const calls = () => asked.filter((one) => one.get('Action') === 'Decrypt').length;
    (await decrypt()).plaintext.fill(0);
    expect((await decrypt()).plaintext).toEqual(Buffer.alloc(32, 3));
    expect(calls()).toBe(1);
    await decrypt({ a: 'b' });
    expect(calls()).toBe(2);
    now = 1000;
    await decrypt();
    expect(calls()).toBe(3);
    await keys.disableKey('k');
    await decrypt();
    expect(calls()).toBe(4);
  });

  it.each<[string, (keys: KeyService) => Promise<void>]>([
    ['disabled', (keys) => keys.disableKey('k')],
    ['to be deleted', (keys) => keys.scheduleKeyDeletion('k', 7)],
  ])(
    'is asked for again in every process once a key is %s through one',
    async (_what, withdraw) => {
      const { endpoint, asked } = await startKms((_parameters, response) =>
        answer(response, 200, dataKey),
      );
      const room = (await openStore()).room('kms');
      const [one, other] = [remote(endpoint, { room }), remote(endpoint, { room })];
      const calls = () => asked.filter((call) => call.get('Action') === 'Decrypt').length;
      await other.keys.decrypt({ ciphertextBlob: 'blob' });
      await other.keys.decrypt({ ciphertextBlob: 'blob' });
      expect(calls()).toBe(1);
      await withdraw(one.keys);
      await other.keys.decrypt({ ciphertextBlob: 'blob' });
      expect(calls()).toBe(2);
    },
  );

  it('is forgotten as well where it is not known whether the key was disabled', async () => {
    const { endpoint, asked } = await startKms((parameters, response) =>
      parameters.get('Action') === 'DisableKey'
        ? response.destroy()
        : answer(response, 200, dataKey),
    );
    const room = (await openStore()).room('kms');
    const { keys } = remote(endpoint, { room, attempts: 1 });
    await keys.decrypt({ ciphertextBlob: 'blob' });
    expect((await errorOf(keys.disableKey('k'))).reason).toBe('Unavailable');
    await keys.decrypt({ ciphertextBlob: 'blob' });
    expect(asked.filter((call) => call.get('Action') === 'Decrypt')).toHaveLength(2);
  });

  it('is not kept where a key was disabled while it was on its way', async () => {
    const answers: (() => void)[] = [];
    const { endpoint, asked } = await startKms((parameters, response) => {
      const send = () => answer(response, 200, dataKey);
      if (parameters.get('Action') === 'Decrypt') answers.push(send);
      else send();
    });
    const room = (await openStore()).room('kms');
    const { keys } = remote(endpoint, { room });
    const early = keys.decrypt({ ciphertextBlob: 'blob' });
    await expect.poll(() => answers.length).toBe(1);
    await keys.disableKey('k');
    answers.pop()?.();
    await early;
    const late = keys.decrypt({ ciphertextBlob: 'blob' });
    await expect.poll(() => answers.length).toBe(1);
    answers.pop()?.();
    await late;
    expect(asked.filter((call) => call.get('Action') === 'Decrypt')).toHaveLength(2);
  });
});

it('is the keys of one account only', async () => {
  const { kms } = remote('http://127.0.0.1:9');
  expect(() => kms.keysOf('6543210987654321')).toThrow(KmsError);
});

it('is set up by the environment', () => {
  const key = { OPENOSS_KMS_ACCESS_KEY_ID: 'id', OPENOSS_KMS_ACCESS_KEY_SECRET: 's' };
  expect(findRemoteKms({ ...key })).toBeUndefined();
  const at = (endpoint: string) => findRemoteKms({ ...key, OPENOSS_KMS_ENDPOINT: endpoint });
  expect(at('https://kms.cn-hangzhou.aliyuncs.com/')).toEqual({
    endpoint: 'https://kms.cn-hangzhou.aliyuncs.com',
    accessKeyId: 'id',
    accessKeySecret: 's',
    defaultKey: undefined,
  });
  expect(at('kms.cn-hangzhou.aliyuncs.com')?.endpoint).toBe('https://kms.cn-hangzhou.aliyuncs.com');
  expect(at('127.0.0.1:9002')?.endpoint).toBe('https://127.0.0.1:9002');
  expect(at('http://127.0.0.1:9002')?.endpoint).toBe('http://127.0.0.1:9002');
  for (const wrong of ['ftp://kms', 'http://kms/path', 'http://u:p@kms', 'http://kms?x=1', '::']) {
    expect(() => at(wrong)).toThrow('is not the address of a KMS');
  }
  expect(() => findRemoteKms({ OPENOSS_KMS_ENDPOINT: 'http://kms' })).toThrow(
    'OPENOSS_KMS_ACCESS_KEY_ID',
  );
});
