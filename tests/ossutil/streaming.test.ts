/** Long transfers of `ossutil`: how much memory they take, and how they end before their time. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drain, rawHttpServer } from '../../packages/client/src/testing/loopback-server.js';
import { sendSigned } from '../support/http.js';
import { type OssutilUser, ossutilUser, pointedAt, putObject } from '../support/ossutil-user.js';
import { outcomeOf } from '../support/programs.js';

const MiB = 1024 * 1024;

let oss: OpenOss;
let user: OssutilUser;
beforeAll(async () => {
  oss = await startOpenOss({ buckets: ['examplebucket'] });
  user = await ossutilUser(pointedAt(oss.endpoint, oss));
});
afterAll(() => oss.close());

const stored = (key: string) => sendSigned(oss, { bucket: 'examplebucket', key });

describe('standard input as a body', () => {
  it('is on its way as soon as it comes, in chunks', async () => {
    let received = '';
    let headers: NodeJS.Dict<string | string[]> = {};
    const { endpoint } = await rawHttpServer(async (message, response) => {
      headers = message.headers;
      for await (const chunk of message) received += chunk;
      response.end();
    });
    const child = user.start(putObject('--body', '-'), { env: pointedAt(endpoint) });
    const outcome = outcomeOf(child);
    child.stdin?.write('first');
    await expect.poll(() => received, { timeout: 10_000 }).toBe('first');
    child.stdin?.end(' second');
    expect(await outcome).toMatchObject({ status: 0, stderr: '' });
    expect(received).toBe('first second');
    expect(headers['transfer-encoding']).toBe('chunked');
    expect(headers['content-length']).toBeUndefined();
  });

  // /proc tells the peak of a process, and only while it lives: the server looks before it answers.
  it.runIf(process.platform === 'linux')(
    'of 400 MB takes no more memory than one of a byte, but for 64 MiB',
    async () => {
      const pidFile = path.join(user.directory, 'pid');
      let peak = 0;
      const { endpoint } = await rawHttpServer(async (message, response) => {
        await drain(message);
        const status = await readFile(`/proc/${(await readFile(pidFile, 'utf8')).trim()}/status`);
        peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status.toString())?.[1]) * 1024;
        response.end();
      });
      const peakOf = async (bytes: number): Promise<number> => {
        const put = putObject('--body', '-').join(' ');
        const outcome = await user.shell(
          `head -c ${bytes} /dev/zero | sh -c 'echo $$ > pid; exec "$OSSUTIL" ${put}'`,
          { env: pointedAt(endpoint) },
        );
        expect(outcome).toMatchObject({ status: 0, stderr: '' });
        return peak;
      };
      const idle = await peakOf(1);
      expect(idle).toBeGreaterThan(10 * MiB);
      expect((await peakOf(400_000_000)) - idle).toBeLessThan(64 * MiB);
    },
  );
});

describe('an object that goes to standard output', () => {
  // The server looks before it sends the last bytes, when all others are on their way.
  it.runIf(process.platform === 'linux')(
    'of 400 MB takes no more memory than one of 64 KiB, but for 64 MiB',
    async () => {
      const pidFile = path.join(user.directory, 'pid');
      const chunk = Buffer.alloc(64 * 1024);
      let chunks = 1;
      let peak = 0;
      const { endpoint } = await rawHttpServer(async (_, response) => {
        response.setHeader('Content-Length', chunks * chunk.length);
        response.flushHeaders();
        for (let left = chunks; left > 1; left--) {
          if (!response.write(chunk)) await once(response, 'drain');
        }
        const status = await readFile(`/proc/${(await readFile(pidFile, 'utf8')).trim()}/status`);
        peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status.toString())?.[1]) * 1024;
        response.end(chunk);
      });
      const peakOf = async (count: number): Promise<number> => {
        chunks = count;
        const get = 'api get-object --bucket examplebucket --key exampleobject';
        const outcome = await user.shell(
          `sh -c 'echo $$ > pid; exec "$OSSUTIL" ${get} -q' | wc -c`,
          { env: pointedAt(endpoint) },
        );
        expect(outcome).toMatchObject({ status: 0, stderr: '' });
        expect(Number(outcome.stdout)).toBe(count * chunk.length);
        return peak;
      };
      const idle = await peakOf(1);
      expect(idle).toBeGreaterThan(10 * MiB);
      expect((await peakOf(6104)) - idle).toBeLessThan(64 * MiB);
    },
  );
});

describe('Ctrl-C during an upload', () => {
  it('ends it with status 5 and one line, and nothing is stored', async () => {
    const child = user.start(putObject('--key', 'interrupted', '--body', '-'));
    const outcome = outcomeOf(child);
    child.stdin?.on('error', () => {});
    // What the pipe has taken all of, the program has read nearly all of, and is sending.
    await new Promise((resolve) => child.stdin?.write(Buffer.alloc(20 * MiB), resolve));
    child.kill('SIGINT');
    expect(await outcome).toMatchObject({ status: 5, stdout: '', stderr: 'Error: interrupted\n' });
    expect((await stored('interrupted')).status).toBe(404);
  });

  it('ends the wait before a retry too', async () => {
    let seen = () => {};
    const requested = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const { endpoint } = await rawHttpServer((_, response) => {
      response.writeHead(503).end(seen);
    });
    const child = user.start(putObject('--body', 'x'), { env: pointedAt(endpoint) });
    const outcome = outcomeOf(child);
    await requested;
    child.kill('SIGINT');
    expect(await outcome).toMatchObject({ status: 5, stdout: '', stderr: 'Error: interrupted\n' });
  });
});

describe('the reader of standard output', () => {
  const bytes = Buffer.alloc(3_000_000, 'openoss ');
  beforeAll(async () => {
    await writeFile(path.join(user.directory, 'large'), bytes);
    const put = await user.ossutil(putObject('--key', 'large', '--body', 'file://large'));
    expect(put.status).toBe(0);
  });

  const get = '"$OSSUTIL" api get-object --bucket examplebucket --key large -q';

  it('may go away: the program ends in silence, as SIGPIPE would have it', async () => {
    const { stdout, stderr } = await user.shell(`{ ${get}; echo $? > status; } | head -c 10`);
    expect(stdout).toBe('openoss op');
    expect(stderr).toBe('');
    expect(await readFile(path.join(user.directory, 'status'), 'utf8')).toBe('141\n');
  });

  it('may take its time: every byte comes', async () => {
    const child = user.start([
      ...['api', 'get-object', '--bucket', 'examplebucket', '--key', 'large', '-q'],
      ...['--read-timeout', '1'],
    ]);
    const outcome = outcomeOf(child);
    child.stdin?.end();
    // Longer than the read timeout: it is not the service that is slow.
    child.stdout?.pause();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.stdout?.resume();
    const { status, stdoutBytes } = await outcome;
    expect(status).toBe(0);
    expect(stdoutBytes.equals(bytes)).toBe(true);
  });

  it.runIf(process.platform === 'linux')('may have no room left: that is an error', async () => {
    const full = await user.shell(`${get} > /dev/full`);
    expect(full.status).toBe(3);
    expect(full.stderr).toMatch(/^Error: standard output cannot be written: ENOSPC.*\n$/);
    // Nor can the error be written, here: the status says it.
    const missing = '"$OSSUTIL" api get-object --bucket examplebucket --key missing';
    const mute = await user.shell(`${missing} 2> /dev/full`);
    expect(mute).toMatchObject({ status: 2, stdout: '', stderr: '' });
  });
});
