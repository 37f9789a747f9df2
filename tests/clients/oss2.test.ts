/**
 * Alibaba Cloud's SDK for Python, the one client at hand that signs with version 2. It runs where
 * `python3 -c 'import oss2'` works; `pip install oss2` is all it takes.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SigningCredentials } from '@openoss/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/programs.js';
import { SIGNATURE_VERSIONS } from '../support/signed-requests.js';
import {
  allow,
  type ServedIdentities,
  startWithIdentities,
} from '../support/start-with-identities.js';

const hasOss2 = spawnSync('python3', ['-c', 'import oss2']).status === 0;
// biome-ignore lint/suspicious/noConsole: whoever reads what was tested should know
if (!hasOss2) console.log('oss2 is not installed: its tests are left out');

const story = fileURLToPath(new URL('oss2-story.py', import.meta.url));
const bucket = 'examplebucket';
const key = "dir/a b+c%2F~*'()!&=你好.txt";
const mismatches = {
  v1: '0002-00000040',
  v2: '0002-00000101',
  v4: '0002-00000201',
};

describe.skipIf(!hasOss2)('oss2', () => {
  let served: ServedIdentities;
  beforeAll(async () => {
    served = await startWithIdentities();
    await served.service.createBucket(bucket);
  });
  afterAll(() => served?.close());

  const tell = async (version: string, credentials: SigningCredentials): Promise<unknown> => {
    const { endpoint, region } = served.oss;
    const input = JSON.stringify({ endpoint, region, bucket, version, ...credentials });
    const { status, stdout, stderr } = await run(['python3', story], { input });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  const expected = (version: keyof typeof mismatches) => ({
    put: 200,
    get: true,
    range: 8,
    override: 'a/b; c="d"',
    tags: { a: 'b' },
    list: [key],
    url: [200, 10_000],
    'url with a query': [200, 10_000],
    'url of a put': [200, 0],
    delete: 204,
    'wrong secret': `403 SignatureDoesNotMatch ${mismatches[version]}`,
    ...(version === 'v2' && { 'additional header in the url': [206, 4] }),
  });

  it.each(SIGNATURE_VERSIONS)('works with an access key, signing with %s', async (version) => {
    expect(await tell(version, served.oss.credentials)).toEqual(expected(version));
  });

  it.each(SIGNATURE_VERSIONS)("works with a session's token, signing with %s", async (version) => {
    const { credentials } = await served.own.session([allow('oss:*')]);
    expect(await tell(version, credentials)).toEqual(expected(version));
  });
});
