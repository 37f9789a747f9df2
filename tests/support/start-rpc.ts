import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog, startService } from '@openoss/server';
import { onTestFinished } from 'vitest';

/** RAM, STS and KMS, and OSS beside them, in this process and with a clock of their own, until the test is over. */
export async function startRpc({
  tls,
  environment,
}: {
  /** PEM; with them it speaks HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Counts before what it is started with unless told. */
  readonly environment?: Readonly<Record<string, string>>;
} = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'openoss-rpc-'));
  const clock = { ahead: 0 };
  const root = { accessKeyId: 'rootkeyid', accessKeySecret: 'rootkeysecret' };
  const service = await startService({
    directory: folder,
    listen: { host: '127.0.0.1', port: 0 },
    rpcListen: { host: '127.0.0.1', port: 0 },
    region: 'cn-hangzhou',
    tls,
    minFreeBytes: 256 * 1024,
    environment: {
      OPENOSS_ROOT_ACCESS_KEY_ID: root.accessKeyId,
      OPENOSS_ROOT_ACCESS_KEY_SECRET: root.accessKeySecret,
      OPENOSS_DIRECTORY_KEY: Buffer.alloc(32, 9).toString('base64'),
      OPENOSS_KMS_ROOT_KEY: Buffer.alloc(32, 8).toString('base64'),
      ...environment,
    },
    log: createLog('warn'),
    now: () => Date.now() + clock.ahead,
  });
  onTestFinished(async () => {
    await service.close(1000);
    await rm(folder, { recursive: true, force: true });
  });
  const { rpcEndpoint: endpoint = '', account, directory } = service;
  return { endpoint, oss: service, root, account, directory, clock };
}
