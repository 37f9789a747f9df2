/**
 * What happens between requests: several on one connection, sent at once or in turn, refused or cut
 * short, by clients that half-close, speak HTTP/1.0, or send what nobody asked for.
 */
import type { OpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, sendSigned } from '../support/http.js';
import {
  parseAnswers,
  RawConnection,
  signedHead,
  unsignedHead,
} from '../support/raw-connection.js';
import { startOss } from '../support/start-oss.js';

const bucket = 'examplebucket';
let oss: OpenOss;
const warnings: Error[] = [];
const onWarning = (warning: Error) => warnings.push(warning);

beforeAll(async () => {
  process.on('warning', onWarning);
  oss = await startOss({ buckets: [bucket] });
  await sendSigned(oss, { method: 'PUT', bucket, key: 'there', body: 'hi oss' });
});
afterAll(async () => {
  // Connections that are being ended after a refusal must not hold the service up.
  const before = performance.now();
  await oss.close();
  expect(performance.now() - before).toBeLessThan(2000);
  process.off('warning', onWarning);
  // A listener added again and again to one socket would have been warned of.
  expect(warnings).toEqual([]);
});

const open = () => RawConnection.open(oss.endpoint);
const put = (key: string, body: string, headers: Record<string, string> = {}, more = {}) =>
  signedHead(
    oss,
    { method: 'PUT', bucket, key, headers },
    { 'Content-Length': String(Buffer.byteLength(body)), ...more },
  ) + body;
const get = (key: string, more = {}) => signedHead(oss, { bucket, key }, more);
const livesOn = async () =>
  expect((await sendSigned(oss, { bucket, key: 'there' })).text).toBe('hi oss');

describe('requests sent without waiting for the answers', () => {
  it('are served one after another: each sees what those before it did', async () => {
    const connection = await open();
    await connection.write(
      put('turns', 'one') + get('turns') + put('turns', 'second') + get('turns'),
    );
    const answers = await connection.answers(4);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers.map(({ body }) => body)).toEqual(['', 'one', '', 'second']);
    connection.end();
    await connection.ended();
  });

  it('are each answered when one between them is refused', async () => {
    const connection = await open();
    await connection.write(
      put('before', 'a') +
        put('between', 'b', { 'x-oss-object-acl': 'nobody' }) +
        put('after', 'c'),
    );
    const answers = await connection.answers(3);
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 200]);
    expect(answers.map(({ headers }) => headers.connection)).toEqual(Array(3).fill('keep-alive'));
    connection.end();
    await connection.ended();
    expect((await sendSigned(oss, { bucket, key: 'between' })).status).toBe(404);
    expect((await sendSigned(oss, { bucket, key: 'after' })).text).toBe('c');
  });

  it('do not lose an answer to the early refusal of the next', async () => {
    const connection = await open();
    const large = 'x'.repeat(300_000);
    await connection.write(
      put('slow', large) +
        unsignedHead({ method: 'PUT', bucket, key: 'refused' }, { 'Content-Length': '50000000' }),
    );
    for (let sent = 0; sent < 50 && connection.over === undefined; sent++) {
      await connection.write(Buffer.alloc(1_000_000));
    }
    const answers = await connection.answers(2);
    expect(answers.map(({ status }) => status)).toEqual([200, 403]);
    await connection.ended();
    expect((await sendSigned(oss, { bucket, key: 'slow' })).text).toBe(large);
  });

  it('are not served after one that ends the connection', async () => {
    const connection = await open();
    await connection.write(put('last', 'a', {}, { Connection: 'close' }) + put('behind', 'b'));
    const received = await connection.ended();
    expect(received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect((await sendSigned(oss, { bucket, key: 'behind' })).status).toBe(404);
  });

  it('may be very many', async () => {
    const connection = await open();
    void connection.write(get('there').repeat(1000));
    await connection.until(() => connection.received.split('hi oss').length > 1000);
    const answers = await connection.answers(1000);
    expect(answers.every(({ status, body }) => status === 200 && body === 'hi oss')).toBe(true);
    connection.end();
    await connection.ended();
  });

  it('end with the first that is no HTTP; those before it are answered', async () => {
    const connection = await open();
    await connection.write(`${put('fine', 'a')}NONSENSE\r\n\r\n${put('never', 'b')}`);
    const received = await connection.ended();
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect((await sendSigned(oss, { bucket, key: 'never' })).status).toBe(404);
  });
});

describe('a connection is used again', () => {
  it.each([
    ['a refused body', () => put('x', 'short', { 'x-oss-storage-class': 'Warm' }), 400],
    [
      'a refused body of 60 KB',
      () => put('x', 'x'.repeat(60_000), { 'x-oss-object-acl': '' }),
      400,
    ],
    [
      'a refused chunked body',
      () => `${chunked('x', { 'x-oss-object-acl': '' })}1\r\na\r\n0\r\n\r\n`,
      400,
    ],
    [
      'a wrong Content-MD5',
      () => put('x', 'x', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }),
      400,
    ],
    ['a missing object', () => get('missing'), 404],
    ['a GET with a body', () => `${get('there', { 'Content-Length': '5' })}hello`, 200],
    [
      'a GET with a chunked body',
      () => `${get('there', { 'Transfer-Encoding': 'chunked' })}1\r\na\r\n0\r\n\r\n`,
      200,
    ],
    [
      'a DELETE with a body',
      () =>
        `${signedHead(oss, { method: 'DELETE', bucket, key: 'none' }, { 'Content-Length': '5' })}hello`,
      204,
    ],
    [
      'a HEAD with a body',
      () =>
        `${signedHead(oss, { method: 'HEAD', bucket, key: 'there' }, { 'Content-Length': '5' })}hello`,
      200,
    ],
  ] as [string, () => string, number][])('after %s', async (_what, request, status) => {
    const connection = await open();
    const methods = [request().slice(0, 4).trim()];
    await connection.write(request());
    const [first] = await connection.answers(1, methods);
    expect(first?.status).toBe(status);
    expect(first?.headers.connection).toBe('keep-alive');
    await connection.write(get('there'));
    const [, second] = await connection.answers(2, methods);
    expect(second).toMatchObject({ status: 200, body: 'hi oss' });
    connection.end();
    await connection.ended();
  });

  it('not after Expect: 100-continue was refused: the body may come or not', async () => {
    const connection = await open();
    await connection.write(
      signedHead(
        oss,
        { method: 'PUT', bucket, key: 'x', headers: { 'x-oss-object-acl': '' } },
        { 'Content-Length': '5', Expect: '100-continue' },
      ),
    );
    const [answer] = await connection.answers(1);
    expect(answer).toMatchObject({ status: 400, headers: { connection: 'close' } });
    await connection.ended();
  });

  it.each([
    ['GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n', 'close'],
    ['GET / HTTP/1.0\r\n\r\n', 'close'],
    ['GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', 'keep-alive'],
  ])('or not, as the client wishes: %j', async (request, expected) => {
    const connection = await open();
    await connection.write(request);
    const [answer] = await connection.answers(1);
    expect(answer?.status).toBe(403);
    expect(answer?.headers.connection).toBe(expected);
    if (expected === 'close') await connection.ended();
    else {
      await connection.write(request);
      expect(await connection.answers(2)).toHaveLength(2);
      connection.end();
      await connection.ended();
    }
  });
});

describe('a client that half-closes after its request', () => {
  it.each([
    ['GET', () => get('there'), 'hi oss'],
    ['PUT', () => put('half', 'x'), ''],
    ['PUT of a blob', () => put('half', 'x'.repeat(500_000)), ''],
    ['chunked PUT', () => `${chunked('half')}1\r\na\r\n0\r\n\r\n`, ''],
    ['HTTP/1.0 request', () => `${get('there').replace('HTTP/1.1', 'HTTP/1.0')}`, 'hi oss'],
  ] as [string, () => string, string][])(
    'still gets the answer to its %s',
    async (_what, request, body) => {
      const connection = await open();
      void connection.write(request());
      connection.end();
      const received = await connection.ended();
      expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(received.endsWith(`\r\n\r\n${body}`)).toBe(true);
      expect(connection.over).toBe('ended');
    },
  );

  it.each([
    ['PUTs', (at: number) => put(`halves-${at}`, `body ${at}`), ''],
    ['PUTs of blobs', (at: number) => put(`halves-${at}`, `${at}`.repeat(200_000)), ''],
    ['GETs', () => get('there'), 'hi oss'],
  ] as [string, (at: number) => string, string][])(
    'gets the answers to all %s that it sent, in their order, and then the end',
    async (_what, request, body) => {
      const connection = await open();
      const requests = Array.from({ length: 6 }, (_, at) => request(at));
      void connection.write(requests.join(''));
      connection.end();
      const answers = parseAnswers(await connection.ended());
      expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 200));
      expect(answers.map((answer) => answer.body)).toEqual(requests.map(() => body));
      for (const { headers } of answers.slice(0, -1)) expect(headers.connection).toBe('keep-alive');
      expect(connection.over).toBe('ended');
    },
  );

  it('gets the answers to what was whole, a refusal of what was not, and the end', async () => {
    const connection = await open();
    void connection.write(put('whole', 'a') + get('whole') + put('cut', 'hi oss').slice(0, -3));
    connection.end();
    const answers = parseAnswers(await connection.ended());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400]);
    expect(answers[1]?.body).toBe('a');
    expect(answers[2]?.headers.connection).toBe('close');
    expect((await sendSigned(oss, { bucket, key: 'cut' })).status).toBe(404);
  });

  it('gets the answers up to one that ends the connection, and no more', async () => {
    const connection = await open();
    void connection.write(get('there') + get('there', { Connection: 'close' }) + put('late', 'x'));
    connection.end();
    const answers = parseAnswers(await connection.ended());
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await sendSigned(oss, { bucket, key: 'late' })).status).toBe(404);
  });
});

describe('a chunked body', () => {
  it('may have extensions and trailers, which are passed over', async () => {
    const connection = await open();
    await connection.write(
      `${chunked('trailed', {}, { Trailer: 'x-oss-meta-late' })}2;a=b\r\nhi\r\n4\r\n oss\r\n0\r\nx-oss-meta-late: 1\r\n\r\n`,
    );
    expect((await connection.answers(1))[0]?.status).toBe(200);
    connection.end();
    await connection.ended();
    const stored = await sendSigned(oss, { bucket, key: 'trailed' });
    expect(stored.text).toBe('hi oss');
    expect(stored.headers).not.toHaveProperty('x-oss-meta-late');
  });

  it('is asked for with 100 Continue when the client waits', async () => {
    const connection = await open();
    await connection.write(chunked('expected', {}, { Expect: '100-continue' }));
    await connection.answers(1);
    await connection.write('6\r\nhi oss\r\n0\r\n\r\n');
    const answers = await connection.answers(2);
    expect(answers.map(({ status }) => status)).toEqual([100, 200]);
    connection.end();
    await connection.ended();
    expect((await sendSigned(oss, { bucket, key: 'expected' })).text).toBe('hi oss');
  });

  it.each(['gzip, chunked', 'identity', 'gzip'])(
    'is the only transfer coding: %s is refused, and nothing stored',
    async (coding) => {
      const connection = await open();
      await connection.write(
        `${signedHead(oss, { method: 'PUT', bucket, key: 'coded' }, { 'Transfer-Encoding': coding })}2\r\nhi\r\n0\r\n\r\n`,
      );
      connection.end();
      const received = await connection.ended();
      expect(received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect((await sendSigned(oss, { bucket, key: 'coded' })).status).toBe(404);
    },
  );

  // The parser meets the fault while the request is still on its way to whoever reads the body.
  it.each([
    ['signed', () => `${chunked('bad')}zz\r\n`, 400, 'InvalidRequest'],
    ['signed, later', () => [chunked('bad'), 'zz\r\n', 'zz\r\n'], 400, 'InvalidRequest'],
    [
      'signed, in its second chunk',
      () => `${chunked('bad')}2\r\nhi\r\nzz\r\n`,
      400,
      'InvalidRequest',
    ],
    [
      'unsigned',
      () =>
        `${unsignedHead({ method: 'PUT', bucket, key: 'bad' }, { 'Transfer-Encoding': 'chunked' })}zz\r\n`,
      403,
      'AccessDenied',
    ],
    ['of a GET', () => `${get('there', { 'Transfer-Encoding': 'chunked' })}zz\r\n`, 200, ''],
  ] as [string, () => string | string[], number, string][])(
    'that is malformed is refused, and the service lives on: %s',
    async (_what, request, status, code) => {
      const connection = await open();
      for (const part of [request()].flat()) {
        await connection.write(part);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const received = await connection.ended();
      expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(received).toContain(code === '' ? 'hi oss' : `<Code>${code}</Code>`);
      expect((await sendSigned(oss, { bucket, key: 'bad' })).status).toBe(404);
      await livesOn();
    },
  );
});

describe('an answer is seen by a client that goes on sending', () => {
  it('5 MB more than it declared', async () => {
    const connection = await open();
    await connection.write(put('declared', 'hi oss'));
    for (let sent = 0; sent < 80; sent++) await connection.write(Buffer.alloc(64 * 1024, 'x'));
    const received = await connection.ended();
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect((await sendSigned(oss, { bucket, key: 'declared' })).text).toBe('hi oss');
  });

  it('1 MB of headers', async () => {
    const connection = await open();
    await connection.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nx: ');
    for (let sent = 0; sent < 16; sent++) await connection.write(Buffer.alloc(64 * 1024, 'v'));
    const received = await connection.ended();
    expect(received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(received).toContain('<Code>RequestHeaderTooLarge</Code>');
    expect(connection.over).toBe('ended');
  });
});

describe.concurrent('a client that does not let go', () => {
  it.each([
    ['of a CONNECT', () => 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['of what is no HTTP', () => 'NONSENSE\r\n\r\n'],
    [
      'of a refused upload',
      () => unsignedHead({ method: 'PUT', bucket, key: 'x' }, { 'Content-Length': '100000' }),
    ],
    ['of a malformed chunk', () => `${chunked('x')}zz\r\n`],
    ['of a body longer than declared', () => `${put('longer', 'x')}yz`],
  ])('%s is let go after three seconds', async (_what, request) => {
    const connection = await open();
    await connection.write(request());
    const since = Date.now();
    // The answer is over, but this side stays open and goes on sending a little at a time.
    while (connection.socket.writable && Date.now() - since < 10_000) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await connection.write('z');
    }
    expect(Date.now() - since).toBeLessThan(6000);
    expect(connection.received).toMatch(/^HTTP\/1\.1 [2-4]/);
  });
}, 30_000);

function chunked(key: string, headers: Record<string, string> = {}, more = {}): string {
  return signedHead(
    oss,
    { method: 'PUT', bucket, key, headers },
    { 'Transfer-Encoding': 'chunked', ...more },
  );
}

it('an answer to a refusal is never longer than its header can be', async () => {
  const key = 'k'.repeat(20_000);
  const answer = await send(oss.endpoint, { method: 'HEAD', bucket, key });
  expect(answer.status).toBe(400);
  const document = Buffer.from(String(answer.headers['x-oss-err']), 'base64').toString();
  expect(document).toContain('<Code>InvalidObjectName</Code>');
  expect(document).toContain('<EC>0016-00000003</EC>');
});
