import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { formatHttpDate, GetBucketInfo, PutObject } from '@openoss/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RequestBody } from './body/request-body.js';
import { NetworkError } from './errors/network-error.js';
import type { Retry, TransferProgress } from './oss-client-options.js';
import { answeringServer, refuse, tcpServer } from './testing/loopback-server.js';
import { TestClock, testClient } from './testing/test-client.js';

const put = { bucket: 'examplebucket', key: 'exampleobject' };
const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) % 251));

async function fileWith(content: Uint8Array): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'openoss-client-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'body');
  await writeFile(file, content);
  return file;
}

const replayable: [string, () => Promise<RequestBody>][] = [
  ['bytes', async () => bytes],
  ['a file', async () => ({ file: await fileWith(bytes) })],
  [
    'a source that opens anew',
    async () => ({
      size: bytes.length,
      async *open() {
        yield bytes.subarray(0, 100_000);
        yield new Uint8Array(0);
        yield bytes.subarray(100_000);
      },
    }),
  ],
];

describe('trying again', () => {
  it.each(replayable)('sends %s anew, to the byte, until it succeeds', async (_, body) => {
    const server = await answeringServer((response, _request, index) => {
      if (index === 0) refuse(response, 503, 'ServiceUnavailable');
      else if (index === 1) response.destroy();
      else response.end();
    });
    const clock = new TestClock();
    const client = testClient(server.endpoint, { clock, random: () => 0.25 });
    const output = await client.send(PutObject, { ...put, body: await body() });
    expect(output.answer.attempts).toBe(3);
    expect(server.requests.map((request) => bytes.equals(request.body))).toEqual([
      true,
      true,
      true,
    ]);
    expect(server.requests.map(({ headers }) => headers['content-length'])).toEqual(
      Array(3).fill('300000'),
    );
    // Attempt 2 waits up to 800 ms, attempt 3 up to 1600 ms.
    expect(clock.waits).toEqual([200, 400]);
  });

  it('is given up after as many attempts as are allowed, with the last failure', async () => {
    const server = await answeringServer((response) => refuse(response, 500, 'InternalError'));
    for (const maxAttempts of [1, 2, 5]) {
      server.requests.length = 0;
      const client = testClient(server.endpoint, { maxAttempts });
      await expect(client.send(PutObject, { ...put, body: 'x' })).rejects.toMatchObject({
        code: 'InternalError',
        request: { attempts: maxAttempts },
      });
      expect(server.requests).toHaveLength(maxAttempts);
    }
  });

  it.each([
    [400, 'InvalidArgument', 1],
    [403, 'AccessDenied', 1],
    [409, 'FileAlreadyExists', 1],
    [401, 'Unauthorized', 3],
    [429, 'QpsLimitExceeded', 3],
    [400, 'BadRequest', 3],
  ])('of a %i %s happens %i times in all', async (status, code, times) => {
    const server = await answeringServer((response) => refuse(response, status, code));
    await expect(testClient(server.endpoint).send(PutObject, put)).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(times);
  });

  it('is announced to whoever wants to know, before each wait', async () => {
    const server = await answeringServer((response) => refuse(response, 500, 'InternalError'));
    const retries: Retry[] = [];
    const client = testClient(server.endpoint, { maxAttempts: 3, random: () => 0.5 });
    const sending = client.send(PutObject, put, { onRetry: (retry) => retries.push(retry) });
    await expect(sending).rejects.toMatchObject({ code: 'InternalError' });
    expect(retries).toMatchObject([
      { attempt: 2, maxAttempts: 3, delayMs: 400, error: { code: 'InternalError' } },
      { attempt: 3, maxAttempts: 3, delayMs: 800, error: { code: 'InternalError' } },
    ]);
  });

  it('is what a refused connection gets', async () => {
    const { endpoint } = await closedPort();
    const clock = new TestClock();
    const failure = testClient(endpoint, { clock }).send(PutObject, put);
    await expect(failure).rejects.toThrow(NetworkError);
    await expect(failure).rejects.toThrow(/^the connection to 127\.0\.0\.1:\d+ was refused/);
    await expect(failure).rejects.toMatchObject({ code: 'ECONNREFUSED', request: { attempts: 3 } });
    expect(clock.waits).toHaveLength(2);
  });

  it('is not what a server gets that speaks no HTTP', async () => {
    const clock = new TestClock();
    const { endpoint } = await tcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    const failure = testClient(endpoint, { clock }).send(PutObject, put);
    await expect(failure).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) });
    expect(clock.waits).toHaveLength(0);
  });

  it('reads an XML answer anew that broke off', async () => {
    const server = await answeringServer((response, _, index) => {
      const document = '<BucketInfo><Bucket><Name>bkt</Name></Bucket></BucketInfo>';
      response.setHeader('Content-Length', document.length);
      if (index === 0) response.write(document.slice(0, 20), () => response.destroy());
      else response.end(document);
    });
    const client = testClient(server.endpoint);
    await client.send(GetBucketInfo, { bucket: 'bkt' }).catch(() => {});
    expect(server.requests).toHaveLength(2);
  });

  it('never happens with a body that can be read only once', async () => {
    const server = await answeringServer((response) => refuse(response, 503, 'ServiceUnavailable'));
    const body = Readable.from([Buffer.from('once')]);
    await expect(testClient(server.endpoint).send(PutObject, { ...put, body })).rejects.toThrow();
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers['transfer-encoding']).toBe('chunked');
    expect(server.requests[0]?.headers['content-length']).toBeUndefined();
    expect(String(server.requests[0]?.body)).toBe('once');
  });

  it('ends when the signal is aborted while it waits', async () => {
    const server = await answeringServer((response) => refuse(response, 503, 'ServiceUnavailable'));
    const controller = new AbortController();
    const client = testClient(server.endpoint, {
      clock: {
        now: Date.now,
        sleep: async (_, signal) => {
          controller.abort(new Error('enough'));
          signal?.throwIfAborted();
        },
      },
    });
    const failure = client.send(PutObject, put, { signal: controller.signal });
    await expect(failure).rejects.toThrow('canceled, enough');
    expect(server.requests).toHaveLength(1);
  });

  it('reports the progress of each attempt from the start', async () => {
    const server = await answeringServer((response, _, index) => {
      if (index === 0) refuse(response, 500, 'InternalError');
      else response.end();
    });
    const seen: TransferProgress[] = [];
    await testClient(server.endpoint).send(
      PutObject,
      { ...put, body: bytes },
      { onProgress: (progress) => seen.push(progress) },
    );
    for (const attempt of [1, 2]) {
      const uploads = seen.filter(
        (progress) => progress.attempt === attempt && progress.direction === 'upload',
      );
      expect(uploads.at(-1)).toMatchObject({ bytes: 300_000, totalBytes: 300_000 });
      expect(uploads[0]?.bytes).toBeLessThan(300_000);
    }
  });
});

describe('a clock that is off', () => {
  it('is corrected by the Date of the refusal, and stays so', async () => {
    const serverTime = Date.parse('2026-05-08T06:25:08Z');
    const dates: (string | undefined)[] = [];
    const server = await answeringServer((response, request, index) => {
      dates.push(String(request.headers['x-oss-date']));
      response.setHeader('Date', formatHttpDate(serverTime));
      if (index === 0) refuse(response, 403, 'RequestTimeTooSkewed');
      else response.end();
    });
    const clock = new TestClock(serverTime - 3_600_000);
    const client = testClient(server.endpoint, { clock });
    await client.send(PutObject, put);
    await client.send(PutObject, put);
    expect(dates).toEqual(['20260508T052508Z', '20260508T062508Z', '20260508T062508Z']);
  });
});

async function closedPort(): Promise<{ endpoint: string }> {
  const { createServer } = await import('node:net');
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  return { endpoint: `http://127.0.0.1:${port}` };
}
