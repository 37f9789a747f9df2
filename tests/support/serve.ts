import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { OpenOss } from 'openoss';
import { onTestFinished } from 'vitest';
import { cleanEnvironment, type Outcome, outcomeOf, programs, start } from './programs.js';

/** An `openoss serve` that is running. */
export interface Server extends Pick<OpenOss, 'endpoint' | 'region' | 'credentials'> {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** What it printed until it was ready. */
  readonly announced: string;
  /** Where its health and metrics are. */
  readonly admin: string;
}

/** Starts `openoss serve` on free ports and waits until it is ready; it is killed when the test is over. */
export async function serve(
  data: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Server> {
  const child = start(
    [
      process.execPath,
      programs.openoss,
      'serve',
      '--data',
      data,
      '--listen',
      '127.0.0.1:0',
      '--admin-listen',
      '127.0.0.1:0',
      ...args,
      ...workersUnlessTold(args),
    ],
    { env: cleanEnvironment(env) },
  );
  onTestFinished(() => {
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
  const ready =
    /is ready at (\S+) \(region (\S+), data in (.*), health and metrics at (\S+)\)/.exec(announced);
  const kept: unknown = JSON.parse(
    await readFile(path.join(data, 'root-credentials.json'), 'utf8').catch(() => 'null'),
  );
  return {
    child,
    outcome,
    announced,
    endpoint: ready?.[1] ?? '',
    region: ready?.[2] ?? '',
    admin: ready?.[4] ?? '',
    credentials: (kept as OpenOss['credentials']) ?? {
      accessKeyId: env.OPENOSS_ROOT_ACCESS_KEY_ID ?? '',
      accessKeySecret: env.OPENOSS_ROOT_ACCESS_KEY_SECRET ?? '',
    },
  };
}

/** In the `workers` project (vitest.config.ts) servers have some. */
function workersUnlessTold(args: readonly string[]): readonly string[] {
  const workers = process.env.OPENOSS_TEST_WORKERS;
  const isTold = args.some((arg) => arg.startsWith('--workers'));
  return workers === undefined || isTold ? [] : ['--workers', workers];
}
