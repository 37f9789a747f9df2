/** `openoss dev`: a throw-away server around a command, or with export lines. */
import { mkdtempSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  cleanEnvironment,
  outcomeOf,
  programs,
  run,
  scratchDirectory,
  start,
} from '../support/programs.js';

const directory = await scratchDirectory();
const dev = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run([process.execPath, programs.openoss, 'dev', ...args], {
    env: cleanEnvironment({ TMPDIR: directory, ...env }),
  });

describe('openoss dev -- COMMAND', () => {
  it('gives the command a server of its own, and ends with its status', async () => {
    const script = `
      const { OSS_ENDPOINT, OSS_REGION, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET } = process.env;
      if (OSS_REGION !== 'cn-hangzhou' || !OSS_ACCESS_KEY_ID || !OSS_ACCESS_KEY_SECRET) process.exit(99);
      fetch(OSS_ENDPOINT + '/nosuchbucket').then(async (answer) => {
        process.stdout.write((await answer.text()).match(/<Code>(.*)<\\/Code>/)[1]);
        process.exitCode = 7;
      });`;
    const { status, stdout, stderr } = await dev([
      '--bucket',
      'b-one',
      '--',
      process.execPath,
      '-e',
      script,
    ]);
    expect(stderr).toBe('');
    expect(stdout).toBe('NoSuchBucket');
    expect(status).toBe(7);
    expect(readdirSync(directory).filter((name) => name.startsWith('openoss-'))).toEqual([]);
  });

  it('makes the buckets, and ossutil works inside without more', async () => {
    const { status, stdout, stderr } = await dev([
      '--bucket',
      'b-one',
      '--bucket=b-two',
      '--',
      '/bin/sh',
      '-c',
      `"${process.execPath}" "${programs.ossutil}" api put-object --bucket b-two --key k --body "hi oss" -q && "${process.execPath}" "${programs.ossutil}" api get-object --bucket b-two --key k -q`,
    ]);
    expect(stderr).toBe('');
    expect(stdout).toBe('hi oss');
    expect(status).toBe(0);
  });

  it("keeps the user's own token, role, profile and configuration out", async () => {
    const { stdout } = await dev(
      ['--', process.execPath, '-e', 'console.log(JSON.stringify(process.env))'],
      {
        OSS_SESSION_TOKEN: 'users-token',
        OSS_SECURITY_TOKEN: 'users-token',
        OSS_ROLE_ARN: 'users-role',
        OSS_ROLE_SESSION_NAME: 'users-session',
        OSSUTIL_PROFILE: 'users-profile',
        OSSUTIL_CONFIG_FILE: '/users/file',
        OSS_ENDPOINT: 'https://users.example',
        OSS_STS_ENDPOINT: 'https://users.example',
        OSS_ACCESS_KEY_ID: 'users-id',
        OPENOSS_ROOT_ACCESS_KEY_ID: 'users-root',
        OPENOSS_ROOT_ACCESS_KEY_SECRET: 'users-root',
      },
    );
    expect(stdout).not.toContain('users');
  });

  it('forwards signals, and has the status that a shell would have', async () => {
    const child = start(
      [
        process.execPath,
        programs.openoss,
        'dev',
        '--',
        process.execPath,
        '-e',
        'console.log("up"); setInterval(() => {}, 1000)',
      ],
      {
        env: cleanEnvironment({ TMPDIR: directory }),
      },
    );
    const outcome = outcomeOf(child);
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    expect((await outcome).status).toBe(143);
  });

  it('says when the command does not exist', async () => {
    const { status, stderr } = await dev(['--', 'no-such-command-anywhere']);
    expect(status).toBe(127);
    expect(stderr).toContain('command not found: no-such-command-anywhere');
  });

  it('refuses a bucket name that is none', async () => {
    const { status, stderr } = await dev(['--bucket', 'NO', '--', 'true']);
    expect(status).toBe(2);
    expect(stderr).toContain('The specified bucket is not valid.');
  });
});

describe('openoss dev', () => {
  it('prints export lines that a shell understands, and stays until it is stopped', async () => {
    const scratch = mkdtempSync(path.join(directory, 'scratch-'));
    const child = start([process.execPath, programs.openoss, 'dev', '--bucket', 'b-one'], {
      env: cleanEnvironment({ TMPDIR: scratch }),
    });
    const outcome = outcomeOf(child);
    const lines = await new Promise<string>((resolve) => {
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('unset')) resolve(text);
      });
    });
    const { stdout } = await run(
      [
        '/bin/sh',
        '-c',
        `${lines}\n"${process.execPath}" "${programs.ossutil}" api list-buckets -q`,
      ],
      {
        env: cleanEnvironment({ OSS_SESSION_TOKEN: 'users-token' }),
      },
    );
    expect(stdout).toContain('<Name>b-one</Name>');
    child.kill('SIGINT');
    expect((await outcome).status).toBe(0);
    expect(readdirSync(scratch)).toEqual([]);
  });
});
