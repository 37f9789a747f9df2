/** `openoss scrub` and `openoss fsck` as an operator runs them. */
import { randomBytes } from 'node:crypto';
import { cp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { flipBit, placesInMetadata } from '../support/damage.js';
import { send, sendSigned } from '../support/http.js';
import {
  blobFiles,
  freshDirectories,
  metric,
  openoss,
  serveCommand,
  stop,
} from '../support/operator.js';
import { type Outcome, outcomeOf, programs, run, start } from '../support/programs.js';
import { type Server, serve } from '../support/serve.js';

const freshDirectory = await freshDirectories();
const BUCKET = 'scrubbed';
const LARGE = 300_000;

/** A server with a bucket, a small object and two large ones. */
async function filledServer(): Promise<Server & { readonly data: string }> {
  const data = freshDirectory();
  const server = await serve(data);
  await sendSigned(server, { method: 'PUT', bucket: BUCKET });
  for (const [key, size] of [
    ['small', 2000],
    ['large', LARGE],
    ['other', LARGE],
  ] as const) {
    const put = await sendSigned(server, {
      method: 'PUT',
      bucket: BUCKET,
      key,
      body: randomBytes(size),
    });
    expect(put.status).toBe(200);
  }
  return { ...server, data };
}

const scrub = (server: Server, ...args: string[]): Promise<Outcome> =>
  openoss('scrub', '--admin', server.admin, '--rate', '0', ...args);

describe('openoss scrub', () => {
  it('says that all is well, and when it looked', async () => {
    const server = await filledServer();
    const outcome = await scrub(server);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout).toMatch(/^Clean: 1 buckets, 3 records, 3 bodies, 0\.6 MiB in .* s\.\n$/);
    expect(await metric(server, 'openoss_scrubs_total')).toBe(1);
    const at = await metric(server, 'openoss_scrub_last_completed_timestamp_seconds');
    expect(Math.abs(at - Date.now() / 1000)).toBeLessThan(60);
  });

  it('names a damaged object, says what to do, counts and logs it', async () => {
    const server = await filledServer();
    const [file = ''] = blobFiles(server.data);
    await flipBit(file, 4096 + LARGE - 10);
    const outcome = await scrub(server);
    expect(outcome.status).toBe(4);
    expect(outcome.stdout).toMatch(
      /^DAMAGE {3}bucket scrubbed, key (large|other): Blob \S+ is corrupt: block 4 fails its checksum\n {9}meaning: .*\n {9}what to do: delete the object, put it again, or restore it from a backup\nFound 1 damaged and 0 needless, 0 of them put right: /,
    );
    expect(await metric(server, 'openoss_scrub_damage_total')).toBe(1);
    const lines = (await scrub(server, '--json')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { type: 'progress', at: 'metadata', records: 0 },
      {
        type: 'finding',
        kind: 'damaged-body',
        severity: 'damage',
        bucket: BUCKET,
        repaired: false,
      },
      { type: 'summary', findings: 1, damage: 1, waste: 0, records: 3 },
    ]);
    // The advice works.
    const key = String(lines[1].key);
    await sendSigned(server, { method: 'PUT', bucket: BUCKET, key, body: 'again' });
    expect((await scrub(server)).status).toBe(0);
    const { stderr } = await stop(server);
    expect(stderr).toContain('a scrub found damage');
  });

  it('goes on at the rate it is told, one at a time, and ends when it is not wanted any more', async () => {
    const server = await filledServer();
    const gone = new AbortController();
    // A rate at which 600 kB take minutes.
    const slow = await fetch(`${server.admin}/scrub?rate=0.001`, {
      method: 'POST',
      signal: gone.signal,
    });
    expect(slow.status).toBe(200);
    const second = await scrub(server);
    expect(second.status).toBe(2);
    expect(second.stderr).toContain('answers 409: a scrub is under way already');
    // Clients do not notice.
    expect((await sendSigned(server, { bucket: BUCKET, key: 'large' })).status).toBe(200);
    gone.abort();
    await expect.poll(async () => (await scrub(server)).status, { timeout: 10_000 }).toBe(0);
  });

  it('does not hold up the end of the server', async () => {
    const server = await filledServer();
    const args = ['scrub', '--admin', server.admin, '--rate', '0.001', '--json'];
    const child = start([process.execPath, programs.openoss, ...args]);
    const slow = outcomeOf(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    const { status } = await stop(server);
    expect(status).toBe(0);
    const outcome = await slow;
    expect(outcome.status).toBe(2);
    expect(outcome.stdout).toContain('"the scrub ended early: The store is closed"');
  });

  it('is nothing that a web page can start, and offers nothing that loses anything', async () => {
    const server = await filledServer();
    const ask = async (method: string, target: string, headers = {}) =>
      (await send(server.admin, { method, target, headers })).status;
    expect(await ask('POST', '/scrub', { Origin: 'http://evil.example' })).toBe(403);
    expect(await ask('POST', '/scrub', { 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
    expect(await ask('GET', '/scrub')).toBe(405);
    expect(await ask('POST', '/scrub?repair=accept-loss')).toBe(400);
    expect(await ask('POST', '/scrub?rate=-1')).toBe(400);
    expect(await metric(server, 'openoss_scrubs_total')).toBe(0);
  });

  it.each([
    [['--admin', 'here'], '--admin takes a URL such as http://127.0.0.1:9001, not here'],
    [['--rate', 'fast'], '--rate takes a number of MiB'],
    [['--accept-loss'], 'unknown flag: --accept-loss'],
  ])('refuses %j', async (args, message) => {
    const outcome = await openoss('scrub', ...args);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(message);
  });

  it('says when no server answers', async () => {
    const outcome = await openoss('scrub', '--admin', 'http://127.0.0.1:1');
    expect(outcome).toMatchObject({ status: 2, stdout: '' });
    expect(outcome.stderr).toContain('no server answers at http://127.0.0.1:1');
  });
});

describe('openoss fsck', () => {
  it('keeps off a directory that is in use, and off what is no data directory', async () => {
    const server = await filledServer();
    const inUse = await openoss('fsck', '--data', server.data);
    expect(inUse.status).toBe(2);
    expect(inUse.stderr).toContain('is in use by the server with process id');
    const nothing = freshDirectory('nothing');
    const missing = await openoss('fsck', '--data', nothing);
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain('it is not a data directory of OpenOSS');
    await expect(readdir(nothing)).rejects.toThrow('ENOENT');
  });

  it('finds what a killed server left and puts it right only when it is told to', async () => {
    const server = await filledServer();
    await stop(server);
    // As a crash between the blob and its record leaves it: another session's, that nothing names.
    const [file = ''] = blobFiles(server.data);
    const session = path.basename(path.dirname(path.dirname(file)));
    const earlier = session.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    const orphan = path.join(server.data, 'blobs', earlier, '00', `${earlier}00000000`);
    await cp(file, orphan, { recursive: true });
    await truncate(orphan, 0);
    const before = blobFiles(server.data);
    const look = await openoss('fsck', '--data', server.data);
    expect(look.status).toBe(3);
    expect(look.stdout).toMatch(/^WASTE {4}nothing names blob/);
    expect(blobFiles(server.data)).toEqual(before);
    const repair = await openoss('fsck', '--data', server.data, '--repair');
    expect(repair.status).toBe(3);
    expect(repair.stdout).toMatch(/^REPAIRED /);
    expect(blobFiles(server.data)).toHaveLength(before.length - 1);
    const again = await openoss('fsck', '--data', server.data);
    expect(again).toMatchObject({ status: 0, stderr: '' });
    expect(again.stdout).toMatch(/^Clean: 1 buckets, 3 records/);
  });

  it("reports damage in LMDB's pages, where a server would not start or would end", async () => {
    const server = await filledServer();
    await stop(server);
    const metadata = path.join(server.data, 'metadata.mdb');
    const bytes = await readFile(metadata);
    const { pageBytes, newest, root } = placesInMetadata(bytes);
    // Where a node of the root page is said to be.
    await flipBit(metadata, root * pageBytes + 25);
    const page = await openoss('fsck', '--data', server.data);
    expect(page.status).toBe(4);
    expect(page.stdout).toContain(`DAMAGE   key page ${root}: page ${root}: `);
    await flipBit(metadata, root * pageBytes + 25);
    // The number of the last transaction: LMDB would go back to the one before, and say nothing.
    await flipBit(metadata, newest + 153);
    const meta = await openoss('fsck', '--data', server.data);
    expect(meta.status).toBe(2);
    expect(meta.stderr).toMatch(
      /metadata\.mdb is damaged \(page [01]: .*\); restore it from a backup/,
    );
    const start = await run(serveCommand(server.data));
    expect(start.status).toBe(2);
    expect(start.stderr).toContain('metadata.mdb is damaged');
    await flipBit(metadata, newest + 153);
    expect((await openoss('fsck', '--data', server.data)).status).toBe(0);
  });

  it('names a body that is gone, and leaves it at that', async () => {
    const server = await filledServer();
    await stop(server);
    const [file = ''] = blobFiles(server.data);
    await rm(file);
    const outcome = await openoss('fsck', '--data', server.data, '--accept-loss');
    expect(outcome.status).toBe(4);
    expect(outcome.stdout).toMatch(
      /^DAMAGE {3}bucket scrubbed, key (large|other): blob \S+ is not there/,
    );
  });
});
