import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { OpenOss } from 'openoss';
import {
  cleanEnvironment,
  type Outcome,
  programs,
  type RunOptions,
  run,
  scratchDirectory,
  start,
} from './programs.js';

/** What every request is signed with where a test names no other keys. */
export const userKeys = { accessKeyId: 'test-id', accessKeySecret: 'test-secret-0123456789' };

/** Somebody who types `ossutil` in a directory of theirs, with a home and an environment of theirs. */
export interface OssutilUser {
  /** Where commands run; its own, empty at first. */
  readonly directory: string;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Runs `ossutil` to its end; `env` is added to the user's environment. */
  ossutil(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Starts `ossutil`. */
  start(args: readonly string[], options?: RunOptions): ChildProcess;
  /** Runs a line of `/bin/sh` in which `ossutil` is `"$OSSUTIL"`. */
  shell(line: string, options?: RunOptions): Promise<Outcome>;
}

/** A user whose environment is `added` and nothing else of OSS. */
export async function ossutilUser(added: NodeJS.ProcessEnv = {}): Promise<OssutilUser> {
  const scratch = await scratchDirectory();
  const directory = path.join(scratch, 'work');
  const home = path.join(scratch, 'home');
  await mkdir(directory);
  await mkdir(home);
  const environment = cleanEnvironment({ HOME: home, USERPROFILE: home, ...added });
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) {
    delete environment[name];
    delete environment[name.toLowerCase()];
  }
  const within = (options: RunOptions): RunOptions => ({
    cwd: directory,
    ...options,
    env: { ...environment, ...options.env },
  });
  return {
    directory,
    home,
    environment,
    ossutil: (args, options = {}) =>
      run([process.execPath, programs.ossutil, ...args], within(options)),
    start: (args, options = {}) =>
      start([process.execPath, programs.ossutil, ...args], within(options)),
    shell: (line, options = {}) =>
      run(
        ['/bin/sh', '-c', line],
        within({ ...options, env: { OSSUTIL: programs.ossutil, ...options.env } }),
      ),
  };
}

/** The environment that points `ossutil` at a server. */
export function pointedAt(
  endpoint: string,
  { region = 'cn-hangzhou', credentials = userKeys }: Partial<OpenOss> = {},
): NodeJS.ProcessEnv {
  return {
    OSS_ENDPOINT: endpoint,
    OSS_REGION: region,
    OSS_ACCESS_KEY_ID: credentials.accessKeyId,
    OSS_ACCESS_KEY_SECRET: credentials.accessKeySecret,
  };
}

/** What standard output is when there is nothing to show but the elapsed line. */
export const elapsedOnly = /^\n\d+\.\d{6}\(s\) elapsed\n$/;

/** `put-object` of the object that most tests are about. */
export const putObject = (...flags: string[]): string[] => [
  'api',
  'put-object',
  '--bucket',
  'examplebucket',
  '--key',
  'exampleobject',
  ...flags,
];
