/**
 * Nothing of what is to be encrypted is in the clear anywhere in the data directory of a server: of small
 * objects and large ones, replaced, refused, broken off, and when the server is killed in the middle of an
 * upload. Every byte of every file is looked at, whatever it is.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { type Reachable, sendSigned } from '../support/http.js';
import { freshDirectories } from '../support/operator.js';
import { RawConnection, signedHead } from '../support/raw-connection.js';
import { serve } from '../support/serve.js';

const freshDirectory = await freshDirectories();
const METHOD = 'x-oss-server-side-encryption';
const DATA = 'x-oss-server-side-data-encryption';
const ROOT_KEY = randomBytes(32);
const environment = {
  OPENOSS_ROOT_ACCESS_KEY_ID: 'rootkeyid',
  OPENOSS_ROOT_ACCESS_KEY_SECRET: 'rootkeysecret',
  OPENOSS_KMS_ROOT_KEY: ROOT_KEY.toString('base64'),
};

/** Small ones, the largest that is one, the smallest that is none, and one of several slabs. */
const SIZES = [30, 5000, 65_536, 65_537, 1_500_001];
const LARGE = 6_000_000;
const MODES = {
  aes256: { [METHOD]: 'AES256' },
  sm4: { [METHOD]: 'SM4' },
  kms: { [METHOD]: 'KMS' },
  'kms-sm4': { [METHOD]: 'KMS', [DATA]: 'SM4' },
};
/** The document that makes a mode the rule of a bucket. */
const ruleOf = (mode: Readonly<Record<string, string>>) =>
  `<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>${mode[METHOD]}</SSEAlgorithm>${
    mode[DATA] === undefined ? '' : `<KMSDataEncryption>${mode[DATA]}</KMSDataEncryption>`
  }</ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>`;

/** Bytes that nobody else writes, again and again, with no period that a block or a chunk has. */
class Pattern {
  readonly #bytes = randomBytes(47);

  body(size: number): Buffer {
    return Buffer.alloc(size, this.#bytes);
  }

  /** Begins every body, and is in every part of one that has twice its length. */
  get needle(): Buffer {
    return this.#bytes.subarray(0, 16);
  }
}

/** The files of a directory in which one of these stands. */
async function filesWith(directory: string, ...needles: readonly Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      // The sweeper was faster.
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    if (needles.some((needle) => bytes.includes(needle))) {
      found.push(path.relative(directory, file));
    }
  }
  return found;
}

async function expectDone(server: Reachable, request: Parameters<typeof sendSigned>[1]) {
  const answer = await sendSigned(server, request);
  expect(answer.text).toBe('');
  expect(answer.status).toBe(200);
  return answer;
}

/** Begins an upload, and resolves when most of it is on its way. */
async function begin(server: Reachable, request: ReturnType<typeof putOf>): Promise<RawConnection> {
  const { body, ...head } = request;
  const connection = await RawConnection.open(server.endpoint);
  await connection.write(signedHead(server, head, { 'Content-Length': String(body.length) }));
  await connection.write(body.subarray(0, Math.floor(body.length * 0.8)));
  return connection;
}

/** Breaks off an upload of which some was there. */
async function breakOff(server: Reachable, request: ReturnType<typeof putOf>): Promise<void> {
  (await begin(server, request)).socket.destroy();
}

/** Bytes in the files of blobs. */
async function blobBytes(data: string): Promise<number> {
  let bytes = 0;
  const blobs = path.join(data, 'blobs');
  for (const entry of await readdir(blobs, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

const putOf = (bucket: string, key: string, body: Buffer, headers = {}) => ({
  ...{ method: 'PUT', bucket, key, body, headers },
});

it('nothing of what is encrypted is in the clear in any file', async () => {
  const data = freshDirectory('encrypted');
  const server = await serve(data, [], environment);
  await expectDone(server, { method: 'PUT', bucket: 'asking' });
  const needles: Buffer[] = [];
  for (const [name, mode] of Object.entries(MODES)) {
    const pattern = new Pattern();
    needles.push(pattern.needle);
    const ruled = `ruled-${name}`;
    await expectDone(server, { method: 'PUT', bucket: ruled });
    const rule = { bucket: ruled, body: ruleOf(mode), query: [['encryption', null] as const] };
    await expectDone(server, { ...rule, method: 'PUT' });
    for (const [bucket, headers] of [
      ['asking', mode],
      [ruled, {}],
    ] as const) {
      for (const size of SIZES) {
        const body = pattern.body(size);
        const named = (what: string) => `${name}/${what}/${size}`;
        for (const what of ['once', 'replaced', 'replaced', 'deleted']) {
          const put = await expectDone(server, putOf(bucket, named(what), body, headers));
          expect(put.headers).toMatchObject(mode);
        }
        const got = await sendSigned(server, { bucket, key: named('once') });
        expect(got.body.equals(body)).toBe(true);
        await sendSigned(server, { method: 'DELETE', bucket, key: named('deleted') });
        // What is refused was written already.
        const wrong = { ...headers, 'x-oss-hash-crc64ecma': '1' };
        const refused = await sendSigned(server, putOf(bucket, named('refused'), body, wrong));
        expect(refused.status).toBe(400);
      }
      await breakOff(server, putOf(bucket, `${name}/broken off`, pattern.body(LARGE), headers));
    }
    expect(await filesWith(data, pattern.needle), name).toEqual([]);
    // Is still on its way when the server is killed.
    const before = await blobBytes(data);
    await begin(server, putOf('asking', `${name}/cut`, pattern.body(LARGE), mode));
    await expect.poll(() => blobBytes(data)).toBeGreaterThan(before + 1_000_000);
  }
  const before = await blobBytes(data);
  server.child.kill('SIGKILL');
  const { stdout, stderr } = await server.outcome;
  expect(await blobBytes(data)).toBeGreaterThan(before - 1_000_000);
  expect(await filesWith(data, ...needles)).toEqual([]);
  // Nor what opens it.
  const rootKey = ROOT_KEY.toString('base64');
  expect(await filesWith(data, ROOT_KEY, Buffer.from(rootKey))).toEqual([]);
  expect(stdout + stderr).not.toContain(rootKey);
});

it('what is put in the clear is found by the same search, small, large and broken off', async () => {
  const data = freshDirectory('plain');
  const server = await serve(data, [], environment);
  await expectDone(server, { method: 'PUT', bucket: 'asking' });
  for (const size of SIZES) {
    const pattern = new Pattern();
    await expectDone(server, putOf('asking', `${size}`, pattern.body(size)));
    const where = size > 65_536 ? /^blobs\// : /^metadata\.mdb$/;
    expect(await filesWith(data, pattern.needle)).toEqual([expect.stringMatching(where)]);
  }
  const cut = new Pattern();
  const before = await blobBytes(data);
  await begin(server, putOf('asking', 'cut', cut.body(LARGE)));
  await expect.poll(() => blobBytes(data)).toBeGreaterThan(before + 1_000_000);
  server.child.kill('SIGKILL');
  await server.outcome;
  expect(await filesWith(data, cut.needle)).toEqual([expect.stringMatching(/^blobs\//)]);
});
