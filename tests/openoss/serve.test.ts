/** `openoss serve` as an operator runs it: the built program, its lines, its signals, its exit status. */
import { randomBytes } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { send, sendSigned } from '../support/http.js';
import { freshDirectories } from '../support/operator.js';
import { cleanEnvironment, programs, run } from '../support/programs.js';
import { serve } from '../support/serve.js';

const freshDirectory = await freshDirectories();

describe('openoss serve', () => {
  it('makes a root access key once, prints it once, and keeps it to itself', async () => {
    const data = freshDirectory();
    const first = await serve(data);
    expect(first.announced).toContain(first.credentials.accessKeySecret);
    expect((await stat(path.join(data, 'root-credentials.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    expect((await sendSigned(first, { method: 'PUT', bucket: 'kept' })).status).toBe(200);
    expect(
      (await sendSigned(first, { method: 'PUT', bucket: 'kept', key: 'k', body: 'kept' })).status,
    ).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.outcome).toMatchObject({ status: 0, signal: null });

    const second = await serve(data);
    expect(second.announced).not.toContain(second.credentials.accessKeySecret);
    expect(second.credentials).toEqual(first.credentials);
    expect((await sendSigned(second, { bucket: 'kept', key: 'k' })).text).toBe('kept');
    second.child.kill('SIGINT');
    expect(await second.outcome).toMatchObject({ status: 0, signal: null });
  });

  it('takes the root access key from the environment, and then writes none', async () => {
    const data = freshDirectory();
    const env = {
      OPENOSS_ROOT_ACCESS_KEY_ID: 'myroot',
      OPENOSS_ROOT_ACCESS_KEY_SECRET: 'mysecret',
    };
    const server = await serve(data, [], env);
    expect(server.announced).not.toContain('mysecret');
    expect((await sendSigned(server, {})).status).toBe(200);
    await expect(stat(path.join(data, 'root-credentials.json'))).rejects.toThrow('ENOENT');
    const half = await run(
      [
        process.execPath,
        programs.openoss,
        'serve',
        '--data',
        freshDirectory(),
        '--listen',
        '0',
        '--admin-listen',
        'off',
      ],
      {
        env: cleanEnvironment({ OPENOSS_ROOT_ACCESS_KEY_ID: 'myroot' }),
      },
    );
    expect(half.status).toBe(2);
    expect(half.stderr).toContain('must be set both, or neither');
  });

  it('starts with the directory key that it was first started with, and says why with no other', async () => {
    const data = freshDirectory();
    const base64 = (fill: number) => Buffer.alloc(32, fill).toString('base64');
    const first = await serve(data, [], { OPENOSS_DIRECTORY_KEY: base64(1) });
    first.child.kill('SIGTERM');
    expect(await first.outcome).toMatchObject({ status: 0 });
    await expect(stat(path.join(data, 'directory-key'))).rejects.toThrow('ENOENT');

    const inside = path.join(data, 'my-key');
    await writeFile(inside, base64(1));
    const refusals = [
      [{ OPENOSS_DIRECTORY_KEY: base64(2) }, 'is not the one'],
      [{}, 'sealed with a directory key, and there is none'],
      [{ OPENOSS_DIRECTORY_KEY: 'c2hvcnQ=' }, 'openssl rand -base64 32'],
      [{ OPENOSS_DIRECTORY_KEY_FILE: inside }, 'lies in the data directory'],
    ] as const;
    for (const [variables, reason] of refusals) {
      const refused = await run(
        [
          ...[process.execPath, programs.openoss, 'serve', '--data', data],
          ...['--listen', '127.0.0.1:0', '--admin-listen', 'off'],
        ],
        { env: cleanEnvironment(variables) },
      );
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain(`openoss: `);
      expect(refused.stderr).toContain(reason);
    }

    const outside = freshDirectory('directory-key');
    await writeFile(outside, `${base64(1)}\n`, { mode: 0o600 });
    const last = await serve(data, ['--workers', '1'], { OPENOSS_DIRECTORY_KEY_FILE: outside });
    expect((await sendSigned(last, {})).status).toBe(200);
    last.child.kill('SIGTERM');
    expect(await last.outcome).toMatchObject({ status: 0 });
  });

  it('finishes what is under way when it is told to stop', async () => {
    const server = await serve(freshDirectory());
    await sendSigned(server, { method: 'PUT', bucket: 'draining' });
    const body = randomBytes(8 * 1024 * 1024);
    const puts = Array.from({ length: 8 }, (_, at) =>
      sendSigned(server, { method: 'PUT', bucket: 'draining', key: `k${at}`, body }),
    );
    await Promise.race(puts);
    server.child.kill('SIGTERM');
    const answers = await Promise.allSettled(puts);
    for (const answer of answers) {
      // What had reached the server is answered; a connection that had not is refused, never cut.
      if (answer.status === 'fulfilled') expect(answer.value.status).toBe(200);
      else expect(String(answer.reason)).toMatch(/ECONNREFUSED|ECONNRESET/);
    }
    expect(await server.outcome).toMatchObject({ status: 0 });
  });

  it('refuses a data directory that another server uses, and says which', async () => {
    const data = freshDirectory();
    const server = await serve(data);
    const second = await run([
      process.execPath,
      programs.openoss,
      'serve',
      '--data',
      data,
      '--listen',
      '0',
      '--admin-listen',
      'off',
    ]);
    expect(second.status).toBe(2);
    expect(second.stderr).toContain('in use');
    expect(second.stderr).toContain(String(server.child.pid));
    expect((await sendSigned(server, {})).status).toBe(200);
  });

  it('loses nothing it acknowledged to kill -9, leaves no half object, and starts again', async () => {
    const data = freshDirectory();
    let server = await serve(data);
    await sendSigned(server, { method: 'PUT', bucket: 'survivors' });
    const acknowledged = new Map<string, Buffer>();
    for (let round = 0; round < 3; round++) {
      const attempted = new Map<string, Buffer>();
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        for (let at = 0; ; at++) {
          const key = `r${round}-w${writer}-${at}`;
          const body = randomBytes(at % 5 === 0 ? 200_000 : 3_000);
          attempted.set(key, body);
          try {
            const { status } = await sendSigned(server, {
              method: 'PUT',
              bucket: 'survivors',
              key,
              body,
            });
            if (status === 200) acknowledged.set(key, body);
          } catch {
            return;
          }
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 150 + round * 100));
      server.child.kill('SIGKILL');
      await Promise.all(writers);
      await server.outcome;
      server = await serve(data);
      for (const [key, body] of attempted) {
        const { status, body: stored } = await sendSigned(server, { bucket: 'survivors', key });
        if (acknowledged.has(key)) expect(status).toBe(200);
        if (status === 200) expect(stored.equals(body)).toBe(true);
        else expect(status).toBe(404);
      }
    }
    expect(acknowledged.size).toBeGreaterThan(20);
    for (const [key, body] of acknowledged) {
      expect((await sendSigned(server, { bucket: 'survivors', key })).body.equals(body)).toBe(true);
    }
  });

  it('tells its health and its metrics', async () => {
    const server = await serve(freshDirectory());
    await sendSigned(server, { method: 'PUT', bucket: 'measured' });
    await sendSigned(server, { bucket: 'measured', key: 'missing' });
    expect((await send(server.admin, { target: '/health/live' })).text).toBe('live\n');
    expect((await send(server.admin, { target: '/health/ready' })).text).toBe('ready\n');
    const { text, headers } = await send(server.admin, { target: '/metrics' });
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('openoss_requests_total{operation="PutBucket",status="200",code=""} 1');
    expect(text).toContain(
      'openoss_requests_total{operation="GetObject",status="404",code="NoSuchKey"} 1',
    );
    expect(text).toMatch(/openoss_request_duration_seconds_count\{operation="PutBucket"\} 1/);
    expect(text).toMatch(/openoss_commits_total [1-9]/);
    expect((await send(server.admin, { target: '/nothing' })).status).toBe(404);
    expect((await send(server.admin, { method: 'POST', target: '/metrics' })).status).toBe(405);
  });

  it('serves another region, and other host names, as told', async () => {
    const server = await serve(freshDirectory(), [
      '--region',
      'eu-central-1',
      '--host-suffix',
      'oss.example.com',
    ]);
    expect(server.region).toBe('eu-central-1');
    expect((await sendSigned(server, { method: 'PUT', bucket: 'elsewhere' })).status).toBe(200);
    const { text } = await sendSigned(server, {
      bucket: 'elsewhere',
      query: [['location', null]],
      host: 'elsewhere.oss.example.com',
      target: '/?location',
    });
    expect(text).toContain('oss-eu-central-1');
  });

  it('says what keeps it from starting', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const directory = freshDirectory();
    const inUse = await run([
      process.execPath,
      programs.openoss,
      'serve',
      '--data',
      directory,
      '--listen',
      `127.0.0.1:${port}`,
      '--admin-listen',
      'off',
    ]);
    taken.close();
    expect(inUse.status).toBe(2);
    expect(inUse.stderr).toContain(`127.0.0.1:${port} is in use by another program`);
    // The root access key is shown once: to whoever starts it for the first time with success.
    expect((await serve(directory)).announced).toContain('A root access key was made');

    const file = freshDirectory('file');
    await writeFile(file, 'not a directory');
    const notADirectory = await run([
      process.execPath,
      programs.openoss,
      'serve',
      '--data',
      file,
      '--listen',
      '0',
      '--admin-listen',
      'off',
    ]);
    expect(notADirectory.status).toBe(2);
    expect(notADirectory.stderr).toContain(`${file} cannot be used: it is a file`);
  });
});
