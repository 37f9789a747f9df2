/** A served OpenOSS with RAM beside it, and `openoss admin` as its operator runs it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll } from 'vitest';
import { admin as runAdmin } from '../../packages/openoss/src/admin/admin.js';
import { UsageError } from '../../packages/openoss/src/command-line.js';
import type { Reachable } from './http.js';
import { cleanEnvironment, type Outcome, outcomeOf, programs, start } from './programs.js';

type Ended = Pick<Outcome, 'status' | 'stdout' | 'stderr'>;

export interface Administered {
  readonly oss: Reachable;
  /** Where it speaks RAM. */
  readonly rpc: string;
  readonly data: string;
  /** The root access key, and where to call, as the environment tells it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a command in this process, with that environment unless told otherwise. */
  readonly admin: (args: readonly string[], options?: AdminRun) => Promise<Ended>;
  /** What a command prints with --json. Fails unless it ends well. */
  readonly adminJson: <T>(...args: string[]) => Promise<T>;
}

export interface AdminRun {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/**
 * Starts `openoss serve` with a directory key, and what else its environment is to have, on a data directory; it is
 * killed after the file's tests.
 */
export async function startAdministered(
  data: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Administered> {
  const key = { OPENOSS_DIRECTORY_KEY: Buffer.alloc(32, 5).toString('base64'), ...more };
  const child = start(
    [
      ...[process.execPath, programs.openoss, 'serve', '--data', data],
      ...['--listen', '127.0.0.1:0', '--rpc-listen', '127.0.0.1:0', '--admin-listen', 'off'],
    ],
    { env: cleanEnvironment(key) },
  );
  const outcome = outcomeOf(child);
  // What still writes into the directory would keep it from being removed.
  afterAll(async () => {
    child.kill('SIGKILL');
    await outcome;
  });
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
  const environment = {
    OPENOSS_RPC_ENDPOINT: rpc,
    OPENOSS_ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
    OPENOSS_ROOT_ACCESS_KEY_SECRET: credentials.accessKeySecret,
  };
  const admin: Administered['admin'] = async (args, { env = environment, input = '' } = {}) => {
    const written = { stdout: '', stderr: '' };
    const edge = {
      out: { write: (text: string) => (written.stdout += text) },
      err: { write: (text: string) => (written.stderr += text) },
      input: Readable.from([input]),
      environment: env,
      isWatched: false,
      interruption: () => new AbortController().signal,
    };
    try {
      return { status: await runAdmin(args, edge), ...written };
    } catch (error) {
      // What main.ts makes of it.
      if (!(error instanceof UsageError)) throw error;
      return { status: 1, stdout: written.stdout, stderr: `openoss: ${error.message}\n` };
    }
  };
  return {
    oss: { endpoint, region, credentials },
    rpc,
    data,
    environment,
    admin,
    async adminJson(...args) {
      const { status, stdout, stderr } = await admin([...args, '--json']);
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
      return JSON.parse(stdout);
    },
  };
}
