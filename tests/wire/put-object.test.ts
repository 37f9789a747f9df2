/** What PutObject answers, exactly, and what every kind of body and header becomes. */
import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { crc64 } from '@openoss/protocol';
import type { OpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, sendRaw, sendSigned, sign } from '../support/http.js';
import { startOss } from '../support/start-oss.js';

let oss: OpenOss;

beforeAll(async () => {
  oss = await startOss({ buckets: ['examplebucket'] });
});
afterAll(() => oss.close());

const bucket = 'examplebucket';

describe('the answer to a put', () => {
  it("has OSS's headers, names in OSS's case, and no body", async () => {
    const answer = await sendSigned(oss, {
      method: 'PUT',
      bucket,
      key: 'answer',
      body: '123456789',
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('');
    const names = answer.rawHeaders.filter((_, at) => at % 2 === 0);
    expect(new Set(names)).toEqual(
      new Set([
        'Server',
        'Date',
        'Connection',
        'Content-Length',
        'x-oss-request-id',
        'Content-MD5',
        'ETag',
        'x-oss-hash-crc64ecma',
        'x-oss-server-time',
      ]),
    );
    expect(answer.headers).toMatchObject({
      server: 'AliyunOSS',
      connection: 'close',
      'content-length': '0',
      etag: '"25F9E794323B453885F5181F1B624D0B"',
      'content-md5': 'JfnnlDI7RTiF9RgfG2JNCw==',
      'x-oss-hash-crc64ecma': '11051210869376104954',
      'x-oss-request-id': expect.stringMatching(/^[0-9A-F]{24}$/),
      'x-oss-server-time': expect.stringMatching(/^\d+$/),
    });
    expect(new Date(answer.headers.date ?? '').getTime()).toBeGreaterThan(Date.now() - 5000);
  });

  it('is the same whoever says that they pay for it', async () => {
    const headers = { 'x-oss-request-payer': 'requester' };
    const key = 'paid';
    const request = { method: 'PUT', bucket, key, body: 'hi oss', headers };
    expect(await sendSigned(oss, request)).toMatchObject({ status: 200, text: '' });
    const answer = await sendSigned(oss, { bucket, key });
    expect(answer.text).toBe('hi oss');
    expect(answer.headers).not.toHaveProperty('x-oss-request-payer');
  });

  it('to an empty body', async () => {
    const answer = await sendSigned(oss, { method: 'PUT', bucket, key: 'folder/', body: '' });
    expect(answer.headers).toMatchObject({
      etag: '"D41D8CD98F00B204E9800998ECF8427E"',
      'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==',
      'x-oss-hash-crc64ecma': '0',
    });
    const stored = await sendSigned(oss, { bucket, key: 'folder/' });
    expect(stored).toMatchObject({ status: 200, text: '' });
  });

  it('has another request id each time', async () => {
    const ids = await Promise.all(
      Array.from(
        { length: 20 },
        async () => (await send(oss.endpoint, {})).headers['x-oss-request-id'],
      ),
    );
    expect(new Set(ids).size).toBe(20);
  });
});

describe('a body', () => {
  // Around the sizes where the way it is kept changes: inline, blob, several blocks, several buffers.
  it.each([
    0,
    1,
    4096,
    32 * 1024,
    64 * 1024 - 1,
    64 * 1024,
    64 * 1024 + 1,
    1024 * 1024,
    3 * 1024 * 1024 + 17,
  ])('of %d bytes comes back as it was, with its checksums', async (size) => {
    const body = randomBytes(size);
    const key = `size-${size}`;
    const answer = await sendSigned(oss, { method: 'PUT', bucket, key, body });
    const md5 = createHash('md5').update(body);
    const hex = md5.copy().digest('hex').toUpperCase();
    expect(answer.headers).toMatchObject({
      etag: `"${hex}"`,
      'content-md5': md5.digest('base64'),
      'x-oss-hash-crc64ecma': String(crc64(body)),
    });
    const stored = await sendSigned(oss, { bucket, key });
    expect(stored.body.equals(body)).toBe(true);
    expect(stored.headers['content-length']).toBe(String(size));
  });

  it('may come in chunks', async () => {
    for (const size of [5, 200_000]) {
      const body = randomBytes(size);
      const answer = await sendChunked('chunked', body);
      expect(answer).toBe(200);
      expect((await sendSigned(oss, { bucket, key: 'chunked' })).body.equals(body)).toBe(true);
    }
  });

  it('is checked against the MD5 and CRC-64 that come with it', async () => {
    const headers = {
      'content-md5': createHash('md5').update('hi oss').digest('base64'),
      'x-oss-hash-crc64ecma': String(crc64(Buffer.from('hi oss'))),
    };
    const answer = await sendSigned(oss, {
      method: 'PUT',
      bucket,
      key: 'checked',
      body: 'hi oss',
      headers,
    });
    expect(answer.status).toBe(200);
  });

  async function sendChunked(key: string, body: Buffer): Promise<number> {
    const { headers = {} } = sign(oss, { method: 'PUT', bucket, key });
    const { hostname, port } = new URL(oss.endpoint);
    return new Promise((resolve, reject) => {
      const sent = httpRequest({
        hostname,
        port,
        method: 'PUT',
        path: `/${bucket}/${key}`,
        headers,
        agent: false,
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      for (let at = 0; at < body.length; at += 50_000) sent.write(body.subarray(at, at + 50_000));
      sent.end();
    });
  }
});

describe('Expect: 100-continue', () => {
  const request = (key: string, headers: Record<string, string>, size: number): string => {
    const signed = sign(oss, { method: 'PUT', bucket, key, headers });
    const lines = Object.entries({
      Host: '127.0.0.1',
      ...signed.headers,
      'Content-Length': String(size),
      Expect: '100-continue',
      Connection: 'close',
    });
    return `PUT /${bucket}/${key} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  };

  it('is answered with 100, then with the answer', async () => {
    const answer = await sendRaw(oss.endpoint, `${request('expected', {}, 6)}hi oss`);
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect((await sendSigned(oss, { bucket, key: 'expected' })).text).toBe('hi oss');
  });

  it('is not answered with 100 when the request is refused by its headers', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      request('expected', { 'x-oss-object-acl': 'nonsense' }, 6),
      { halfClose: true },
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).not.toContain('100 Continue');
  });

  it('is not answered with 100 when the object may not be overwritten', async () => {
    await sendSigned(oss, { method: 'PUT', bucket, key: 'taken', body: '' });
    const answer = await sendRaw(
      oss.endpoint,
      request('taken', { 'x-oss-forbid-overwrite': 'true' }, 200_000),
      { halfClose: true },
    );
    expect(answer).toMatch(/^HTTP\/1\.1 409 Conflict\r\n/);
    expect(answer).not.toContain('100 Continue');
  });

  it('of anything else is refused in OSS form', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: the-unexpected\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 417 /);
    expect(answer).toContain('<Code>ExpectationFailed</Code>');
  });
});

describe('what is stored with an object', () => {
  it('comes back: system headers, metadata as bytes, tags, ACL and class', async () => {
    const utf8 = Buffer.from('你好, é').toString('latin1');
    const headers = {
      'Cache-Control': 'max-age=60',
      'Content-Disposition': 'attachment; filename="a b.txt"',
      'Content-Encoding': 'gzip',
      'Content-Language': 'zh-CN',
      'Content-Type': 'text/plain; charset=utf-8',
      Expires: 'whenever it pleases',
      'X-OSS-META-Author': 'Alice',
      'x-oss-meta-utf8': utf8,
      'x-oss-tagging': '%E4%BD%A0=%E5%A5%BD&a',
      'x-oss-object-acl': 'public-read',
      'x-oss-storage-class': 'Archive',
      'x-oss-persistent-headers': 'MyHeader:bXl2YWx1ZQ==',
    };
    expect(
      (await sendSigned(oss, { method: 'PUT', bucket, key: 'told', body: 'x', headers })).status,
    ).toBe(200);
    const head = await sendSigned(oss, { method: 'HEAD', bucket, key: 'told' });
    expect(head.headers).toMatchObject({
      'cache-control': 'max-age=60',
      'content-disposition': 'attachment; filename="a b.txt"',
      'content-encoding': 'gzip',
      'content-language': 'zh-CN',
      'content-type': 'text/plain; charset=utf-8',
      expires: 'whenever it pleases',
      'x-oss-meta-author': 'Alice',
      'x-oss-meta-utf8': utf8,
      'x-oss-tagging-count': '2',
      'x-oss-storage-class': 'Archive',
      myheader: 'myvalue',
    });
    expect(head.rawHeaders).toContain('MyHeader');
    const tags = await sendSigned(oss, { bucket, key: 'told', query: [['tagging', null]] });
    expect(tags.text).toContain(
      '<Tag><Key>你</Key><Value>好</Value></Tag><Tag><Key>a</Key><Value></Value></Tag>',
    );
    const acl = await sendSigned(oss, { bucket, key: 'told', query: [['acl', null]] });
    expect(acl.text).toContain('<Grant>public-read</Grant>');
  });

  it('is all new when the object is put again', async () => {
    const headers = { 'x-oss-meta-a': '1', 'x-oss-tagging': 'a=1', 'x-oss-object-acl': 'private' };
    await sendSigned(oss, { method: 'PUT', bucket, key: 'again', body: 'x', headers });
    await sendSigned(oss, { method: 'PUT', bucket, key: 'again', body: 'y' });
    const head = await sendSigned(oss, { method: 'HEAD', bucket, key: 'again' });
    expect(head.headers).not.toHaveProperty('x-oss-meta-a');
    expect(head.headers).not.toHaveProperty('x-oss-tagging-count');
    const acl = await sendSigned(oss, { bucket, key: 'again', query: [['acl', null]] });
    expect(acl.text).toContain('<Grant>default</Grant>');
  });

  it('may be ten tags of the greatest length in Chinese, 34 KB of header', async () => {
    const tagging = Array.from(
      { length: 10 },
      (_, at) =>
        `${encodeURIComponent(`${'钥'.repeat(127)}${at}`)}=${encodeURIComponent('值'.repeat(256))}`,
    ).join('&');
    const answer = await sendSigned(oss, {
      method: 'PUT',
      bucket,
      key: 'tagged',
      body: '',
      headers: { 'x-oss-tagging': tagging },
    });
    expect(answer.status).toBe(200);
    const head = await sendSigned(oss, { method: 'HEAD', bucket, key: 'tagged' });
    expect(head.headers['x-oss-tagging-count']).toBe('10');
  });
});

describe('awkward keys', () => {
  it.each([
    'a b',
    'a+b',
    'a%2Fb',
    'a/../b',
    './a',
    'a//b',
    'ü你😀',
    'q?x=1',
    '#frag',
    "!'()*",
    'a\\b',
    'tab\tnl\n',
    ' ',
    'k'.repeat(1023),
  ])('%j is kept to the letter', async (key) => {
    expect((await sendSigned(oss, { method: 'PUT', bucket, key, body: key })).status).toBe(200);
    expect((await sendSigned(oss, { bucket, key })).text).toBe(key);
    const listed = await sendSigned(oss, {
      bucket,
      query: [
        ['list-type', '2'],
        ['prefix', key],
        ['encoding-type', 'url'],
      ],
    });
    const [, name = ''] = /<Key>([^<]*)<\/Key>/.exec(listed.text) ?? [];
    expect(decodeURIComponent(name)).toBe(key);
    expect((await sendSigned(oss, { method: 'DELETE', bucket, key })).status).toBe(204);
    expect((await sendSigned(oss, { bucket, key })).status).toBe(404);
  });
});
