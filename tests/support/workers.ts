/** A server with workers, and what becomes of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { send, sendSigned } from './http.js';
import { type Server, serve } from './serve.js';

/** Starts a server with so many workers, and makes a bucket. */
export async function serveWithWorkers(
  count: number,
  data: string,
  bucket: string,
): Promise<Server> {
  const server = await serve(data, ['--workers', String(count)]);
  const made = await sendSigned(server, { method: 'PUT', bucket });
  expect(made.status).toBe(200);
  return server;
}

/** The process ids of a server's workers. */
export function workersOf({ child }: Server): number[] {
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

/** Kills a worker and waits until its primary has noticed. */
export async function killed(server: Server, worker: number): Promise<void> {
  process.kill(worker, 'SIGKILL');
  await expect
    .poll(() => readiness(server), { interval: 5, timeout: 5_000 })
    .not.toBe('200 ready\n');
}

/** Waits until so many workers are ready. */
export async function serving(server: Server, count: number): Promise<void> {
  await expect
    .poll(async () => [await readiness(server), workersOf(server).length], { timeout: 15_000 })
    .toEqual(['200 ready\n', count]);
}

async function readiness(server: Server): Promise<string> {
  const { status, text } = await send(server.admin, { target: '/health/ready' });
  return `${status} ${text}`;
}
