import { CorruptRecord, type RoomStore, StorageFull } from '@openoss/storage';
import { describe, expect, it } from 'vitest';
import type { EntryKey } from './entries.js';
import { type EntryReader, Ledger } from './ledger.js';
import { openStore, refusalOf } from './testing/open-directory.js';

const number = (name: string) => name as EntryKey<number>;

/** A room whose commits are preceded by what somebody else does. */
function interrupted(room: RoomStore, interrupt: () => Promise<void>): RoomStore {
  return new Proxy(room, {
    get(target, name) {
      if (name === 'commit') {
        return async (...parameters: Parameters<RoomStore['commit']>) => {
          await interrupt();
          return target.commit(...parameters);
        };
      }
      return Reflect.get(target, name).bind(target);
    },
  });
}

describe('the ledger', () => {
  it('loses no change, of however many at once, in however many processes', async () => {
    const room = (await openStore()).room('directory');
    const ledgers = Array.from({ length: 4 }, () => new Ledger(room));
    const key = number('count');
    await Promise.all(
      ledgers.flatMap((ledger) =>
        Array.from({ length: 25 }, () =>
          ledger.change(async (draft) => draft.put(key, ((await draft.read(key)) ?? 0) + 1)),
        ),
      ),
    );
    expect(await ledgers[0]?.view((entries) => entries.read(key))).toBe(100);
    expect((await room.get('generation'))?.readBigUInt64BE()).toBe(100n);
  });

  it('reckons a change again from what stands there when somebody was faster', async () => {
    const room = (await openStore()).room('directory');
    const [one, other] = [number('one'), number('other')];
    let interruptions = 0;
    const rival = new Ledger(room);
    const ledger = new Ledger(
      interrupted(room, async () => {
        if (interruptions++ < 3) {
          await rival.change(async (draft) => draft.put(other, interruptions));
        }
      }),
    );
    const seen: (number | undefined)[] = [];
    await ledger.change(async (draft) => {
      seen.push(await draft.read(other));
      draft.put(one, 1);
    });
    expect(seen).toEqual([undefined, 1, 2, 3]);
  });

  it('changes nothing when a change throws', async () => {
    const room = (await openStore()).room('directory');
    const ledger = new Ledger(room);
    const change = ledger.change(async (draft) => {
      draft.put(number('one'), 1);
      throw new Error('no');
    });
    await expect(change).rejects.toThrow('no');
    expect(await room.list({ limit: 9 })).toEqual([]);
    await ledger.change(async (draft) => draft.put(number('two'), 2));
    expect((await room.list({ limit: 9 })).map(({ key }) => key)).toEqual(['generation', 'two']);
  });

  it('refuses only what is to be refused in one state', async () => {
    const room = (await openStore()).room('directory');
    const [one, other] = [number('one'), number('other')];
    const rival = new Ledger(room);
    // They are always the same, but not for somebody who reads one before and one after a change.
    const both = (value: number) =>
      rival.change(async (draft) => {
        draft.put(one, value);
        draft.put(other, value);
      });
    await both(0);
    let attempts = 0;
    const compare = async (entries: EntryReader) => {
      const first = await entries.read(one);
      if (attempts++ < 3) await both(attempts);
      if (first !== (await entries.read(other))) throw new Error('they differ');
      return first;
    };
    expect(await new Ledger(room).view(compare)).toBe(3);
    attempts = 0;
    expect(await new Ledger(room).change(compare)).toBe(3);
  });

  it('reads in a change what the change has put and deleted', async () => {
    const ledger = new Ledger((await openStore()).room('directory'));
    const [one, other] = [number('one'), number('other')];
    await ledger.change(async (draft) => draft.put(other, 2));
    const seen = await ledger.change(async (draft) => {
      draft.put(one, 1);
      draft.delete(other);
      return [await draft.read(one), await draft.read(other)];
    });
    expect(seen).toEqual([1, undefined]);
  });

  it('does not read what a newer version wrote', async () => {
    const room = (await openStore()).room('directory');
    await room.put('one', Buffer.from([2, 1, 2, 3]));
    const read = new Ledger(room).view((entries) => entries.read(number('one')));
    await expect(read).rejects.toBeInstanceOf(CorruptRecord);
    await expect(read).rejects.toThrow('unknown format 2 (this version knows 1)');
  });

  it('refuses a change that the disk has no room for, and makes it when there is', async () => {
    const room = (await openStore()).room('directory');
    let isFull = true;
    const full = new StorageFull(undefined);
    const ledger = new Ledger(
      interrupted(room, async () => {
        if (isFull) throw full;
      }),
    );
    const key = number('count');
    const change = () => ledger.change(async (draft) => draft.put(key, 1));
    expect(await refusalOf(change())).toBe('503 ServiceUnavailable');
    await expect(change()).rejects.toHaveProperty('cause', full);
    expect(await ledger.view((entries) => entries.read(key))).toBeUndefined();
    isFull = false;
    await change();
    expect(await ledger.view((entries) => entries.read(key))).toBe(1);
  });
});
