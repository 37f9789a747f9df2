import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type LoadPlan, LoadRun } from '../../bench/load/load-run.mjs';

const HOST = '127.0.0.1';
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that hands each request, with its body, to the test. */
async function serverOf(
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void,
): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks)));
  }).listen(0, HOST);
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function planOf(port: number, plan: Partial<LoadPlan> = {}): LoadPlan {
  return {
    host: HOST,
    port,
    style: {
      kind: 'oss-v4',
      region: 'cn-hangzhou',
      accessKeyId: 'id',
      accessKeySecret: 'secret',
    },
    recipe: {
      kind: 'put-objects',
      bucket: 'bucket',
      prefix: 'key/',
      first: 0,
      distinct: 1000,
      bodyBytes: 100,
    },
    requests: 50,
    repeat: false,
    connections: 4,
    statuses: [200],
    ...plan,
  };
}

describe('a load run', () => {
  it('sends each request once, whole and signed, and no more than it has', async () => {
    const seen: { url: string; authorization: string; bytes: number }[] = [];
    const port = await serverOf((request, response, body) => {
      const { authorization = '' } = request.headers;
      seen.push({ url: request.url ?? '', authorization, bytes: body.length });
      response.end();
    });
    const result = await new LoadRun(planOf(port)).run(30);
    expect(result).toMatchObject({ requests: 50, failures: 0, errors: {}, bytes: 5000 });
    expect(new Set(seen.map(({ url }) => url)).size).toBe(50);
    expect(new Set(seen.map(({ authorization }) => authorization)).size).toBe(50);
    expect(seen.every(({ bytes }) => bytes === 100)).toBe(true);
  });

  it('sends bodies that are longer than its buffers', async () => {
    const bodyBytes = 3 * 1024 * 1024 + 1;
    const lengths: number[] = [];
    const port = await serverOf((_, response, body) => {
      lengths.push(body.length);
      response.end();
    });
    const { recipe } = planOf(port);
    const large = { ...recipe, bodyBytes } as LoadPlan['recipe'];
    const plan = planOf(port, { recipe: large, requests: 3, connections: 1 });
    expect((await new LoadRun(plan).run(30)).bytes).toBe(3 * bodyBytes);
    expect(lengths).toEqual([bodyBytes, bodyBytes, bodyBytes]);
  });

  it('signs repeated requests for one key with dates of their own', async () => {
    const signatures = new Set<string>();
    const port = await serverOf((request, response) => {
      signatures.add(request.headers.authorization ?? '');
      response.end('body');
    });
    const plan = planOf(port, {
      recipe: { kind: 'get-objects', bucket: 'b', prefix: 'k', distinct: 500 },
      requests: 2000,
      answerBytes: 4,
    });
    expect((await new LoadRun(plan).run(30)).failures).toBe(0);
    expect(signatures.size).toBe(2000);
  });

  it('ends when the time is up, however many requests are left', async () => {
    const port = await serverOf((_, response) => response.end());
    const plan = planOf(port, { requests: 10, repeat: true });
    const result = await new LoadRun(plan).run(0.2);
    expect(result.seconds).toBeGreaterThan(0.15);
    expect(result.seconds).toBeLessThan(5);
    expect(result.requests).toBeGreaterThan(10);
    expect(result.exhausted).toBe(false);
  });

  it('counts an answer with another status, or another length, as a failure', async () => {
    let count = 0;
    const port = await serverOf((_, response) => {
      count += 1;
      if (count % 10 === 0) response.statusCode = 503;
      response.end(count % 10 === 5 ? 'odd' : 'good');
    });
    const result = await new LoadRun(planOf(port, { answerBytes: 4 })).run(30);
    expect(result.requests).toBe(40);
    expect(result.errors).toEqual({ 'status 503': 5, '3 bytes instead of 4': 5 });
  });

  it('connects again when the server closes between requests, and counts what it breaks off', async () => {
    let count = 0;
    const port = await serverOf((request, response) => {
      count += 1;
      if (count === 10) request.socket.destroy();
      else if (count === 20) response.setHeader('Connection', 'close').end();
      else response.end();
    });
    const result = await new LoadRun(planOf(port)).run(30);
    expect(result.requests).toBe(49);
    expect(result.failures).toBe(1);
  });

  it('fails when nobody listens', async () => {
    const port = await serverOf(() => {});
    for (const close of closing.splice(0)) close();
    await expect(new LoadRun(planOf(port)).run(1)).rejects.toThrow('ECONNREFUSED');
  });
});
