/** GetObject, HeadObject and GetObjectMeta: ranges, conditions, overrides, errors. */
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, sendSigned, type WireAnswer } from '../support/http.js';
import { startOss } from '../support/start-oss.js';

let oss: OpenOss;
const bucket = 'examplebucket';
const small = Buffer.from('0123456789');
const large = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 31 + (at >> 8)) & 0xff));

beforeAll(async () => {
  oss = await startOss({ buckets: [bucket] });
  await sendSigned(oss, { method: 'PUT', bucket, key: 'small', body: small });
  await sendSigned(oss, { method: 'PUT', bucket, key: 'large', body: large });
  await sendSigned(oss, { method: 'PUT', bucket, key: 'empty', body: '' });
});
afterAll(() => oss.close());

const get = (
  key: string,
  headers: Record<string, string> = {},
  query: [string, string | null][] = [],
): Promise<WireAnswer> => sendSigned(oss, { bucket, key, headers, query });

describe('a range', () => {
  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-5', '2345', 'bytes 2-5/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=0-9', '0123456789', 'bytes 0-9/10'],
    ['bytes=-10', '0123456789', 'bytes 0-9/10'],
  ])('%s is answered with 206', async (range, text, contentRange) => {
    const answer = await get('small', { range });
    expect(answer.status).toBe(206);
    expect(answer.text).toBe(text);
    expect(answer.headers['content-range']).toBe(contentRange);
    expect(answer.headers['content-length']).toBe(String(text.length));
  });

  it.each([
    'bytes=5-2',
    'bytes=10-',
    'bytes=3-10',
    'bytes=-11',
    'bytes=-0',
    'bytes=a-b',
    'bytes=-',
    'bytes=0-1,3-4',
    'lines=0-1',
    'bytes = 0-1',
  ])('%s is answered with the whole object, as OSS does', async (range) => {
    const answer = await get('small', { range });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('0123456789');
    expect(answer.headers).not.toHaveProperty('content-range');
  });

  it.each([
    ['bytes=3-10', 206, '3456789'],
    ['bytes=-11', 206, '0123456789'],
    ['bytes=10-', 416, undefined],
    ['bytes=-0', 416, undefined],
  ])(
    '%s with x-oss-range-behavior: standard is answered as HTTP has it: %d',
    async (range, status, text) => {
      const answer = await get('small', { range, 'x-oss-range-behavior': 'standard' });
      expect(answer.status).toBe(status);
      if (text !== undefined) expect(answer.text).toBe(text);
      else {
        expect(errorOf(answer)).toMatchObject({
          Code: 'InvalidRange',
          Message: 'The requested range cannot be satisfied.',
          ActualObjectSize: '10',
          RangeRequested: range,
        });
        expect(answer.headers['content-range']).toBe('bytes */10');
      }
    },
  );

  it.each([
    [0, 1],
    [65_535, 65_537],
    [65_536, 131_072],
    [1, 299_999],
    [299_999, 300_000],
  ])('of bytes %d to %d of a large object', async (start, end) => {
    const answer = await get('large', { range: `bytes=${start}-${end - 1}` });
    expect(answer.status).toBe(206);
    expect(answer.body.equals(large.subarray(start, end))).toBe(true);
  });
});

describe('a condition', () => {
  const etag = '781E5E245D69B566979B86E28D23F2C7';
  const past = 'Wed, 21 Oct 2015 07:28:00 GMT';
  const future = 'Wed, 21 Oct 2065 07:28:00 GMT';

  it.each([
    [{ 'if-match': `"${etag}"` }, 200],
    [{ 'if-match': etag }, 200],
    [{ 'if-match': `"x", "${etag}"` }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"x"' }, 412],
    [{ 'if-none-match': '"x"' }, 200],
    [{ 'if-none-match': `"${etag}"` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-modified-since': past }, 200],
    [{ 'if-modified-since': future }, 200],
    [{ 'if-modified-since': 'no date' }, 200],
    [{ 'if-unmodified-since': past }, 412],
    [{ 'if-unmodified-since': future }, 200],
    [{ 'if-unmodified-since': 'no date' }, 200],
    [{ 'if-match': `"${etag}"`, 'if-none-match': `"${etag}"` }, 304],
    [{ 'if-match': '"x"', 'if-none-match': `"${etag}"` }, 412],
  ] as [Record<string, string>, number][])('%j is answered with %d', async (headers, status) => {
    const answer = await get('small', headers);
    expect(answer.status).toBe(status);
    if (status === 412) {
      expect(errorOf(answer)).toMatchObject({
        Code: 'PreconditionFailed',
        Message: 'At least one of the pre-conditions you specified did not hold.',
      });
    }
    if (status === 304) {
      expect(answer.text).toBe('');
      expect(answer.headers.etag).toBe(`"${etag}"`);
      expect(answer.headers).toHaveProperty('last-modified');
      expect(answer.headers).not.toHaveProperty('content-length');
    }
    const head = await sendSigned(oss, { method: 'HEAD', bucket, key: 'small', headers });
    expect(head.status).toBe(status);
  });

  it('that the object was modified since its own Last-Modified does not hold', async () => {
    const { headers } = await get('small');
    const answer = await get('small', { 'if-modified-since': headers['last-modified'] ?? '' });
    expect(answer.status).toBe(304);
  });
});

describe('response-* parameters', () => {
  it('take the place of stored headers', async () => {
    const answer = await get('small', {}, [
      ['response-content-type', 'text/x'],
      ['response-content-language', 'de'],
      ['response-expires', 'never'],
      ['response-cache-control', 'no-store'],
      ['response-content-disposition', 'attachment; filename=a'],
      ['response-content-encoding', 'br'],
    ]);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/x',
      'content-language': 'de',
      expires: 'never',
      'cache-control': 'no-store',
      'content-disposition': 'attachment; filename=a',
      'content-encoding': 'br',
    });
  });

  it('are refused to anonymous requests', async () => {
    await sendSigned(oss, {
      method: 'PUT',
      bucket,
      key: 'public',
      body: 'x',
      headers: { 'x-oss-object-acl': 'public-read' },
    });
    const answer = await send(oss.endpoint, {
      bucket,
      key: 'public',
      query: [['response-content-type', 'text/x']],
    });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).Code).toBe('InvalidRequest');
  });

  it('cannot forge a header', async () => {
    const answer = await get('small', {}, [['response-content-type', 'text/x\r\nSet-Cookie: a=b']]);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.status).toBe(400);
  });
});

describe('what does not exist', () => {
  it('is NoSuchKey, in the body of a GET and in a header of a HEAD', async () => {
    const answer = await get('missing');
    expect(answer.status).toBe(404);
    expect(errorOf(answer)).toMatchObject({
      Code: 'NoSuchKey',
      EC: '0026-00000001',
      Key: 'missing',
      Message: 'The specified key does not exist.',
    });
    for (const query of [[], [['objectMeta', null]]] as [string, null][][]) {
      const head = await sendSigned(oss, { method: 'HEAD', bucket, key: 'missing', query });
      expect(head.status).toBe(404);
      expect(head.text).toBe('');
      expect(head.headers['x-oss-ec']).toBe('0026-00000001');
      const document = Buffer.from(String(head.headers['x-oss-err']), 'base64').toString();
      expect(errorOf({ text: document })).toMatchObject({ Code: 'NoSuchKey', Key: 'missing' });
    }
  });

  it.each([
    ['null', 200, undefined],
    ['CAEQExiBgIDJjImWlxciIDQ2ZjgwODIy', 404, 'NoSuchVersion'],
    ['nonsense', 400, 'InvalidArgument'],
    ['', 400, 'InvalidArgument'],
  ])('the version %j is answered with %d', async (versionId, status, code) => {
    const answer = await get('small', {}, [['versionId', versionId]]);
    expect(answer.status).toBe(status);
    if (code !== undefined) expect(errorOf(answer).Code).toBe(code);
  });

  it('is refused rather than processed: x-oss-process', async () => {
    const answer = await get('small', {}, [['x-oss-process', 'image/resize,w_10']]);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ Code: 'NotImplemented', Parameter: 'x-oss-process' });
  });
});

describe('the headers of an object', () => {
  const common = ['Connection', 'Date', 'Server', 'x-oss-request-id', 'x-oss-server-time'];
  const names = ({ rawHeaders }: WireAnswer) =>
    rawHeaders.filter((_, at) => at % 2 === 0).sort((a, b) => (a < b ? -1 : 1));
  const described = [
    'Accept-Ranges',
    'Content-Length',
    'Content-MD5',
    'Content-Type',
    'ETag',
    'Last-Modified',
    'x-oss-hash-crc64ecma',
    'x-oss-object-type',
    'x-oss-storage-class',
  ];

  it.each([
    ['GetObject', 'GET', [], described],
    ['HeadObject', 'HEAD', [], described],
    [
      'GetObjectMeta',
      'HEAD',
      [['objectMeta', null]],
      ['Content-Length', 'ETag', 'Last-Modified', 'x-oss-hash-crc64ecma'],
    ],
  ] as [string, string, [string, null][], string[]][])(
    'of %s are these and no others, in this case',
    async (_what, method, query, expected) => {
      const answer = await sendSigned(oss, { method, bucket, key: 'small', query });
      expect(answer.status).toBe(200);
      expect(names(answer)).toEqual([...common, ...expected].sort((a, b) => (a < b ? -1 : 1)));
      const all: Record<string, string> = {
        'accept-ranges': 'bytes',
        'content-length': '10',
        'content-md5': 'eB5eJF1ptWaXm4bijSPyxw==',
        'content-type': 'application/octet-stream',
        etag: '"781E5E245D69B566979B86E28D23F2C7"',
        'x-oss-object-type': 'Normal',
        'x-oss-storage-class': 'Standard',
      };
      for (const name of expected.map((each) => each.toLowerCase())) {
        if (name in all) expect(answer.headers[name]).toBe(all[name]);
      }
      const modified = Date.parse(answer.headers['last-modified'] ?? '');
      expect(Math.abs(Date.now() - modified)).toBeLessThan(60_000);
    },
  );
});

describe('HeadObject and GetObjectMeta', () => {
  it('say what GetObject says, without the bytes', async () => {
    for (const key of ['small', 'large', 'empty']) {
      const whole = await get(key);
      const head = await sendSigned(oss, { method: 'HEAD', bucket, key });
      const { date, 'x-oss-request-id': id, 'x-oss-server-time': time, ...said } = head.headers;
      expect(head.status).toBe(200);
      expect(head.text).toBe('');
      expect(whole.headers).toMatchObject(said);
    }
  });

  it('GetObjectMeta says little', async () => {
    const meta = await sendSigned(oss, {
      method: 'HEAD',
      bucket,
      key: 'small',
      query: [['objectMeta', null]],
    });
    expect(meta.headers).toMatchObject({
      'content-length': '10',
      etag: '"781E5E245D69B566979B86E28D23F2C7"',
    });
    expect(meta.headers).not.toHaveProperty('x-oss-storage-class');
  });
});

describe('an archived object', () => {
  it('is readable after it was restored, and not before', async () => {
    let now = Date.now();
    const slow = await startOpenOss({ buckets: [bucket], restoreDelay: 60_000, now: () => now });
    try {
      const object = { bucket, key: 'cold' };
      const restore = () =>
        sendSigned(
          slow,
          {
            ...object,
            method: 'POST',
            query: [['restore', null]],
            body: '<RestoreRequest><Days>2</Days><JobParameters><Tier>Expedited</Tier></JobParameters></RestoreRequest>',
          },
          now,
        );
      await sendSigned(slow, {
        ...object,
        method: 'PUT',
        body: 'x',
        headers: { 'x-oss-storage-class': 'ColdArchive' },
      });
      const refused = await sendSigned(slow, object, now);
      expect(refused.status).toBe(403);
      expect(errorOf(refused).Code).toBe('InvalidObjectState');

      expect((await restore()).status).toBe(202);
      const again = await restore();
      expect(again.status).toBe(409);
      expect(errorOf(again).Code).toBe('RestoreAlreadyInProgress');
      const ongoing = await sendSigned(slow, { ...object, method: 'HEAD' }, now);
      expect(ongoing.headers['x-oss-restore']).toBe('ongoing-request="true"');
      expect((await sendSigned(slow, object, now)).status).toBe(403);

      now += 60_000;
      expect((await sendSigned(slow, object, now)).text).toBe('x');
      const done = await sendSigned(slow, { ...object, method: 'HEAD' }, now);
      expect(done.headers['x-oss-restore']).toMatch(
        /^ongoing-request="false", expiry-date="[A-Z].* GMT"$/,
      );
      expect((await restore()).status).toBe(200);

      now += 2 * 24 * 3600 * 1000 + 1;
      expect((await sendSigned(slow, object, now)).status).toBe(403);
      expect((await restore()).status).toBe(202);
    } finally {
      await slow.close();
    }
  }, 20_000);

  it('is the only one that can be restored', async () => {
    const answer = await sendSigned(oss, {
      method: 'POST',
      bucket,
      key: 'small',
      query: [['restore', null]],
    });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).Code).toBe('OperationNotSupported');
    const missing = await sendSigned(oss, {
      method: 'POST',
      bucket,
      key: 'missing',
      query: [['restore', null]],
    });
    expect(missing.status).toBe(404);
  });
});
