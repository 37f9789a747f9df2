import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProbeResult } from '@openoss/storage';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLog } from '../log.js';
import { CrashLoop, CrashLoopGuard, type CrashLoopOptions } from './crash-loop-guard.js';

const DEADLY: ProbeResult = { outcome: 'deadly', how: 'it ended a process with SIGSEGV' };
const SOUND: ProbeResult = { outcome: 'sound' };

/** Starts on one directory; each of them ends without a word unless its guard is told otherwise. */
async function starts(result: ProbeResult) {
  const directory = await mkdtemp(join(tmpdir(), 'openoss-starts-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  let lines: string[] = [];
  let probes = 0;
  const options = (more: Partial<CrashLoopOptions>): CrashLoopOptions => ({
    directory,
    log: createLog('debug', { write: (line) => void lines.push(line) }),
    force: false,
    probe: async () => {
      probes++;
      return result;
    },
    ...more,
  });
  return {
    file: join(directory, 'starts.json'),
    begin: (more: Partial<CrashLoopOptions> = {}) => CrashLoopGuard.begin(options(more)),
    /** What was logged since it was asked last. */
    said(): string[] {
      const said = lines;
      lines = [];
      return said;
    },
    get probes() {
      return probes;
    },
  };
}

describe('starts that end badly', () => {
  it('are told of from three on, with what the last one was doing', async () => {
    const { begin, said } = await starts(SOUND);
    for (let at = 0; at < 3; at++) {
      const guard = await begin();
      guard.enter('sweeping and serving');
      expect(said()).toEqual([]);
    }
    await begin();
    const [line = '{}'] = said();
    expect(JSON.parse(line)).toMatchObject({
      level: 40,
      starts: 3,
      lastPhase: 'sweeping and serving',
    });
  });

  it('are refused at five if the metadata is the cause, and until it is sound again', async () => {
    const world = await starts(DEADLY);
    for (let at = 0; at < 5; at++) await world.begin();
    expect(world.probes).toBe(0);
    await expect(world.begin()).rejects.toThrow(CrashLoop);
    await expect(world.begin()).rejects.toThrow(/the last 5 starts .* SIGSEGV/);
    expect(world.probes).toBe(2);
    await world.begin({ probe: async () => SOUND });
  });

  it('are not refused, however many, if it is not', async () => {
    const world = await starts(SOUND);
    for (let at = 0; at < 50; at++) await world.begin();
    expect(world.probes).toBe(9);
  });

  it('are not refused if nobody knows, or if it is told to start', async () => {
    const unknown = await starts({ outcome: 'unknown', why: 'it took too long' });
    for (let at = 0; at < 12; at++) await unknown.begin();
    const forced = await starts(DEADLY);
    for (let at = 0; at < 12; at++) await forced.begin({ force: true });
    expect(forced.probes).toBe(0);
  });

  it('do not count once one went well: ended as told, or served for a while', async () => {
    const world = await starts(DEADLY);
    for (let at = 0; at < 5; at++) await world.begin();
    (await world.begin({ force: true })).end();
    expect(existsSync(world.file)).toBe(false);
    for (let at = 0; at < 5; at++) await world.begin();
    const guard = await world.begin({ force: true, settledAfter: 1 });
    guard.serving();
    await expect.poll(() => existsSync(world.file)).toBe(false);
    // A phase that is told late does not bring it back.
    guard.enter('serving');
    expect(existsSync(world.file)).toBe(false);
  });

  it('do not count when they are far apart, or what was kept of them makes no sense', async () => {
    const world = await starts(DEADLY);
    const at = Date.now() - 16 * 60 * 1000;
    const old = Array.from({ length: 5 }, () => ({ at, phase: 'serving' }));
    for (const kept of [JSON.stringify({ starts: old, refused: true }), '{"starts":[1', '[]', '']) {
      writeFileSync(world.file, kept);
      await world.begin();
    }
    expect(world.probes).toBe(0);
  });
});
