/** The audit log as an operator has it: flags, rotation, workers, what happens when it cannot be written. */
import { once } from 'node:events';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditLines, auditText } from '../support/audit-lines.js';
import { send, sendSigned } from '../support/http.js';
import { freshDirectories, metric, serveCommand, stop } from '../support/operator.js';
import { cleanEnvironment, outcomeOf, programs, run, start } from '../support/programs.js';
import { type Server, serve } from '../support/serve.js';
import { killed, serving, workersOf } from '../support/workers.js';

const freshDirectory = await freshDirectories();

/** A directory, and an audit file in it. */
async function place(): Promise<{ readonly data: string; readonly file: string }> {
  const folder = freshDirectory();
  await mkdir(folder);
  return { data: path.join(folder, 'data'), file: path.join(folder, 'audit.log') };
}

/** Asks for something on a connection that is kept; the id of the answer, or of none. */
function ask(server: Server, agent: Agent): Promise<string | undefined> {
  const { hostname, port } = new URL(server.endpoint);
  return new Promise((resolve) => {
    const asked = httpRequest({ hostname, port, agent, path: '/no-such-bucket/key' }, (answer) => {
      answer.resume();
      answer.once('error', () => resolve(undefined));
      answer.once('end', () => resolve(String(answer.headers['x-oss-request-id'])));
    });
    asked.once('error', () => resolve(undefined));
    asked.end();
  });
}

/** So many requests on so many connections at a time; the ids of the answers, and when each had come. */
async function load(server: Server, connections: number, each: number) {
  const answers: { readonly id: string; readonly at: number }[] = [];
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let round = 0; round < each; round++) {
        const id = await ask(server, agent);
        if (id !== undefined) answers.push({ id, at: performance.now() });
      }
      agent.destroy();
    }),
  );
  return answers;
}

describe.each(['0', '2'])('openoss serve --audit-log --workers %s', (workers) => {
  it('loses and tears no line under load, however often it is rotated', async () => {
    const { data, file } = await place();
    const size = ['--audit-log-max-size', '64KiB', '--audit-log-keep', '100'];
    const server = await serve(data, ['--workers', workers, '--audit-log', file, ...size]);
    const loaded = load(server, 8, 160);
    // And somebody else rotates it as well.
    const moved: string[] = [];
    for (let round = 0; round < 5; round++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const name = `${file}.moved-${round}`;
      await rename(file, name).then(
        () => moved.push(name),
        () => {},
      );
      server.child.kill('SIGHUP');
    }
    const answers = await loaded;
    expect(answers).toHaveLength(1280);
    expect(await stop(server)).toMatchObject({ status: 0, signal: null });
    const lines = auditLines(file);
    expect(lines.map(({ requestId }) => requestId).sort()).toEqual(
      answers.map(({ id }) => id).sort(),
    );
    expect(lines[0]).toMatchObject({ code: 'NoSuchBucket', decision: 'not-reached', status: 404 });
    expect(moved.length).toBeGreaterThan(0);
    // A line has some 450 bytes.
    expect(auditText(file).length).toBeGreaterThan(7 * 64 * 1024);
    for (const number of [1, 2, 3]) {
      expect((await readFile(`${file}.${number}`)).length).toBeLessThanOrEqual(64 * 1024);
    }
  });
});

it('a worker that is killed loses its last lines and tears none', async () => {
  const { data, file } = await place();
  const server = await serve(data, ['--workers', '2', '--audit-log', file]);
  const loaded = load(server, 8, 120);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const [victim = 0] = workersOf(server);
  const before = performance.now();
  await killed(server, victim);
  const answers = await loaded;
  await serving(server, 2);
  const after = await load(server, 4, 5);
  expect(await stop(server)).toMatchObject({ status: 0 });
  const told = new Set(auditLines(file).map(({ requestId }) => requestId));
  const missing = answers.filter(({ id }) => !told.has(id));
  // What it had gathered: of some 50 ms before it died.
  expect(missing.filter(({ at }) => at < before - 250)).toEqual([]);
  expect(after.filter(({ id }) => !told.has(id))).toEqual([]);
  expect(after).toHaveLength(20);
});

it('a file that cannot be written stops nobody, and the log says so', async () => {
  const { data } = await place();
  const server = await serve(data, ['--audit-log', '/dev/full']);
  for (let round = 0; round < 3; round++) {
    expect((await sendSigned(server, { method: 'PUT', bucket: 'examplebucket' })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await metric(server, 'openoss_audit_lines_total')).toBe(0);
  const { status, stderr } = await stop(server);
  expect(status).toBe(0);
  expect(stderr).toContain('ENOSPC');
  expect(stderr.match(/the audit log cannot be written/g)).toHaveLength(1);
  expect(stderr).toMatch(/"lost":3,.*the last audit lines could not be written/);
});

it('is refused with status 2 where the file cannot be made', async () => {
  const { data, file } = await place();
  const nowhere = path.join(file, 'audit.log');
  await mkdir(path.dirname(file), { recursive: true });
  const { status, stderr } = await run(serveCommand(data, '--audit-log', nowhere));
  expect(status).toBe(2);
  expect(stderr).toBe(
    `openoss: --audit-log: the audit log ${nowhere} cannot be opened: its directory does not exist\n`,
  );
});

it.each(['0', '1'])(
  '- is standard output, with nothing else on it (%s workers)',
  async (workers) => {
    const { data } = await place();
    const child = start(serveCommand(data, '--audit-log', '-', '--workers', workers), {
      env: cleanEnvironment(),
    });
    const outcome = outcomeOf(child);
    let announced = '';
    for await (const [chunk] of endlessly(() => once(child.stderr ?? child, 'data'))) {
      announced += String(chunk);
      if (announced.includes('is ready at')) break;
    }
    const endpoint = /is ready at (\S+)/.exec(announced)?.[1] ?? '';
    await send(endpoint, { bucket: 'a-bucket' });
    await send(endpoint, { bucket: 'b-bucket' });
    child.kill('SIGTERM');
    const { status, stdout } = await outcome;
    expect(status).toBe(0);
    const lines = stdout.slice(0, -1).split('\n');
    expect(lines.map((line) => JSON.parse(line).bucket)).toEqual(['a-bucket', 'b-bucket']);
  },
);

async function* endlessly<T>(next: () => Promise<T>): AsyncGenerator<T> {
  for (;;) yield await next();
}

it('openoss dev --audit-log keeps the lines when its data is gone', async () => {
  const { file } = await place();
  const dev = [process.execPath, programs.openoss, 'dev', '--audit-log', file, '--'];
  const script = 'fetch(process.env.OSS_ENDPOINT).then((answer) => console.log(answer.status))';
  const { status } = await run([...dev, process.execPath, '-e', script], {
    env: cleanEnvironment({ TMPDIR: path.dirname(file) }),
  });
  expect(status).toBe(0);
  expect(auditLines(file)).toMatchObject([{ operation: 'ListBuckets', auth: 'anonymous' }]);
});
