/** What node:http would answer itself is answered in OSS's form; and the server lives on. */
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, sendRaw, sendSigned } from '../support/http.js';
import { startOss } from '../support/start-oss.js';

let oss: OpenOss;
beforeAll(async () => {
  oss = await startOss({ buckets: ['examplebucket'] });
});
afterAll(() => oss.close());

const inOssForm = (answer: string, status: number, code: string) => {
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer).toContain('\r\nServer: AliyunOSS\r\n');
  expect(answer).toMatch(/\r\nx-oss-request-id: [0-9A-F]{24}\r\n/);
  expect(answer).toContain('\r\nContent-Type: application/xml\r\n');
  expect(answer).toContain(`<Code>${code}</Code>`);
};

describe('a request that is no HTTP', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n'],
    ['a header with a NUL', 'GET / HTTP/1.1\r\nHost: localhost\r\nx: \u0000\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['a head cut short', 'GET / HTTP/1.1\r\nHost: local'],
  ])('%s', async (_what, bytes) => {
    inOssForm(await sendRaw(oss.endpoint, bytes, { halfClose: true }), 400, 'InvalidRequest');
  });

  // Two lengths that need not agree are how requests are smuggled past a proxy.
  it.each([
    ['Content-Length: 1\r\nTransfer-Encoding: chunked', 'InvalidRequest'],
    ['Transfer-Encoding: chunked\r\nContent-Length: 1', 'InvalidArgument'],
    ['Content-Length: 1\r\nContent-Length: 2', 'InvalidRequest'],
    ['Content-Length: 1\r\nContent-Length: 1', 'InvalidRequest'],
  ])('two lengths: %j', async (headers, code) => {
    const answer = await sendRaw(
      oss.endpoint,
      `PUT /examplebucket/k HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n`,
    );
    inOssForm(answer, 400, code);
  });

  it('more than 64 KiB of headers', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      `GET / HTTP/1.1\r\nHost: localhost\r\nx: ${'v'.repeat(70 * 1024)}\r\n\r\n`,
    );
    inOssForm(answer, 400, 'RequestHeaderTooLarge');
  });

  it('CONNECT', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n',
    );
    inOssForm(answer, 405, 'MethodNotAllowed');
  });
});

describe('a request that is HTTP but not OSS', () => {
  it('with a method that OSS does not know', async () => {
    const answer = await send(oss.endpoint, { method: 'PATCH', bucket: 'examplebucket', key: 'k' });
    expect(answer.status).toBe(405);
    expect(errorOf(answer)).toMatchObject({
      Code: 'MethodNotAllowed',
      Method: 'PATCH',
      ResourceType: 'Object',
    });
  });

  it('with a query that cannot be decoded', async () => {
    const answer = await send(oss.endpoint, { target: '/examplebucket?prefix=%zz' });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).Code).toBe('InvalidURI');
  });

  it('to a host that is not ours, saying what to do', async () => {
    const answer = await send(oss.endpoint, { target: '/k', host: 'bucket.example.com' });
    expect(answer.status).toBe(403);
    expect(errorOf(answer).Code).toBe('NonStandardHostForbidden');
    expect(errorOf(answer).Message).toContain('--host-suffix');
  });

  it('to another region, naming the endpoint', async () => {
    const answer = await send(oss.endpoint, {
      target: '/k',
      host: 'examplebucket.oss-cn-beijing.aliyuncs.com',
    });
    expect(answer.status).toBe(403);
    expect(errorOf(answer)).toMatchObject({
      Code: 'AccessDenied',
      Endpoint: 'oss-cn-hangzhou.aliyuncs.com',
    });
  });

  it('HTTP/1.0 without a Host header is served', async () => {
    inOssForm(await sendRaw(oss.endpoint, 'GET / HTTP/1.0\r\n\r\n'), 403, 'AccessDenied');
  });
});

describe('addressing', () => {
  it.each([
    ['127.0.0.1', '/examplebucket/addressed'],
    ['localhost:1234', '/examplebucket/addressed'],
    ['examplebucket.localhost', '/addressed'],
    ['examplebucket.oss-cn-hangzhou.aliyuncs.com', '/addressed'],
    ['examplebucket.oss-cn-hangzhou-internal.aliyuncs.com', '/addressed'],
    ['oss-cn-hangzhou.aliyuncs.com', '/examplebucket/addressed'],
  ])('%s%s is the same object', async (host, target) => {
    await sendSigned(oss, {
      method: 'PUT',
      bucket: 'examplebucket',
      key: 'addressed',
      body: 'here',
      headers: { 'x-oss-object-acl': 'public-read' },
    });
    const answer = await send(oss.endpoint, { host, target });
    expect(answer.text).toBe('here');
    const signed = await sendSigned(oss, {
      bucket: 'examplebucket',
      key: 'addressed',
      host,
      target,
    });
    expect(signed.text).toBe('here');
  });

  it('under a host name of the operator', async () => {
    const own = await startOpenOss({
      buckets: ['examplebucket'],
      hostSuffixes: ['oss.example.com'],
    });
    try {
      const answer = await send(own.endpoint, {
        host: 'examplebucket.oss.example.com',
        target: '/k',
      });
      expect(errorOf(answer)).toMatchObject({
        Code: 'AccessDenied',
        HostId: 'examplebucket.oss.example.com',
      });
    } finally {
      await own.close();
    }
  });
});
