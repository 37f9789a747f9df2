import { describe, expect, it } from 'vitest';
import { CorruptRecord } from '../../engine/corrupt-record.js';
import { decodeCounter, encodeCounter } from '../../engine/counter-value.js';
import {
  absent,
  add,
  type Change,
  type Condition,
  equals,
  put,
  remove,
  removeRange,
} from '../../engine/metadata-engine.js';
import { CommitBatch, type Verdict } from './commit-batch.js';
import { PartitionKeys } from './partition-key.js';

// That a batch behaves like its commits one after another is the contract suite's; here is what it
// leaves to write, and when an outcome may be told.
const keys = new PartitionKeys('p');
const b = (text: string): Buffer => Buffer.from(text);

function batchOn(entries: Record<string, Buffer>) {
  const committed = new Map(
    Object.entries(entries).map(([key, value]) => [keys.full(b(key)).toString(), value]),
  );
  const batch = new CommitBatch({
    get: (key) => committed.get(key.toString()),
    keys: (from, to) =>
      [...committed.keys()].map(b).filter((key) => key.compare(from) >= 0 && key.compare(to) < 0),
  });
  return {
    batch,
    commit: (conditions: Condition[], changes: Change[]): Verdict =>
      batch.add({ keys, conditions, changes }),
    written: () =>
      [...batch.operations()].map(({ key, value }) => [
        keys.own(key).toString(),
        value?.toString(),
      ]),
  };
}

describe('a batch', () => {
  it('writes each key once, as the last commit left it', () => {
    const { commit, written } = batchOn({ old: b('1'), gone: b('1') });
    commit([], [put(b('old'), b('2')), put(b('new'), b('1'))]);
    commit([], [put(b('new'), b('2')), remove(b('old'))]);
    commit([], [put(b('old'), b('3')), removeRange(b('a'), b('h'))]);
    expect(written()).toEqual([
      ['old', '3'],
      ['new', '2'],
      ['gone', undefined],
    ]);
  });

  it('adds any number of amounts to a counter in one write', () => {
    const { batch, commit } = batchOn({ n: encodeCounter(10) });
    for (let i = 0; i < 100; i++) commit([], [add(b('n'), 2)]);
    const operations = [...batch.operations()];
    expect(operations).toHaveLength(1);
    expect(decodeCounter(operations[0]?.value)).toBe(210);
  });

  it('lets a condition look at a counter in between', () => {
    const { commit, batch } = batchOn({});
    commit([], [add(b('n'), 1)]);
    expect(commit([equals(b('n'), encodeCounter(1))], [add(b('n'), 1)]).outcome).toBe('committed');
    expect(commit([equals(b('n'), encodeCounter(1))], []).outcome).toBe('conflict');
    commit([], [remove(b('n')), add(b('n'), 5)]);
    expect(decodeCounter([...batch.operations()][0]?.value)).toBe(5);
  });

  it('tells at once what rests on what is committed, and the rest with the batch', () => {
    const { commit } = batchOn({ old: b('1') });
    expect(commit([absent(b('old'))], [put(b('x'), b('1'))])).toEqual({
      outcome: 'conflict',
      waitsForBatch: false,
    });
    expect(commit([absent(b('x'))], [])).toEqual({ outcome: 'committed', waitsForBatch: false });
    expect(commit([absent(b('x'))], [put(b('x'), b('1'))])).toEqual({
      outcome: 'committed',
      waitsForBatch: true,
    });
    expect(commit([absent(b('x'))], [])).toEqual({ outcome: 'conflict', waitsForBatch: true });
    // Its first condition holds only because of the batch, so that it came to the second does too.
    expect(commit([equals(b('x'), b('1')), absent(b('old'))], [])).toEqual({
      outcome: 'conflict',
      waitsForBatch: true,
    });
  });

  it('takes nothing of a commit that cannot be made', () => {
    const { commit, written } = batchOn({ n: b('not a counter') });
    expect(() => commit([], [put(b('a'), b('1')), add(b('n'), 1)])).toThrow(CorruptRecord);
    expect(() => commit([], [put(b('a'), b('1')), put(b(''), b('1'))])).toThrow(RangeError);
    expect(() => commit([], [put(b('a'), b('1')), add(b('m'), 0.5)])).toThrow(RangeError);
    expect(written()).toEqual([]);
  });
});
