/** A server that cannot live is not started for ever; one that is only killed often always starts. */
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sendSigned } from '../support/http.js';
import {
  cleanEnvironment,
  type Outcome,
  outcomeOf,
  programs,
  run,
  scratchDirectory,
  start,
} from '../support/programs.js';
import { serve } from '../support/serve.js';

const scratch = await scratchDirectory();
let names = 0;
const freshDirectory = (): string => path.join(scratch, `data-${names++}`);

const command = (data: string, ...flags: string[]): string[] => [
  process.execPath,
  programs.openoss,
  'serve',
  '--data',
  data,
  '--listen',
  '127.0.0.1:0',
  '--admin-listen',
  'off',
  ...flags,
];

/** A data directory that a server has used and left as told. */
async function usedDirectory(): Promise<string> {
  const data = freshDirectory();
  const server = await serve(data);
  await sendSigned(server, { method: 'PUT', bucket: 'examplebucket' });
  for (let at = 0; at < 30; at++) {
    const body = Buffer.alloc(2000, at);
    await sendSigned(server, { method: 'PUT', bucket: 'examplebucket', key: `k${at}`, body });
  }
  server.child.kill('SIGTERM');
  await server.outcome;
  return data;
}

/** Where in LMDB's file the page lies that its tree begins with, from the newer of its meta pages. */
function rootPage(file: Buffer): number {
  const page = file.readUInt32LE(24 + 24);
  const metas = [0, page].map((at) => ({
    transaction: file.readBigUInt64LE(at + 24 + 128),
    root: Number(file.readBigUInt64LE(at + 24 + 24 + 48 + 40)),
  }));
  metas.sort((a, b) => Number(b.transaction - a.transaction));
  return (metas[0]?.root ?? 0) * page;
}

/** Places in a page's header and its table of nodes, of which one usually makes LMDB read past the end. */
const FLIPS = [
  { at: 18, bit: 6 },
  { at: 25, bit: 7 },
  { at: 27, bit: 7 },
  { at: 21, bit: 7 },
];

/** Turns over one bit in the page that the tree begins with, such that a start ends by a signal. */
async function damage(data: string): Promise<void> {
  const file = path.join(data, 'metadata.mdb');
  const whole = await readFile(file);
  for (const { at, bit } of FLIPS) {
    const bytes = Buffer.from(whole);
    const place = rootPage(bytes) + at;
    bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
    await writeFile(file, bytes);
    const child = start(command(data), { env: cleanEnvironment() });
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
    const { signal } = await outcomeOf(child);
    clearTimeout(timer);
    await rm(startsOf(data), { force: true });
    if (DEATHS.test(signal ?? '')) return;
  }
  throw new Error('None of the flips ends the process');
}

const DEATHS = /^SIG(SEGV|BUS|ABRT)$/;

const startsOf = (data: string): string => path.join(data, 'starts.json');

describe('a server whose metadata ends it', () => {
  it('is refused with status 65 after five starts, says what to do, and starts again once restored', async () => {
    const data = await usedDirectory();
    const whole = await readFile(path.join(data, 'metadata.mdb'));
    await damage(data);
    const outcomes: Outcome[] = [];
    for (let at = 0; at < 6; at++) outcomes.push(await run(command(data)));

    // It does kill the process: otherwise the test shows nothing.
    for (const outcome of outcomes.slice(0, 5)) expect(outcome.signal).toMatch(DEATHS);
    expect(outcomes[2]?.stderr).not.toContain('the last starts ended');
    expect(outcomes[3]?.stderr).toContain('the last starts ended within seconds');
    expect(outcomes[3]?.stderr).toMatch(
      /"lastPhase":"(opening metadata|starting|sweeping and serving)"/,
    );
    expect(outcomes[5]).toMatchObject({ status: 65, signal: null });
    expect(outcomes[5]?.stderr).toMatch(/the metadata is the cause: .*SIG(SEGV|BUS|ABRT)/);
    expect(outcomes[5]?.stderr).toContain('openoss restore BACKUP --data DIR');
    expect(outcomes[5]?.stderr).toContain('openoss fsck');
    // As long as it is damaged it stays refused, without another crash.
    expect((await run(command(data))).status).toBe(65);
    // Who insists gets the crash.
    expect((await run(command(data, '--force-start'))).signal).not.toBeNull();

    await writeFile(path.join(data, 'metadata.mdb'), whole);
    const server = await serve(data);
    const answer = await sendSigned(server, { bucket: 'examplebucket', key: 'k7' });
    expect(answer.body.equals(Buffer.alloc(2000, 7))).toBe(true);
  });
});

describe('a server that is killed often', () => {
  it('starts after twelve kills in a row, and a clean end leaves no trace of them', async () => {
    const data = await usedDirectory();
    expect(existsSync(startsOf(data))).toBe(false);
    for (let at = 0; at < 12; at++) {
      const child = start(command(data, '--log-level', 'error'), { env: cleanEnvironment() });
      const outcome = outcomeOf(child);
      // Alternately while it starts, and when it serves.
      if (at % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 100 + 20 * at));
      else await new Promise((resolve) => child.stdout?.once('data', resolve));
      child.kill('SIGKILL');
      const { signal, stderr } = await outcome;
      expect(signal).toBe('SIGKILL');
      expect(stderr).toBe('');
    }
    const server = await serve(data);
    expect((await sendSigned(server, { bucket: 'examplebucket', key: 'k1' })).status).toBe(200);
    expect(existsSync(startsOf(data))).toBe(true);
    server.child.kill('SIGTERM');
    expect(await server.outcome).toMatchObject({ status: 0 });
    expect(existsSync(startsOf(data))).toBe(false);
  });

  it('counts no start that says itself why it failed', async () => {
    const data = await usedDirectory();
    const server = await serve(await usedDirectory());
    const { port } = new URL(server.endpoint);
    for (let at = 0; at < 7; at++) {
      const failed = await run([
        ...command(data).slice(0, 5),
        '--listen',
        port,
        '--admin-listen',
        'off',
      ]);
      expect(failed.status).toBe(2);
      expect(failed.stderr).not.toContain('the last starts ended');
    }
    expect(existsSync(startsOf(data))).toBe(false);
  });
});
