import { checkedContent, checkedValue } from './checked-value.js';
import type { DamageNotes } from './damage-notes.js';
import { prefixSuccessor } from './engine/key-successor.js';
import {
  type Awaitable,
  type Change,
  type CommitOutcome,
  type Condition,
  type Entry,
  type MetadataEngine,
  put,
  remove,
} from './engine/metadata-engine.js';
import { KeyQueue } from './key-queue.js';
import { tallied } from './record-digest.js';

/** A condition of a room's commit; a value is compared whole. */
export type RoomCondition =
  | { readonly absent: string }
  | { readonly equals: string; readonly value: Uint8Array };

/** A change of a room's commit. */
export type RoomChange =
  | { readonly put: string; readonly value: Uint8Array }
  | { readonly delete: string };

export interface RoomEntry {
  readonly key: string;
  readonly value: Buffer;
}

/**
 * A small key-value store that another room of the server keeps its state in, beside the objects:
 * text keys in byte order of UTF-8, values with a checksum, conditional durable commits. Damaged
 * values throw CorruptRecord, and are logged and counted.
 */
export interface RoomStore {
  get(key: string): Promise<Buffer | undefined>;
  /** As `get`, but at once where the engine answers at once. */
  look(key: string): Awaitable<Buffer | undefined>;
  /**
   * What looks at one entry for every request: as `look`, but its checksum is verified only when its
   * bytes are others than the last time, and as long as they are not, the same buffer comes back. The
   * process that does all the writing looks at the engine only while something is being written, and
   * once after that.
   */
  watch(key: string): () => Awaitable<Buffer | undefined>;
  /** The entries whose keys begin with `prefix`, in order; `after` is exclusive. */
  list(request: {
    readonly prefix?: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<RoomEntry[]>;
  /** All changes or none; resolves when durable. */
  commit(
    conditions: readonly RoomCondition[],
    changes: readonly RoomChange[],
  ): Promise<CommitOutcome>;
  put(key: string, value: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

/**
 * The store of one room, in a partition of its own on the engine. There is one of these a room: its
 * commits stand in line, so that the digest takes out of itself what really stood there.
 */
export class EngineRoomStore implements RoomStore {
  readonly #metadata: MetadataEngine;
  readonly #room: string;
  readonly #damage: DamageNotes;
  readonly #queue = new KeyQueue();
  /** Of this process: begun and not ended, and how often one has begun or ended. */
  #commitsUnderWay = 0;
  #commitSteps = 0;

  constructor(metadata: MetadataEngine, room: string, damage: DamageNotes) {
    this.#metadata = metadata;
    this.#room = room;
    this.#damage = damage;
  }

  /** Whether every commit to this room is made by this object; a worker's are the primary's. */
  protected get isOnlyWriter(): boolean {
    return true;
  }

  async get(key: string): Promise<Buffer | undefined> {
    return this.look(key);
  }

  look(key: string): Awaitable<Buffer | undefined> {
    const stored = roomKey(key);
    const found = (value: Buffer | undefined): Buffer | undefined =>
      value === undefined ? undefined : this.#content({ key: stored, value });
    const value = this.#metadata.get(roomPartition(this.#room), stored);
    return value instanceof Promise ? value.then(found) : found(value);
  }

  watch(key: string): () => Awaitable<Buffer | undefined> {
    const stored = roomKey(key);
    const partition = roomPartition(this.#room);
    let seen: Buffer | undefined;
    let content: Buffer | undefined;
    /** What stands there as long as the commits are at this step. */
    let lasting: { readonly step: number; readonly entry: Buffer | undefined } | undefined;
    const found = (value: Buffer | undefined): Buffer | undefined => {
      if (value === undefined) {
        seen = undefined;
        return undefined;
      }
      if (seen?.equals(value)) return content;
      // A copy of its own: what the engine hands out may be cut from a slab, which it would keep alive.
      const own = Buffer.from(value);
      content = this.#content({ key: stored, value: own });
      seen = own;
      return content;
    };
    return () => {
      const step = this.#commitSteps;
      if (lasting?.step === step) return lasting.entry;
      const lasts = this.isOnlyWriter && this.#commitsUnderWay === 0;
      const keep = (value: Buffer | undefined): Buffer | undefined => {
        const entry = found(value);
        if (lasts) lasting = { step, entry };
        return entry;
      };
      const value = this.#metadata.get(partition, stored);
      return value instanceof Promise ? value.then(keep) : keep(value);
    };
  }

  async list({
    prefix = '',
    after,
    limit,
  }: {
    readonly prefix?: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<RoomEntry[]> {
    const beginning = roomKey(prefix);
    let from = beginning;
    if (after !== undefined) {
      const behind = Buffer.concat([roomKey(after), Buffer.of(0)]);
      if (behind.compare(from) > 0) from = behind;
    }
    const range = { from, to: prefixSuccessor(beginning), limit };
    const entries = await this.#metadata.scan(roomPartition(this.#room), range);
    return entries.map((entry) => ({
      key: roomKeyOf(entry.key),
      value: this.#content(entry),
    }));
  }

  async commit(
    conditions: readonly RoomCondition[],
    changes: readonly RoomChange[],
  ): Promise<CommitOutcome> {
    const partition = roomPartition(this.#room);
    this.#commitsUnderWay++;
    this.#commitSteps++;
    try {
      return await this.#queue.run(partition, async () =>
        this.#metadata.commit(
          partition,
          conditions.map(engineCondition),
          await tallied(this.#metadata, partition, changes.map(engineChange), () => true),
        ),
      );
    } finally {
      this.#commitsUnderWay--;
      this.#commitSteps++;
    }
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    await this.commit([], [{ put: key, value }]);
  }

  async delete(key: string): Promise<void> {
    await this.commit([], [{ delete: key }]);
  }

  #content({ key, value }: Entry): Buffer {
    try {
      return checkedContent(key, value, () => `${this.#room} record ${key.toString('utf8', 1)}`);
    } catch (error) {
      this.#damage.note(error);
      throw error;
    }
  }
}

/** Buckets' partitions are named by ids of digits and letters: no room's name is taken for one. */
export const roomPartition = (room: string): string => `room:${room}`;

/** The rooms that keep state here. */
export const ROOMS = ['directory', 'kms'];

/** A key of an engine is never empty; a room's may be. */
export const ROOM_KEYS = { from: Buffer.from('k'), to: Buffer.from('l') };
export const roomKeyOf = (stored: Buffer): string => stored.toString('utf8', 1);
const roomKey = (key: string): Buffer => Buffer.from(`k${key}`);

function engineCondition(condition: RoomCondition): Condition {
  if ('absent' in condition) return { kind: 'absent', key: roomKey(condition.absent) };
  const key = roomKey(condition.equals);
  return { kind: 'equals', key, value: checkedValue(key, Buffer.from(condition.value)) };
}

function engineChange(change: RoomChange): Change {
  if ('delete' in change) return remove(roomKey(change.delete));
  const key = roomKey(change.put);
  return put(key, checkedValue(key, Buffer.from(change.value)));
}
