/**
 * The examples of the put-object page, verbatim, as shell commands against a live server; for each,
 * the stored object in full.
 * https://www.alibabacloud.com/help/en/oss/developer-reference/put-object
 */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendSigned, type WireAnswer } from '../support/http.js';
import { kms, officialKms } from '../support/official-kms.js';
import {
  cleanEnvironment,
  type Outcome,
  programs,
  run,
  scratchDirectory,
} from '../support/programs.js';

let oss: OpenOss;
let directory: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  oss = await startOpenOss({ buckets: ['examplebucket'], rpc: {} });
  directory = await scratchDirectory();
  // `ossutil` as the page calls it: by its name.
  const bin = path.join(directory, 'bin');
  await mkdir(bin);
  await symlink(programs.ossutil, path.join(bin, 'ossutil'));
  environment = cleanEnvironment({
    PATH: `${bin}:${process.env.PATH}`,
    HOME: directory,
    OSS_ENDPOINT: oss.endpoint,
    OSS_REGION: oss.region,
    OSS_ACCESS_KEY_ID: oss.credentials.accessKeyId,
    OSS_ACCESS_KEY_SECRET: oss.credentials.accessKeySecret,
  });
});

afterAll(() => oss.close());

const shell = (command: string): Promise<Outcome> =>
  run(['/bin/sh', '-c', command], { env: environment, cwd: directory });

const object = (method: string, query: [string, string | null][] = []): Promise<WireAnswer> =>
  sendSigned(oss, { method, bucket: 'examplebucket', key: 'exampleobject', query });

beforeEach(async () => {
  await object('DELETE');
});

/** What an object stored from "hi oss" is beyond what every one of them is. */
interface Beyond {
  readonly headers?: Readonly<Record<string, string>>;
  readonly acl?: string;
  readonly tags?: string;
}

/** The object in full: its bytes and all that is told of it. */
async function expectHiOss({
  headers = {},
  acl = 'default',
  tags = '',
}: Beyond = {}): Promise<void> {
  const answer = await object('GET');
  expect(answer.status).toBe(200);
  expect(answer.text).toBe('hi oss');
  const { date, connection, 'keep-alive': keepAlive, ...told } = answer.headers;
  expect(told).toEqual({
    server: 'AliyunOSS',
    'content-type': 'application/octet-stream',
    'content-length': '6',
    'accept-ranges': 'bytes',
    etag: '"B22E0DC370A7F7067FACF5F75D7FA385"',
    'content-md5': 'si4Nw3Cn9wZ/rPX3XX+jhQ==',
    'x-oss-hash-crc64ecma': '8707180448768400016',
    'x-oss-object-type': 'Normal',
    'x-oss-storage-class': 'Standard',
    'last-modified': expect.stringMatching(/ GMT$/),
    'x-oss-request-id': expect.stringMatching(/^[0-9A-F]{24}$/),
    'x-oss-server-time': expect.stringMatching(/^\d+$/),
    ...headers,
  });
  expect((await object('GET', [['acl', null]])).text).toContain(`<Grant>${acl}</Grant>`);
  expect((await object('GET', [['tagging', null]])).text).toContain(`<TagSet>${tags}</TagSet>`);
}

/** That a command did its work, and said what ossutil says. */
async function expectSuccess(command: string): Promise<void> {
  const { status, stdout, stderr } = await shell(command);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\n\d+\.\d{6}\(s\) elapsed\n$/);
  expect(status).toBe(0);
}

describe('the examples of the put-object page', () => {
  it('Upload an object from a string.', async () => {
    await expectSuccess(
      'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss"',
    );
    await expectHiOss();
  });

  it('Upload an object from a local file.', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7) & 0xff));
    await writeFile(path.join(directory, 'uploadFile'), bytes);
    await expectSuccess(
      'ossutil api put-object --bucket examplebucket --key exampleobject --body file://uploadFile',
    );
    const answer = await object('GET');
    expect(answer.body.equals(bytes)).toBe(true);
    expect(answer.headers['content-length']).toBe('100000');
  });

  it('Upload an object from a string and add custom metadata.', async () => {
    await expectSuccess(
      'ossutil api put-object --bucket examplebucket --key exampleobject  --metadata user=aliyun --metadata email=ali***@aliyuncs.com --body "hi oss"',
    );
    await expectHiOss({
      headers: { 'x-oss-meta-user': 'aliyun', 'x-oss-meta-email': 'ali***@aliyuncs.com' },
    });
  });

  it('Upload an object from a string and specify tags for the object.', async () => {
    await expectSuccess(
      'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss" --tagging "TagA=A&TagB=B"',
    );
    await expectHiOss({
      headers: { 'x-oss-tagging-count': '2' },
      tags: '<Tag><Key>TagA</Key><Value>A</Value></Tag><Tag><Key>TagB</Key><Value>B</Value></Tag>',
    });
  });

  it('Upload an object from a string and specify the ACL and storage class of the object.', async () => {
    await expectSuccess(
      'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss" --object-acl private --storage-class IA',
    );
    await expectHiOss({ headers: { 'x-oss-storage-class': 'IA' }, acl: 'private' });
  });

  // The page masks the key's ID: its place is taken by one that Alibaba Cloud's package for KMS has made.
  it('Upload an object from a string and specify the server-side encryption method for the object.', async () => {
    const keys = officialKms(oss.rpcEndpoint ?? '', oss.credentials);
    const { keyMetadata } = await keys.createKey(new kms.CreateKeyRequest({}));
    const command =
      'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss" --server-side-encryption KMS --server-side-data-encryption SM4 --server-side-encryption-key-id 9468da86-3509-4f8d-a61e-6eab1eac****';
    await expectSuccess(command.replace('9468da86-3509-4f8d-a61e-6eab1eac****', keyMetadata.keyId));
    await expectHiOss({
      headers: {
        'x-oss-server-side-encryption': 'KMS',
        'x-oss-server-side-data-encryption': 'SM4',
        'x-oss-server-side-encryption-key-id': keyMetadata.keyId,
      },
    });
    // As it stands on the page, with its asterisks, it names no key.
    const { status, stderr } = await shell(command.replace('"hi oss"', '"another"'));
    expect(stderr).toContain('Http Status Code: 404. \nError Code: KeyNotFound. \n');
    expect(stderr).toContain('EC: 0005-00000208.');
    expect(status).toBe(2);
    expect((await object('GET')).text).toBe('hi oss');
  });

  it('Upload an object from a string and prevent the object from overwriting an existing object that has the same name.', async () => {
    const command =
      'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss" --forbid-overwrite true';
    await expectSuccess(command);
    await expectHiOss();
    const { status, stderr } = await shell(command.replace('hi oss', 'another'));
    expect(stderr).toContain('Http Status Code: 409. \nError Code: FileAlreadyExists. \n');
    expect(stderr).toContain('EC: 0026-00000002.');
    expect(status).toBe(2);
    await expectHiOss();
  });

  it("Upload an object from a string and specify the object's caching behavior.", async () => {
    await expectSuccess(
      'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss" --cache-control no-cache',
    );
    await expectHiOss({ headers: { 'cache-control': 'no-cache' } });
  });

  it('Upload an object from a string and specify the name of the object when it is downloaded.', async () => {
    await expectSuccess(
      'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss" --content-disposition "attachment;filename=oss_download.jpg"',
    );
    await expectHiOss({
      headers: { 'content-disposition': 'attachment;filename=oss_download.jpg' },
    });
  });
});

describe('the usage notes of the put-object page', () => {
  it('By default an object of the same name is overwritten.', async () => {
    await expectSuccess(
      'ossutil api put-object --bucket examplebucket --key exampleobject --body "first" --tagging a=b',
    );
    await expectSuccess(
      'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss"',
    );
    await expectHiOss();
  });

  it('The object to upload cannot be larger than 5 GB.', async () => {
    // A file with a hole: its size is what counts, and nothing of it is sent.
    await expectSuccessOf(`truncate -s ${5 * 1024 ** 3 + 1} toolarge`);
    const { status, stderr } = await shell(
      'ossutil api put-object --bucket examplebucket --key exampleobject --body file://toolarge',
    );
    expect(stderr).toMatch(/^Error: .*toolarge.* is larger than 5 GB/);
    expect(status).toBe(3);
    expect((await object('HEAD')).status).toBe(404);
  });
});

async function expectSuccessOf(command: string): Promise<void> {
  expect(await shell(command)).toMatchObject({ status: 0, stderr: '' });
}
