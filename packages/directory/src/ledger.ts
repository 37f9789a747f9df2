import {
  type CommitOutcome,
  type RoomChange,
  type RoomCondition,
  type RoomStore,
  StorageFull,
} from '@openoss/storage';
import { decodeEntry, type EntryKey, encodeEntry, GENERATION } from './entries.js';
import { RamError } from './ram-error.js';

/** A change that was overtaken this often was not: something else is wrong. */
const MAX_ATTEMPTS = 1000;

/** Reads entries of the directory. */
export interface EntryReader {
  readonly room: Pick<RoomStore, 'get' | 'list'>;
  read<Entry>(key: EntryKey<Entry>): Promise<Entry | undefined>;
}

/**
 * The directory's entries, read and changed as if there were one user of them at a time. Every commit
 * raises the *generation*, and is conditional on that from which the change was reckoned: whatever
 * was read for it is still so when it is made, in this process and in every other, so no two changes
 * lose one another, and what was checked holds. Identities change seldom; one line for all of them is
 * what this costs.
 */
export class Ledger {
  readonly room: RoomStore;
  #line: Promise<unknown> = Promise.resolve();

  constructor(room: RoomStore) {
    this.room = room;
  }

  /** What `read` finds in one state of the directory; refusals too are those of one state. */
  async view<T>(read: (entries: EntryReader) => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const generation = await this.room.get(GENERATION);
      const settled = await settle(read(new Entries(this.room)));
      if (await this.#isStill(generation)) return settled();
    }
    throw overtaken();
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
      const draft = new Draft(this.room);
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
      const outcome = await this.#commit([unchanged], [...draft.changes, raised]);
      if (outcome === 'committed') return settled();
    }
    throw overtaken();
  }

  async #commit(conditions: RoomCondition[], changes: RoomChange[]): Promise<CommitOutcome> {
    try {
      return await this.room.commit(conditions, changes);
    } catch (error) {
      throw error instanceof StorageFull ? RamError.storageFull(error) : error;
    }
  }

  async #isStill(generation: Buffer | undefined): Promise<boolean> {
    return isSameGeneration(await this.room.get(GENERATION), generation);
  }
}

/** Entries as they are in the room. */
class Entries implements EntryReader {
  readonly room: RoomStore;

  constructor(room: RoomStore) {
    this.room = room;
  }

  async read<Entry>(key: EntryKey<Entry>): Promise<Entry | undefined> {
    const stored = await this.room.get(key);
    return stored === undefined ? undefined : decodeEntry(key, stored);
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
export function isSameGeneration(one: Buffer | undefined, other: Buffer | undefined): boolean {
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

const overtaken = (): Error =>
  new Error('The directory was changed by others each time a change was tried');
