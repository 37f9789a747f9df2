/**
 * Clients that are slow, which are served for as long as they are not next to dead, and more of them
 * than the server takes on, which are told so in OSS's form, and told when to come back.
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { type OpenOss, type ServerLimits, startOpenOss } from 'openoss';
import { afterEach, describe, expect, it } from 'vitest';
import { errorOf, sendSigned } from '../support/http.js';
import { ossutilUser, pointedAt, putObject } from '../support/ossutil-user.js';
import { RawConnection, signedHead } from '../support/raw-connection.js';

const bucket = 'examplebucket';
const MiB = 1024 * 1024;
const running: OpenOss[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

async function start(limits: Partial<ServerLimits>): Promise<OpenOss> {
  const oss = await startOpenOss({ buckets: [bucket], limits, logLevel: 'silent' });
  running.push(oss);
  return oss;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('an upload', () => {
  // Within any two seconds, 2,000 bytes are to come.
  const limits = { idleTimeout: 1000, minimumRate: 1000 };

  it.each([
    ['short', 30_000],
    ['long', 3 * MiB],
  ])('of a byte now and then is given up: %s', async (_what, length) => {
    const oss = await start(limits);
    const connection = await RawConnection.open(oss.endpoint);
    const head = signedHead(
      oss,
      { method: 'PUT', bucket, key: 'slow' },
      { 'Content-Length': String(length) },
    );
    await connection.write(head);
    const since = performance.now();
    while (!connection.received.includes('</Error>') && performance.now() - since < 20_000) {
      await connection.write('x');
      await pause(100);
    }
    expect(connection.received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(connection.received).toContain('<Code>RequestTimeout</Code>');
    expect(performance.now() - since).toBeGreaterThan(1900);
    await connection.ended();
    expect((await sendSigned(oss, { method: 'HEAD', bucket, key: 'slow' })).status).toBe(404);
  });

  it('over a slow line is taken to its end', async () => {
    const oss = await start(limits);
    const connection = await RawConnection.open(oss.endpoint);
    const body = randomBytes(100_000);
    const head = signedHead(
      oss,
      { method: 'PUT', bucket, key: 'slow' },
      { 'Content-Length': '100000' },
    );
    await connection.write(head);
    for (let at = 0; at < body.length; at += 2000) {
      await connection.write(body.subarray(at, at + 2000));
      await pause(100);
    }
    expect((await connection.answers(1))[0]?.status).toBe(200);
    connection.end();
    expect((await sendSigned(oss, { bucket, key: 'slow' })).body.equals(body)).toBe(true);
  });
});

describe('a download', () => {
  const limits = { idleTimeout: 1000, minimumRate: 1000 };
  const large = randomBytes(30 * MiB);

  async function reader(oss: OpenOss) {
    const { hostname, port } = new URL(oss.endpoint);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write(signedHead(oss, { bucket, key: 'large' }));
    await new Promise((resolve) => socket.once('readable', resolve));
    return socket;
  }

  it('that nobody takes in is given up', async () => {
    const oss = await start(limits);
    await sendSigned(oss, { method: 'PUT', bucket, key: 'large', body: large });
    const socket = await reader(oss);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    await pause(5000);
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    socket.resume();
    await closed;
    expect(received).toBeLessThan(large.length);
  });

  it('that stops for a moment, and again, goes on', async () => {
    const oss = await start(limits);
    await sendSigned(oss, { method: 'PUT', bucket, key: 'large', body: large });
    const socket = await reader(oss);
    const tail = large.subarray(-1000);
    let received = Buffer.alloc(0);
    let pauses = 0;
    let total = 0;
    for await (const chunk of socket) {
      received = Buffer.concat([received.subarray(-1000), chunk as Buffer]);
      total += (chunk as Buffer).length;
      // Nothing for half of what would be too long, again and again for longer than that.
      if (total > (pauses + 1) * 5 * MiB) {
        pauses += 1;
        await pause(500);
      }
      if (received.includes(tail)) break;
    }
    expect(received.includes(tail)).toBe(true);
  });
});

describe('more requests than are taken on', () => {
  /** Uploads that have all been told to go on, and do not. */
  async function occupy(oss: OpenOss, count: number): Promise<RawConnection[]> {
    return Promise.all(
      Array.from({ length: count }, async (_, at) => {
        const connection = await RawConnection.open(oss.endpoint);
        const more = { 'Content-Length': '5', Expect: '100-continue' };
        const request = { method: 'PUT', bucket, key: `occupied-${at}` };
        await connection.write(signedHead(oss, request, more));
        await connection.answers(1);
        return connection;
      }),
    );
  }

  it('are refused with 503 and Retry-After; the connection can be used again', async () => {
    const oss = await start({ maxRequests: 3 });
    const occupied = await occupy(oss, 3);
    const refused = await sendSigned(oss, { method: 'PUT', bucket, key: 'x', body: 'x' });
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toMatch(/^[123]$/);
    expect(errorOf(refused).Code).toBe('ServiceUnavailable');

    const connection = await RawConnection.open(oss.endpoint);
    const get = signedHead(oss, { bucket, key: 'occupied-0' });
    await connection.write(get);
    expect((await connection.answers(1))[0]?.status).toBe(503);
    for (const each of occupied) await each.write('hello');
    for (const each of occupied) await each.answers(2);
    await connection.write(get);
    expect((await connection.answers(2))[1]).toMatchObject({ status: 200, body: 'hello' });
    connection.end();
  });

  it('are tried again by a client, which then gets its answer', async () => {
    const oss = await start({ maxRequests: 1 });
    const [occupied] = await occupy(oss, 1);
    const user = await ossutilUser(pointedAt(oss.endpoint, oss));
    const put = user.ossutil(putObject('--body', 'x', '--loglevel', 'debug', '--log-file', '-'));
    await pause(800);
    await occupied?.write('hello');
    const outcome = await put;
    expect(outcome).toMatchObject({ status: 0 });
    expect(outcome.stdout).toMatch(/PutObject: 503 .*< Retry-After: [123]\n.*attempt 2/s);
    const head = { method: 'HEAD', bucket, key: 'exampleobject' };
    expect((await sendSigned(oss, head)).status).toBe(200);
  });
});

describe('more connections than are taken on', () => {
  it('are told so, and closed; those beyond are closed', async () => {
    const oss = await start({ maxConnections: 5 });
    const idle = await Promise.all(
      Array.from({ length: 5 }, () => RawConnection.open(oss.endpoint)),
    );
    const surplus = await RawConnection.open(oss.endpoint);
    await surplus.write(signedHead(oss, { bucket, key: 'x' }));
    const answer = await surplus.ended();
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(answer).toMatch(/\r\nRetry-After: [123]\r\n/);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    expect(answer).toContain('<Code>ServiceUnavailable</Code>');

    // Four more are heard out; then there is no room even for that.
    const more = await Promise.all(
      Array.from({ length: 8 }, () => RawConnection.open(oss.endpoint)),
    );
    await pause(200);
    expect(more.filter(({ over }) => over === undefined).length).toBeLessThanOrEqual(4);
    for (const each of [...idle, ...more]) each.socket.destroy();
    await pause(200);
    expect((await sendSigned(oss, { bucket, key: 'x' })).status).toBe(404);
  });
});

it('requests that a client pours out without waiting end with the last that is taken', async () => {
  const oss = await start({});
  const connection = await RawConnection.open(oss.endpoint);
  void connection.write('GET / HTTP/1.1\r\n\r\n'.repeat(3600));
  const received = await connection.ended();
  const answers = received.split('HTTP/1.1 403 Forbidden').length - 1;
  expect(answers).toBeGreaterThan(400);
  expect(answers).toBeLessThan(1000);
  expect(received.split('Connection: close')).toHaveLength(2);
  expect(received.lastIndexOf('Connection: close')).toBeGreaterThan(
    received.lastIndexOf('Connection: keep-alive'),
  );
  expect(connection.over).toBe('ended');
});
