/**
 * What `ossutil` draws on a terminal, and that it draws nothing where there is none. Python's `pty`
 * makes the terminal: Node.js has nothing for it. Where there is no Python the drawing is left to the
 * unit tests of the progress bar.
 */
import { execFileSync } from 'node:child_process';
import { truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import {
  answeringServer,
  rawHttpServer,
  refuse,
} from '../../packages/client/src/testing/loopback-server.js';
import {
  elapsedOnly,
  type OssutilUser,
  ossutilUser,
  pointedAt,
  putObject,
} from '../support/ossutil-user.js';
import { type Outcome, programs, run } from '../support/programs.js';

const MiB = 1024 * 1024;

let user: OssutilUser;
beforeAll(async () => {
  user = await ossutilUser();
  await writeFile(path.join(user.directory, 'large'), '');
  await truncate(path.join(user.directory, 'large'), 12 * MiB);
});

/**
 * Runs a program behind a terminal that was never told its size, as those of CI are not; what it shows
 * is on standard output.
 */
const onTerminal = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    try:
        shown = os.read(terminal, 65536)
    except OSError:
        break
    if not shown:
        break
    os.write(1, shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

let hasTerminal = true;
beforeAll(() => {
  try {
    const probe = 'import pty, os; os.waitstatus_to_exitcode';
    execFileSync('python3', ['-c', probe], { stdio: 'ignore' });
  } catch {
    hasTerminal = false;
  }
});

/** What a command shows on a terminal, escape characters as `␛`. */
async function shown(
  context: TestContext,
  args: readonly string[],
  endpoint: string,
): Promise<Pick<Outcome, 'status'> & { readonly text: string }> {
  if (!hasTerminal) context.skip('needs a terminal: install Python 3.9 or newer (python3)');
  const { status, stdout } = await run(
    ['python3', '-c', onTerminal, process.execPath, programs.ossutil, ...args],
    { cwd: user.directory, env: { ...user.environment, ...pointedAt(endpoint) } },
  );
  return { status, text: stdout.replaceAll('\u001b', '␛') };
}

/** A server that takes 12 MiB in a second and a half: long enough for a bar on a busy machine too. */
const slowServer = () =>
  rawHttpServer(async (message, response) => {
    let received = 0;
    for await (const chunk of message) {
      received += chunk.length;
      if (received > 2 * MiB) {
        received = 0;
        await delay(250);
      }
    }
    response.end();
  });

describe('the progress of a large upload', () => {
  it('is drawn on a terminal in one line, which is gone when the answer is shown', async (context) => {
    const { endpoint } = await slowServer();
    const put = putObject('--body', 'file://large', '--output-format', 'json');
    const { status, text } = await shown(context, put, endpoint);
    expect(status).toBe(0);
    const end = text.indexOf('\r␛[K');
    const lines = text.slice(0, end).split('␛[K').slice(0, -1);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      expect(line).toMatch(/^\r\[=* *\] {2} ?[ \d]?\d% {2}[\d.]+ [KM]iB \/ 12\.0 MiB/);
      expect(line.length).toBeLessThanOrEqual(80);
    }
    expect(lines.some((line) => /[\d.]+ MiB\/s {2}\d+s left/.test(line))).toBe(true);
    expect(text.slice(end)).toMatch(
      /^\r␛\[K\{\r\n {2}"Header": [^␛]*\r\n\}\r\n\d+\.\d{6}\(s\) elapsed\r\n$/,
    );
  });

  it('is not drawn with -q, nor for a small body', async (context) => {
    const { endpoint } = await slowServer();
    const quiet = await shown(context, putObject('--body', 'file://large', '-q'), endpoint);
    expect(quiet).toEqual({ status: 0, text: '' });
    const small = await shown(context, putObject('--body', 'x'), endpoint);
    expect(small.text).toMatch(/^\r\n\d+\.\d{6}\(s\) elapsed\r\n$/);
  });

  it('is not drawn in a pipe', async () => {
    const { endpoint } = await slowServer();
    const { stderr, stdout } = await user.ossutil(putObject('--body', 'file://large'), {
      env: pointedAt(endpoint),
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(elapsedOnly);
  });
});

describe('a retry', () => {
  it('is announced on a terminal, and the line is gone when the result is shown', async (context) => {
    const { endpoint } = await answeringServer((response, _, index) => {
      if (index < 1) refuse(response, 503, 'ServiceUnavailable');
      else response.end();
    });
    const { status, text } = await shown(context, putObject('--body', 'x'), endpoint);
    expect(status).toBe(0);
    expect(text).toMatch(
      /^\rattempt 2 of 11, after: 503 ServiceUnavailable␛\[K\r␛\[K\r\n[\d.]+\(s\) elapsed\r\n$/,
    );
  });
});
