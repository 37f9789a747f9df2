/**
 * Input that is made to hurt: names that mean something to a program, paths that climb, documents that
 * swell, headers and queries as long as they can be. All of it is answered soon, and harms nothing.
 */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseXml } from '@openoss/protocol';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, sendSigned, type WireAnswer, type WireRequest } from '../support/http.js';
import { scratchDirectory } from '../support/programs.js';
import { RawConnection, unsignedHead } from '../support/raw-connection.js';

const bucket = 'examplebucket';
let scratch: string;
let oss: OpenOss;
beforeAll(async () => {
  scratch = await scratchDirectory();
  oss = await startOpenOss({
    buckets: [bucket, 'constructor', 'prototype'],
    dataDirectory: path.join(scratch, 'outer', 'data'),
  });
});
afterAll(() => oss.close());

const signed = (request: WireRequest): Promise<WireAnswer> => sendSigned(oss, request);

/** Names that an object of JavaScript has without having been given them. */
const inherited = [
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__proto__',
  '__defineGetter__',
];

describe('names that mean something to a program', () => {
  it('are metadata and headers like any other', async () => {
    const names = ['constructor', 'tostring', 'valueof', 'prototype'];
    const headers = {
      ...Object.fromEntries(names.map((name) => [`x-oss-meta-${name}`, `of ${name}`])),
      'x-oss-persistent-headers': inherited
        .map((name) => `${name}:${Buffer.from(`of ${name}`).toString('base64')}`)
        .join(','),
    };
    const answer = await signed({ method: 'PUT', bucket, key: 'names', body: 'x', headers });
    expect(answer.status).toBe(200);
    for (const method of ['HEAD', 'GET']) {
      const { rawHeaders } = await signed({ method, bucket, key: 'names' });
      const answered = new Map(
        rawHeaders.flatMap((name, at) =>
          at % 2 === 0 ? [[name, rawHeaders[at + 1]] as const] : [],
        ),
      );
      for (const name of names) expect(answered.get(`x-oss-meta-${name}`)).toBe(`of ${name}`);
      for (const name of inherited) expect(answered.get(name)).toBe(`of ${name}`);
    }
  });

  it('are keys, tags and buckets like any other', async () => {
    for (const name of inherited) {
      const tagging = `${name.replaceAll('_', '.')}=${name.replaceAll('_', '.')}`;
      const headers = { 'x-oss-tagging': tagging };
      expect((await signed({ method: 'PUT', bucket, key: name, body: name, headers })).status).toBe(
        200,
      );
      expect((await signed({ bucket, key: name })).text).toBe(name);
      const { text } = await signed({ bucket, key: name, query: [['tagging', null]] });
      expect(text).toContain(`<Key>${name.replaceAll('_', '.')}</Key>`);
    }
    const body = `<Delete>${inherited.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`;
    const deleted = await batch(body);
    expect(deleted.text.match(/<Deleted>/g)).toHaveLength(inherited.length);
    for (const key of inherited) expect((await signed({ bucket, key })).status).toBe(404);

    await signed({ method: 'PUT', bucket: 'constructor', key: 'k', body: 'of its own' });
    expect((await signed({ bucket: 'prototype', key: 'k' })).status).toBe(404);
    expect((await signed({ bucket: 'constructor', key: 'k' })).text).toBe('of its own');
  });

  it('are no operation, no parameter and no element', async () => {
    for (const name of inherited) {
      const listed = await signed({ bucket, query: [[name, '1']] });
      expect(listed.text).toContain('<ListBucketResult');
      expect(
        (await batch(`<Delete><${name}>1</${name}><Object><Key>none</Key></Object></Delete>`))
          .status,
      ).toBe(200);
      const nobody = await send(oss.endpoint, { headers: { authorization: `OSS ${name}:x` } });
      expect(errorOf(nobody).Code).toMatch(/^(?:AccessDenied|InvalidAccessKeyId)$/);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('a path that climbs', () => {
  const climbing = ['../../outside', '..', '.', '../', './../..//x', 'a/../../b', '..\\outside'];

  it.each(climbing)('%j is a key and no file', async (key) => {
    expect((await signed({ method: 'PUT', bucket, key, body: 'climber' })).status).toBe(200);
    expect((await signed({ bucket, key })).text).toBe('climber');
    const large = 'x'.repeat(200_000);
    expect((await signed({ method: 'PUT', bucket, key, body: large })).status).toBe(200);
    expect((await signed({ bucket, key })).text).toBe(large);
    expect(await readdir(scratch)).toEqual(['outer']);
    expect(await readdir(path.join(scratch, 'outer'))).toEqual(['data']);
  });

  it.each(['/../../etc/passwd', '/..%2f..%2fetc%2fpasswd', '/%2e%2e/x', '//x/y', '/.%00./x'])(
    '%s names no bucket',
    async (target) => {
      const answer = await send(oss.endpoint, { target });
      expect(answer.status).toBe(400);
      expect(errorOf(answer).Code).toBe('InvalidBucketName');
    },
  );
});

describe('what a client sent is quoted so that it can be read', () => {
  it.each(['\u0000', '\u0001\u001f', 'a\u000bb', '\ufffe', ']]>', '<Code>Other</Code>', '"&\''])(
    'in an error: %j',
    async (key) => {
      const answer = await signed({ bucket, key });
      expect(answer.status).toBe(404);
      // One document, well-formed, whose Code is still ours.
      const { children } = parseXml(answer.text);
      expect(children.filter(({ name }) => name === 'Code').map(({ text }) => text)).toEqual([
        'NoSuchKey',
      ]);
      const listed = await signed({ bucket, query: [['max-keys', key]] });
      expect(errorOf(listed)).toMatchObject({ Code: 'InvalidArgument', ArgumentName: 'max-keys' });
    },
  );

  it('header values as the text that they are', async () => {
    const acl = Buffer.from('öffentlich').toString('latin1');
    const answer = await signed({
      method: 'PUT',
      bucket,
      key: 'x',
      body: '',
      headers: { 'x-oss-object-acl': acl },
    });
    expect(errorOf(answer).ArgumentValue).toBe('öffentlich');
  });
});

describe('a document that is made to swell', () => {
  it.each([
    [
      'by entities',
      `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]><Delete><Object><Key>&b;</Key></Object></Delete>`,
    ],
    [
      'by an external entity',
      '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&a;</Key></Object></Delete>',
    ],
    ['by depth', '<a>'.repeat(600_000)],
    ['by elements', `<Delete>${'<a/>'.repeat(500_000)}</Delete>`],
    ['by objects', `<Delete>${'<Object><Key>a</Key></Object>'.repeat(60_000)}</Delete>`],
    ['by length', `<Delete>${' '.repeat(3_000_000)}</Delete>`],
    [
      'by bytes that are no UTF-8',
      Buffer.from('<Delete><Object><Key>\xff</Key></Object></Delete>', 'latin1'),
    ],
  ])('%s is MalformedXML', async (_what, body) => {
    await signed({ method: 'PUT', bucket, key: 'a', body: 'stays' });
    const answer = await batch(body);
    expect(answer.status).toBe(400);
    expect(errorOf(answer).Code).toBe('MalformedXML');
    expect((await signed({ bucket, key: 'a' })).text).toBe('stays');
  });

  it('is not even read from one who may not delete', async () => {
    const connection = await RawConnection.open(oss.endpoint);
    const request = { method: 'POST', bucket, query: [['delete', null]] } as const;
    await connection.write(unsignedHead(request, { 'Content-Length': '2000000' }));
    const [answer] = await connection.answers(1);
    expect(answer?.status).toBe(403);
    await connection.ended();
  });
});

describe('headers and queries as long as they can be', () => {
  const long = 60_000;
  const soon = async (request: () => Promise<WireAnswer>): Promise<WireAnswer> => {
    const before = performance.now();
    const answer = await request();
    // Linear work takes a few milliseconds here; what backtracks or goes over it again takes minutes.
    expect(performance.now() - before).toBeLessThan(5000);
    return answer;
  };

  it.each([
    ['range', `bytes=${'1'.repeat(long)}-`, 200],
    ['range', `bytes=${'-'.repeat(long)}`, 200],
    ['if-match', '"'.repeat(long), 412],
    ['if-match', 'W/"'.repeat(long / 3), 412],
    ['if-none-match', ','.repeat(long), 200],
    ['if-modified-since', '('.repeat(long), 200],
    ['if-modified-since', '1 '.repeat(long / 2), 200],
    ['if-unmodified-since', 'Mon, '.repeat(long / 5), 200],
  ])('GET with %s', async (name, value, status) => {
    await signed({ method: 'PUT', bucket, key: 'long', body: 'x' });
    const answer = await soon(() => signed({ bucket, key: 'long', headers: { [name]: value } }));
    expect(answer.status).toBe(status);
  });

  it.each([
    ['x-oss-tagging', '%E4'.repeat(long / 3)],
    ['x-oss-tagging', 'a&'.repeat(long / 2)],
    ['x-oss-tagging', '='.repeat(long)],
    ['x-oss-persistent-headers', `a:${'A'.repeat(long)}*`],
    ['x-oss-persistent-headers', 'a:MQ==,'.repeat(long / 7)],
    ['content-md5', 'A'.repeat(long)],
    ['x-oss-hash-crc64ecma', '1'.repeat(long)],
    ['x-oss-meta-a', 'v'.repeat(long)],
  ])('PUT with %s is refused', async (name, value) => {
    const request = { method: 'PUT', bucket, key: 'x', body: '', headers: { [name]: value } };
    expect((await soon(() => signed(request))).status).toBe(400);
  });

  it.each([
    ['authorization', `OSS ${':'.repeat(long)}`],
    ['authorization', `OSS4-HMAC-SHA256 ${'Credential=a,'.repeat(long / 13)}`],
    ['authorization', `OSS4-HMAC-SHA256 Credential=${'/'.repeat(long)},Signature=x`],
    ['host', `${'oss-a.'.repeat(long / 6)}x`],
    ['host', `${':1'.repeat(long / 2)}x`],
    ['host', `${'a'.repeat(long)}.localhost`],
  ])('any request with %s is refused', async (name, value) => {
    const { status } = await soon(() =>
      send(oss.endpoint, { target: '/', headers: { [name]: value } }),
    );
    expect([400, 403]).toContain(status);
  });

  it.each([
    ['parameters', 'a&'.repeat(long / 2), 403],
    ['escapes', '%61=%62&'.repeat(long / 8), 403],
    ['sub-resources', `${'acl&'.repeat(long / 4)}`, 403],
    ['a signature', `OSSAccessKeyId=a&Expires=9999999999&Signature=${'a'.repeat(long)}`, 403],
    ['a version id', `versionId=${'a'.repeat(long)}`, 400],
  ])('a query of %s', async (_what, query, status) => {
    const target = `/${bucket}/long?${query}`;
    expect((await soon(() => send(oss.endpoint, { target }))).status).toBe(status);
  });

  it('every header counts, however many there are', async () => {
    const headers: Record<string, string> = {};
    for (let at = 0; at < 1500; at++) headers[`x-oss-meta-${at}`] = '';
    headers['x-oss-forbid-overwrite'] = 'true';
    const request = { method: 'PUT', bucket, key: 'many', body: 'x', headers };
    expect((await signed(request)).status).toBe(200);
    expect((await signed(request)).status).toBe(409);
  });
});

function batch(body: string | Buffer): Promise<WireAnswer> {
  const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
  return signed({ method: 'POST', bucket, query: [['delete', null]], body, headers });
}
