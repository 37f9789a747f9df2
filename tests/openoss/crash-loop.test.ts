/** A server that cannot live is not started for ever; one that is only killed often always starts. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { placesInMetadata } from '../support/damage.js';
import { sendSigned } from '../support/http.js';
import { freshDirectories, serveCommand, stop } from '../support/operator.js';
import { type Outcome, outcomeOf, programs, run, start } from '../support/programs.js';
import { serve } from '../support/serve.js';

const freshDirectory = await freshDirectories();

/** A data directory that a server has used and left as told. */
async function usedDirectory(): Promise<string> {
  const data = freshDirectory();
  const server = await serve(data);
  await sendSigned(server, { method: 'PUT', bucket: 'examplebucket' });
  for (let at = 0; at < 30; at++) {
    const body = Buffer.alloc(2000, at);
    await sendSigned(server, { method: 'PUT', bucket: 'examplebucket', key: `k${at}`, body });
  }
  await stop(server);
  return data;
}

/**
 * Damages the metadata such that a start ends by a signal: the pages below the root are said to lie
 * behind the end of the file, and the newer meta page says that there are so many. A start looks at
 * meta pages and at the roots' headers itself, and refuses what is wrong with those.
 */
async function damage(data: string): Promise<void> {
  const file = path.join(data, 'metadata.mdb');
  const bytes = await readFile(file);
  const { pageBytes, newest, root: page } = placesInMetadata(bytes);
  bytes.writeUInt32LE(2 ** 24, newest + 144);
  const root = page * pageBytes;
  // A branch page: the objects do not fit into one leaf.
  expect(bytes.readUInt16LE(root + 18)).toBe(1);
  for (let i = 0; i < bytes.readUInt16LE(root + 20) / 2; i++) {
    const node = root + 24 + bytes.readUInt16LE(root + 24 + 2 * i);
    bytes.writeUInt32LE(bytes.readUInt32LE(node) + 2 ** 20, node);
  }
  await writeFile(file, bytes);
}

const DEATHS = /^SIG(SEGV|BUS|ABRT)$/;

const startsOf = (data: string): string => path.join(data, 'starts.json');

describe('a server whose metadata ends it', () => {
  it('is refused with status 65 after five starts, says what to do, and starts again once restored', async () => {
    const data = await usedDirectory();
    const whole = await readFile(path.join(data, 'metadata.mdb'));
    await damage(data);
    const outcomes: Outcome[] = [];
    for (let at = 0; at < 6; at++) outcomes.push(await run(serveCommand(data)));

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
    expect((await run(serveCommand(data))).status).toBe(65);
    // Who insists gets the crash.
    expect((await run(serveCommand(data, '--force-start'))).signal).not.toBeNull();

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
      const child = start(serveCommand(data, '--log-level', 'error'));
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
    expect(await stop(server)).toMatchObject({ status: 0 });
    expect(existsSync(startsOf(data))).toBe(false);
  });

  it('counts no start that says itself why it failed', async () => {
    const data = await usedDirectory();
    const server = await serve(await usedDirectory());
    const { port } = new URL(server.endpoint);
    for (let at = 0; at < 7; at++) {
      const failed = await run([
        ...[process.execPath, programs.openoss, 'serve', '--data', data],
        ...['--listen', port, '--admin-listen', 'off'],
      ]);
      expect(failed.status).toBe(2);
      expect(failed.stderr).not.toContain('the last starts ended');
    }
    expect(existsSync(startsOf(data))).toBe(false);
  });
});
