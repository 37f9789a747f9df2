/** `openoss serve --workers`: several processes that serve one data directory, and are one service. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Connections } from '../support/connections.js';
import { errorOf, send, sendSigned, type WireRequest } from '../support/http.js';
import { freshDirectories, stop } from '../support/operator.js';
import { programs, run } from '../support/programs.js';
import { type Server, serve } from '../support/serve.js';
import { killed, serveWithWorkers, serving, workersOf } from '../support/workers.js';

const freshDirectory = await freshDirectories();

const bucket = 'examplebucket';
const started = (count: number): Promise<Server> =>
  serveWithWorkers(count, freshDirectory(), bucket);

async function metric(server: Server, pattern: RegExp): Promise<number> {
  const { text } = await send(server.admin, { target: '/metrics' });
  let sum = 0;
  for (const [, value] of text.matchAll(pattern)) sum += Number(value);
  return sum;
}

const GETS = /^openoss_requests_total\{operation="GetObject",status="200",code=""\} (\d+)$/gm;

describe('openoss serve --workers', () => {
  it('has as many processes as it was told, and refuses what is no number', async () => {
    const server = await started(3);
    expect(workersOf(server)).toHaveLength(3);
    expect((await send(server.admin, { target: '/health/ready' })).status).toBe(200);
    expect(await stop(server)).toMatchObject({ status: 0 });
    const alone = await serve(freshDirectory(), ['--workers', '0']);
    expect(workersOf(alone)).toHaveLength(0);
    for (const wrong of ['-1', 'two', '1.5', '65']) {
      await expect(serve(freshDirectory(), [`--workers=${wrong}`])).rejects.toThrow('--workers');
    }
  });

  it('shows what one worker was told of to every other, at once', async () => {
    const server = await started(3);
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
    const server = await started(3);
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
    const server = await started(3);
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
    const server = await started(2);
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

  it('finishes what is under way when it is told to stop, though a terminal tells its workers too', async () => {
    const server = await started(2);
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
    const server = await started(2);
    const { host } = new URL(server.endpoint);
    const second = await run([
      ...[process.execPath, programs.openoss, 'serve', '--data', freshDirectory()],
      ...['--workers', '2', '--listen', host, '--admin-listen', 'off'],
    ]);
    expect(second.status).toBe(2);
    expect(second.stderr).toContain(`${host} is in use by another program`);
  });
});
