import { text } from 'node:stream/consumers';
import {
  crc64,
  DeleteMultipleObjects,
  encodeInput,
  GetBucketInfo,
  GetObject,
  HeadObject,
  ListBuckets,
  ListObjectsV2,
  OssError,
  PutBucket,
  PutObject,
  WireText,
} from '@openoss/protocol';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { anonymousCredentials } from './credentials.js';
import { CrcMismatchError } from './errors/crc-mismatch-error.js';
import { CredentialsError } from './errors/credentials-error.js';
import { DeserializationError } from './errors/deserialization-error.js';
import { InvalidFieldError } from './errors/invalid-field-error.js';
import { ServiceError } from './errors/service-error.js';
import { OssClient } from './oss-client.js';
import type { OssClientOptions } from './oss-client-options.js';
import { type Answering, answeringServer, errorDocument } from './testing/loopback-server.js';
import { testClient } from './testing/test-client.js';

async function served(answer: Answering, options: Partial<OssClientOptions> = {}) {
  const server = await answeringServer(answer);
  return { server, client: testClient(server.endpoint, options) };
}

const ok: Answering = (response) => {
  response.end();
};
const put = { bucket: 'examplebucket', key: 'exampleobject', body: 'hi oss' };

describe('sending an operation', () => {
  it('sends what the description says and reads the output, typed', async () => {
    const { server, client } = await served((response) => {
      response.setHeader('ETag', '"9D9D"');
      response.setHeader('x-oss-hash-crc64ecma', String(crc64(Buffer.from('hi oss'))));
      response.setHeader('x-oss-request-id', '5C3D9175B6FC201293AD4E8F');
      response.end();
    });
    const output = await client.send(PutObject, {
      ...put,
      contentType: 'text/plain',
      forbidOverwrite: true,
      metadata: { Author: 'me' },
    });
    expectTypeOf(output.etag).toEqualTypeOf<string | undefined>();
    expect(output.etag).toBe('9D9D');
    expect(output.answer).toMatchObject({
      operation: 'PutObject',
      status: 200,
      requestId: '5C3D9175B6FC201293AD4E8F',
      attempts: 1,
      url: `${server.endpoint}/examplebucket/exampleobject`,
    });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'PUT', url: '/examplebucket/exampleobject' });
    expect(String(request?.body)).toBe('hi oss');
    expect(request?.headers).toMatchObject({
      'content-length': '6',
      'content-type': 'text/plain',
      'x-oss-forbid-overwrite': 'true',
      'x-oss-meta-author': 'me',
      'user-agent': expect.stringMatching(/^openoss-client\//),
      host: server.endpoint.slice('http://'.length),
    });
    expect(request?.headers['transfer-encoding']).toBeUndefined();
  });

  it('takes an input that is encoded, values that are not legal included', async () => {
    const { server, client } = await served(ok);
    const encoded = encodeInput(PutObject, { ...put, objectAcl: new WireText('nonsense') });
    await client.exchange(PutObject, encoded);
    expect(server.requests[0]?.headers['x-oss-object-acl']).toBe('nonsense');
    expect(String(server.requests[0]?.body)).toBe('hi oss');
  });

  it('says that a put without a body has none', async () => {
    const { server, client } = await served(ok);
    await client.send(PutObject, { bucket: 'bkt', key: 'k' });
    await client.send(PutBucket, { bucket: 'bkt' });
    await client.send(GetBucketInfo, { bucket: 'bkt' }).catch(() => {});
    const heads = server.requests.map(({ headers }) => [
      headers['content-length'],
      headers['transfer-encoding'],
    ]);
    expect(heads).toEqual([
      ['0', undefined],
      ['0', undefined],
      [undefined, undefined],
    ]);
  });

  it('sends an XML body with its type and its MD5', async () => {
    const { server, client } = await served(ok);
    await client.send(DeleteMultipleObjects, {
      bucket: 'bkt',
      delete: { quiet: true, objects: [{ key: 'a&b' }] },
    });
    const [request] = server.requests;
    expect(request?.url).toBe('/bkt/?delete');
    expect(String(request?.body)).toContain('<Key>a&amp;b</Key>');
    expect(request?.headers['content-type']).toBe('application/xml');
    expect(request?.headers['content-md5']).toMatch(/^[A-Za-z0-9+/]{22}==$/);
  });

  it('gives a streamed body to be read', async () => {
    const { client } = await served((response) => {
      response.setHeader('x-oss-meta-author', 'me');
      response.end('the bytes');
    });
    const output = await client.send(GetObject, { bucket: 'bkt', key: 'k' });
    expect(output.metadata).toEqual({ author: 'me' });
    expect(output.body && (await text(output.body))).toBe('the bytes');
  });

  it('calls an answer of another shape what it is', async () => {
    const { client } = await served((response) => {
      response.end('<Other/>');
    });
    const failure = client.send(ListBuckets, {});
    await expect(failure).rejects.toThrow(DeserializationError);
    await expect(failure).rejects.toThrow(/^deserialization failed, /);
  });

  it('reuses its connection', async () => {
    const ports = new Set<number | undefined>();
    const server = await answeringServer(async (response) => {
      ports.add(response.socket?.remotePort);
      response.end();
    });
    const client = testClient(server.endpoint);
    for (let count = 0; count < 5; count++) await client.send(PutObject, put);
    expect(ports.size).toBe(1);
  });
});

describe('what goes over the wire', () => {
  it.each([
    'a b+c',
    'k'.repeat(1023),
    '../../etc/passwd',
    'a//b/./c/../d',
    '/leading/slash',
    'trailing/',
    '100%',
    '%2F%41%',
    '?query&x=1#hash',
    'all -._~!*\'()@:;,$[]{}|^`"<>\\',
    'newline\n\r\ttab\0nul',
    'é中文😀',
  ])('is the key of test %#, whose decoding gives it back', async (key) => {
    const { server, client } = await served(ok);
    await client.send(PutObject, { ...put, key });
    const url = server.requests[0]?.url ?? '';
    const raw = url.slice('/examplebucket/'.length);
    expect(raw).toMatch(/^(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*$/);
    expect(decodeURIComponent(raw)).toBe(key);
  });

  it('is the query with every value escaped', async () => {
    const { server, client } = await served(ok);
    await client.exchange(ListObjectsV2, {
      bucket: 'bkt',
      prefix: 'a/b; a=b&c +é',
      delimiter: '/',
    });
    const query = server.requests[0]?.url.slice('/bkt/?'.length).split('&');
    expect(query?.sort()).toEqual([
      'delimiter=%2F',
      'list-type=2',
      'prefix=a%2Fb%3B%20a%3Db%26c%20%2B%C3%A9',
    ]);
  });

  it('is metadata in UTF-8, both ways', async () => {
    const { server, client } = await served((response, request) => {
      response.setHeader('x-oss-meta-name', request.headers['x-oss-meta-name'] ?? '');
      response.setHeader('x-oss-meta-latin', '\xe9t\xe9');
      response.end();
    });
    const name = 'Müller 中文 😀 à';
    const output = await client.send(HeadObject, { bucket: 'bkt', key: 'k' });
    expect(output.metadata).toEqual({ latin: 'été', name: '' });
    const answer = await client.exchange(PutObject, { ...put, metadata: { name } });
    const bytes = server.requests[1]?.headers['x-oss-meta-name'];
    expect(Buffer.from(String(bytes), 'latin1').toString('utf8')).toBe(name);
    expect(answer.headers.get('x-oss-meta-name')).toBe(name);
  });

  it('names the bucket in the host, and finds *.localhost on this machine', async () => {
    const server = await answeringServer(ok);
    const client = testClient(`http://localhost:${server.port}`);
    await client.send(PutObject, put);
    expect(server.requests[0]?.headers.host).toBe(`examplebucket.localhost:${server.port}`);
    expect(server.requests[0]?.url).toBe('/exampleobject');
  });

  it('keeps the headers of an answer as they came', async () => {
    const { client } = await served((response) => {
      response.writeHead(200, ['X-Oss-B', '1', 'x-OSS-a', '2', 'X-Oss-B', '3']);
      response.end();
    });
    const answer = await client.exchange(PutObject, put);
    expect(answer.rawHeaders.slice(0, 3)).toEqual([
      ['X-Oss-B', '1'],
      ['x-OSS-a', '2'],
      ['X-Oss-B', '3'],
    ]);
    expect(answer.headers.get('x-oss-b')).toBe('1, 3');
    expect(answer.serverDate?.getTime()).toBeGreaterThan(0);
  });

  it('is an answer of any number of bytes, exactly', async () => {
    const body = Buffer.from('<?xml version="1.0"?>\r\n<A>\xff\0</A>\n', 'latin1');
    const { client } = await served((response) => {
      response.end(body);
    });
    const answer = await client.exchange(GetBucketInfo, { bucket: 'bkt' });
    const chunks: Buffer[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(body);
  });
});

describe('what cannot be sent', () => {
  const client = new OssClient({ region: 'cn-hangzhou', credentials: anonymousCredentials });

  it.each([
    [{ ...put, bucket: 'No_Bucket' }, 'invalid field, OperationInput.Bucket.'],
    [{ ...put, bucket: '-ab' }, 'invalid field, OperationInput.Bucket.'],
    [{ ...put, bucket: '' }, 'invalid field, OperationInput.Bucket.'],
    [{ ...put, key: '' }, 'invalid field, OperationInput.Key.'],
    [{ ...put, key: 'x'.repeat(1024) }, 'invalid field, OperationInput.Key.'],
    [{ ...put, key: 'half \ud83d' }, 'invalid field, OperationInput.Key.'],
    [{ ...put, metadata: { 'a b': '1' } }, 'invalid field, OperationInput.Headers.'],
    [{ ...put, metadata: { a: '1\r\nx: 2' } }, 'invalid field, OperationInput.Headers.'],
    [{ ...put, metadata: { a: '1', A: '2' } }, 'invalid field, OperationInput.Headers.'],
  ])('%j: %s', async (input, message) => {
    const failure = client.send(PutObject, input);
    await expect(failure).rejects.toThrow(InvalidFieldError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({
      retryable: false,
      request: { operation: 'PutObject', attempts: 0 },
    });
  });

  it('misses what is required', async () => {
    const base = { method: 'PUT', headers: [], query: [], xml: undefined, payload: undefined };
    const without = { ...base, bucket: undefined, key: undefined };
    await expect(client.exchange(PutObject, without)).rejects.toThrow(
      'missing required field, Bucket.',
    );
    await expect(client.exchange(PutObject, { ...without, bucket: 'bkt' })).rejects.toThrow(
      'missing required field, Key.',
    );
  });

  it('has a region for version 4, and credentials that are not empty', async () => {
    const server = await answeringServer(ok);
    const regionless = testClient(server.endpoint, { region: undefined });
    await expect(regionless.send(PutObject, put)).rejects.toThrow(
      'region must be set in sign version 4.',
    );
    const empty = testClient(server.endpoint, {
      credentials: { accessKeyId: '', accessKeySecret: '' },
    });
    await expect(empty.send(PutObject, put)).rejects.toThrow(
      'SigningContext.Credentials is null or empty.',
    );
    const broken = testClient(server.endpoint, {
      credentials: () => Promise.reject(new Error('the vault is shut')),
    });
    const failure = broken.send(PutObject, put);
    await expect(failure).rejects.toThrow(CredentialsError);
    await expect(failure).rejects.toThrow('the vault is shut');
    expect(server.requests).toHaveLength(0);
  });
});

describe('what the service refuses', () => {
  it('is its error, with the request it belongs to', async () => {
    const { client } = await served((response) => {
      response.writeHead(403, { 'x-oss-request-id': 'in-header' });
      response.end(errorDocument('AccessDenied', 'not yours', '0003-00000001'));
    });
    const failure = await client.send(PutObject, put).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OssError);
    expect(failure).toBeInstanceOf(ServiceError);
    expect(failure).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      message: 'not yours',
      ec: '0003-00000001',
      requestId: '5C3D9175B6FC201293AD4E8F',
      request: { operation: 'PutObject', method: 'PUT', attempts: 1, serverDate: expect.any(Date) },
    });
  });

  it('stands in x-oss-err where HEAD allows no body', async () => {
    const { client } = await served((response) => {
      response.writeHead(404, {
        'x-oss-err': Buffer.from(errorDocument('NoSuchKey', 'gone', '0026-00000001')).toString(
          'base64',
        ),
      });
      response.end();
    });
    await expect(client.send(HeadObject, { bucket: 'bkt', key: 'k' })).rejects.toMatchObject({
      code: 'NoSuchKey',
      message: 'gone',
      ec: '0026-00000001',
    });
  });

  it.each([
    ['', 502, /answered 502/],
    ['<html><body>Bad Gateway</body></html>', 502, /part response body <html>/],
    [`not XML ${'x'.repeat(500)}`, 403, /part response body not XML x{248}\.$/],
    [Buffer.alloc(3 * 1024 * 1024, 'y').toString(), 400, /y\.$/],
  ])('may come without the form of OSS (%#)', async (body, status, message) => {
    const { client } = await served(
      (response) => {
        response.writeHead(status);
        response.end(body);
      },
      { maxAttempts: 1 },
    );
    const failure = client.send(PutObject, put);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({ code: 'BadErrorResponse', status });
  });

  it('is a redirect, too: none is followed', async () => {
    const { server, client } = await served((response) => {
      response.writeHead(307, { Location: 'http://127.0.0.1:1/' });
      response.end(errorDocument('TemporaryRedirect'));
    });
    await expect(client.send(PutObject, put)).rejects.toMatchObject({ status: 307 });
    expect(server.requests).toHaveLength(1);
  });

  it('is an object that was not modified', async () => {
    const { client } = await served((response) => {
      response.writeHead(304);
      response.end();
    });
    await expect(client.send(GetObject, { bucket: 'bkt', key: 'k' })).rejects.toMatchObject({
      code: 'NotModified',
    });
  });

  it('is a callback that failed after the upload', async () => {
    const { client } = await served((response) => {
      response.writeHead(203);
      response.end(errorDocument('CallbackFailed'));
    });
    await expect(client.send(PutObject, { ...put, callback: 'e30=' })).rejects.toMatchObject({
      code: 'CallbackFailed',
      status: 203,
    });
    await expect(client.send(PutObject, put)).resolves.toMatchObject({ answer: { status: 203 } });
  });
});

describe('the checksum of what was sent', () => {
  it('must be what the service has, or the upload is tried again', async () => {
    const { server, client } = await served((response) => {
      response.setHeader('x-oss-hash-crc64ecma', '1');
      response.end();
    });
    const failure = client.send(PutObject, put);
    const sum = crc64(Buffer.from('hi oss'));
    await expect(failure).rejects.toThrow(CrcMismatchError);
    await expect(failure).rejects.toThrow(`crc is inconsistent, client ${sum}, server 1`);
    expect(server.requests).toHaveLength(3);
  });

  it('of an empty body is 0', async () => {
    const { client } = await served((response) => {
      response.setHeader('x-oss-hash-crc64ecma', '0');
      response.end();
    });
    await expect(client.send(PutObject, { bucket: 'bkt', key: 'k' })).resolves.toBeDefined();
  });
});

describe('the checksum of what was received', () => {
  const bytes = Buffer.alloc(1_000_000, 'openoss');
  const get = { bucket: 'bkt', key: 'k' };

  it('must be what the service says of a whole object', async () => {
    const { client } = await served((response, _, index) => {
      response.setHeader('x-oss-hash-crc64ecma', index === 0 ? String(crc64(bytes)) : '1');
      response.end(bytes);
    });
    const good = await client.exchange(GetObject, get);
    expect(await text(good.body)).toBe(bytes.toString());
    const bad = await client.exchange(GetObject, get);
    await expect(text(bad.body)).rejects.toThrow(/^crc is inconsistent, client \d+, server 1$/);
    await expect(text(bad.body)).rejects.toMatchObject({ request: { operation: 'GetObject' } });
  });

  it.each([
    [206, { 'Content-Range': 'bytes 0-9/1000' }, get],
    [200, {}, { ...get, process: 'image/resize,w_100' }],
  ])('says nothing of %i %j', async (status, headers, input) => {
    const { client } = await served((response) => {
      response.writeHead(status, { 'x-oss-hash-crc64ecma': '1', ...headers });
      response.end(bytes);
    });
    const answer = await client.exchange(GetObject, input);
    expect(await text(answer.body)).toHaveLength(bytes.length);
  });
});

describe('the log', () => {
  it('tells what was sent and answered, and no secret', async () => {
    const lines: string[] = [];
    const { client } = await served(ok, {
      credentials: { accessKeyId: 'ak', accessKeySecret: 'sk', securityToken: 'the-token' },
      log: (level, message) => lines.push(`${level} ${message}`),
    });
    await client.send(PutObject, put);
    const log = lines.join('\n');
    expect(log).toContain('info PutObject: PUT http://127.0.0.1');
    expect(log).toContain('debug > x-oss-date: ');
    expect(log).toContain('info PutObject: 200 OK');
    expect(log).not.toMatch(/the-token|Signature=/);
  });
});
