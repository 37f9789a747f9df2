import { describe, expect, it } from 'vitest';
import {
  absent,
  add,
  addWrapping,
  equals,
  put,
  remove,
  removeRange,
} from '../engine/metadata-engine.js';
import { type CarriedCommit, commitLength, readCommit, writeCommit } from './commit-frame.js';

const key = (text: string): Buffer => Buffer.from(text);

function carried(commit: CarriedCommit): CarriedCommit {
  const length = commitLength(commit);
  const target = Buffer.alloc(length + 20, 0xee);
  writeCommit(commit, target, 10);
  // It has the length it was said to have, and nothing beside it is touched.
  expect(target.subarray(0, 10)).toEqual(Buffer.alloc(10, 0xee));
  expect(target.subarray(10 + length)).toEqual(Buffer.alloc(10, 0xee));
  return readCommit(target.subarray(10, 10 + length));
}

describe('the binary form of a commit', () => {
  it('carries every kind of condition and change', () => {
    const commit: CarriedCommit = {
      partition: 'Äpfel',
      conditions: [
        absent(key('a')),
        equals(key('b'), Buffer.alloc(0)),
        equals(key('c'), Buffer.alloc(70_000, 7)),
      ],
      changes: [
        put(key('p'), Buffer.alloc(0)),
        put(Buffer.alloc(1536, 255), Buffer.alloc(100_000, 3)),
        remove(key('r')),
        removeRange(key('from')),
        removeRange(key('from'), key('to')),
        add(key('n'), -(2 ** 53) + 1),
        add(key('n'), 2 ** 53 - 1),
        addWrapping(key('x'), 2 ** 48 - 1),
      ],
    };
    expect(carried(commit)).toEqual(commit);
    const nothing = { partition: 'p', conditions: [], changes: [] };
    expect(carried(nothing)).toEqual(nothing);
  });

  it('is refused when it was cut short', () => {
    const commit = { partition: 'p', conditions: [], changes: [put(key('key'), key('value'))] };
    const whole = Buffer.alloc(commitLength(commit));
    writeCommit(commit, whole, 0);
    for (let length = 0; length < whole.length; length++) {
      expect(() => readCommit(whole.subarray(0, length))).toThrow(RangeError);
    }
  });
});
