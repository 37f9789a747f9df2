import { describe, expect, it } from 'vitest';
import { RecordingEdge } from '../program/recording-edge.js';
import { byteSize } from './byte-size.js';
import { leastBodyForProgress, ProgressBar } from './progress-bar.js';
import { progressLine } from './progress-line.js';

const MiB = 1024 * 1024;

function setUp(options: {
  columns?: number | undefined;
  total?: number | undefined;
  quiet?: boolean;
}) {
  const { columns, total, quiet = false } = options;
  const edge = new RecordingEdge(columns === undefined ? {} : { columns });
  const bar = new ProgressBar({ output: edge.stderr, clock: edge.clock, total, quiet });
  return { edge, bar, shown: () => edge.stderr.text };
}

describe('the progress bar', () => {
  it('shows bytes, rate and time left on standard error', () => {
    const { edge, bar, shown } = setUp({ columns: 100, total: 100 * MiB });
    bar.advance(10 * MiB);
    edge.elapsed = 1000;
    bar.advance(40 * MiB);
    const last = shown().split('\r').at(-1);
    expect(last).toMatch(/\[=+ +\] {3}50% {2}50\.0 MiB \/ 100 MiB {2}40\.0 MiB\/s {2}2s left/);
    expect(edge.stdout.text).toBe('');
  });

  it.each([
    ['a pipe', { total: 100 * MiB }],
    ['-q', { columns: 80, total: 100 * MiB, quiet: true }],
    ['a body of 8 MiB', { columns: 80, total: leastBodyForProgress }],
  ])('is not there for %s', async (_, options) => {
    const { bar, shown } = setUp(options);
    bar.advance(8 * MiB);
    await bar.finish();
    expect(shown()).toBe('');
  });

  it('of a stream appears once it has passed 8 MiB, without percent or time left', () => {
    const { bar, shown } = setUp({ columns: 80, total: undefined });
    bar.advance(8 * MiB);
    expect(shown()).toBe('');
    bar.advance(MiB);
    expect(shown()).toContain('9.0 MiB');
    expect(shown()).not.toMatch(/%|left/);
  });

  it('is drawn at most ten times a second', () => {
    const { edge, bar, shown } = setUp({ columns: 80, total: 100 * MiB });
    for (let index = 0; index < 1000; index += 1) {
      edge.elapsed = index;
      bar.advance(1024);
    }
    expect(shown().split('\r').length - 1).toBe(10);
  });

  it('goes back to zero when the body is sent again, and its rate stays true', () => {
    const { edge, bar, shown } = setUp({ columns: 100, total: 100 * MiB });
    bar.advance(50 * MiB);
    edge.elapsed = 1000;
    bar.rewind();
    expect(shown().split('\r').at(-1)).toContain('  0%');
    edge.elapsed = 2000;
    bar.advance(10 * MiB);
    expect(shown().split('\r').at(-1)).toContain('10.0 MiB/s');
  });

  it('leaves a clean line when it finishes, and nothing when it never showed', async () => {
    const { bar, shown } = setUp({ columns: 80, total: 100 * MiB });
    await bar.finish();
    expect(shown()).toBe('');
    bar.advance(MiB);
    await bar.finish();
    expect(shown().endsWith('\r\u001b[K')).toBe(true);
  });

  it('survives a standard error that fails', () => {
    const { edge } = setUp({ columns: 80 });
    const output = {
      isTerminal: true,
      columns: () => 80,
      write: () => Promise.reject(new Error('closed')),
    };
    const bar = new ProgressBar({ output, clock: edge.clock, total: 100 * MiB, quiet: false });
    expect(() => bar.advance(MiB)).not.toThrow();
  });
});

describe('the line of the progress bar', () => {
  const state = { sent: 50 * MiB, total: 100 * MiB, rate: MiB };

  it('never exceeds the width', () => {
    for (let columns = 1; columns < 130; columns += 1) {
      expect(progressLine(state, columns).length).toBeLessThanOrEqual(columns);
      expect(progressLine({ ...state, total: undefined }, columns).length).toBeLessThanOrEqual(
        columns,
      );
    }
  });

  it('leaves out the bar first, then the time left, then the rate', () => {
    expect(progressLine(state, 100)).toContain('[=');
    expect(progressLine(state, 50)).toBe(' 50%  50.0 MiB / 100 MiB  1.0 MiB/s  50s left');
    expect(progressLine(state, 40)).toBe(' 50%  50.0 MiB / 100 MiB  1.0 MiB/s');
    expect(progressLine(state, 25)).toBe(' 50%  50.0 MiB / 100 MiB');
    expect(progressLine(state, 8)).toBe(' 50%');
  });

  it('says 100% only at the end, and never a negative rest', () => {
    expect(progressLine({ ...state, sent: 100 * MiB - 1 }, 25)).toContain(' 99%');
    expect(progressLine({ ...state, sent: 101 * MiB }, 60)).toContain('100%  100 MiB / 100 MiB');
  });

  it.each([
    [3 * MiB, '3m'],
    [90 * MiB, '1h'],
  ])('writes long times in minutes and hours', (total, expected) => {
    const line = progressLine(
      { sent: 0, total, rate: total === 3 * MiB ? MiB / 61 : MiB / 41 },
      60,
    );
    expect(line).toContain(`${expected}0`);
  });
});

describe('a number of bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KiB'],
    [1024, '1.0 KiB'],
    [10 * MiB + 512 * 1024, '10.5 MiB'],
    [102_000, '99.6 KiB'],
    [999 * MiB, '999 MiB'],
    [5 * 1024 ** 3, '5.0 GiB'],
  ])('%d is %s', (bytes, text) => {
    expect(byteSize(bytes)).toBe(text);
  });
});
