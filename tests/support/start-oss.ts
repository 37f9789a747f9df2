import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type OpenOss, type OpenOssOptions, startOpenOss } from 'openoss';
import { sendSigned } from './http.js';
import { cleanEnvironment, outcomeOf, programs, start } from './programs.js';

/**
 * A service to send requests to. It runs in this process, or, where OPENOSS_TEST_WORKERS says how
 * many (the `workers` project of vitest.config.ts), as `openoss serve` with workers: what clients see
 * must be the same.
 */
export async function startOss(
  options: Pick<OpenOssOptions, 'buckets' | 'dataDirectory'> = {},
): Promise<OpenOss> {
  const workers = process.env.OPENOSS_TEST_WORKERS;
  return workers === undefined ? startOpenOss(options) : startWithWorkers(workers, options);
}

async function startWithWorkers(
  workers: string,
  { buckets = [], dataDirectory }: Pick<OpenOssOptions, 'buckets' | 'dataDirectory'>,
): Promise<OpenOss> {
  const credentials = { accessKeyId: 'wire', accessKeySecret: 'wire-secret-0123456789' };
  const temporary =
    dataDirectory === undefined ? await mkdtemp(path.join(tmpdir(), 'openoss-')) : undefined;
  const child = start(
    [
      ...[process.execPath, programs.openoss, 'serve', '--data', dataDirectory ?? temporary ?? ''],
      ...['--listen', '127.0.0.1:0', '--admin-listen', 'off'],
      ...['--workers', workers, '--log-level', 'warn'],
    ],
    {
      env: cleanEnvironment({
        OPENOSS_ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
        OPENOSS_ROOT_ACCESS_KEY_SECRET: credentials.accessKeySecret,
        OPENOSS_KMS_ROOT_KEY: Buffer.alloc(32, 5).toString('base64'),
      }),
    },
  );
  const outcome = outcomeOf(child);
  const [announced] = await Promise.race([
    once(child.stdout ?? child, 'data'),
    outcome.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ]);
  const [, endpoint = '', region = ''] =
    /is ready at (\S+) \(region (\S+),/.exec(String(announced)) ?? [];
  const oss = { endpoint, rpcEndpoint: undefined, region, credentials };
  const createBucket = async (bucket: string): Promise<void> => {
    const { status, text } = await sendSigned(oss, { method: 'PUT', bucket });
    if (status !== 200) throw new Error(text);
  };
  for (const bucket of buckets) await createBucket(bucket);
  return {
    ...oss,
    createBucket,
    async close() {
      child.kill('SIGTERM');
      const { status, stderr } = await outcome;
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
      if (status !== 0) throw new Error(`openoss ended with ${status}: ${stderr}`);
    },
  };
}
