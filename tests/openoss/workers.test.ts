/** `openoss serve --workers`: several processes that serve one data directory, and are one service. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  errorOf,
  type Reachable,
  send,
  sendSigned,
  sign,
  type WireRequest,
} from '../support/http.js';
import { cleanEnvironment, programs, run, scratchDirectory } from '../support/programs.js';
import { type Server, serve } from '../support/serve.js';

const directory = await scratchDirectory();
let names = 0;
const freshDirectory = (): string => path.join(directory, `data-${names++}`);

const bucket = 'examplebucket';

async function serveWithWorkers(count: number, data = freshDirectory()): Promise<Server> {
  const server = await serve(data, ['--workers', String(count)]);
  const made = await sendSigned(server, { method: 'PUT', bucket });
  expect(made.status).toBe(200);
  return server;
}

/** The process ids of a server's workers. */
function workersOf({ child }: Server): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === child.pid;
      } catch {
        return false;
      }
    })
    .map(Number);
}

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

/**
 * Connections that stay open, each with one of the workers in turn: what goes over one of them is
 * served by the same process.
 */
class Connections {
  readonly #oss: Reachable;
  readonly #agents: Agent[];

  constructor(oss: Reachable, count: number) {
    this.#oss = oss;
    this.#agents = Array.from(
      { length: count },
      () => new Agent({ keepAlive: true, maxSockets: 1 }),
    );
  }

  send(at: number, request: WireRequest): Promise<{ status: number; body: Buffer; text: string }> {
    const { hostname, port } = new URL(this.#oss.endpoint);
    const {
      method = 'GET',
      bucket: inBucket,
      key,
      query = [],
      headers,
      body,
    } = sign(this.#oss, request);
    const search = query.map(([name, value]) => (value === null ? name : `${name}=${value}`));
    const target = `/${inBucket ?? ''}${inBucket === undefined ? '' : '/'}${key ?? ''}${search.length === 0 ? '' : `?${search.join('&')}`}`;
    return new Promise((resolve, reject) => {
      const sent = httpRequest({
        hostname,
        port,
        method,
        path: target,
        headers: { ...headers, ...(body === undefined ? {} : { 'Content-Length': body.length }) },
        agent: this.#agents[at],
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          resolve({ status: response.statusCode ?? 0, body: whole, text: whole.toString() });
        });
      });
      sent.end(body);
    });
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }
}

async function metric(server: Server, pattern: RegExp): Promise<number> {
  const { text } = await send(server.admin, { target: '/metrics' });
  let sum = 0;
  for (const [, value] of text.matchAll(pattern)) sum += Number(value);
  return sum;
}

const GETS = /^openoss_requests_total\{operation="GetObject",status="200",code=""\} (\d+)$/gm;

describe('openoss serve --workers', () => {
  it('has as many processes as it was told, and refuses what is no number', async () => {
    const server = await serveWithWorkers(3);
    expect(workersOf(server)).toHaveLength(3);
    expect((await send(server.admin, { target: '/health/ready' })).status).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.outcome).toMatchObject({ status: 0 });
    const alone = await serve(freshDirectory(), ['--workers', '0']);
    expect(workersOf(alone)).toHaveLength(0);
    for (const wrong of ['-1', 'two', '1.5', '65']) {
      await expect(serve(freshDirectory(), [`--workers=${wrong}`])).rejects.toThrow('--workers');
    }
  });

  it('shows what one worker was told of to every other, at once', async () => {
    const server = await serveWithWorkers(3);
    const connections = new Connections(server, 30);
    // All connections are made before, so that each has a worker of its own by then.
    await Promise.all(Array.from({ length: 30 }, (_, at) => connections.send(at, { bucket })));
    // What a worker has just read for others must not be what it answers from.
    let isOver = false;
    const others = Array.from({ length: 24 }, async (_, at) => {
      while (!isOver) await connections.send(6 + at, { bucket, key: `k${at % 3}` });
    });
    for (let round = 0; round < 100; round++) {
      const [writer, reader] = [round % 6, (round + 1 + (round % 5)) % 6];
      const size = round % 10 === 0 ? 100_000 : 1 + (round % 7);
      const body = randomBytes(size);
      const key = `k${round % 3}`;
      expect((await connections.send(writer, { method: 'PUT', bucket, key, body })).status).toBe(
        200,
      );
      const read = await connections.send(reader, { bucket, key });
      expect(read.body.equals(body)).toBe(true);
      if (round % 4 === 3) {
        const { status } = await connections.send(reader, { method: 'DELETE', bucket, key });
        expect(status).toBe(204);
        expect((await connections.send(writer, { bucket, key })).status).toBe(404);
      }
    }
    isOver = true;
    await Promise.all(others);
    connections.close();
  });

  it('lets every worker have its turn at a key that all of them write to', async () => {
    const server = await serveWithWorkers(3);
    const connections = new Connections(server, 48);
    const put = async (at: number): Promise<void> => {
      for (let round = 0; round < 8; round++) {
        const body = Buffer.from(`${at} ${round}`);
        const answer = await connections.send(at, { method: 'PUT', bucket, key: 'hot', body });
        expect(answer.text).toBe('');
        expect(answer.status).toBe(200);
      }
    };
    await Promise.all(Array.from({ length: 48 }, (_, at) => put(at)));
    // Of those that want to be the first, one is.
    const races = await Promise.all(
      Array.from({ length: 48 }, (_, at) =>
        connections.send(at, {
          method: 'PUT',
          bucket,
          key: 'first',
          body: Buffer.from(String(at)),
          headers: { 'x-oss-forbid-overwrite': 'true' },
        }),
      ),
    );
    const winners = races.flatMap(({ status }, at) => (status === 200 ? [at] : []));
    expect(winners).toHaveLength(1);
    expect(races.filter(({ status }) => status === 409)).toHaveLength(47);
    expect((await connections.send(0, { bucket, key: 'first' })).text).toBe(String(winners[0]));
    const { text } = await connections.send(1, {
      bucket,
      query: [['stat', null]],
    });
    expect(text).toContain('<ObjectCount>2</ObjectCount>');
    connections.close();
  });

  it('has one truth about buckets, whoever made, changed or deleted them', async () => {
    const server = await serveWithWorkers(3);
    const connections = new Connections(server, 3);
    const name = 'coming-and-going';
    for (let round = 0; round < 12; round++) {
      const [one, other, third] = [round % 3, (round + 1) % 3, (round + 2) % 3];
      const made = await Promise.all(
        [one, other, third].map((at) => connections.send(at, { method: 'PUT', bucket: name })),
      );
      expect(made.map(({ status }) => status)).toEqual([200, 200, 200]);
      const acl = ['public-read', 'public-read-write', 'private'][round % 3] ?? '';
      const changed = await connections.send(one, {
        method: 'PUT',
        bucket: name,
        query: [['acl', null]],
        headers: { 'x-oss-acl': acl },
      });
      expect(changed.status).toBe(200);
      for (const at of [other, third]) {
        const query: WireRequest['query'] = [['acl', null]];
        expect((await connections.send(at, { bucket: name, query })).text).toContain(
          `<Grant>${acl}</Grant>`,
        );
      }
      // A put and the bucket's deletion at the same time: one of the two is refused.
      const body = Buffer.from('x');
      const [put, deleted] = await Promise.all([
        connections.send(other, { method: 'PUT', bucket: name, key: 'k', body }),
        connections.send(third, { method: 'DELETE', bucket: name }),
      ]);
      if (put.status === 200) {
        expect(errorOf(deleted).Code).toBe('BucketNotEmpty');
        await connections.send(one, { method: 'DELETE', bucket: name, key: 'k' });
        expect((await connections.send(one, { method: 'DELETE', bucket: name })).status).toBe(204);
      } else {
        expect(errorOf(put).Code).toBe('NoSuchBucket');
        expect(deleted.status).toBe(204);
      }
      for (const at of [0, 1, 2]) {
        expect(errorOf(await connections.send(at, { bucket: name })).Code).toBe('NoSuchBucket');
      }
    }
    connections.close();
  });

  it('sums what its workers count, and forgets nothing when one of them dies', async () => {
    const server = await serveWithWorkers(2);
    await sendSigned(server, { method: 'PUT', bucket, key: 'k', body: 'x' });
    for (let at = 0; at < 20; at++) await sendSigned(server, { bucket, key: 'k' });
    expect(await metric(server, GETS)).toBe(20);
    expect(await metric(server, /^openoss_commits_total (\d+)$/gm)).toBeGreaterThan(0);
    const [victim = 0] = workersOf(server);
    await killed(server, victim);
    await serving(server, 2);
    expect(await metric(server, GETS)).toBe(20);
    for (let at = 0; at < 4; at++) await sendSigned(server, { bucket, key: 'k' });
    expect(await metric(server, GETS)).toBe(24);
    const lag = /^nodejs_eventloop_lag_p99_seconds (\S+)$/gm;
    expect(await metric(server, lag)).toBeGreaterThan(0);
    const { text } = await send(server.admin, { target: '/metrics' });
    expect(text.match(/^process_start_time_seconds /gm)).toHaveLength(1);
  });

  it('starts a worker again that was killed, keeps what was acknowledged, and others serve on', async () => {
    const data = freshDirectory();
    const server = await serveWithWorkers(3, data);
    const acknowledged = new Map<string, Buffer>();
    let isOver = false;
    let failures = 0;
    const write = async (writer: number): Promise<void> => {
      for (let count = 0; !isOver; count++) {
        const key = `w${writer}-${count}`;
        const body = randomBytes(count % 5 === 0 ? 150_000 : 500);
        try {
          const { status } = await sendSigned(server, { method: 'PUT', bucket, key, body });
          expect(status).toBe(200);
          acknowledged.set(key, body);
        } catch {
          // Its connection went down with the worker.
          failures++;
        }
      }
    };
    const writing = Promise.all([0, 1, 2, 3, 4, 5].map(write));
    for (let kill = 0; kill < 3; kill++) {
      await delay(300);
      const before = workersOf(server);
      await killed(server, before[kill % before.length] ?? 0);
      const reached = acknowledged.size;
      await serving(server, 3);
      // Nobody waited for the new one.
      expect(acknowledged.size).toBeGreaterThan(reached);
      expect(server.child.exitCode).toBeNull();
    }
    isOver = true;
    await writing;
    // Of each kill, at most what each writer had under way.
    expect(failures).toBeLessThanOrEqual(3 * 6);
    for (const [key, body] of acknowledged) {
      const read = await sendSigned(server, { bucket, key });
      expect(read.status).toBe(200);
      expect(read.body.equals(body)).toBe(true);
    }
    // What the killed ones had written and nobody names is swept while the server runs.
    const named = [...acknowledged.values()].filter(({ length }) => length > 64 * 1024).length;
    for (
      let patience = 100;
      blobFiles(data).length > named + failures && patience > 0;
      patience--
    ) {
      await delay(50);
    }
    server.child.kill('SIGTERM');
    const { status, stderr } = await server.outcome;
    expect(status).toBe(0);
    expect(stderr.match(/a worker died/g)).toHaveLength(3);
  });

  it('ends when a worker crashes again and again, so that it is found out why', async () => {
    const server = await serveWithWorkers(2);
    let crashed = 0;
    while (server.child.exitCode === null) {
      const [worker] = workersOf(server);
      if (worker !== undefined) {
        try {
          process.kill(worker, 'SIGSEGV');
          crashed++;
        } catch {
          // It has gone in between.
        }
      }
      await delay(200);
      expect(crashed).toBeLessThan(60);
    }
    expect(await server.outcome).toMatchObject({ status: 70 });
  });

  it('sweeps the blob that a killed worker was writing', async () => {
    const data = freshDirectory();
    const server = await serveWithWorkers(1, data);
    const { hostname, port } = new URL(server.endpoint);
    const { headers } = sign(server, { method: 'PUT', bucket, key: 'half' });
    const sent = httpRequest({
      hostname,
      port,
      method: 'PUT',
      path: `/${bucket}/half`,
      headers: { ...headers, 'Content-Length': 4_000_000 },
      agent: false,
    });
    sent.on('error', () => {});
    sent.write(randomBytes(2_000_000));
    while (blobFiles(data).length === 0) await delay(20);
    await killed(server, workersOf(server)[0] ?? 0);
    await serving(server, 1);
    for (let patience = 100; blobFiles(data).length > 0 && patience > 0; patience--)
      await delay(50);
    expect(blobFiles(data)).toEqual([]);
    expect((await sendSigned(server, { bucket, key: 'half' })).status).toBe(404);
  });

  it('takes its workers with it when it is killed, and starts again with all that was acknowledged', async () => {
    const data = freshDirectory();
    const server = await serveWithWorkers(2, data);
    const acknowledged: string[] = [];
    let isOver = false;
    const write = async (writer: number): Promise<void> => {
      for (let count = 0; !isOver; count++) {
        const key = `w${writer}-${count}`;
        try {
          const answer = await sendSigned(server, { method: 'PUT', bucket, key, body: key });
          if (answer.status === 200) acknowledged.push(key);
        } catch {
          return;
        }
      }
    };
    const writing = Promise.all([0, 1, 2, 3].map(write));
    await delay(400);
    const workers = workersOf(server);
    expect(workers).toHaveLength(2);
    server.child.kill('SIGKILL');
    await server.outcome;
    isOver = true;
    await writing;
    for (let patience = 100; workers.some(isAlive) && patience > 0; patience--) await delay(20);
    expect(workers.filter(isAlive)).toEqual([]);
    const again = await serve(data, ['--workers', '2']);
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const key of acknowledged) {
      expect((await sendSigned(again, { bucket, key })).text).toBe(key);
    }
  });

  it('finishes what is under way when it is told to stop, though a terminal tells its workers too', async () => {
    const server = await serveWithWorkers(2);
    const body = randomBytes(8 * 1024 * 1024);
    const puts = Array.from({ length: 6 }, (_, at) =>
      sendSigned(server, { method: 'PUT', bucket, key: `k${at}`, body }),
    );
    await Promise.race(puts);
    // As Ctrl-C does: all processes of the group.
    for (const pid of workersOf(server)) process.kill(pid, 'SIGINT');
    server.child.kill('SIGINT');
    for (const answer of await Promise.allSettled(puts)) {
      if (answer.status === 'fulfilled') expect(answer.value.status).toBe(200);
      else expect(String(answer.reason)).toMatch('ECONNREFUSED');
    }
    const { status, stderr } = await server.outcome;
    expect(status).toBe(0);
    expect(stderr).not.toContain('died');
  });

  it('says why it cannot listen, and leaves nothing behind', async () => {
    const server = await serveWithWorkers(2);
    const { host } = new URL(server.endpoint);
    const second = await run(
      [
        ...[process.execPath, programs.openoss, 'serve', '--data', freshDirectory()],
        ...['--workers', '2', '--listen', host, '--admin-listen', 'off'],
      ],
      { env: cleanEnvironment() },
    );
    expect(second.status).toBe(2);
    expect(second.stderr).toContain(`${host} is in use by another program`);
  });
});

/** Kills a worker and waits until its primary has noticed. */
async function killed(server: Server, worker: number): Promise<void> {
  process.kill(worker, 'SIGKILL');
  for (let patience = 300; patience > 0; patience--) {
    const { text } = await send(server.admin, { target: '/health/ready' });
    if (text !== 'ready\n') return;
    await delay(5);
  }
  throw new Error('Nobody noticed that a worker was killed');
}

/** Waits until so many workers are ready. */
async function serving(server: Server, count: number): Promise<void> {
  for (let patience = 300; patience > 0; patience--) {
    const { status, text } = await send(server.admin, { target: '/health/ready' });
    if (status === 200 && text === 'ready\n' && workersOf(server).length === count) return;
    await delay(50);
  }
  throw new Error('The worker was not started again');
}

/** The files of blobs in a data directory. */
function blobFiles(data: string): string[] {
  return readdirSync(path.join(data, 'blobs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}
