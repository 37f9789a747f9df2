/** `openoss backup` and `openoss restore`, of a server at work and of one that is killed. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { send, sendSigned } from '../support/http.js';
import { freshDirectories, metric, openoss, serveCommand, stop } from '../support/operator.js';
import { outcomeOf, programs, run, start } from '../support/programs.js';
import { type Server, serve } from '../support/serve.js';
import { BUCKET, bodyOf, put } from '../support/versioned-objects.js';

const fresh = await freshDirectories();

/** What happened to a key, in order: the version put, or undefined for a deletion. */
interface Step {
  readonly version: number | undefined;
  readonly begunAt: number;
  acknowledgedAt: number | undefined;
}

/** A client that puts, replaces and deletes keys of its own, one after another, and keeps a record. */
class Writer {
  readonly history = new Map<string, Step[]>();
  readonly #server: Server;
  readonly #name: string;
  /** How many steps have been acknowledged. */
  acknowledged = 0;
  #isStopped = false;

  constructor(server: Server, name: string) {
    this.#server = server;
    this.#name = name;
  }

  async work(): Promise<void> {
    for (let turn = 0; !this.#isStopped; turn++) {
      const isLarge = turn % 3 === 0;
      const key = `${this.#name}/${isLarge ? 'large' : 'small'}-${turn % 13}`;
      const steps = this.history.get(key) ?? [];
      this.history.set(key, steps);
      const version = turn % 11 === 10 ? undefined : turn;
      const step: Step = { version, begunAt: performance.now(), acknowledgedAt: undefined };
      steps.push(step);
      if (version === undefined) {
        await sendSigned(this.#server, { method: 'DELETE', bucket: BUCKET, key });
      } else {
        await put(this.#server, key, bodyOf(key, version, isLarge));
      }
      step.acknowledgedAt = performance.now();
      this.acknowledged++;
    }
  }

  stop(): void {
    this.#isStopped = true;
  }
}

/** The states a key may have in a backup: what was acknowledged before it began, or came after that. */
function allowedAt(steps: readonly Step[], begin: number, end: number): (number | undefined)[] {
  let before = -1;
  steps.forEach((step, at) => {
    if ((step.acknowledgedAt ?? Number.POSITIVE_INFINITY) < begin) before = at;
  });
  const since = steps.slice(before + 1).filter(({ begunAt }) => begunAt < end);
  return [
    before === -1 ? undefined : steps[before]?.version,
    ...since.map(({ version }) => version),
  ];
}

describe('a backup of a server at work', () => {
  it('holds one moment: what was acknowledged before, and nothing by halves', async () => {
    const data = fresh('data');
    const server = await serve(data);
    await sendSigned(server, { method: 'PUT', bucket: BUCKET });
    const still = new Map<string, Buffer>();
    for (let at = 0; at < 20; at++) {
      const key = `still/${at}`;
      const body = bodyOf(key, at, at % 2 === 0);
      still.set(key, body);
      await put(server, key, body);
    }
    const writers = Array.from({ length: 4 }, (_, at) => new Writer(server, `writer${at}`));
    const working = writers.map((writer) => writer.work());

    const backups: { readonly directory: string; readonly begin: number; readonly end: number }[] =
      [];
    for (const kind of ['shared', 'copied', 'again']) {
      // Each of them is taken of a store that has changed since.
      const counts = writers.map(({ acknowledged }) => acknowledged + 8);
      await expect
        .poll(() => writers.every(({ acknowledged }, at) => acknowledged >= (counts[at] ?? 0)), {
          interval: 5,
          timeout: 20_000,
        })
        .toBe(true);
      const directory = fresh('backup');
      const flags = kind === 'shared' ? [] : ['--copy'];
      const previous = backups.at(-1);
      if (kind === 'again' && previous !== undefined) flags.push('--previous', previous.directory);
      const begin = performance.now();
      const outcome = await openoss('backup', directory, '--admin', server.admin, ...flags);
      backups.push({ directory, begin, end: performance.now() });
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      if (kind === 'again') expect(outcome.stdout).toMatch(/, [1-9]\d* of those shared/);
      if (kind === 'copied') expect(outcome.stdout).not.toContain('shared');
    }
    for (const writer of writers) writer.stop();
    await Promise.all(working);
    expect((await readdir(data)).filter((name) => name.startsWith('backup-'))).toEqual([]);
    // The server has gone on deleting what was replaced.
    const deleted = await metric(server, 'openoss_blobs_deleted_total');
    expect(deleted).toBeGreaterThan(0);
    await stop(server);

    for (const { directory, begin, end } of backups) {
      const restored = fresh('restored');
      expect(await openoss('restore', directory, '--data', restored)).toMatchObject({
        status: 0,
        stderr: '',
      });
      const again = await serve(restored);
      expect(again.credentials).toEqual(server.credentials);
      const read = (key: string) => sendSigned(again, { bucket: BUCKET, key });
      for (const [key, body] of still) {
        expect((await read(key)).body.equals(body), key).toBe(true);
      }
      let compared = 0;
      for (const { history } of writers) {
        for (const [key, steps] of history) {
          const allowed = allowedAt(steps, begin, end);
          const { status, body } = await read(key);
          const isThere = allowed.some((version) =>
            version === undefined
              ? status === 404
              : status === 200 && body.equals(bodyOf(key, version, key.includes('large'))),
          );
          expect(isThere, `${key} in ${directory}: ${status}, ${body.length} bytes`).toBe(true);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(20);
      expect(await metric(again, 'openoss_corrupt_records_total')).toBe(0);
      await stop(again);
    }
  }, 60_000);
});

describe('what is killed in the middle', () => {
  /** So many objects of 1 MiB that a copy of them takes a while. */
  const COPIED = 40;

  /** A server that has them. */
  async function filledServer(): Promise<{ server: Server; data: string; body: Buffer }> {
    const data = fresh('data');
    const server = await serve(data);
    await sendSigned(server, { method: 'PUT', bucket: BUCKET });
    const body = Buffer.alloc(1024 * 1024, 'openoss');
    const keys = Array.from({ length: COPIED }, (_, at) => `k${at}`);
    await Promise.all(keys.map((key) => put(server, key, body)));
    return { server, data, body };
  }

  /** Starts a backup and waits until it copies blobs. */
  async function copying(server: Server, target: string) {
    const child = start([
      process.execPath,
      programs.openoss,
      'backup',
      target,
      '--admin',
      server.admin,
      '--copy',
    ]);
    const outcome = outcomeOf(child);
    const deadline = Date.now() + 20_000;
    while (!existsSync(path.join(target, 'metadata.mdb'))) {
      if (Date.now() > deadline) throw new Error((await outcome).stderr);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return { child, outcome };
  }

  it('the command: the server lets go of its blobs, and the partial backup is refused everywhere', async () => {
    const { server, data, body } = await filledServer();
    const target = fresh('backup');
    const { child, outcome } = await copying(server, target);
    // While it is held, what is replaced stays.
    await put(server, 'k0', Buffer.from('replaced'));
    child.kill('SIGKILL');
    expect((await outcome).signal).toBe('SIGKILL');

    expect(existsSync(path.join(target, 'format'))).toBe(false);
    const refused = await run(serveCommand(target));
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.stderr).toContain('a backup or restore into it was not finished');
    const unrestored = await openoss('restore', target, '--data', fresh('restored'));
    expect(unrestored).toMatchObject({ status: 2 });
    expect(unrestored.stderr).toContain('was not finished');
    expect(await openoss('backup', target, '--admin', server.admin)).toMatchObject({ status: 2 });
    expect(await openoss('backup', fresh('backup'), '--data', target)).toMatchObject({ status: 2 });

    await expect.poll(() => metric(server, 'openoss_blobs_deleted_total')).toBe(1);
    await expect
      .poll(async () => (await readdir(data)).filter((name) => name.startsWith('backup-')))
      .toEqual([]);
    expect((await sendSigned(server, { bucket: BUCKET, key: 'k1' })).body.equals(body)).toBe(true);
    // And the next one is made.
    expect(await openoss('backup', fresh('backup'), '--admin', server.admin)).toMatchObject({
      status: 0,
    });
  });

  it('the server: the command says so and leaves nothing, and the server comes back with everything', async () => {
    const { server, data, body } = await filledServer();
    const target = fresh('backup');
    const { outcome } = await copying(server, target);
    server.child.kill('SIGKILL');
    const { status, stderr } = await outcome;
    expect(status).toBe(2);
    expect(stderr).toContain('no backup was made: The server ended the backup');
    expect(await readdir(target)).toEqual([]);

    // What a command that was killed too would leave.
    const stale = path.join(data, `backup-${'0'.repeat(32)}`);
    await mkdir(stale);
    await writeFile(path.join(stale, 'metadata.mdb'), 'stale');
    const again = await serve(data);
    expect(existsSync(stale)).toBe(false);
    for (let at = 0; at < COPIED; at++) {
      const answer = await sendSigned(again, { bucket: BUCKET, key: `k${at}` });
      expect(answer.body.equals(body), `k${at}`).toBe(true);
    }
  });
});

describe('/backup of the admin address', () => {
  it('writes only into an empty directory that was made for it in the data directory', async () => {
    const data = fresh('data');
    const server = await serve(data);
    const ask = async (handover: string): Promise<string> =>
      (await send(server.admin, { method: 'POST', target: `/backup?handover=${handover}` })).text;
    const own = `backup-${'a'.repeat(32)}`;
    const outside = path.join(path.dirname(data), own);
    await mkdir(outside);
    await mkdir(path.join(data, 'elsewhere'));
    for (const name of ['', 'elsewhere', `..%2F${own}`, encodeURIComponent(outside)]) {
      expect(await ask(name)).toContain('"failed"');
    }
    expect(await ask(own)).toContain('there is no directory');
    await mkdir(path.join(data, own));
    await writeFile(path.join(data, own, 'file'), '');
    expect(await ask(own)).toContain('is not empty');
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(path.join(data, 'elsewhere'))).toEqual([]);
    expect((await send(server.admin, { method: 'PUT', target: '/backup' })).status).toBe(405);
    expect((await send(server.admin, { target: '/backup' })).text).toBe(
      `${JSON.stringify({ directory: data })}\n`,
    );
  });
});
