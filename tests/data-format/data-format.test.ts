/** docs/data-format.md is what the server writes: a reader made from the page finds everything. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { sendSigned } from '../support/http.js';
import { scratchDirectory } from '../support/programs.js';
import { serve } from '../support/serve.js';
import { readDataDirectory } from './independent-reader.js';

const scratch = await scratchDirectory();
const BUCKET = 'examplebucket';
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex').toUpperCase();

it('a reader made from the page alone finds every object and byte that was acknowledged', async () => {
  const data = path.join(scratch, 'data');
  const server = await serve(data);
  const ok = async (request: Parameters<typeof sendSigned>[1]) => {
    const answer = await sendSigned(server, request);
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer;
  };
  await ok({ method: 'PUT', bucket: BUCKET });
  await ok({ method: 'PUT', bucket: 'secondbucket', headers: { 'x-oss-acl': 'public-read' } });
  const policy = JSON.stringify({
    Version: '1',
    Statement: [{ Effect: 'Deny', Action: '*', Principal: ['1234'], Resource: '*' }],
  });
  const second = { method: 'PUT', bucket: 'secondbucket' };
  await ok({ ...second, query: [['policy', null]], body: policy });
  const block =
    '<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>';
  await ok({ ...second, query: [['publicAccessBlock', null]], body: block });
  await ok({ method: 'PUT', bucket: 'thirdbucket' });
  await ok({ method: 'DELETE', bucket: 'thirdbucket' });

  const bodies = new Map<string, { readonly body: Buffer; readonly crc64: string }>();
  const put = async (key: string, body: Buffer, headers: Record<string, string> = {}) => {
    const answer = await ok({ method: 'PUT', bucket: BUCKET, key, body, headers });
    bodies.set(key, { body, crc64: String(answer.headers['x-oss-hash-crc64ecma']) });
  };
  const sizes = [0, 1, 5000, 65_535, 65_536, 65_537, 131_072, 131_073, 1_000_000];
  for (const size of sizes) await put(`size/${size}`, randomBytes(size));
  for (let at = 0; at < 300; at++) await put(`many/${at}`, randomBytes(at * 3));
  await put('kätzchen/猫 🐈.jpg', randomBytes(70_000));
  await put('x'.repeat(1023), randomBytes(70_000));
  await put('size/5000', randomBytes(90_000));
  await put('size/65537', randomBytes(10));
  await put('described', Buffer.from('described'), {
    'Content-Type': 'text/plain',
    'Cache-Control': 'no-cache',
    'x-oss-meta-colour': 'blue',
    'x-oss-tagging': 'a=1&b=zwei',
    'x-oss-object-acl': 'public-read',
    'x-oss-storage-class': 'Archive',
  });
  await ok({
    method: 'POST',
    bucket: BUCKET,
    key: 'described',
    query: [['restore', null]],
  });
  await put('gone', randomBytes(100_000));
  await ok({ method: 'DELETE', bucket: BUCKET, key: 'gone' });
  bodies.delete('gone');
  server.child.kill('SIGTERM');
  await server.outcome;

  const { buckets, account, unexplained } = await readDataDirectory(data);
  expect(unexplained).toEqual([]);
  expect(account).toMatch(/^1\d{15}$/);
  expect([...buckets.keys()]).toEqual([BUCKET, 'secondbucket']);
  expect(buckets.get('secondbucket')?.fields).toMatchObject({
    acl: 'public-read',
    owner: account,
    policy,
    blocksPublicAccess: true,
  });
  const bucket = buckets.get(BUCKET);
  expect(bucket?.fields).toMatchObject({
    name: BUCKET,
    storageClass: 'Standard',
    redundancy: 'LRS',
    acl: 'private',
  });
  const found = bucket?.objects ?? new Map();
  expect([...found.keys()]).toEqual(
    [...bodies.keys()].sort((one, other) => Buffer.from(one).compare(Buffer.from(other))),
  );
  let bytes = 0;
  for (const [key, { body, crc64 }] of bodies) {
    const object = found.get(key);
    expect(object?.body.equals(body), key).toBe(true);
    expect(object).toMatchObject({ etag: md5(body), crc64: BigInt(crc64), owner: account });
    expect(Math.abs((object?.lastModified ?? 0) - Date.now())).toBeLessThan(60_000);
    if (key !== 'described') bytes += body.length;
  }
  expect(Object.fromEntries(bucket?.counters ?? [])).toMatchObject({
    cn: BigInt(bodies.size),
    'cn:Standard': BigInt(bodies.size - 1),
    'cb:Standard': BigInt(bytes),
    'cn:Archive': 1n,
    'cb:Archive': 9n,
  });
  const { kept, reckoned } = bucket?.digest ?? {};
  if (kept !== undefined) expect(kept).toBe(reckoned);
  const described = found.get('described');
  expect(described).toMatchObject({ storageClass: 2, acl: 2, metadata: [['colour', 'blue']] });
  expect(described?.restoration).toHaveLength(3);
  expect(described?.headers).toEqual(
    expect.arrayContaining([
      ['Content-Type', 'text/plain'],
      ['Cache-Control', 'no-cache'],
    ]),
  );
  expect(described?.tags).toEqual([
    ['a', '1'],
    ['b', 'zwei'],
  ]);

  // The page says where every byte is verified: one that is turned over is noticed.
  const files = await readdir(path.join(data, 'blobs'), { recursive: true, withFileTypes: true });
  const file = files.find((entry) => entry.isFile());
  const blob = path.join(file?.parentPath ?? '', file?.name ?? '');
  const stored = await readFile(blob);
  stored[4200] = (stored[4200] ?? 0) ^ 1;
  await writeFile(blob, stored);
  await expect(readDataDirectory(data)).rejects.toThrow('CRC-32 of a block');
});
