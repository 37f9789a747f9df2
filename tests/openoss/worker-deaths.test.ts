/** Workers that die, are killed, or lose their primary: nothing acknowledged is lost, nothing is left. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sendSigned, sign } from '../support/http.js';
import { blobFiles, freshDirectories, stop } from '../support/operator.js';
import { serve } from '../support/serve.js';
import { killed, serveWithWorkers, serving, workersOf } from '../support/workers.js';

const freshDirectory = await freshDirectories();

const bucket = 'examplebucket';

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a service whose workers die, or whose primary does', () => {
  it('starts a worker again that was killed, keeps what was acknowledged, and others serve on', async () => {
    const data = freshDirectory();
    const server = await serveWithWorkers(3, data, bucket);
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
      const soFar = acknowledged.size;
      await expect
        .poll(() => acknowledged.size, { interval: 5, timeout: 20_000 })
        .toBeGreaterThan(soFar + 60);
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
    await expect
      .poll(() => blobFiles(data).length, { timeout: 10_000 })
      .toBeLessThanOrEqual(named + failures);
    const { status, stderr } = await stop(server);
    expect(status).toBe(0);
    expect(stderr.match(/a worker died/g)).toHaveLength(3);
  });

  it('ends when a worker crashes again and again, so that it is found out why', async () => {
    const server = await serveWithWorkers(2, freshDirectory(), bucket);
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
    const server = await serveWithWorkers(1, data, bucket);
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
    await expect.poll(() => blobFiles(data), { interval: 20, timeout: 10_000 }).not.toEqual([]);
    await killed(server, workersOf(server)[0] ?? 0);
    await serving(server, 1);
    await expect.poll(() => blobFiles(data), { timeout: 10_000 }).toEqual([]);
    expect((await sendSigned(server, { bucket, key: 'half' })).status).toBe(404);
  });

  it('takes its workers with it when it is killed, and starts again with all that was acknowledged', async () => {
    const data = freshDirectory();
    const server = await serveWithWorkers(2, data, bucket);
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
    await expect
      .poll(() => acknowledged.length, { interval: 5, timeout: 20_000 })
      .toBeGreaterThan(100);
    const workers = workersOf(server);
    expect(workers).toHaveLength(2);
    server.child.kill('SIGKILL');
    await server.outcome;
    isOver = true;
    await writing;
    await expect.poll(() => workers.filter(isAlive), { interval: 20, timeout: 5_000 }).toEqual([]);
    const again = await serve(data, ['--workers', '2']);
    for (const key of acknowledged) {
      expect((await sendSigned(again, { bucket, key })).text).toBe(key);
    }
  });
});
