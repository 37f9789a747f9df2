/**
 * What rots of encrypted objects, and of the keys that open them: never answered, always told. Files are
 * damaged as a disk damages them.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createLog, type Service, startService } from '@openoss/server';
import { afterEach, describe, expect, it } from 'vitest';
import { flipBit } from '../support/damage.js';
import { errorOf, send, sendSigned, type WireAnswer } from '../support/http.js';
import { programs, run, scratchDirectory } from '../support/programs.js';
import { RawConnection, signedHead } from '../support/raw-connection.js';

const bucket = 'examplebucket';
const METHOD = 'x-oss-server-side-encryption';
const KEY_ID = 'x-oss-server-side-encryption-key-id';
const MiB = 1024 * 1024;
const body = randomBytes(5 * MiB);
/** Where a blob's file has the body: behind a header of one page. */
const BODY_AT = 4096;
const rootKey = randomBytes(32).toString('base64');
const scratch = await scratchDirectory();

const running: Service[] = [];
let logged: Readonly<Record<string, unknown>>[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.close();
});

async function start(name: string): Promise<Service> {
  logged = [];
  const service = await startService({
    directory: path.join(scratch, name),
    listen: { host: '127.0.0.1', port: 0 },
    adminListen: { host: '127.0.0.1', port: 0 },
    region: 'cn-hangzhou',
    environment: {
      OPENOSS_ROOT_ACCESS_KEY_ID: 'rootkeyid',
      OPENOSS_ROOT_ACCESS_KEY_SECRET: 'rootkeysecret',
      OPENOSS_KMS_ROOT_KEY: rootKey,
    },
    log: createLog('warn', { write: (line) => logged.push(JSON.parse(line)) }),
  });
  running.push(service);
  return service;
}

async function stop(service: Service): Promise<void> {
  running.splice(running.indexOf(service), 1);
  await service.close();
}

const messages = (): unknown[] => logged.map(({ msg }) => msg);

async function counted(service: Service, what: 'records' | 'blobs'): Promise<number> {
  const { text } = await send(service.adminEndpoint ?? '', { target: '/metrics' });
  return Number(new RegExp(`^openoss_corrupt_${what}_total (\\d+)$`, 'm').exec(text)?.[1]);
}

const put = (service: Service, key: string, bytes: Buffer | string, method?: string) =>
  sendSigned(service, {
    method: 'PUT',
    bucket,
    key,
    body: bytes,
    headers: method === undefined ? {} : { [METHOD]: method },
  });

function expectInternal(answer: WireAnswer): void {
  expect(answer.status).toBe(500);
  expect(errorOf(answer).Code).toBe('InternalError');
}

async function onlyBlob(name: string): Promise<string> {
  const blobs = path.join(scratch, name, 'blobs');
  const entries = await readdir(blobs, { recursive: true, withFileTypes: true });
  const [file] = entries.filter((entry) => entry.isFile());
  return path.join(file?.parentPath ?? '', file?.name ?? '');
}

/** What a scrub of a running server finds, and how it ends. */
async function scrubbed(service: Service) {
  const flags = ['--read-only', '--json', '--rate', '0', '--admin', service.adminEndpoint ?? ''];
  const { status, stdout } = await run([process.execPath, programs.openoss, 'scrub', ...flags]);
  const findings = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'finding')
    .map(({ kind }) => kind);
  return { status, findings };
}

describe.each(['AES256', 'SM4', 'KMS'])('an object encrypted with %s', (method) => {
  it('whose blob rots is a whole 500 or ends before a wrong byte, logged, counted and found by a scrub', async () => {
    const name = `blob-${method}`;
    const service = await start(name);
    await service.createBucket(bucket);
    await put(service, 'rotten', body, method);
    const file = await onlyBlob(name);
    const at = 3 * MiB + 17;
    await flipBit(file, BODY_AT + at);
    const connection = await RawConnection.open(service.endpoint);
    await connection.write(signedHead(service, { bucket, key: 'rotten' }));
    const received = Buffer.from(await connection.ended(), 'latin1');
    const split = received.indexOf('\r\n\r\n') + 4;
    const sent = received.subarray(split);
    expect(received.toString('latin1', 0, split)).toContain(`Content-Length: ${body.length}\r\n`);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.length).toBeLessThanOrEqual(at);
    expect(sent.equals(body.subarray(0, sent.length))).toBe(true);
    expect(messages()).toEqual(['a blob is damaged', 'an answer was cut short']);
    expect(await counted(service, 'blobs')).toBe(1);
    const sound = { bucket, key: 'rotten', headers: { Range: `bytes=0-${MiB}` } };
    expect((await sendSigned(service, sound)).body.equals(body.subarray(0, MiB + 1))).toBe(true);

    await flipBit(file, BODY_AT + 10);
    expectInternal(await sendSigned(service, { bucket, key: 'rotten' }));
    expect(await counted(service, 'blobs')).toBe(2);
    expect(await scrubbed(service)).toEqual({ status: 4, findings: ['damaged-body'] });
  });

  it('whose small body or envelope rots is a whole 500, logged, counted and found by a scrub', async () => {
    const name = `small-${method}`;
    const first = await start(name);
    await first.createBucket(bucket);
    await put(first, 'small', body.subarray(0, 20_000), method);
    await put(first, 'other', 'hi oss', method);
    await stop(first);
    const metadata = path.join(scratch, name, 'metadata.mdb');
    const bytes = await readFile(metadata);
    // A record ends with its envelope and its headers; the key before it is in LMDB's.
    const record = bytes.lastIndexOf('osmall');
    expect(record).toBeGreaterThan(0);
    await flipBit(metadata, record + 'osmall'.length + 200);

    const service = await start(name);
    expectInternal(await sendSigned(service, { bucket, key: 'small' }));
    expect(messages()).toEqual(['a record is damaged', 'a request failed']);
    expect(await counted(service, 'records')).toBe(1);
    expect((await sendSigned(service, { bucket, key: 'other' })).text).toBe('hi oss');
    const { status, findings } = await scrubbed(service);
    expect(status).toBe(4);
    expect(findings).toContain('damaged-record');
  });
});

it('a key that rots opens nothing and encrypts nothing; that is logged, counted, found by a scrub, and holds up nothing else', async () => {
  const first = await start('keys');
  await first.createBucket(bucket);
  const answer = await put(first, 'sealed', 'hi oss', 'KMS');
  const id = String(answer.headers[KEY_ID]);
  await put(first, 'own', 'hi oss', 'AES256');
  await put(first, 'plain', 'hi oss');
  await stop(first);
  const metadata = path.join(scratch, 'keys', 'metadata.mdb');
  const bytes = await readFile(metadata);
  const needle = `"id":"${id}"`;
  for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + 1)) {
    await flipBit(metadata, at + 10);
  }

  const service = await start('keys');
  for (const failing of [
    () => sendSigned(service, { bucket, key: 'sealed' }),
    () => put(service, 'new', 'hi oss', 'KMS'),
  ]) {
    const before = await counted(service, 'records');
    logged = [];
    expectInternal(await failing());
    expect(messages()).toEqual(['a record is damaged', 'a request failed']);
    expect(await counted(service, 'records')).toBe(before + 1);
  }
  expect((await sendSigned(service, { bucket, key: 'new' })).status).toBe(404);
  expect((await sendSigned(service, { method: 'HEAD', bucket, key: 'sealed' })).status).toBe(200);
  for (const key of ['own', 'plain']) {
    expect((await sendSigned(service, { bucket, key })).text).toBe('hi oss');
  }
  const { status, findings } = await scrubbed(service);
  expect(status).toBe(4);
  expect(findings).toContain('damaged-setting');
});
