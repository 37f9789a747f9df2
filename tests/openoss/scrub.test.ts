/** `openoss scrub` as an operator runs it. */
import { describe, expect, it } from 'vitest';
import { flipBit } from '../support/damage.js';
import { BUCKET, filledServer, LARGE } from '../support/filled-server.js';
import { send, sendSigned } from '../support/http.js';
import { blobFiles, freshDirectories, metric, openoss, stop } from '../support/operator.js';
import { type Outcome, outcomeOf, programs, start } from '../support/programs.js';
import type { Server } from '../support/serve.js';

const freshDirectory = await freshDirectories();

const scrub = (server: Server, ...args: string[]): Promise<Outcome> =>
  openoss('scrub', '--admin', server.admin, '--rate', '0', ...args);

describe('openoss scrub', () => {
  it('says that all is well, and when it looked', async () => {
    const server = await filledServer(freshDirectory());
    const outcome = await scrub(server);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout).toMatch(/^Clean: 1 buckets, 3 records, 3 bodies, 0\.6 MiB in .* s\.\n$/);
    expect(await metric(server, 'openoss_scrubs_total')).toBe(1);
    const at = await metric(server, 'openoss_scrub_last_completed_timestamp_seconds');
    expect(Math.abs(at - Date.now() / 1000)).toBeLessThan(60);
  });

  it('names a damaged object, says what to do, counts and logs it', async () => {
    const server = await filledServer(freshDirectory());
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
    const server = await filledServer(freshDirectory());
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
    const server = await filledServer(freshDirectory());
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
    const server = await filledServer(freshDirectory());
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
