/** `openoss serve` on file systems that are full, get full, or are filled by somebody else. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorOf, type Reachable, send, sendSigned } from '../support/http.js';
import { metric } from '../support/operator.js';
import { run } from '../support/programs.js';
import { serve } from '../support/serve.js';
import {
  type SmallFileSystemKind,
  smallFileSystem,
  whyNoSmallFileSystem,
} from '../support/small-file-system.js';

const MIB = 1024 * 1024;
const bucket = 'examplebucket';

/** Bytes that are a key's own, and cheap to make again. */
function bodyOf(key: string, size: number): Buffer {
  return Buffer.alloc(size, createHash('sha256').update(key).digest());
}

/** A program that takes all there is, as fast as a fast disk lets it: some 400 MB/s. */
const EATER = `
const { openSync, writeSync } = require('node:fs');
const file = openSync(process.argv[1], 'w');
const bytes = Buffer.alloc(512 * 1024);
const clock = new Int32Array(new SharedArrayBuffer(4));
try {
  while (writeSync(file, bytes) > 0) Atomics.wait(clock, 0, 0, 1);
} catch (error) {
  if (error.code !== 'ENOSPC') throw error;
}
`;

/** Makes a store whose lock file LMDB has to make anew, as in one that was restored. */
const MAKE_STORE = `
import { openEmbeddedStore } from '@openoss/storage';
import { rmSync } from 'node:fs';
const store = await openEmbeddedStore({ directory: process.argv[1], minFreeBytes: 0 });
await store.close();
rmSync(process.argv[1] + '/metadata.mdb-lock');
`;

/** Looks whether its metadata kills the process that uses it. */
const PROBE = `
import { probeMetadata } from '@openoss/storage';
console.log(JSON.stringify(await probeMetadata(process.argv[1], 10_000)));
`;

/** What a server has acknowledged, by key. */
type Acknowledged = Map<string, Buffer>;

async function put(server: Reachable, key: string, body: Buffer): Promise<number> {
  return (await sendSigned(server, { method: 'PUT', bucket, key, body })).status;
}

async function remove(server: Reachable, key: string): Promise<number> {
  return (await sendSigned(server, { method: 'DELETE', bucket, key })).status;
}

/** Everything that was acknowledged is there, byte for byte. */
async function expectAll(server: Reachable, acknowledged: Acknowledged): Promise<void> {
  const missing: string[] = [];
  const entries = [...acknowledged].values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const [key, body] of entries) {
        const answer = await sendSigned(server, { bucket, key });
        if (answer.status !== 200 || !answer.body.equals(body)) missing.push(key);
      }
    }),
  );
  expect(missing).toEqual([]);
}

/** Puts bodies of these sizes side by side until each writer has been refused, or cut off, in a row. */
async function fill(
  server: Reachable,
  acknowledged: Acknowledged,
  prefix: string,
  sizes: readonly number[],
): Promise<number[]> {
  const statuses: number[] = [];
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      let refusals = 0;
      for (let at = 0; refusals < sizes.length; at++) {
        const key = `${prefix}-${writer}-${at}`;
        const body = bodyOf(key, sizes[(at + writer) % sizes.length] ?? 0);
        const status = await put(server, key, body).catch(() => 0);
        statuses.push(status);
        if (status === 0) return;
        if (status === 200) acknowledged.set(key, body);
        refusals = status === 200 ? 0 : refusals + 1;
      }
    }),
  );
  return statuses;
}

/** Asks until it is so. */
async function until(isSo: () => Promise<boolean>, seconds = 10): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`It did not come true within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The log's lines. */
function linesOf(stderr: string): Readonly<Record<string, unknown>>[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

const found = await Promise.all(
  (['ext4', 'tmpfs'] as const).map(async (kind: SmallFileSystemKind) => {
    const why = await whyNoSmallFileSystem(kind);
    return [why === undefined ? kind : `passed over: ${why}`, kind, why !== undefined] as const;
  }),
);
/** Workers see the disk as the primary does, of whatever kind it is: for them one kind is enough. */
const kinds =
  process.env.OPENOSS_TEST_WORKERS === undefined
    ? found
    : [...found]
        .sort(([, , isSkipped], [, , other]) => Number(isSkipped) - Number(other))
        .slice(0, 1);

describe.each(kinds)('%s', (_, kind, isSkipped) => {
  it.skipIf(isSkipped)(
    'ends with status 74 when a commit meets a full disk, and has all it acknowledged afterwards',
    async () => {
      const { path: disk } = await smallFileSystem(kind, 40 * MIB);
      const ballast = path.join(disk, 'ballast');
      await writeFile(ballast, Buffer.alloc(12 * MIB), { flush: true });
      const data = path.join(disk, 'data');
      const unwatched = await serve(data, ['--min-free-space', '0']);
      await sendSigned(unwatched, { method: 'PUT', bucket });
      const acknowledged: Acknowledged = new Map();
      await fill(unwatched, acknowledged, 'small', [30_000, 4_000, 60_000]);
      const { status, signal, stderr } = await unwatched.outcome;
      expect({ status, signal }).toEqual({ status: 74, signal: null });
      expect(linesOf(stderr).at(-1)).toMatchObject({
        exitStatus: 74,
        msg: expect.stringContaining('the disk is full'),
      });
      expect(acknowledged.size).toBeGreaterThan(100);

      // It starts on the full disk too, and serves what can be served.
      const full = await serve(data);
      await expectAll(full, acknowledged);
      const refused = await sendSigned(full, { method: 'PUT', bucket, key: 'more', body: 'x' });
      expect(refused.status).toBe(503);
      expect(errorOf(refused)).toMatchObject({ Code: 'ServiceUnavailable' });

      await rm(ballast);
      await until(async () => (await put(full, 'more', bodyOf('more', 100))) === 200);
      const [first = ''] = acknowledged.keys();
      expect(await remove(full, first)).toBe(204);
      acknowledged.delete(first);
      await expectAll(full, acknowledged);
      full.child.kill('SIGTERM');
      expect(await full.outcome).toMatchObject({ status: 0 });
    },
  );

  it.skipIf(isSkipped)(
    'refuses puts before the disk is full, reads and deletes on, and takes puts again',
    async () => {
      const { path: disk } = await smallFileSystem(kind, 64 * MIB);
      const server = await serve(path.join(disk, 'data'));
      await sendSigned(server, { method: 'PUT', bucket });
      await until(async () => (await metric(server, 'openoss_reserve_bytes')) > 0);
      const acknowledged: Acknowledged = new Map();
      const statuses = await fill(
        server,
        acknowledged,
        'mixed',
        [4_000, 900_000, 60_000, 200_000, 3_000_000, 1_000],
      );
      expect(new Set(statuses)).toEqual(new Set([200, 503]));
      await until(async () => (await put(server, 'small', bodyOf('s', 1_000))) === 503);

      const minFree = await metric(server, 'openoss_min_free_bytes');
      expect(await metric(server, 'openoss_space_state')).toBe(1);
      expect(await metric(server, 'openoss_free_bytes')).toBeGreaterThan(minFree / 2);
      expect((await send(server.admin, { target: '/health/ready' })).text).toMatch(
        /^ready\n.*puts are refused/,
      );
      const refused = await sendSigned(server, { method: 'PUT', bucket, key: 'k', body: 'x' });
      expect(errorOf(refused)).toMatchObject({
        Code: 'ServiceUnavailable',
        Message: expect.stringMatching(/no space left.*deleted/),
      });
      const bucketRefused = await sendSigned(server, { method: 'PUT', bucket: 'another' });
      expect(bucketRefused.status).toBe(503);
      await expectAll(server, acknowledged);

      // Large ones give the file system its space back.
      const large = [...acknowledged].filter(([, { length }]) => length > 500_000);
      for (const [key] of large.slice(0, 8)) {
        expect(await remove(server, key)).toBe(204);
        acknowledged.delete(key);
      }
      const again = bodyOf('again', 900_000);
      await until(async () => (await put(server, 'again', again)) === 200);
      acknowledged.set('again', again);

      // Small ones leave pages in LMDB's file, which never shrinks: small ones get them.
      await fill(server, acknowledged, 'more', [50_000, 500]);
      expect(await put(server, 'small', bodyOf('small', 1_000))).toBe(503);
      const small = [...acknowledged].filter(([, { length }]) => length < 64 * 1024);
      for (const [key] of small.slice(0, (small.length * 3) / 4)) {
        expect(await remove(server, key)).toBe(204);
        acknowledged.delete(key);
      }
      const free = await metric(server, 'openoss_free_bytes');
      const replacement = bodyOf('small', 20_000);
      await until(async () => (await put(server, 'small', replacement)) === 200);
      acknowledged.set('small', replacement);
      expect(await metric(server, 'openoss_free_bytes')).toBe(free);

      await expectAll(server, acknowledged);
      server.child.kill('SIGTERM');
      const { status, stderr } = await server.outcome;
      expect(status).toBe(0);
      // Told when it begins and when it ends, not for each of the hundred refusals.
      const told = linesOf(stderr).map(({ msg }) => String(msg));
      const beginnings = told.filter((msg) => msg.startsWith('little space is left'));
      expect(beginnings.length).toBeGreaterThan(0);
      expect(beginnings.length).toBeLessThanOrEqual(4);
      const endings = told.filter((msg) => msg.startsWith('there is space again'));
      expect(beginnings.length - endings.length).toBeLessThanOrEqual(1);
    },
  );

  it.skipIf(isSkipped)(
    'survives another program that takes all of the disk, at work and at rest',
    async () => {
      const { path: disk } = await smallFileSystem(kind, 96 * MIB);
      const server = await serve(path.join(disk, 'data'));
      await sendSigned(server, { method: 'PUT', bucket });
      await until(async () => (await metric(server, 'openoss_reserve_bytes')) > 0);
      const acknowledged: Acknowledged = new Map();
      for (let round = 0; round < 2; round++) {
        const eater = spawn(process.execPath, ['-e', EATER, path.join(disk, 'eaten')]);
        await Promise.all([
          once(eater, 'exit'),
          fill(server, acknowledged, `round-${round}`, [30_000, 200_000, 500]),
        ]);
        // Nothing is left; what is deleted goes as far as the reserve lasts, and nothing breaks.
        for (const key of [...acknowledged.keys()].slice(0, 20)) {
          const status = await remove(server, key);
          expect([204, 503]).toContain(status);
          if (status === 204) acknowledged.delete(key);
        }
        // What accounts set for themselves is on the same disk, and refused in the same words.
        for (let time = 0; time < 5; time++) {
          const set = await sendSigned(server, {
            method: 'PUT',
            query: [['publicAccessBlock', null]],
            body: '<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>',
          });
          expect([200, 503]).toContain(set.status);
          if (set.status === 503) expect(errorOf(set).Code).toBe('ServiceUnavailable');
        }
        await expectAll(server, acknowledged);
        await rm(path.join(disk, 'eaten'));
        const key = `after-${round}`;
        await until(async () => (await put(server, key, bodyOf(key, 200_000))) === 200);
        acknowledged.set(key, bodyOf(key, 200_000));
      }
      await until(async () => (await metric(server, 'openoss_reserve_bytes')) > 0);
      expect((await statfs(disk)).bavail).toBeGreaterThan(0);
      server.child.kill('SIGTERM');
      expect(await server.outcome).toMatchObject({ status: 0 });
    },
  );

  it.skipIf(isSkipped)(
    'refuses a body that cannot fit before it is sent, and uploads that together do not fit',
    async () => {
      const { path: disk } = await smallFileSystem(kind, 48 * MIB);
      const server = await serve(path.join(disk, 'data'), ['--min-free-space', '8MiB']);
      await sendSigned(server, { method: 'PUT', bucket });
      const tooLarge = await sendSigned(server, {
        method: 'PUT',
        bucket,
        key: 'declared',
        headers: { 'Content-Length': String(100 * MIB), Expect: '100-continue' },
      });
      expect(tooLarge.status).toBe(503);
      const body = randomBytes(12 * MIB);
      const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
      const statuses = await Promise.all(keys.map((key) => put(server, key, body)));
      expect(statuses).toContain(503);
      for (const [at, key] of keys.entries()) {
        const answer = await sendSigned(server, { bucket, key });
        expect([statuses[at], answer.status]).toEqual(
          answer.status === 200 ? [200, 200] : [503, 404],
        );
        if (answer.status === 200) expect(answer.body.equals(body)).toBe(true);
        await remove(server, key);
      }
      // One alone fits, when what the others had is deleted.
      await until(async () => (await put(server, 'alone', body)) === 200);
      expect(await put(server, 'small', bodyOf('small', 100_000))).toBe(200);
      server.child.kill('SIGTERM');
      expect(await server.outcome).toMatchObject({ status: 0 });
    },
  );

  it.skipIf(isSkipped)(
    'is not taken for damage where it ends whoever opens the metadata',
    async () => {
      const { path: disk } = await smallFileSystem(kind, 40 * MIB);
      const data = path.join(disk, 'data');
      const cwd = path.join(import.meta.dirname, '..', '..');
      const node = [process.execPath, '--input-type=module', '-e'];
      expect(await run([...node, MAKE_STORE, data], { cwd })).toMatchObject({ status: 0 });
      const probed = async () => JSON.parse((await run([...node, PROBE, data], { cwd })).stdout);
      await once(spawn(process.execPath, ['-e', EATER, path.join(disk, 'eaten')]), 'exit');
      // Where there is a last block for it, it goes well.
      expect((await probed()).outcome).not.toBe('deadly');
      await rm(path.join(disk, 'eaten'));
      expect(await probed()).toEqual({ outcome: 'sound' });
    },
  );
});
