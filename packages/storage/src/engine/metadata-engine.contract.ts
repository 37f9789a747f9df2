import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCounter, encodeCounter, WRAP, wrapped } from './counter-value.js';
import {
  absent,
  add,
  addWrapping,
  type Change,
  type Condition,
  equals,
  MAX_ENGINE_KEY_BYTES,
  type MetadataEngine,
  put,
  remove,
  removeRange,
  StoreClosed,
} from './metadata-engine.js';

/** An engine on a store of its own, and that store opened anew. */
export interface MetadataEngineUnderTest {
  readonly engine: MetadataEngine;
  /** Closes the engine and opens another one on the same store. */
  reopen(): Promise<MetadataEngine>;
}

const b = (text: string): Buffer => Buffer.from(text, 'latin1');

/** What every metadata engine must do. `open` makes an empty store and sees to its removal. */
export function metadataEngineContract(
  name: string,
  open: () => Promise<MetadataEngineUnderTest>,
): void {
  describe(`${name} keeps the contract of a metadata engine`, () => {
    it('finds nothing under a key that was never put', async () => {
      const { engine } = await open();
      expect(await engine.get('p', b('k'))).toBeUndefined();
    });

    it('returns what was committed, byte for byte, even nothing', async () => {
      const { engine } = await open();
      const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await engine.commit('p', [], [put(every, every), put(b('empty'), b(''))]);
      expect(await engine.get('p', every)).toEqual(every);
      expect(await engine.get('p', b('empty'))).toEqual(b(''));
    });

    it.each([1, 4096, 4080, 65_536, 1_000_000])('keeps a value of %i bytes', async (size) => {
      const { engine } = await open();
      const value = Buffer.alloc(size, 'value');
      await engine.commit('p', [], [put(b('k'), value)]);
      const found = await engine.get('p', b('k'));
      expect(found?.equals(value)).toBe(true);
    });

    it('gives values that later commits do not change', async () => {
      const { engine } = await open();
      await engine.commit('p', [], [put(b('k'), Buffer.alloc(5000, 'a'))]);
      const before = await engine.get('p', b('k'));
      for (let i = 0; i < 20; i++) {
        await engine.commit('p', [], [put(b('k'), Buffer.alloc(5000, String(i)))]);
      }
      expect(before?.equals(Buffer.alloc(5000, 'a'))).toBe(true);
    });

    it('keeps what was committed when it is closed and opened again', async () => {
      const { engine, reopen } = await open();
      await engine.commit('p', [], [put(b('k'), b('v')), add(b('n'), 3)]);
      const again = await reopen();
      expect(await again.get('p', b('k'))).toEqual(b('v'));
      expect(decodeCounter(await again.get('p', b('n')))).toBe(3);
    });

    it('keeps partitions apart, whatever their names', async () => {
      const { engine } = await open();
      const names = ['a', 'ab', 'b', '1', '\u0001a', 'ä'];
      for (const partition of names)
        await engine.commit(partition, [], [put(b('b'), b(partition))]);
      for (const partition of names) {
        expect(await engine.scan(partition, { limit: 10 })).toEqual([
          { key: b('b'), value: b(partition) },
        ]);
      }
      await engine.commit('a', [], [removeRange(b('\0'))]);
      expect(await engine.scan('a', { limit: 10 })).toEqual([]);
      expect(await engine.scan('ab', { limit: 10 })).toHaveLength(1);
    });

    it('takes keys of up to the longest length and refuses longer and empty ones', async () => {
      const { engine } = await open();
      const longest = Buffer.alloc(MAX_ENGINE_KEY_BYTES, 0xff);
      expect(await engine.commit('p'.repeat(64), [], [put(longest, b('v'))])).toBe('committed');
      expect(await engine.get('p'.repeat(64), longest)).toEqual(b('v'));
      const tooLong = Buffer.alloc(MAX_ENGINE_KEY_BYTES + 1);
      for (const key of [tooLong, b('')]) {
        await expect(
          engine.commit('p', [], [put(b('x'), b('v')), put(key, b('v'))]),
        ).rejects.toThrow(RangeError);
      }
      // Nothing of a refused commit takes place.
      expect(await engine.get('p', b('x'))).toBeUndefined();
    });

    describe('scan', () => {
      it('goes in byte order, from inclusive, to exclusive, up to the limit', async () => {
        const { engine } = await open();
        const keys = ['\x00', 'a', 'a\x00', 'ab', 'b', '\x7f', '\x80', '\xff', '\xff\xff'].map(b);
        await engine.commit(
          'p',
          [],
          [...keys].reverse().map((key) => put(key, b('v'))),
        );
        const found = async (range: Parameters<MetadataEngine['scan']>[1]): Promise<string[]> =>
          (await engine.scan('p', range)).map(({ key }) => key.toString('latin1'));
        const names = keys.map((key) => key.toString('latin1'));
        expect(await found({ limit: 100 })).toEqual(names);
        expect(await found({ limit: 3 })).toEqual(names.slice(0, 3));
        expect(await found({ from: b('a'), to: b('b'), limit: 100 })).toEqual(['a', 'a\x00', 'ab']);
        expect(await found({ from: b('aa'), limit: 2 })).toEqual(['ab', 'b']);
        expect(await found({ from: b('b'), to: b('b'), limit: 2 })).toEqual([]);
        expect(await found({ from: b('c'), to: b('b'), limit: 2 })).toEqual([]);
        expect(await found({ limit: 100, reverse: true })).toEqual([...names].reverse());
        expect(await found({ to: b('b'), limit: 2, reverse: true })).toEqual(['ab', 'a\x00']);
        expect(await found({ from: b('a'), to: b('bb'), limit: 9, reverse: true })).toEqual([
          'b',
          'ab',
          'a\x00',
          'a',
        ]);
      });

      it('takes bounds that are longer than any key', async () => {
        const { engine } = await open();
        const longest = Buffer.alloc(MAX_ENGINE_KEY_BYTES, 'k');
        const greater = Buffer.concat([longest.subarray(1), b('l')]);
        await engine.commit(
          'p',
          [],
          [b('a'), longest, greater, b('z')].map((key) => put(key, b('v'))),
        );
        const found = async (range: Omit<Parameters<MetadataEngine['scan']>[1], 'limit'>) =>
          (await engine.scan('p', { ...range, limit: 9 })).map(({ key }) => key);
        for (const more of ['\x00', 'k', 'k'.repeat(8000), '\xff'.repeat(100_000)]) {
          const bound = Buffer.concat([longest, b(more)]);
          expect(await found({ from: bound })).toEqual([greater, b('z')]);
          expect(await found({ to: bound })).toEqual([b('a'), longest]);
          expect(await found({ from: bound, reverse: true })).toEqual([b('z'), greater]);
          expect(await found({ from: bound, to: Buffer.concat([bound, b('x')]) })).toEqual([]);
        }
      });

      it('agrees with a sorted list on random keys and ranges', async () => {
        const { engine } = await open();
        const bytes = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((a) => Buffer.from(a));
        let partition = 0;
        await fc.assert(
          fc.asyncProperty(
            fc.array(bytes, { maxLength: 30 }),
            fc.option(bytes, { nil: undefined }),
            fc.option(bytes, { nil: undefined }),
            fc.integer({ min: 0, max: 12 }),
            fc.boolean(),
            async (keys, from, to, limit, reverse) => {
              const name = `random ${partition++}`;
              await engine.commit(
                name,
                [],
                keys.map((key) => put(key, key)),
              );
              const sorted = [...new Map(keys.map((key) => [key.toString('hex'), key])).values()]
                .sort(Buffer.compare)
                .filter((key) => from === undefined || key.compare(from) >= 0)
                .filter((key) => to === undefined || key.compare(to) < 0);
              if (reverse) sorted.reverse();
              const found = await engine.scan(name, { from, to, limit, reverse });
              expect(found).toEqual(sorted.slice(0, limit).map((key) => ({ key, value: key })));
            },
          ),
          { numRuns: 60 },
        );
      });
    });

    describe('a snapshot', () => {
      it('is of one moment, whatever is committed after it', async () => {
        const { engine } = await open();
        const all = Array.from({ length: 50 }, (_, i) => b(`k${String(i).padStart(2, '0')}`));
        await engine.commit(
          'p',
          [],
          all.map((key) => put(key, b('old'))),
        );
        const snapshot = await engine.snapshot();
        for (let i = 0; i < 30; i++) {
          await engine.commit(
            'p',
            [],
            [put(b('k00'), b(`new ${i}`)), remove(b('k07')), put(b(`more ${i}`), b('x'))],
          );
          // Others see each commit meanwhile.
          expect(await engine.get('p', b('k00'))).toEqual(b(`new ${i}`));
          expect(await engine.get('p', b('k07'))).toBeUndefined();
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        expect(await snapshot.get('p', b('k07'))).toEqual(b('old'));
        expect(await snapshot.get('p', b('more 1'))).toBeUndefined();
        expect(await snapshot.scan('p', { limit: 100 })).toEqual(
          all.map((key) => ({ key, value: b('old') })),
        );
        expect(await snapshot.keys('p', { from: b('k1'), to: b('k2'), limit: 5 })).toEqual(
          all.slice(10, 15),
        );
        expect(await snapshot.scan('q', { limit: 1 })).toEqual([]);
        const later = await engine.snapshot();
        expect(await later.get('p', b('k00'))).toEqual(b('new 29'));
        await snapshot.close();
        await snapshot.close();
        expect(await later.get('p', b('k07'))).toBeUndefined();
        await later.close();
        expect(await engine.get('p', b('k00'))).toEqual(b('new 29'));
      });
    });

    describe('commit', () => {
      it('makes all changes or none, in the order given', async () => {
        const { engine } = await open();
        const changes = [
          put(b('a'), b('1')),
          remove(b('a')),
          put(b('b'), b('1')),
          put(b('b'), b('2')),
        ];
        expect(await engine.commit('p', [], changes)).toBe('committed');
        expect(await engine.scan('p', { limit: 9 })).toEqual([{ key: b('b'), value: b('2') }]);
        const conflicting = await engine.commit('p', [absent(b('b'))], [put(b('c'), b('1'))]);
        expect(conflicting).toBe('conflict');
        expect(await engine.get('p', b('c'))).toBeUndefined();
      });

      it('holds each condition for what it says', async () => {
        const { engine } = await open();
        await engine.commit('p', [], [put(b('k'), b('v'))]);
        const outcomes = async (condition: Condition): Promise<string> =>
          engine.commit('p', [condition], []);
        expect(await outcomes(absent(b('k')))).toBe('conflict');
        expect(await outcomes(absent(b('other')))).toBe('committed');
        expect(await outcomes(equals(b('k'), b('v')))).toBe('committed');
        expect(await outcomes(equals(b('k'), b('w')))).toBe('conflict');
        expect(await outcomes(equals(b('k'), b('')))).toBe('conflict');
        expect(await outcomes(equals(b('other'), b('')))).toBe('conflict');
      });

      it('deletes ranges, of what was there and of what the commit itself put', async () => {
        const { engine } = await open();
        await engine.commit(
          'p',
          [],
          ['a', 'b', 'c', 'd'].map((key) => put(b(key), b('v'))),
        );
        await engine.commit(
          'p',
          [],
          [put(b('bb'), b('v')), removeRange(b('b'), b('d')), put(b('c'), b('new'))],
        );
        expect(await engine.scan('p', { limit: 9 })).toEqual([
          { key: b('a'), value: b('v') },
          { key: b('c'), value: b('new') },
          { key: b('d'), value: b('v') },
        ]);
        await engine.commit('p', [], [removeRange(b('c'))]);
        expect(await engine.scan('p', { limit: 9 })).toHaveLength(1);
      });

      it('adds to counters from any number of commits at once', async () => {
        const { engine } = await open();
        await Promise.all(
          Array.from({ length: 200 }, (_, i) =>
            engine.commit('p', [], [add(b('n'), i), add(b('m'), -1)]),
          ),
        );
        expect(decodeCounter(await engine.get('p', b('n')))).toBe(19_900);
        expect(decodeCounter(await engine.get('p', b('m')))).toBe(-200);
        expect(await engine.commit('p', [equals(b('m'), encodeCounter(-200))], [])).toBe(
          'committed',
        );
      });

      it('adds to sums that wrap, up and down, from any number of commits at once', async () => {
        const { engine } = await open();
        await engine.commit('p', [], [addWrapping(b('w'), -1)]);
        expect(decodeCounter(await engine.get('p', b('w')))).toBe(WRAP - 1);
        const amounts = Array.from({ length: 200 }, (_, i) => (i + 1) * 2 ** 40 + i);
        await Promise.all(amounts.map((n) => engine.commit('p', [], [addWrapping(b('w'), n)])));
        const sum = amounts.reduce((total, n) => total + BigInt(n), -1n);
        expect(decodeCounter(await engine.get('p', b('w')))).toBe(Number(BigInt.asUintN(48, sum)));
        // In another order, and in one commit, they are all taken out again.
        await engine.commit(
          'p',
          [],
          amounts.reverse().map((n) => addWrapping(b('w'), -n)),
        );
        expect(decodeCounter(await engine.get('p', b('w')))).toBe(WRAP - 1);
        await engine.commit('p', [], [addWrapping(b('w'), 1 - 2 * WRAP)]);
        expect(await engine.get('p', b('w'))).toEqual(encodeCounter(0));
        await expect(engine.commit('p', [], [addWrapping(b('w'), 2 ** 53)])).rejects.toThrow(
          RangeError,
        );
      });

      it('lets exactly one of many win that each want a key to be absent', async () => {
        const { engine } = await open();
        const outcomes = await Promise.all(
          Array.from({ length: 100 }, (_, i) =>
            engine.commit('p', [absent(b('k'))], [put(b('k'), b(String(i)))]),
          ),
        );
        expect(outcomes.filter((outcome) => outcome === 'committed')).toHaveLength(1);
        const winner = outcomes.indexOf('committed');
        expect(await engine.get('p', b('k'))).toEqual(b(String(winner)));
      });

      it('shows a commit to whoever asks after it resolved, and a conflict only for what is durable', async () => {
        const { engine } = await open();
        await Promise.all(
          Array.from({ length: 50 }, async (_, i) => {
            const key = b(`k${i % 5}`);
            const outcome = await engine.commit('p', [absent(key)], [put(key, b('v'))]);
            // Won or lost: by now the key is there for every reader.
            expect(outcome).toMatch(/committed|conflict/);
            expect(await engine.get('p', key)).toEqual(b('v'));
          }),
        );
      });

      it('behaves like its commits one after another, however they come', async () => {
        const key = fc.constantFrom('a', 'b', 'c', 'd').map(b);
        const value = fc.constantFrom('1', '2').map(b);
        const condition: fc.Arbitrary<Condition> = fc.oneof(
          key.map(absent),
          fc.tuple(key, value).map(([k, v]) => equals(k, v)),
        );
        const change: fc.Arbitrary<Change> = fc.oneof(
          fc.tuple(key, value).map(([k, v]) => put(k, v)),
          key.map(remove),
          fc.tuple(key, key).map(([from, to]) => removeRange(from, to)),
          fc.integer({ min: -5, max: 5 }).map((n) => add(b('n'), n)),
          fc.integer({ min: -WRAP, max: WRAP }).map((n) => addWrapping(b('w'), n)),
        );
        const commit = fc.record({
          conditions: fc.array(condition, { maxLength: 2 }),
          changes: fc.array(change, { maxLength: 4 }),
          /** Waits for all before it, instead of going along with them. */
          waits: fc.boolean(),
        });
        const { engine } = await open();
        let partition = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(commit, { maxLength: 15 }), async (commits) => {
            const name = `model ${partition++}`;
            const model = new Map<string, Buffer>();
            const expected: string[] = [];
            const outcomes: Promise<string>[] = [];
            for (const { conditions, changes, waits } of commits) {
              if (waits) await Promise.all(outcomes);
              outcomes.push(engine.commit(name, conditions, changes));
              expected.push(commitToModel(model, conditions, changes));
            }
            expect(await Promise.all(outcomes)).toEqual(expected);
            const found = await engine.scan(name, { limit: 100 });
            expect(found.map(({ key: k, value: v }) => [k.toString(), v])).toEqual(
              [...model].sort(([one], [other]) => (one < other ? -1 : 1)),
            );
          }),
          { numRuns: 80 },
        );
      });

      it('is done with what was asked for before it closes, and refuses what comes after', async () => {
        const { engine, reopen } = await open();
        const commits = Array.from({ length: 20 }, (_, i) =>
          engine.commit('p', [], [put(b(`k${i}`), b('v'))]),
        );
        const again = await reopen();
        expect(await Promise.all(commits)).toEqual(Array(20).fill('committed'));
        expect(await again.scan('p', { limit: 100 })).toHaveLength(20);
        await expect(engine.commit('p', [], [put(b('late'), b('v'))])).rejects.toThrow(StoreClosed);
      });
    });
  });
}

/** The plainest engine: a Map. */
function commitToModel(
  model: Map<string, Buffer>,
  conditions: readonly Condition[],
  changes: readonly Change[],
): 'committed' | 'conflict' {
  for (const condition of conditions) {
    const value = model.get(condition.key.toString());
    const holds =
      condition.kind === 'absent' ? value === undefined : value?.equals(condition.value) === true;
    if (!holds) return 'conflict';
  }
  for (const change of changes) {
    if (change.kind === 'put') model.set(change.key.toString(), change.value);
    if (change.kind === 'delete') model.delete(change.key.toString());
    if (change.kind === 'add') {
      const name = change.key.toString();
      model.set(name, encodeCounter(decodeCounter(model.get(name)) + change.amount));
    }
    if (change.kind === 'addWrapping') {
      const name = change.key.toString();
      model.set(name, encodeCounter(wrapped(decodeCounter(model.get(name)) + change.amount)));
    }
    if (change.kind === 'deleteRange') {
      for (const name of [...model.keys()]) {
        const key = b(name);
        const isBefore = change.to === undefined || key.compare(change.to) < 0;
        if (key.compare(change.from) >= 0 && isBefore) model.delete(name);
      }
    }
  }
  return 'committed';
}
