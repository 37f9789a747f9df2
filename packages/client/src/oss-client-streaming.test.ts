import { getEventListeners, once } from 'node:events';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Crc64, GetObject, operation, PutObject, payload } from '@openoss/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BodyError } from './errors/body-error.js';
import { CanceledError } from './errors/canceled-error.js';
import { TruncatedAnswerError } from './errors/truncated-answer-error.js';
import { answeringServer, drain, rawHttpServer, tcpServer } from './testing/loopback-server.js';
import { testClient } from './testing/test-client.js';

const put = { bucket: 'examplebucket', key: 'exampleobject' };
const get = put;
const MiB = 1024 * 1024;

async function* chunks(count: number, size = MiB): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield Buffer.alloc(size, index);
}

describe('uploading a stream', () => {
  it('holds no more of 300 MB in memory than the connection takes, and sums it right', async () => {
    const { endpoint } = await rawHttpServer(async (message, response) => {
      const crc = new Crc64();
      for await (const chunk of message) crc.update(chunk);
      response.setHeader('x-oss-hash-crc64ecma', String(crc.digest()));
      response.end();
    });
    const before = process.memoryUsage();
    let peak = 0;
    const body = Readable.from(chunks(300));
    const output = await testClient(endpoint).send(
      PutObject,
      { ...put, body },
      {
        onProgress() {
          const { external, arrayBuffers, heapUsed } = process.memoryUsage();
          peak = Math.max(peak, Math.max(external, arrayBuffers) + heapUsed);
        },
      },
    );
    expect(output.crc64).toBeTypeOf('bigint');
    // What garbage is not yet collected is part of it; all at once would be 300 MB.
    expect(peak - before.external - before.heapUsed).toBeLessThan(120 * MiB);
  });

  it('asks the source for more only as fast as the server takes it', async () => {
    let given = 0;
    const { endpoint } = await rawHttpServer((message) => message.socket.pause());
    async function* counted() {
      for await (const chunk of chunks(200)) {
        given += chunk.length;
        yield chunk;
      }
    }
    const controller = new AbortController();
    const sending = testClient(endpoint).send(
      PutObject,
      { ...put, body: counted() },
      { signal: controller.signal },
    );
    sending.catch(() => {});
    let before = -1;
    while (given !== before) {
      before = given;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(given).toBeLessThan(100 * MiB);
    controller.abort();
    await expect(sending).rejects.toThrow(CanceledError);
  });

  it('lets timers and signals through where body and server are faster than we are', async () => {
    // A server in a thread of its own, for one in ours would give us the pauses that are at stake.
    const server = new Worker(
      `const server = require('node:http').createServer((message, response) => {
        message.resume().on('end', () => response.end());
      });
      server.listen(0, '127.0.0.1', () => {
        require('node:worker_threads').parentPort.postMessage(server.address().port);
      });`,
      { eval: true },
    );
    onTestFinished(async () => {
      await server.terminate();
    });
    const [port] = await once(server, 'message');
    const begun = performance.now();
    let last = begun;
    let longest = 0;
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const body = { size: 200 * MiB, open: () => chunks(200) };
    await testClient(`http://127.0.0.1:${port}`).send(PutObject, { ...put, body });
    clearInterval(timer);
    const ended = performance.now();
    longest = Math.max(longest, ended - last);
    expect(longest).toBeLessThan((ended - begun) / 2);
  });

  it('takes text for UTF-8', async () => {
    const server = await answeringServer((response) => {
      response.end();
    });
    async function* words() {
      yield 'é';
      yield Buffer.from('!');
    }
    await testClient(server.endpoint).send(PutObject, { ...put, body: words() });
    expect(String(server.requests[0]?.body)).toBe('é!');
  });

  it('is broken off when the source fails, and nothing is whole at the server', async () => {
    let complete: boolean | undefined;
    const { endpoint } = await rawHttpServer((message) => {
      message.resume().on('close', () => {
        complete = message.complete;
      });
    });
    async function* failing() {
      yield Buffer.alloc(100_000);
      throw new Error('the disk is gone');
    }
    const failure = testClient(endpoint).send(PutObject, { ...put, body: failing() });
    await expect(failure).rejects.toThrow(BodyError);
    await expect(failure).rejects.toThrow('the body cannot be read: the disk is gone');
    while (complete === undefined) await turn();
    expect(complete).toBe(false);
  });

  const Small = operation({
    name: 'PutSmall',
    doc: 'Takes little.',
    match: { on: 'object', method: 'PUT' },
    input: { body: payload('At most 2.5 MiB.', { maxBytes: 2.5 * MiB }) },
    output: {},
    actions: [],
    errors: [],
  });

  it('is broken off when the stream is longer than the operation takes', async () => {
    let received = 0;
    let complete: boolean | undefined;
    const { endpoint } = await rawHttpServer((message) => {
      message
        .on('data', (chunk: Buffer) => {
          received += chunk.length;
        })
        .on('close', () => {
          complete = message.complete;
        });
    });
    const body = Readable.from(chunks(10));
    await expect(testClient(endpoint).send(Small, { ...put, body })).rejects.toMatchObject({
      fault: 'too-large',
      message: 'the body has more than the 2621440 bytes that one request can upload',
    });
    while (complete === undefined) await turn();
    expect(complete).toBe(false);
    expect(received).toBeLessThanOrEqual(2 * MiB);
    expect(body.destroyed).toBe(true);
  });

  it('is not begun when the body is known to be too long', async () => {
    const server = await answeringServer(() => {});
    const body = { size: 6 * 1024 ** 3, open: () => chunks(0) };
    await expect(testClient(server.endpoint).send(PutObject, { ...put, body })).rejects.toThrow(
      'the body has 6442450944 bytes, more than the 5368709120 bytes that one request can upload',
    );
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    [3 * MiB, 'the body was to have 3145728 bytes and has 2097152'],
    [1.5 * MiB, 'the body was to have 1572864 bytes and has more'],
    [MiB, 'the body was to have 1048576 bytes and has more'],
  ])('is broken off when a source of %i bytes gives others', async (size, message) => {
    let complete: boolean | undefined;
    const { endpoint } = await rawHttpServer((request) => {
      request.resume().on('close', () => {
        complete = request.complete;
      });
    });
    const body = { size, open: () => chunks(2) };
    await expect(testClient(endpoint).send(PutObject, { ...put, body })).rejects.toThrow(message);
    // Where the first chunk tells already, the server has not heard of the request at all.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(complete).not.toBe(true);
  });

  it('ends when the signal is aborted, and lets go of the source', async () => {
    const controller = new AbortController();
    const { endpoint } = await rawHttpServer((message) => {
      message.once('data', () => controller.abort());
    });
    const quiet = new Readable({ read() {} });
    quiet.push('some');
    const failure = testClient(endpoint).send(
      PutObject,
      { ...put, body: quiet },
      { signal: controller.signal },
    );
    await expect(failure).rejects.toThrow(/^canceled, /);
    expect(quiet.destroyed).toBe(true);
    await expect(
      testClient(endpoint).send(PutObject, put, { signal: controller.signal }),
    ).rejects.toMatchObject({ name: 'CanceledError', request: { attempts: 0 } });
  });
});

describe('downloading', () => {
  it('fails when the answer breaks off, and says where', async () => {
    const { endpoint } = await tcpServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcd'));
    });
    const answer = await testClient(endpoint).exchange(GetObject, get);
    const failure = drainBody(answer.body);
    await expect(failure).rejects.toThrow(TruncatedAnswerError);
    await expect(failure).rejects.toThrow(
      'unexpected EOF, the answer broke off after 4 of 10 bytes',
    );
    await expect(failure).rejects.toMatchObject({ request: { operation: 'GetObject' } });
  });

  it('fails when a chunked answer is reset', async () => {
    const { endpoint } = await rawHttpServer((_, response) => {
      response.write('some', () => response.socket?.resetAndDestroy());
    });
    const answer = await testClient(endpoint).exchange(GetObject, get);
    await expect(drainBody(answer.body)).rejects.toThrow(/^unexpected EOF/);
  });

  it('reads no faster than the consumer does', async () => {
    let sent = 0;
    const { endpoint } = await rawHttpServer(async (_, response) => {
      for await (const chunk of chunks(100)) {
        if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
        sent += chunk.length;
      }
      response.end();
    });
    const answer = await testClient(endpoint).exchange(GetObject, get);
    let before = -1;
    while (sent !== before) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(sent).toBeLessThan(50 * MiB);
    expect(await drainBody(answer.body)).toBe(100 * MiB);
  });

  it('tells its progress', async () => {
    const server = await answeringServer((response) => {
      response.end(Buffer.alloc(MiB));
    });
    let last: unknown;
    const answer = await testClient(server.endpoint).exchange(GetObject, get, {
      onProgress: (progress) => {
        last = progress;
      },
    });
    await drainBody(answer.body);
    expect(last).toEqual({ direction: 'download', bytes: MiB, totalBytes: MiB, attempt: 1 });
  });

  it('ends when the signal is aborted', async () => {
    const { endpoint } = await rawHttpServer((_, response) => {
      response.write('some');
    });
    const controller = new AbortController();
    const answer = await testClient(endpoint).exchange(GetObject, get, {
      signal: controller.signal,
    });
    const reading = drainBody(answer.body);
    controller.abort(new Error('Ctrl-C'));
    await expect(reading).rejects.toThrow('canceled, Ctrl-C');
  });

  it('closes the connection of a body that is destroyed unread', async () => {
    let closed = false;
    const { endpoint } = await rawHttpServer((_, response) => {
      response.on('close', () => {
        closed = true;
      });
      response.write('some');
    });
    const answer = await testClient(endpoint).exchange(GetObject, get);
    answer.body.destroy();
    while (!closed) await turn();
  });

  it('leaves nothing listening on the signal', async () => {
    const server = await answeringServer((response) => {
      response.end('some');
    });
    const { signal } = new AbortController();
    const answer = await testClient(server.endpoint).exchange(GetObject, get, { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await drainBody(answer.body);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('a refusal while we are still sending', () => {
  const size = 64 * MiB;
  const whole = { size, open: () => chunks(64) };
  const document = '<Error><Code>AccessDenied</Code><Message/></Error>';
  const head = `HTTP/1.1 403 Forbidden\r\nContent-Length: ${document.length}\r\n\r\n${document}`;

  it.each([
    ['closes the connection at once', (socket: Socket) => socket.destroy()],
    ['resets the connection', (socket: Socket) => socket.resetAndDestroy()],
    ['says no more', () => {}],
  ])('is seen from a server that then %s', async (_, then) => {
    const { endpoint } = await tcpServer((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write(head, () => then(socket));
      });
    });
    const client = testClient(endpoint, { readWriteTimeoutMs: 5000 });
    for (let time = 0; time < 10; time++) {
      await expect(client.send(PutObject, { ...put, body: whole })).rejects.toMatchObject({
        code: 'AccessDenied',
        status: 403,
        request: { attempts: 1 },
      });
    }
  });

  it('is seen from a server that answers, drains and closes, and most is not sent', async () => {
    let received = 0;
    const { endpoint } = await rawHttpServer(async (message, response) => {
      response.writeHead(403, { Connection: 'close' });
      response.end('<Error><Code>AccessDenied</Code></Error>');
      message.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      await drain(message).catch(() => {});
    });
    await expect(
      testClient(endpoint).send(PutObject, { ...put, body: whole }),
    ).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(received).toBeLessThan(size);
  });

  it('is seen while a stream is still silent, and lets go of it', async () => {
    const { endpoint } = await rawHttpServer((_, response) => {
      response.writeHead(403);
      response.end('<Error><Code>AccessDenied</Code></Error>');
    });
    const body = new Readable({ read() {} });
    await expect(testClient(endpoint).send(PutObject, { ...put, body })).rejects.toMatchObject({
      code: 'AccessDenied',
    });
    expect(body.destroyed).toBe(true);
  });

  it('closes the connection, on which the rest of the body would be due', async () => {
    let closed = false;
    const { endpoint } = await tcpServer((socket) => {
      socket.once('data', () => {
        socket.write(head);
        socket.on('close', () => {
          closed = true;
        });
      });
    });
    await expect(
      testClient(endpoint).send(PutObject, { ...put, body: whole }),
    ).rejects.toMatchObject({ code: 'AccessDenied' });
    while (!closed) await turn();
  });

  it('is a network error where the connection only breaks', async () => {
    const { endpoint } = await tcpServer((socket) => {
      socket.once('data', () => socket.destroy());
    });
    await expect(
      testClient(endpoint, { maxAttempts: 1 }).send(PutObject, { ...put, body: whole }),
    ).rejects.toMatchObject({
      name: 'NetworkError',
      code: expect.stringMatching(/ECONNRESET|EPIPE/),
    });
  });
});

async function drainBody(body: Readable): Promise<number> {
  let length = 0;
  for await (const chunk of body) length += chunk.length;
  return length;
}
