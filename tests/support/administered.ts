/** A served OpenOSS with RAM beside it, and `openoss admin` as its operator runs it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { Reachable } from './http.js';
import { cleanEnvironment, type Outcome, outcomeOf, programs, run, start } from './programs.js';

export interface Administered {
  readonly oss: Reachable;
  /** Where it speaks RAM. */
  readonly rpc: string;
  readonly data: string;
  /** Runs a command, with the root access key in the environment unless told otherwise. */
  readonly admin: (args: readonly string[], options?: AdminRun) => Promise<Outcome>;
  /** What a command prints with --json. Fails unless it ends well. */
  readonly adminJson: <T>(...args: string[]) => Promise<T>;
}

export interface AdminRun {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly cwd?: string;
}

/** Starts `openoss serve` with a directory key on a data directory; it is killed after the file's tests. */
export async function startAdministered(data: string): Promise<Administered> {
  const key = { OPENOSS_DIRECTORY_KEY: Buffer.alloc(32, 5).toString('base64') };
  const child = start(
    [
      ...[process.execPath, programs.openoss, 'serve', '--data', data],
      ...['--listen', '127.0.0.1:0', '--rpc-listen', '127.0.0.1:0', '--admin-listen', 'off'],
    ],
    { env: cleanEnvironment(key) },
  );
  afterAll(() => {
    child.kill('SIGKILL');
  });
  const outcome = outcomeOf(child);
  const announced = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('is ready at')) resolve(text);
    });
    outcome.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
  const [, endpoint = '', region = ''] = /is ready at (\S+) \(region (\S+),/.exec(announced) ?? [];
  const [, rpc = ''] = /RAM and STS are at (\S+)/.exec(announced) ?? [];
  const kept = await readFile(path.join(data, 'root-credentials.json'), 'utf8');
  const credentials: Reachable['credentials'] = JSON.parse(kept);
  const root = {
    OPENOSS_RPC_ENDPOINT: rpc,
    OPENOSS_ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
    OPENOSS_ROOT_ACCESS_KEY_SECRET: credentials.accessKeySecret,
  };
  const admin: Administered['admin'] = (args, { env = root, ...options } = {}) =>
    run([process.execPath, programs.openoss, 'admin', ...args], {
      env: cleanEnvironment(env),
      ...options,
    });
  return {
    oss: { endpoint, region, credentials },
    rpc,
    data,
    admin,
    async adminJson(...args) {
      const { status, stdout, stderr } = await admin([...args, '--json']);
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
      return JSON.parse(stdout);
    },
  };
}
