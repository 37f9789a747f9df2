import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { credentialsDocument, readDocument, testExchange } from '../testing/exchange-options.js';
import { credentialsProcess } from './credentials-process.js';

const run = (command: string, timeoutMs = 10_000, options = testExchange()) =>
  credentialsProcess({
    command,
    timeoutMs,
    environment: { PATH: process.env.PATH, GREETING: 'hello' },
    workingDirectory: tmpdir(),
    log: options.log,
    signal: options.signal,
  })();

describe('credentials of a process', () => {
  it('are what it prints, whatever it complains of', async () => {
    const document = JSON.stringify(credentialsDocument());
    expect(await run(`echo beware >&2; printf '%s' '${document}'`)).toEqual(readDocument);
    expect(await run(`printf '{"AccessKeyId":"%s","AccessKeySecret":"s"}' "$GREETING"`)).toEqual({
      accessKeyId: 'hello',
      accessKeySecret: 's',
      expiration: undefined,
    });
  });

  it('do not take standard input away from the upload', async () => {
    expect(
      await run(`[ -z "$(cat)" ] && printf '{"AccessKeyId":"i","AccessKeySecret":"s"}'`),
    ).toMatchObject({ accessKeyId: 'i' });
  });

  it.each([
    ['echo "no  seat" >&2; exit 3', /^error in credential_process: exit status 3: no {2}seat$/],
    ['exit 1', /^error in credential_process: exit status 1$/],
    ['kill -9 $$', /^error in credential_process: ended by SIGKILL$/],
    ['no-such-command-anywhere', /^error in credential_process: exit status 127: .*not found/],
    ['echo my-secret', /^error in credential_process: there is no JSON in process output$/],
    ['true', /there is no JSON in process output$/],
    [
      'echo \'{"AccessKeyId":"my-secret"}\'; echo hint >&2',
      /^error in credential_process: missing AccessKeyId or AccessKeySecret in process output: hint$/,
    ],
    [
      `printf '{"AccessKeyId":"i","AccessKeySecret":"my-secret","Expiration":"soon"}'`,
      /Expiration is no time/,
    ],
    ['head -c 70000 /dev/zero', /it printed more than 64 KiB$/],
    ['yes', /it printed more than 64 KiB$/],
  ])('are an error for %s', async (command, message) => {
    const failure: unknown = await run(command).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'CredentialsError',
      message: expect.stringMatching(message),
    });
    expect(String((failure as Error).stack)).not.toContain('my-secret');
  });

  it('are told with the end of what it complained of, and nothing that moves a cursor', async () => {
    const failed = run(
      `printf '\\033[2Jbell\\007' >&2; head -c 100000 /dev/zero | tr '\\0' x >&2; printf ' the end' >&2; exit 1`,
    );
    await expect(failed).rejects.toThrow(
      /^error in credential_process: exit status 1: x{1000,2000} the end$/,
    );
    await expect(run(`printf '\\033[2Jbell\\007' >&2; exit 1`)).rejects.toThrow(
      /exit status 1: {1,2}\[2Jbell ?$/,
    );
  });

  it('are not waited for without end, nor what the process has started', async () => {
    const started = Date.now();
    const failed = run('echo waiting >&2; sleep 30 & sleep 30', 300);
    await expect(failed).rejects.toThrow(
      'credential process timed out: it ran longer than 0.3 s: waiting',
    );
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it('are given up when the program is', async () => {
    const options = testExchange();
    const waiting = run('sleep 30', 10_000, options);
    setTimeout(() => options.canceler.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ name: 'CanceledError' });
    await expect(run('true', 1000, options)).rejects.toMatchObject({ name: 'CanceledError' });
  });
});
