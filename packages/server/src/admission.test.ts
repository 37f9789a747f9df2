import { OssError } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { Admission } from './admission.js';
import { createLog } from './log.js';
import { RareWarning } from './rare-warning.js';

const KiB = 1024;

function admission(limits: { maxRequests?: number; documentMemory?: number }) {
  const logged: Record<string, unknown>[] = [];
  const log = createLog('debug', { write: (line) => logged.push(JSON.parse(line)) });
  return {
    logged,
    log,
    admission: new Admission({ maxRequests: 1, documentMemory: 1, ...limits }, log),
  };
}

describe('admission', () => {
  it('takes so many requests on, and another when one has left', () => {
    const { admission: it } = admission({ maxRequests: 2 });
    expect([it.enter(), it.enter(), it.enter(), it.enter()]).toEqual([true, true, false, false]);
    it.leave();
    expect([it.enter(), it.enter()]).toEqual([true, false]);
  });

  it('holds long documents while there is room, short ones always, and one of any length', () => {
    const { admission: it } = admission({ documentMemory: 1000 * KiB });
    const first = it.holdDocument(900 * KiB);
    expect(() => it.holdDocument(200 * KiB)).toThrow(OssError);
    expect(it.holdDocument(64 * KiB)).toBeUndefined();
    const second = it.holdDocument(100 * KiB);
    first?.();
    // Twice is once.
    first?.();
    expect(() => it.holdDocument(901 * KiB)).toThrow(OssError);
    second?.();
    const huge = it.holdDocument(5000 * KiB);
    expect(() => it.holdDocument(65 * KiB)).toThrow(OssError);
    huge?.();
    it.holdDocument(1000 * KiB)?.();
  });

  it('refuses with 503, and spreads over three seconds when to come back', () => {
    const { admission: it, logged } = admission({});
    const refusals = Array.from({ length: 6 }, () => it.refusal('requests'));
    expect(refusals.map(({ headers }) => headers['Retry-After'])).toEqual([...'123123']);
    expect(refusals[0]).toMatchObject({ status: 503, code: 'ServiceUnavailable' });
    expect(it.shed).toBe(6);
    // Overload must not fill the log as well.
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ level: 40, tooMany: 'requests', times: 1 });
  });
});

describe('a rare warning', () => {
  it('is said once in ten seconds, with how often it happened', () => {
    const { log, logged } = admission({});
    let now = 0;
    const warning = new RareWarning(log, 'it happens', () => now);
    for (now = 0; now <= 20_000; now += 1000) warning.tell({ at: now });
    expect(logged.map(({ msg, at, times }) => [msg, at, times])).toEqual([
      ['it happens', 0, 1],
      ['it happens', 10_000, 10],
      ['it happens', 20_000, 10],
    ]);
  });
});
