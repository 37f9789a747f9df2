/** `--block-public-access`: what is new starts closed to the public, as it does for newer accounts of OSS. */
import { type OpenOss, startOpenOss } from 'openoss';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorOf, type Reachable, send, sendSigned, type WireRequest } from '../support/http.js';
import { freshDirectories } from '../support/operator.js';
import { cleanEnvironment, programs, run } from '../support/programs.js';
import { serve } from '../support/serve.js';

const freshDirectory = await freshDirectories();
const blockOf = (bucket: string) =>
  ({ bucket, query: [['publicAccessBlock', null]] }) satisfies WireRequest;

async function isBlocked(oss: Reachable, bucket: string): Promise<boolean> {
  const { status, text } = await sendSigned(oss, blockOf(bucket));
  expect(status).toBe(200);
  return text.includes('<BlockPublicAccess>true</BlockPublicAccess>');
}

const put = (oss: Reachable, bucket: string, acl?: string) =>
  sendSigned(oss, {
    method: 'PUT',
    bucket,
    ...(acl === undefined ? {} : { headers: { 'x-oss-acl': acl } }),
  });

async function started(blockPublicAccess?: boolean): Promise<OpenOss> {
  const oss = await startOpenOss({
    buckets: ['of-the-start'],
    ...(blockPublicAccess === undefined ? {} : { blockPublicAccess }),
  });
  onTestFinished(() => oss.close());
  return oss;
}

describe('with it', () => {
  it('every new bucket is blocked, whatever makes it, and cannot be opened as it is made', async () => {
    const oss = await started(true);
    expect(await isBlocked(oss, 'of-the-start')).toBe(true);

    expect((await put(oss, 'private-one')).status).toBe(200);
    expect(await isBlocked(oss, 'private-one')).toBe(true);

    for (const acl of ['public-read', 'public-read-write']) {
      const refused = await put(oss, 'public-one', acl);
      expect(errorOf(refused)).toMatchObject({
        Code: 'AccessDenied',
        Message: 'Put public bucket acl is not allowed',
      });
    }
    // PutBucketAcl makes a bucket that is not there.
    const acl = (bucket: string, value: string): WireRequest => ({
      method: 'PUT',
      bucket,
      query: [['acl', null]],
      headers: { 'x-oss-acl': value },
    });
    expect((await sendSigned(oss, acl('public-one', 'public-read'))).status).toBe(403);
    expect((await sendSigned(oss, { bucket: 'public-one' })).status).toBe(404);
    expect((await sendSigned(oss, acl('by-its-acl', 'private'))).status).toBe(200);
    expect(await isBlocked(oss, 'by-its-acl')).toBe(true);
  });

  it('a bucket is opened once its block is taken away, and stays so when it is put again', async () => {
    const oss = await started(true);
    const bucket = 'to-be-opened';
    await put(oss, bucket);
    await sendSigned(oss, { method: 'PUT', bucket, key: 'k', body: 'x' });
    expect((await put(oss, bucket, 'public-read')).status).toBe(403);
    expect((await sendSigned(oss, { ...blockOf(bucket), method: 'DELETE' })).status).toBe(204);
    expect((await put(oss, bucket, 'public-read')).status).toBe(200);
    expect(await isBlocked(oss, bucket)).toBe(false);
    expect((await send(oss.endpoint, { bucket, key: 'k' })).status).toBe(200);
  });

  it('is a flag of openoss serve, which its workers go by, and of openoss dev', async () => {
    const server = await serve(freshDirectory(), ['--block-public-access', '--workers', '1']);
    expect((await put(server, 'served')).status).toBe(200);
    expect(await isBlocked(server, 'served')).toBe(true);

    const ossutil = [process.execPath, programs.ossutil, 'api', 'get-bucket-public-access-block'];
    const dev = [process.execPath, programs.openoss, 'dev', '--block-public-access'];
    const { stdout } = await run(
      [...dev, '--bucket', 'thrown-away', '--', ...ossutil, '--bucket', 'thrown-away', '-q'],
      { env: cleanEnvironment({}) },
    );
    expect(stdout).toContain('<BlockPublicAccess>true</BlockPublicAccess>');
  });
});

it('without it buckets start open to be opened', async () => {
  const oss = await started();
  expect(await isBlocked(oss, 'of-the-start')).toBe(false);
  expect((await put(oss, 'public-one', 'public-read')).status).toBe(200);
  expect(await isBlocked(oss, 'public-one')).toBe(false);
});
