import type { RoomChange, RoomCondition, RoomStore } from '../room-store.js';
import { decodeEntry, type EntryKey, encodeEntry } from './room-entry.js';

/** Changes with every commit of a ledger: 8 bytes, a number. */
export const GENERATION = 'generation';

/** A change that was overtaken this often was not: something else is wrong. */
const MAX_ATTEMPTS = 1000;

/** Reads entries of a room. */
export interface EntryReader {
  readonly room: Pick<RoomStore, 'get' | 'list'>;
  read<Entry>(key: EntryKey<Entry>): Promise<Entry | undefined>;
}

/**
 * A room's entries, read and changed as if there were one user of them at a time. Every commit
 * raises the *generation*, and is conditional on that from which the change was reckoned: whatever
 * was read for it is still so when it is made, in this process and in every other, so no two changes
 * lose one another, and what was checked holds. One line for all changes is what this costs: it is for
 * what changes seldom (decision 7).
 */
export class RoomLedger {
  readonly room: RoomStore;
  readonly #name: string;
  #line: Promise<unknown> = Promise.resolve();

  /** `name` is the room's, for messages. */
  constructor(room: RoomStore, name: string) {
    this.room = room;
    this.#name = name;
  }

  /** What `read` finds in one state of the room; refusals too are those of one state. */
  async view<T>(read: (entries: EntryReader) => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const generation = await this.room.get(GENERATION);
      const settled = await settle(read(new Entries(this.room, this.#name)));
      if (await this.#isStill(generation)) return settled();
    }
    throw this.#overtaken();
  }

  /**
   * Makes a change in one commit, and resolves with what `make` returned when it is durable. `make`
   * is run again when somebody else was faster; it may throw, and nothing is changed then.
   */
  change<T>(make: (draft: Draft) => Promise<T>): Promise<T> {
    const made = this.#line.then(() => this.#change(make));
    this.#line = made.catch(() => {});
    return made;
  }

  async #change<T>(make: (draft: Draft) => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const generation = await this.room.get(GENERATION);
      const draft = new Draft(this.room, this.#name);
      const settled = await settle(make(draft));
      if (settled.failed || draft.changes.length === 0) {
        if (await this.#isStill(generation)) return settled();
        continue;
      }
      const unchanged: RoomCondition =
        generation === undefined
          ? { absent: GENERATION }
          : { equals: GENERATION, value: generation };
      const raised: RoomChange = { put: GENERATION, value: nextGeneration(generation) };
      const outcome = await this.room.commit([unchanged], [...draft.changes, raised]);
      if (outcome === 'committed') return settled();
    }
    throw this.#overtaken();
  }

  async #isStill(generation: Buffer | undefined): Promise<boolean> {
    return isSameGeneration(await this.room.get(GENERATION), generation);
  }

  #overtaken(): Error {
    return new Error(`The ${this.#name} was changed by others each time a change was tried`);
  }
}

/** Entries as they are in the room. */
class Entries implements EntryReader {
  readonly room: RoomStore;
  readonly #name: string;

  constructor(room: RoomStore, name: string) {
    this.room = room;
    this.#name = name;
  }

  async read<Entry>(key: EntryKey<Entry>): Promise<Entry | undefined> {
    const stored = await this.room.get(key);
    return stored === undefined ? undefined : decodeEntry(this.#name, key, stored);
  }
}

/** A change in the making. It reads what it has put; what is listed is as it was. */
export class Draft extends Entries {
  readonly #changes = new Map<string, { readonly entry: unknown } | undefined>();

  get changes(): RoomChange[] {
    return Array.from(this.#changes, ([key, put]) =>
      put === undefined ? { delete: key } : { put: key, value: encodeEntry(put.entry) },
    );
  }

  override async read<Entry>(key: EntryKey<Entry>): Promise<Entry | undefined> {
    if (!this.#changes.has(key)) return super.read(key);
    return this.#changes.get(key)?.entry as Entry | undefined;
  }

  put<Entry>(key: EntryKey<Entry>, entry: Entry): void {
    this.#changes.set(key, { entry });
  }

  delete(key: EntryKey<unknown>): void {
    this.#changes.set(key, undefined);
  }
}

/** Whether two looks at the generation saw the same. */
function isSameGeneration(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

function nextGeneration(generation: Buffer | undefined): Buffer {
  const next = Buffer.alloc(8);
  next.writeBigUInt64BE((generation?.readBigUInt64BE() ?? 0n) + 1n);
  return next;
}

/** What came of a promise, to be returned or thrown later. */
interface Settled<T> {
  (): T;
  readonly failed: boolean;
}

async function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    const result = await promise;
    return Object.assign(() => result, { failed: false });
  } catch (error) {
    return Object.assign(
      (): never => {
        throw error;
      },
      { failed: true },
    );
  }
}
