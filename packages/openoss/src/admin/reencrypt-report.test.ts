import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Output } from './output.js';
import {
  progressText,
  type ReencryptLine,
  type ReencryptProgress,
  ReencryptReport,
} from './reencrypt-report.js';

const MiB = 1024 * 1024;
const progress: ReencryptProgress = {
  Position: 'a',
  Objects: 50,
  Bytes: 10 * MiB,
  Rewrapped: 0,
  Rewritten: 50,
  Already: 0,
  Overtaken: 0,
  Failed: 0,
};

/** What is printed of these lines, ten seconds apart from each other. */
function printed(lines: readonly ReencryptLine[], { isWatched = false, json = false } = {}) {
  let out = '';
  let err = '';
  let now = 0;
  const edge = { err: { write: (text: string) => (err += text) }, isWatched };
  const results = { write: (text: string) => (out += text) };
  const output = new Output(results, edge.err, json);
  const report = new ReencryptReport(output, edge, { bucket: 'b', after: undefined }, () => now);
  for (const line of lines) {
    report.line(line);
    now += 10_000;
  }
  report.over();
  return { out, err, isDone: report.isDone };
}

describe('the report of a re-encryption', () => {
  it('tells how far it is, how fast, and how long it will take by what is further behind', () => {
    const total = { TotalObjects: 100, TotalBytes: 40 * MiB };
    expect(progressText({ ...progress, ...total }, 10_000)).toBe(
      '50 of 100 objects, 10.0 MiB of 40.0 MiB, 1.0 MiB/s, 30 s left',
    );
    expect(progressText({ ...progress, ...total, Bytes: 0, Objects: 0 }, 0)).toBe(
      '0 of 100 objects, 0 bytes of 40.0 MiB',
    );
    expect(progressText({ ...progress, Failed: 2 }, 2000)).toBe(
      '50 objects, 10.0 MiB, 5.0 MiB/s, 2 FAILED',
    );
    const empty = { TotalObjects: 100, TotalBytes: 0, Bytes: 0 };
    expect(progressText({ ...progress, ...empty }, 60_000)).toContain(', 1 min left');
  });

  it('is one place on a terminal, and a line now and then elsewhere', () => {
    const lines = [
      { Type: 'begin' },
      { Type: 'progress', ...progress },
      { Type: 'progress', ...progress },
    ] as const;
    const watched = printed(lines, { isWatched: true }).err.split('\r\u001b[K');
    expect(watched.slice(0, 3)).toEqual([
      '',
      '50 objects, 10.0 MiB, 1.0 MiB/s',
      '50 objects, 10.0 MiB, 512.0 KiB/s',
    ]);
    expect(printed(lines).err.split('\n')[0]).toBe('50 objects, 10.0 MiB, 1.0 MiB/s');
  });

  it('says how to go on where it was broken off, in words that a shell takes', () => {
    for (const key of [
      'plain',
      'a b',
      "it's",
      'back\\slash',
      '-n',
      'ä/😀',
      "line\n'\\\u001b[31m",
    ]) {
      const told = printed([{ Type: 'begin' }, { Type: 'progress', ...progress, Position: key }]);
      expect(told.isDone).toBe(false);
      expect(told.err).not.toContain('\u001b');
      const [, word = ''] = /reencrypt b … --after=(.+)\n$/.exec(told.err) ?? [];
      const read = execFileSync('bash', ['-c', `printf '%s|' ${word}`], { encoding: 'utf8' });
      expect(read).toBe(`${key}|`);
    }
  });

  it('is done when everything was, and not when something failed', () => {
    const summary = { Type: 'summary', Complete: true, Milliseconds: 90_000, ...progress } as const;
    const begin = { Type: 'begin' } as const;
    expect(printed([begin, summary])).toMatchObject({ isDone: true, err: '' });
    expect(printed([begin, summary]).out).toContain('Done: 50 objects, 10.0 MiB, in 2 min:');
    const failure = {
      Type: 'failure',
      Key: 'a\u001b',
      Code: 'KeyDisabled',
      Message: 'no',
    } as const;
    const failed = printed([begin, failure, { ...summary, Failed: 1 }]);
    expect(failed.isDone).toBe(false);
    expect(failed.out).toContain('FAILED  "a\\u001b": KeyDisabled: no\n');
    const stopped = { ...summary, Complete: false, Code: 'ServiceUnavailable', Message: 'away' };
    const told = printed([begin, stopped]);
    expect(told.isDone).toBe(false);
    expect(told.err).toContain('ServiceUnavailable: away\nNothing is lost.');
    expect(told.err).toContain('--after=a\n');
    const json = printed([begin, failure, stopped], { json: true });
    expect(
      json.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).Type),
    ).toEqual(['failure', 'summary']);
  });
});
