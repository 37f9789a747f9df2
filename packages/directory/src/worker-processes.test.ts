import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { EmbeddedStore } from '@openoss/storage';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { inconsistencies } from './testing/inconsistencies.js';
import { openDirectory, openStore, refusalOf, testKey } from './testing/open-directory.js';

let bundle = '';
beforeAll(async () => {
  // Plain Node of this version runs no TypeScript; native packages stay outside.
  bundle = await mkdtemp(path.join(tmpdir(), 'openoss-directory-child-'));
  const modules = path.resolve(import.meta.dirname, '../../../node_modules');
  await symlink(modules, path.join(bundle, 'node_modules'));
  await build({
    entryPoints: { child: path.resolve(import.meta.dirname, 'testing/worker-child.ts') },
    outdir: bundle,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Chunks keep the order in which modules are evaluated where some are imported on demand.
    splitting: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@openoss/source'],
    external: ['lmdb', 'msgpackr'],
    logLevel: 'error',
  });
});
afterAll(() => rm(bundle, { recursive: true, force: true }));

interface Worker {
  readonly process: ChildProcess;
  /** Has a command done, and resolves with what came of it. */
  do(command: string): Promise<string>;
}

async function startWorker(store: EmbeddedStore & { readonly directory: string }): Promise<Worker> {
  const session = store.workers.begin();
  const child = spawn(
    process.execPath,
    [path.join(bundle, 'child.mjs'), store.directory, session.id, testKey.bytes.toString('base64')],
    { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] },
  );
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    await session.ended();
  });
  session.connect(child.stdio[3] as unknown as Duplex);
  if (child.stdin === null || child.stdout === null) throw new Error('no pipes');
  const { stdin, stdout } = child;
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  expect(await next()).toBe('ready');
  return {
    process: child,
    async do(command) {
      stdin.write(`${command}\n`);
      return next();
    },
  };
}

it('a key that one process deletes is refused by another from then on, and one that it makes is found', async () => {
  const store = await openStore();
  const { directory, users, accessKeys } = await openDirectory({ room: store.room('directory') });
  const worker = await startWorker(store);
  await users.create({ userName: 'alice' });
  for (let round = 0; round < 15; round++) {
    const { accessKeyId: ours } = await accessKeys.create('alice');
    expect(await worker.do(`find ${ours}`)).toBe('found');
    expect(await worker.do(`find ${ours}`)).toBe('found');
    await accessKeys.delete('alice', ours);
    expect(await worker.do(`find ${ours}`)).toBe('missing');
    const [theirs = '', secret] = (await worker.do('makeKey alice')).split(' ');
    expect(directory.findAccessKey(theirs)).toMatchObject({ secret });
    expect(await worker.do(`deleteKey alice ${theirs}`)).toBe('deleted');
    expect(directory.findAccessKey(theirs)).toBeUndefined();
  }
});

it('what two processes change at once contradicts itself in nothing, and nothing is lost', async () => {
  const store = await openStore();
  const room = store.room('directory');
  const { users, groups, accessKeys } = await openDirectory({ room });
  const worker = await startWorker(store);
  await groups.create({ groupName: 'staff' });
  const names = Array.from({ length: 60 }, (_, at) => `primary-${at}`);
  const [joined] = await Promise.all([
    worker.do('join staff 60'),
    ...names.map(async (userName) => {
      await users.create({ userName });
      await groups.addUser('staff', userName);
    }),
  ]);
  expect(joined).toBe('joined');
  expect(await inconsistencies(room)).toEqual([]);
  expect((await groups.members('staff', { maxItems: 1000 })).items).toHaveLength(120);
  for (let round = 0; round < 10; round++) {
    const userName = `primary-${round}`;
    await accessKeys.create(userName);
    const outcomes = await Promise.all([
      worker.do(`makeKey ${userName}`),
      refusalOf(accessKeys.create(userName)),
    ]);
    expect(outcomes.filter((outcome) => outcome.includes('LimitExceeded'))).toHaveLength(1);
    expect(await accessKeys.list(userName)).toHaveLength(2);
  }
});

it('a process that is killed in the midst of its changes leaves each whole or not made', async () => {
  const store = await openStore();
  const room = store.room('directory');
  const { users, groups } = await openDirectory({ room });
  await groups.create({ groupName: 'staff' });
  let before = 0;
  for (const changes of [1, 10, 25, 60]) {
    const worker = await startWorker(store);
    worker.do('join staff 200').catch(() => {});
    const made = async () => (await users.list({ maxItems: 1000 })).items.length - before;
    while ((await made()) < changes) await new Promise((resolve) => setTimeout(resolve, 1));
    worker.process.kill('SIGKILL');
    await once(worker.process, 'exit');
    expect(await inconsistencies(room)).toEqual([]);
    // It was killed in the midst of them.
    expect(await made()).toBeLessThan(200);
    before += await made();
  }
});
