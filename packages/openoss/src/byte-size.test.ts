import { describe, expect, it } from 'vitest';
import { readByteSize } from './byte-size.js';
import { UsageError } from './command-line.js';

describe('readByteSize', () => {
  it.each([
    ['0', 0],
    ['268435456', 268_435_456],
    ['256MiB', 268_435_456],
    ['256mib', 268_435_456],
    ['4 KiB', 4096],
    ['1.5GiB', 1_610_612_736],
    ['2TiB', 2_199_023_255_552],
    ['512B', 512],
  ])('reads %s', (text, bytes) => {
    expect(readByteSize('--flag', text)).toBe(bytes);
  });

  it.each(['', 'MiB', '-1', '1e3', '256MB', '256M', '1 2', '0x10', '9007199254740993', '10000TiB'])(
    'refuses %j',
    (text) => {
      expect(() => readByteSize('--flag', text)).toThrow(UsageError);
      expect(() => readByteSize('--flag', text)).toThrow('--flag takes a size');
    },
  );
});
