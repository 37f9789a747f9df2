import type { Awaitable } from '../engine/metadata-engine.js';
import type { RoomStore } from '../room-store.js';
import { GENERATION } from './room-ledger.js';

/** What follows a value that may be there at once. */
export function after<T, Next>(
  value: Awaitable<T>,
  next: (value: T) => Awaitable<Next>,
): Awaitable<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/**
 * Tells whether a room with a ledger has changed, in whichever process: one look at one entry, as each
 * look at a bucket's record is one (decision 5). What was learned before a change is forgotten then.
 */
export class GenerationWatch {
  readonly #current: () => Awaitable<Buffer | undefined>;
  readonly #maps: Pick<Map<unknown, unknown>, 'clear'>[] = [];
  #generation: Buffer | undefined;
  #epoch = 0;

  constructor(room: RoomStore) {
    this.#current = room.watch(GENERATION);
  }

  /** A number that is another one after each change that was seen. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The epoch, once it is sure that it is the present one. */
  look(): Awaitable<number> {
    return after(this.#current(), (generation) => {
      if (generation === this.#generation) return this.#epoch;
      this.#generation = generation;
      for (const map of this.#maps) map.clear();
      this.#epoch++;
      return this.#epoch;
    });
  }

  forgetInTime(map: Pick<Map<unknown, unknown>, 'clear'>): void {
    this.#maps.push(map);
  }
}

/**
 * What was learned of a room, until it changes. An answer is never older than the question:
 * the generation is looked at first, and what is learned while it changes is not remembered.
 */
export class FreshMap<Value, Name = string> {
  readonly #watch: GenerationWatch;
  readonly #known = new Map<Name, Value>();
  readonly #most: number;

  constructor(watch: GenerationWatch, most: number) {
    this.#watch = watch;
    this.#most = most;
    watch.forgetInTime(this.#known);
  }

  /**
   * What is known under a name, or what `learn` finds; what it does not find is not remembered. Who has
   * looked since the question was asked need not look again: what was forgotten then is learned anew.
   */
  get(
    name: Name,
    learn: () => Awaitable<Value | undefined>,
    hasLooked = false,
  ): Awaitable<Value | undefined> {
    if (hasLooked) return this.at(this.#watch.epoch, name, learn);
    return after(this.#watch.look(), (epoch) => this.at(epoch, name, learn));
  }

  /** The same, for somebody who has just looked. */
  at(
    epoch: number,
    name: Name,
    learn: () => Awaitable<Value | undefined>,
  ): Awaitable<Value | undefined> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    return after(learn(), (value) => {
      if (value !== undefined && this.#watch.epoch === epoch) {
        if (this.#known.size >= this.#most) this.#known.clear();
        this.#known.set(name, value);
      }
      return value;
    });
  }
}
