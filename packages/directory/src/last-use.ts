import type { RoomStore } from '@openoss/storage';
import { decodeEntry, encodeEntry, entryKeys } from './entries.js';

/** A use is written down when the last one that was is so long ago, in milliseconds. */
const INTERVAL = 60 * 60 * 1000;
const REMEMBERED_KEYS = 20_000;

/**
 * Writes down when access keys were last used: behind requests, not in their way, and at most once
 * an hour for each key, whichever process serves. It is no change of the directory: nothing that was
 * learned of it is forgotten for it.
 */
export class LastUse {
  readonly #room: RoomStore;
  readonly #now: () => number;
  readonly #onFailure: (error: unknown) => void;
  readonly #noted = new Map<string, number>();
  #line: Promise<void> = Promise.resolve();

  constructor(room: RoomStore, now: () => number, onFailure: (error: unknown) => void) {
    this.#room = room;
    this.#now = now;
    this.#onFailure = onFailure;
  }

  /** A key is used, for the product named; returns at once. */
  note(accessKeyId: string, service: string): void {
    const at = this.#now();
    const noted = this.#noted.get(accessKeyId);
    if (noted !== undefined && at - noted < INTERVAL) return;
    if (this.#noted.size >= REMEMBERED_KEYS) this.#noted.clear();
    this.#noted.set(accessKeyId, at);
    this.#line = this.#line
      .then(() => this.#write(accessKeyId, at, service))
      .catch((error: unknown) => {
        this.#noted.delete(accessKeyId);
        this.#onFailure(error);
      });
  }

  /** Resolves when what was noted so far is written down. */
  settled(): Promise<void> {
    return this.#line;
  }

  async #write(accessKeyId: string, at: number, service: string): Promise<void> {
    const key = entryKeys.lastUsed(accessKeyId);
    const before = await this.#room.get(key);
    if (before !== undefined && at - decodeEntry(key, before).at < INTERVAL) return;
    const keyOfKey = entryKeys.accessKey(accessKeyId);
    const kept = await this.#room.get(keyOfKey);
    // Deleted meanwhile: a use of it is of no interest any more.
    if (kept === undefined) return;
    const outcome = await this.#room.commit(
      [
        { equals: keyOfKey, value: kept },
        before === undefined ? { absent: key } : { equals: key, value: before },
      ],
      [{ put: key, value: encodeEntry({ at, service }) }],
    );
    // The key was changed, or another process was faster: the next use finds out.
    if (outcome === 'conflict') this.#noted.delete(accessKeyId);
  }
}
