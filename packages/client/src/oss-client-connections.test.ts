import http from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObject, PutObject } from '@openoss/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CanceledError } from './errors/canceled-error.js';
import { CertificateError } from './errors/certificate-error.js';
import { ProxyError } from './errors/proxy-error.js';
import { TimeoutError } from './errors/timeout-error.js';
import { OssClient } from './oss-client.js';
import {
  type Answering,
  answeringServer,
  rawHttpServer,
  tcpServer,
} from './testing/loopback-server.js';
import { selfSignedCertificate } from './testing/self-signed-certificate.js';
import { testClient, testCredentials } from './testing/test-client.js';

const put = { bucket: 'examplebucket', key: 'exampleobject', body: 'hi oss' };

const ok: Answering = (response) => {
  response.end();
};

describe('time limits', () => {
  it('may be longer than a timer can run', async () => {
    const { endpoint } = await answeringServer(async (response) => {
      await delay(50);
      response.end();
    });
    const longest = { connectTimeoutMs: 1e12, readWriteTimeoutMs: 1e12, maxAttempts: 1 };
    await testClient(endpoint, longest).send(PutObject, put);
  });

  it('end a connection that does not come to stand', async () => {
    // TLS that is never answered: the connection is there, the handshake is not.
    const { port } = await tcpServer(() => {});
    const client = testClient(`https://127.0.0.1:${port}`, {
      connectTimeoutMs: 200,
      readWriteTimeoutMs: 50,
      maxAttempts: 2,
    });
    const failure = client.send(PutObject, put);
    await expect(failure).rejects.toThrow(TimeoutError);
    await expect(failure).rejects.toMatchObject({
      phase: 'connect',
      milliseconds: 200,
      request: { attempts: 2 },
      message: `connecting to 127.0.0.1:${port} took longer than 0.2 s (connect timeout)`,
    });
  });

  it('end an agent that gives no connection, as an abort does', async () => {
    class IdleAgent extends http.Agent {
      // As an agent does that asks a proxy first, and gets no answer.
      override createConnection(): undefined {}
    }
    const client = testClient('http://oss.example.com', {
      agent: new IdleAgent(),
      connectTimeoutMs: 200,
      maxAttempts: 1,
    });
    await expect(client.send(PutObject, put)).rejects.toMatchObject({ phase: 'connect' });
    const signal = AbortSignal.timeout(50);
    await expect(client.send(PutObject, put, { signal })).rejects.toThrow(CanceledError);
  });

  it('end an answer that does not come', async () => {
    const { endpoint } = await rawHttpServer(() => {});
    const client = testClient(endpoint, { readWriteTimeoutMs: 150, maxAttempts: 1 });
    await expect(client.send(PutObject, put)).rejects.toMatchObject({
      phase: 'read-write',
      milliseconds: 150,
      message: expect.stringMatching(/neither sent nor took any data for 0\.15 s/),
    });
  });

  it('end a server that takes no more', async () => {
    const { endpoint } = await rawHttpServer((message) => message.socket.pause());
    const client = testClient(endpoint, { readWriteTimeoutMs: 300, maxAttempts: 1 });
    const body = Buffer.alloc(64 * 1024 * 1024);
    await expect(client.send(PutObject, { ...put, body })).rejects.toMatchObject({
      phase: 'read-write',
    });
  });

  it('end a body that stops coming', async () => {
    const { endpoint } = await rawHttpServer((_, response) => {
      response.write('some');
    });
    const client = testClient(endpoint, { readWriteTimeoutMs: 150 });
    const { body } = await client.exchange(GetObject, put);
    await expect(read(body)).rejects.toMatchObject({
      phase: 'read-write',
      request: { operation: 'GetObject' },
    });
  });

  it('begin anew with every byte', async () => {
    const { endpoint } = await rawHttpServer(async (message, response) => {
      message.resume();
      for (let count = 0; count < 8; count++) {
        response.write('.');
        await delay(60);
      }
      response.end();
    });
    const client = testClient(endpoint, { readWriteTimeoutMs: 200 });
    const { body } = await client.exchange(GetObject, put);
    expect(await read(body)).toBe(8);
  });

  it('stand still while it is the caller who takes time', async () => {
    const { endpoint } = await rawHttpServer(async (message, response) => {
      for await (const _ of message);
      response.end(Buffer.alloc(8 * 1024 * 1024));
    });
    const client = testClient(endpoint, { readWriteTimeoutMs: 150 });
    async function* slow() {
      yield 'a';
      await delay(400);
      yield 'b';
    }
    await client.send(PutObject, { ...put, body: slow() });
    const { body } = await client.exchange(GetObject, put);
    await delay(400);
    expect(await read(body)).toBe(8 * 1024 * 1024);
  });

  it('leave a connection that is kept alive as it was', async () => {
    const server = await answeringServer(ok);
    const client = testClient(server.endpoint, { readWriteTimeoutMs: 100 });
    for (let count = 0; count < 3; count++) {
      await client.send(PutObject, put);
      await delay(150);
    }
    expect(server.requests).toHaveLength(3);
  });
});

describe('TLS', () => {
  it('refuses a certificate that nobody vouches for, at once and clearly', async () => {
    const server = await answeringServer(ok, { tls: true });
    const failure = testClient(server.endpoint).send(PutObject, put);
    await expect(failure).rejects.toThrow(CertificateError);
    await expect(failure).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      message: `the certificate of 127.0.0.1:${server.port} is not trusted: self-signed certificate`,
      request: { attempts: 1 },
    });
    expect(server.requests).toHaveLength(0);
  });

  it('refuses a certificate of another host', async () => {
    const server = await answeringServer(ok, { tls: true });
    const client = testClient(`https://localhost:${server.port}`, {
      tls: { ca: selfSignedCertificate.cert },
    });
    // *.localhost stands in it, but a wildcard right under a top-level name counts for nothing.
    const failure = client.send(PutObject, put);
    await expect(failure).rejects.toThrow(CertificateError);
    await expect(failure).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    ['unverified', { rejectUnauthorized: false }],
    ['with its authority given', { ca: selfSignedCertificate.cert }],
  ])('takes it %s', async (_, tls) => {
    const server = await answeringServer(ok, { tls: true });
    const client = testClient(`https://localhost:${server.port}`, { tls, addressingStyle: 'path' });
    await client.send(PutObject, put);
    expect(server.requests[0]?.headers.host).toBe(`localhost:${server.port}`);
  });

  it('sees a refusal while it is still sending', async () => {
    const { endpoint } = await rawHttpServer(
      (_, response) => {
        response.writeHead(403);
        response.end('<Error><Code>AccessDenied</Code></Error>', () => response.destroy());
      },
      { tls: true },
    );
    const client = testClient(endpoint, { tls: { rejectUnauthorized: false } });
    const body = Buffer.alloc(64 * 1024 * 1024);
    await expect(client.send(PutObject, { ...put, body })).rejects.toMatchObject({
      code: 'AccessDenied',
    });
  });

  it('is clear about a server without it', async () => {
    const { port } = await tcpServer((socket) => {
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    const failure = testClient(`https://127.0.0.1:${port}`).send(PutObject, put);
    await expect(failure).rejects.toMatchObject({
      name: 'NetworkError',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ does not speak TLS/),
      request: { attempts: 1 },
    });
  });
});

describe('connections', () => {
  it('come from an agent that is given, and it stays open', async () => {
    const server = await answeringServer(ok);
    const agent = new http.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const client = new OssClient({
      endpoint: server.endpoint,
      region: 'cn-hangzhou',
      credentials: testCredentials,
      agent,
    });
    await client.send(PutObject, put);
    client.close();
    expect(Object.keys(agent.freeSockets)).toHaveLength(1);
  });

  it('are handed back as they were, however many requests they served', async () => {
    const server = await answeringServer(ok);
    const agent = new http.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const client = testClient(server.endpoint, { agent });
    const listeners: number[][] = [];
    for (let count = 0; count < 3; count++) {
      await client.send(PutObject, put);
      const [socket] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
      listeners.push(
        ['timeout', 'connect', 'error', 'close', 'drain', 'data'].map(
          (name) => socket?.listenerCount(name) ?? -1,
        ),
      );
    }
    expect(new Set(listeners.map(String))).toEqual(new Set([String(listeners[0])]));
    expect(listeners[0]).not.toContain(-1);
  });

  it('are made anew for a body that can be read only once', async () => {
    const ports = new Set<number | undefined>();
    const { endpoint } = await rawHttpServer(async (message, response) => {
      ports.add(message.socket.remotePort);
      for await (const _ of message);
      response.end();
    });
    const client = testClient(endpoint);
    await client.send(PutObject, put);
    await client.send(PutObject, { ...put, body: Readable.from(['once']) });
    expect(ports.size).toBe(2);
  });

  it('go to a forward proxy, which is asked for the whole URL as it is', async () => {
    const proxy = await answeringServer(ok);
    const client = testClient('http://oss.example.com:8080', {
      forwardProxy: `http://me:p%40ss@127.0.0.1:${proxy.port}`,
    });
    await client.send(PutObject, { ...put, key: 'a/../b%2Fc' });
    expect(proxy.requests[0]?.url).toBe('http://examplebucket.oss.example.com:8080/a/../b%252Fc');
    expect(proxy.requests[0]?.headers).toMatchObject({
      host: 'examplebucket.oss.example.com:8080',
      'proxy-authorization': `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    });
  });

  it('to a forward proxy that fail are said to be those', async () => {
    const sent = (port: number) =>
      testClient('http://oss.example.com', {
        forwardProxy: `http://127.0.0.1:${port}`,
        readWriteTimeoutMs: 100,
        maxAttempts: 1,
      }).send(PutObject, put);
    const { port: silent } = await tcpServer(() => {});
    await expect(sent(silent)).rejects.toThrow(`the proxy 127.0.0.1:${silent} neither sent nor`);
    const { port: closing } = await tcpServer((socket) => socket.end());
    const failure = sent(closing);
    await expect(failure).rejects.toBeInstanceOf(ProxyError);
    await expect(failure).rejects.toThrow(
      /^the connection to the proxy 127\.0\.0\.1:\d+ was broken/,
    );
  });

  it('go to a forward proxy over TLS, whose own certificate counts', async () => {
    const proxy = await answeringServer(ok, { tls: true });
    const client = testClient('http://oss.example.com', {
      forwardProxy: `https://localhost:${proxy.port}`,
      tls: { ca: selfSignedCertificate.cert },
    });
    await client.send(PutObject, put);
    expect(proxy.requests[0]?.url).toBe('http://examplebucket.oss.example.com/exampleobject');
  });

  it.each([
    ['https://oss.example.com', 'http://127.0.0.1:1'],
    ['http://oss.example.com', 'socks://127.0.0.1:1'],
    ['http://oss.example.com', 'not a url'],
  ])('do not go from %s to the proxy %s', (endpoint, forwardProxy) => {
    expect(() => testClient(endpoint, { forwardProxy })).toThrow('invalid field, ForwardProxy.');
  });
});

async function read(body: Readable): Promise<number> {
  let length = 0;
  for await (const chunk of body) length += chunk.length;
  return length;
}
