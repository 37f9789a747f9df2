/**
 * Bytes that rot on the disk: never answered, always told. The files of blobs are damaged under a
 * running server, as a disk would damage them.
 */
import { randomBytes } from 'node:crypto';
import { open, readdir, rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import { createLog, type Service, startService } from '@openoss/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, send, sendSigned } from '../support/http.js';
import { scratchDirectory } from '../support/programs.js';
import { RawConnection, signedHead } from '../support/raw-connection.js';

const bucket = 'examplebucket';
const MiB = 1024 * 1024;
const body = randomBytes(5 * MiB);
/** Where a blob's file has the body: behind a header of one page. */
const BODY_AT = 4096;

let service: Service;
let directory: string;
const logged: Readonly<Record<string, unknown>>[] = [];

beforeAll(async () => {
  directory = path.join(await scratchDirectory(), 'data');
  service = await startService({
    directory,
    listen: { host: '127.0.0.1', port: 0 },
    adminListen: { host: '127.0.0.1', port: 0 },
    region: 'cn-hangzhou',
    environment: {},
    log: createLog('debug', { write: (line) => logged.push(JSON.parse(line)) }),
  });
  await service.createBucket(bucket);
});
afterAll(() => service.close());

/** Puts the object anew, and returns the path of its blob's file. */
async function freshBlob(key: string): Promise<string> {
  const before = new Set(await blobs());
  expect((await sendSigned(service, { method: 'PUT', bucket, key, body })).status).toBe(200);
  const [added = ''] = (await blobs()).filter((file) => !before.has(file));
  return added;
}
async function blobs(): Promise<string[]> {
  const root = path.join(directory, 'blobs');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
}
async function flipBit(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 0x10;
  await handle.write(byte, 0, 1, at);
  await handle.close();
}
async function damagedBlobs(): Promise<number> {
  const { text } = await send(service.adminEndpoint ?? '', { target: '/metrics' });
  return Number(/^openoss_corrupt_blobs_total (\d+)$/m.exec(text)?.[1]);
}

describe('a blob whose bytes rot', () => {
  let counted: number;
  beforeEach(async () => {
    counted = await damagedBlobs();
    logged.length = 0;
  });

  it.each([
    ['in its first block', (file: string) => flipBit(file, BODY_AT + 10)],
    ['in its header', (file: string) => flipBit(file, 30)],
    ['in its checksums', (file: string) => flipBit(file, BODY_AT + body.length + 3)],
    ['by being cut short', (file: string) => truncate(file, BODY_AT + MiB)],
    ['by being emptied', (file: string) => truncate(file, 0)],
  ])('%s is a whole 500, logged and counted', async (_what, damage) => {
    await damage(await freshBlob('rotten'));
    const answer = await sendSigned(service, { bucket, key: 'rotten' });
    expect(answer.status).toBe(500);
    expect(errorOf(answer)).toMatchObject({
      Code: 'InternalError',
      RequestId: answer.headers['x-oss-request-id'],
    });
    expect(await damagedBlobs()).toBe(counted + 1);
    expect(logged.map(({ msg }) => msg)).toEqual(['a blob is damaged', 'a request failed']);
    expect(logged[1]).toMatchObject({ requestId: answer.headers['x-oss-request-id'] });
  });

  it('by being gone is a whole 500, logged and counted as a damaged record', async () => {
    await rm(await freshBlob('gone'));
    expect((await sendSigned(service, { bucket, key: 'gone' })).status).toBe(500);
    const { text } = await send(service.adminEndpoint ?? '', { target: '/metrics' });
    expect(text).toMatch(/^openoss_corrupt_records_total [1-9]/m);
    expect(logged.map(({ msg }) => msg)).toEqual(['a record is damaged', 'a request failed']);
  });

  it.each([
    ['in the middle', 3 * MiB + 17],
    ['in its last byte', 5 * MiB - 1],
  ])('%s ends the connection before a wrong byte leaves', async (_what, at) => {
    await flipBit(await freshBlob('late'), BODY_AT + at);
    const connection = await RawConnection.open(service.endpoint);
    await connection.write(signedHead(service, { bucket, key: 'late' }));
    const received = Buffer.from(await connection.ended(), 'latin1');
    const split = received.indexOf('\r\n\r\n') + 4;
    const [head, sent] = [received.toString('latin1', 0, split), received.subarray(split)];
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toContain(`\r\nContent-Length: ${body.length}\r\n`);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.length).toBeLessThanOrEqual(at);
    expect(sent.equals(body.subarray(0, sent.length))).toBe(true);
    expect(await damagedBlobs()).toBe(counted + 1);
    expect(logged.map(({ msg }) => msg)).toEqual(['a blob is damaged', 'an answer was cut short']);
  });

  it('does not keep its sound ranges, its headers or its successor from anybody', async () => {
    await flipBit(await freshBlob('partly'), BODY_AT + 3 * MiB + 17);
    const range = await sendSigned(service, {
      bucket,
      key: 'partly',
      headers: { range: `bytes=0-${2 * MiB - 1}` },
    });
    expect(range.status).toBe(206);
    expect(range.body.equals(body.subarray(0, 2 * MiB))).toBe(true);
    expect((await sendSigned(service, { method: 'HEAD', bucket, key: 'partly' })).status).toBe(200);
    expect(await damagedBlobs()).toBe(counted);
    await freshBlob('partly');
    const whole = await sendSigned(service, { bucket, key: 'partly' });
    expect(whole.body.equals(body)).toBe(true);
    expect(logged).toEqual([]);
  });
});
