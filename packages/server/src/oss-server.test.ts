/** What the server does when what it stands on fails, and when it is told to stop. */
import { once } from 'node:events';
import { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { RamError } from '@openoss/directory';
import { OssError } from '@openoss/protocol';
import {
  CipherUnavailable,
  type ObjectStore,
  type OpenedObject,
  StorageFull,
  StoreClosed,
} from '@openoss/storage';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startTestServer, type TestServer } from './testing/test-server.js';

const running: TestServer[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});
async function start(overrides: Partial<ObjectStore> = {}): Promise<TestServer> {
  const started = await startTestServer(overrides);
  running.push(started);
  return started;
}

const head = (line: string, headers: Readonly<Record<string, string>> = {}): string =>
  `${line} HTTP/1.1\r\n${Object.entries({ Host: '127.0.0.1', Connection: 'close', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
const get = head('GET /examplebucket/key');
const put = (body: string, headers = {}) =>
  head('PUT /examplebucket/key', { 'Content-Length': String(body.length), ...headers }) + body;

async function eventually(condition: () => void | Promise<void>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await condition();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

describe('a failure that is no refusal', () => {
  it.each([
    ['an Error', new Error('the secret of the machine')],
    ['a TypeError', new TypeError("Cannot read properties of undefined (reading 'x')")],
    ['what is no Error at all', 'the secret of the machine'],
    ['undefined', undefined],
  ])('%s is answered with 500 and told to the log, once', async (_what, failure) => {
    const { exchange, logged, metrics } = await start({
      getObject: () => Promise.reject(failure),
      openObject: () => Promise.reject(failure),
    });
    const answer = await exchange(get);
    expect(answer).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
    expect(answer).toContain('<Code>InternalError</Code>');
    const [, id] = /\r\nx-oss-request-id: ([0-9A-F]{24})\r\n/.exec(answer) ?? [];
    expect(answer).toContain(`<RequestId>${id}</RequestId>`);
    expect(answer).not.toContain('secret');
    expect(answer).not.toContain('undefined');
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({
      level: 50,
      msg: 'a request failed',
      requestId: id,
      operation: 'GetObject',
      method: 'GET',
    });
    // It lives on.
    expect(await exchange(put('hi'))).toMatch(/^HTTP\/1\.1 500 /);
    expect(await exchange(head('GET /'))).toMatch(/^HTTP\/1\.1 403 /);
    expect(await metrics.text()).toContain(
      'openoss_requests_total{operation="GetObject",status="500",code="InternalError"} 1',
    );
  });

  it('that lacks a cipher is no failure: what takes it is not implemented here', async () => {
    const { exchange } = await start({
      openObject: () => Promise.reject(new CipherUnavailable('SM4')),
    });
    const answer = await exchange(get);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('<Code>NotImplemented</Code>');
    expect(answer).not.toContain(process.versions.openssl);
  });

  it('is seen by a client that is still sending its body', async () => {
    const { exchange } = await start({ getBucket: () => Promise.reject(new Error('x')) });
    const answer = await exchange(put('x'.repeat(3_000_000)));
    expect(answer).toMatch(/^HTTP\/1\.1 500 /);
  });

  it.each([
    [
      new OssError('StorageFull', { cause: new Error('ENOSPC') }),
      'The server has no space left to store objects. Objects can be read and deleted; puts are taken again when objects were deleted or its operator has made space.',
    ],
    [
      RamError.storageFull(new StorageFull(undefined)),
      'The server has no space left to store objects. Objects can be read and deleted; puts are taken again when objects were deleted or its operator has made space.',
    ],
    [new StoreClosed(), 'The server is shutting down. Please try again.'],
    [
      new OssError('KmsUnavailable'),
      'The key management service does not answer. Please try again.',
    ],
  ])('%s is answered with 503', async (failure, message) => {
    const { exchange } = await start({ putObject: () => Promise.reject(failure) });
    const answer = await exchange(put('x'));
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(answer).toContain('<Code>ServiceUnavailable</Code>');
    expect(answer).toContain(`<Message>${message}</Message>`);
  });

  it('of the keys is told to the log by who asked for them, not for each request', async () => {
    for (const kind of ['KmsUnavailable', 'KeyringLocked'] as const) {
      const failure = new OssError(kind, { cause: new Error('no key') });
      const { exchange, logged } = await start({ putObject: () => Promise.reject(failure) });
      expect(await exchange(put('x'))).toMatch(/^HTTP\/1\.1 503 /);
      expect(logged).toEqual([]);
    }
  });

  it('in the midst of a download cuts the answer short of its Content-Length', async () => {
    let closed = 0;
    const { exchange, logged, metrics } = await start({
      openObject: async () => ({
        ...openedObject(1_000_000),
        async *read() {
          yield Buffer.alloc(400_000);
          throw new Error('the disk is gone');
        },
        async close() {
          closed += 1;
        },
      }),
    });
    const answer = await exchange(get);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('\r\nContent-Length: 1000000\r\n');
    expect(answer.length).toBeLessThan(500_000);
    expect(closed).toBe(1);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ msg: 'an answer was cut short', operation: 'GetObject' });
    expect(await metrics.text()).toContain(
      'openoss_requests_total{operation="GetObject",status="200",code="InternalError"} 1',
    );
  });

  it('before the first byte of a download is a whole 500', async () => {
    let closed = 0;
    const { exchange } = await start({
      openObject: async () => ({
        ...openedObject(1_000_000),
        // biome-ignore lint/correctness/useYield: it fails before it has anything to yield
        async *read() {
          throw new Error('the disk is gone');
        },
        async close() {
          closed += 1;
        },
      }),
    });
    const answer = await exchange(get);
    expect(answer).toMatch(/^HTTP\/1\.1 500 /);
    expect(answer).toContain('<Code>InternalError</Code>');
    expect(closed).toBe(1);
  });
});

describe('the log', () => {
  it('has nothing that lets its reader in', async () => {
    const { exchange, logged, secret } = await start({
      openObject: () => Promise.reject(new Error('x')),
      putObject: () => Promise.reject(new Error('x')),
    });
    const authorization = 'OSS LTAIxyz:c2lnbmF0dXJl';
    await exchange(
      head('GET /examplebucket/key?OSSAccessKeyId=LTAIxyz&Expires=1&Signature=c2lnbmF0dXJl'),
    );
    await exchange(head('GET /examplebucket/key', { Authorization: authorization }));
    await exchange(get);
    await exchange(put('body', { 'x-oss-meta-note': 'private' }));
    const text = JSON.stringify(logged);
    expect(logged).toHaveLength(2);
    for (const kept of [secret, 'c2lnbmF0dXJl', 'LTAIxyz', 'private', 'body']) {
      expect(text).not.toContain(kept);
    }
  });
});

describe('a request whose client goes away before its body is read', () => {
  it.each([10, 500_000])('fails at once, and is not waited for: %d bytes', async (size) => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let outcome: Promise<unknown> | undefined;
    const started = await start({
      async getObject() {
        await held;
        return undefined;
      },
      async putObject({ body }) {
        const read = async () => {
          if (body instanceof Uint8Array) return body;
          for await (const chunk of body) expect(chunk).toBeDefined();
          return body;
        };
        outcome = read();
        await outcome;
        throw new Error('the body was read');
      },
    });
    const socket = connect({ host: '127.0.0.1', port: started.port });
    await once(socket, 'connect');
    socket.write(`${head('PUT /examplebucket/key', { 'Content-Length': String(size) })}12345`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
    await eventually(async () => {
      expect(await started.metrics.text()).toContain('openoss_requests_in_flight 0');
    });
    expect(await started.metrics.text()).toContain(
      'openoss_requests_total{operation="PutObject",status="0",code=""} 1',
    );
    if (outcome !== undefined) {
      await expect(outcome).rejects.toBeInstanceOf(OssError);
      await expect(outcome).rejects.toMatchObject({ kind: 'IncompleteBody' });
    }
    expect(started.logged).toEqual([]);
  });
});

describe('a download whose client goes away', () => {
  it('while the disk is read lets go of the object', async () => {
    const size = 32 * 1024 * 1024;
    let isClosed = false;
    let isGone: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      isGone = resolve;
    });
    const { port } = await start({
      openObject: async () => ({
        ...openedObject(size),
        async *read() {
          yield Buffer.alloc(1000);
          await gone;
          // The connection is over for good by now, and nobody will tell of it again.
          await new Promise((resolve) => setTimeout(resolve, 100));
          yield Buffer.alloc(size - 1000);
        },
        async close() {
          isClosed = true;
        },
      }),
    });
    const client = connect(port, '127.0.0.1');
    client.on('error', () => {});
    client.write(get);
    await once(client, 'data');
    client.resetAndDestroy();
    isGone();
    await eventually(() => expect(isClosed).toBe(true));
  });
});

describe('a server that is told to stop', () => {
  const stop = async ({ server }: TestServer, grace: number): Promise<number> => {
    const before = performance.now();
    await server.close(grace);
    return performance.now() - before;
  };

  it('lets what is under way finish, and then ends its connections', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const getObject = vi.fn(async () => {
      await held;
      return undefined;
    });
    const started = await start({ getObject });
    const answer = started.exchange(get.replace('Connection: close', 'Connection: keep-alive'));
    await vi.waitFor(() => expect(getObject).toHaveBeenCalledOnce());
    const stopped = stop(started, 10_000);
    await expect(started.exchange(get)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    release();
    expect(await answer).toMatch(/^HTTP\/1\.1 404 [\s\S]*\r\nConnection: close\r\n/);
    expect(await stopped).toBeLessThan(2000);
  });

  it('between the making of an answer and its sending ends that connection too', async () => {
    const started = await start();
    let stopped: Promise<number> | undefined;
    const writeHead = vi.spyOn(ServerResponse.prototype, 'writeHead');
    onTestFinished(() => writeHead.mockRestore());
    writeHead.mockImplementationOnce(function (this: ServerResponse, ...head) {
      writeHead.mockRestore();
      queueMicrotask(() => {
        stopped = stop(started, 10_000);
      });
      return this.writeHead(...head);
    });
    const answer = await started.exchange(
      get.replace('Connection: close', 'Connection: keep-alive'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 [\s\S]*<\/Error>\s*$/);
    expect(await stopped).toBeLessThan(2000);
  });

  it('waits no longer than it was told', async () => {
    const getObject = vi.fn(() => new Promise<never>(() => {}));
    const started = await start({ getObject });
    const cut = started.exchange(get).catch(() => '');
    await vi.waitFor(() => expect(getObject).toHaveBeenCalledOnce());
    const took = await stop(started, 300);
    expect(took).toBeGreaterThan(250);
    expect(took).toBeLessThan(2000);
    expect(await cut).toBe('');
  });

  it.each([
    ['that has sent nothing', ''],
    ['that has sent half a head', 'GET / HTTP/1.1\r\nHo'],
    ['that stands still in its body', head('PUT /examplebucket/key', { 'Content-Length': '100' })],
    ['that was answered and is kept', get.replace('Connection: close', 'Connection: keep-alive')],
    ['that was refused a tunnel', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['that was refused for what is no HTTP', 'NONSENSE\r\n\r\n'],
  ])('is not held up by a connection %s', async (_what, bytes) => {
    const started = await start();
    const socket: Socket = connect({ host: '127.0.0.1', port: started.port, allowHalfOpen: true });
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    socket.write(bytes);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await stop(started, 300)).toBeLessThan(1500);
    socket.destroy();
  });
});

/** An object of zeros, of which only the record is whole. */
function openedObject(size: number): OpenedObject {
  return {
    record: {
      key: 'key',
      revision: 'r',
      type: 'Normal',
      size,
      etag: 'D41D8CD98F00B204E9800998ECF8427E',
      crc64: 0n,
      lastModified: 0,
      storageClass: 'Standard',
      acl: 'default',
      owner: '1',
      headers: [],
      metadata: [],
      tags: [],
      body: { kind: 'blob', id: 'b' },
    },
    range: { start: 0, end: size },
    inline: undefined,
    read() {
      throw new Error('each test reads in its own way');
    },
    async close() {},
  };
}
