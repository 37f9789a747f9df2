/** RAM and STS beside OSS, as an operator has them. */
import { writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import path from 'node:path';
import { startOpenOss } from 'openoss';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sendSigned } from '../support/http.js';
import { officialClients, ram, refusalOf } from '../support/official-packages.js';
import { freshDirectories } from '../support/operator.js';
import { callOwn } from '../support/own-calls.js';
import { cleanEnvironment, programs, run } from '../support/programs.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { serve } from '../support/serve.js';

const freshDirectory = await freshDirectories();
const key = { OPENOSS_DIRECTORY_KEY: Buffer.alloc(32, 3).toString('base64') };
const rpcOf = (announced: string) => /RAM and STS are at (\S+)/.exec(announced)?.[1] ?? '';
const createKey = new ram.CreateAccessKeyRequest({ userName: 'alice' });

describe('openoss serve --rpc-listen', () => {
  it.each(['0', '2'])(
    'keeps users and their keys over a restart, with %s workers',
    async (count) => {
      const data = freshDirectory();
      const args = ['--rpc-listen', '127.0.0.1:0', '--workers', count];
      const first = await serve(data, args, key);
      const root = officialClients(rpcOf(first.announced), first.credentials).ram;
      await root.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
      const { body } = await root.createAccessKey(createKey);
      const { accessKeyId = '', accessKeySecret = '' } = body?.accessKey ?? {};
      first.child.kill('SIGTERM');
      expect(await first.outcome).toMatchObject({ status: 0, signal: null });

      const second = await serve(data, args, key);
      const alice = officialClients(rpcOf(second.announced), { accessKeyId, accessKeySecret });
      const { body: who } = await alice.sts.getCallerIdentity();
      expect(who?.arn).toMatch(/^acs:ram::\d{16}:user\/alice$/);
    },
  );

  it('makes no access key without a directory key, and says why', async () => {
    const server = await serve(freshDirectory(), ['--rpc-listen', '127.0.0.1:0']);
    const root = officialClients(rpcOf(server.announced), server.credentials).ram;
    await root.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
    expect(await refusalOf(root.createAccessKey(createKey))).toBe('503 ServiceUnavailable');
  });

  it('speaks HTTPS where OSS does', async () => {
    const folder = freshDirectory();
    const files = [`${folder}-cert.pem`, `${folder}-key.pem`] as const;
    await writeFile(files[0], selfSignedCertificate.cert);
    await writeFile(files[1], selfSignedCertificate.key);
    const tls = ['--tls-cert', files[0], '--tls-key', files[1]];
    const server = await serve(folder, ['--rpc-listen', '127.0.0.1:0', ...tls]);
    const status = await new Promise((resolve, reject) => {
      const options = { ca: selfSignedCertificate.cert };
      get(rpcOf(server.announced), options, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).once('error', reject);
    });
    expect(status).toBe(400);
  });

  it('is refused with status 2 on an address that is taken, and nothing is left open', async () => {
    const taken = await serve(freshDirectory());
    const { host } = new URL(taken.endpoint);
    const { status, stderr } = await run(
      [process.execPath, programs.openoss, 'serve', '--data', freshDirectory()].concat([
        '--listen',
        '127.0.0.1:0',
        '--admin-listen',
        '127.0.0.1:0',
        '--rpc-listen',
        host,
      ]),
      { env: cleanEnvironment({}) },
    );
    expect(status).toBe(2);
    expect(stderr).toContain(`${host} is in use by another program`);
  });

  it('is not served unless told', async () => {
    expect(rpcOf((await serve(freshDirectory())).announced)).toBe('');
  });
});

it('startOpenOss() serves RAM and STS on request', async () => {
  const oss = await startOpenOss({ rpc: {} });
  onTestFinished(() => oss.close());
  const root = officialClients(oss.rpcEndpoint ?? '', oss.credentials).ram;
  await root.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
  expect((await root.createAccessKey(createKey)).body?.accessKey?.status).toBe('Active');
  const other = await startOpenOss();
  onTestFinished(() => other.close());
  expect(other.rpcEndpoint).toBeUndefined();
});

it('startOpenOss() on a kept directory tells the root access key that counts, also when it was rotated', async () => {
  const dataDirectory = freshDirectory();
  const first = await startOpenOss({ dataDirectory, rpc: {} });
  const { answer } = await callOwn(first.rpcEndpoint, first.credentials, 'RotateRootAccessKey');
  await first.close();
  const second = await startOpenOss({ dataDirectory });
  onTestFinished(() => second.close());
  const { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret } = second.credentials;
  expect({ AccessKeyId, AccessKeySecret }).toEqual(answer.AccessKey);
  expect((await sendSigned(second, {})).status).toBe(200);
});

it('openoss dev --rpc-listen tells the command where they are', async () => {
  const dev = [process.execPath, programs.openoss, 'dev', '--rpc-listen', '127.0.0.1:0', '--'];
  const script =
    'fetch(process.env.OPENOSS_RPC_ENDPOINT).then(({ status }) => console.log(status, process.env.OSS_STS_ENDPOINT === process.env.OPENOSS_RPC_ENDPOINT))';
  const { status, stdout } = await run([...dev, process.execPath, '-e', script], {
    env: cleanEnvironment({ TMPDIR: path.dirname(freshDirectory()) }),
  });
  expect(stdout).toBe('400 true\n');
  expect(status).toBe(0);
});
