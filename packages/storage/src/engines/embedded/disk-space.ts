import { StorageFull } from '../../engine/blob-engine.js';
import type { Disk } from '../../engine/disk.js';
import { type SpaceFor, StorageExhausted, type StorageSpace } from '../../engine/storage-space.js';
import type { Log } from '../../log.js';
import { ReserveFile } from './reserve-file.js';
import { type SpaceLimits, spaceLimits } from './space-limits.js';

/** While something is written the free space is looked at anew after so long: others write too. */
const FRESH_MS = 100;

/** And so often when nothing is, so that puts return, and the reserve is made again. */
const LOOK_EVERY_MS = 1000;

/**
 * Puts stay refused for at least so long: large uploads that are given up together give back what they
 * had written, and the next ones would run into the same wall.
 */
const REFUSING_MS = 1000;

/** A reserve that could not be made for another reason than space is tried again after so long. */
const RETRY_RESERVE_MS = 60_000;

/** What a record costs besides its bytes, at most: a page of its own at each level it touches. */
const RECORD_OVERHEAD_BYTES = 32 * 1024;

/** Which part of the free pages in the metadata's file is counted on: large bodies need runs of them. */
const USABLE_SHARE = 1 / 2;

/**
 * `full`: puts are refused (small ones may pass, into pages that deletions have freed);
 * `exhausted`: nothing can be changed.
 */
export type SpaceState = 'roomy' | 'full' | 'exhausted';

/** How the disk stands, for metrics and health; in bytes. */
export interface SpaceReport {
  /** Free on the file system, and its size. */
  readonly free: number;
  readonly total: number;
  /** Puts stop when less than this is free; 0 when nobody watches. */
  readonly minFree: number;
  /** What the preallocated file holds now. */
  readonly reserved: number;
  readonly state: SpaceState;
}

export interface DiskSpaceOptions {
  readonly disk: Disk;
  /** The data directory. */
  readonly directory: string;
  /** Bytes that puts leave free; undefined for the default, 0 to watch nothing. */
  readonly minFree: number | undefined;
  readonly log: Log;
  /** Bytes in the metadata's file that its next commits can use before it has to grow. */
  readonly reusable: () => number;
  /**
   * Given where another process decides for all of the service how the disk stands (see `follow`);
   * called when this one has seen for itself that little is left, and refuses puts already.
   */
  readonly onShort?: () => void;
}

/**
 * Watches the free space of the file system that a data directory lies on. Puts are refused while
 * there still is some, so that LMDB never meets a full disk (which ends the process) and deletions,
 * which write pages before they free any, go on.
 *
 * A look costs microseconds, but is not taken for every put: what was written since the last one is
 * counted, and another is taken when that comes close to the limit, or the last is too old.
 *
 * Where several processes serve, one of them decides and the others follow it: a dip that only one has
 * seen must not leave it refusing what the others take, with nobody told.
 */
export class DiskSpace implements StorageSpace {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #log: Log;
  readonly #reusable: () => number;
  readonly #limits: SpaceLimits;
  readonly #reserve: ReserveFile;
  readonly #onShort: (() => void) | undefined;
  readonly #followers = new Set<(state: SpaceState) => void>();
  #free = 0;
  #total = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Bytes taken and not released: on their way to the disk. */
  #pending = 0;
  /** Bytes that the last look may not have seen: those that were pending then, and all since. */
  #spent = 0;
  #state: SpaceState = 'roomy';
  #refusingUntil = 0;
  /** The last look failed. */
  #isBlind = false;
  #timer: NodeJS.Timeout | undefined;
  /** The making or the giving up of the reserve: one at a time. */
  #changingReserve: Promise<void> | undefined;
  #makeReserveAfter = 0;
  #closed = false;

  constructor({ disk, directory, minFree, log, reusable, onShort }: DiskSpaceOptions) {
    this.#disk = disk;
    this.#directory = directory;
    this.#log = log;
    this.#reusable = reusable;
    this.#onShort = onShort;
    this.#limits = spaceLimits(disk.space(directory).total, minFree);
    this.#reserve = new ReserveFile(disk, directory, this.#limits.reserve);
  }

  /** Begins to watch; the reserve is made in the background. */
  async start(): Promise<void> {
    await this.#reserve.find().catch((error: unknown) => this.#noReserve(error));
    if (this.#limits.minFree === 0) return;
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Ends the watching; a reserve that is being made is left. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#changingReserve;
  }

  /** How things stand now. */
  report(): SpaceReport {
    this.#look();
    return {
      free: this.#free,
      total: this.#total,
      minFree: this.#limits.minFree,
      reserved: this.#reserve.held,
      state: this.#state,
    };
  }

  /** Tells the state now and whenever it changes; returns what ends that. */
  tell(follower: (state: SpaceState) => void): () => void {
    this.#followers.add(follower);
    follower(this.#state);
    return () => this.#followers.delete(follower);
  }

  /** One that follows has seen that little is left: then that is so for all. */
  followerIsShort(): void {
    this.#look();
    if (this.#state === 'roomy' && this.#limits.minFree > 0) this.#enter('full');
  }

  /** Takes over what the one who decides has told. */
  follow(state: SpaceState): void {
    this.#state = state;
  }

  admit(what: SpaceFor, bytes: number): void {
    if (this.#limits.minFree === 0) return;
    const needed = what === 'record' ? bytes + RECORD_OVERHEAD_BYTES : bytes;
    if (this.#isFresh() && this.#fits(needed)) return;
    this.#look();
    if (this.#fits(needed)) return;
    if (what === 'record' && this.#fitsIntoFreedPages(needed)) return;
    // Where puts are refused altogether the log has said so, once.
    throw new StorageFull(
      this.#state === 'roomy'
        ? new Error(
            `${bytes} bytes were to be written, ${this.#free} are free, and ${this.#limits.minFree} are to stay so`,
          )
        : undefined,
    );
  }

  take(what: SpaceFor, bytes: number): void {
    this.admit(what, bytes);
    this.#pending += bytes;
    this.#spent += bytes;
  }

  release(bytes: number): void {
    this.#pending -= bytes;
  }

  /**
   * To be asked before anything is handed to LMDB: undefined, or a promise to wait for, when there is
   * room for it. When the reserve has to be given up it is; rejects with {@link StorageExhausted} when
   * even that leaves too little.
   */
  beforeCommit(): Promise<void> | undefined {
    if (this.#limits.minFree === 0) return undefined;
    this.#look();
    const { commitFloor, lastFloor } = this.#limits;
    const isEnough = this.#free >= (this.#reserve.held > 0 ? commitFloor : lastFloor);
    return isEnough ? undefined : this.#makeRoom();
  }

  async #makeRoom(): Promise<void> {
    // It may be in the making, or being given up for another commit.
    if (this.#changingReserve !== undefined) await this.#changingReserve;
    if (this.#reserve.held > 0) await this.#changeReserve(() => this.#giveUpReserve());
    this.#look();
    if (this.#free >= this.#limits.lastFloor) return;
    this.#enter('exhausted');
    throw new StorageExhausted(undefined);
  }

  #isFresh(): boolean {
    return performance.now() - this.#lookedAt < FRESH_MS;
  }

  #look(): void {
    this.#lookedAt = performance.now();
    try {
      const { free, total } = this.#disk.space(this.#directory);
      this.#free = free;
      this.#total = total;
      this.#spent = this.#pending;
      this.#isBlind = false;
    } catch (error) {
      // What the last look saw has to do.
      if (!this.#isBlind) this.#log.warn({ err: error }, 'the free space cannot be told');
      this.#isBlind = true;
      return;
    }
    const free = this.#free;
    const { minFree, margin, lastFloor } = this.#limits;
    if (minFree === 0) return;
    if (this.#state === 'roomy' && free < minFree + margin) this.#enter('full');
    else if (this.#onShort !== undefined) return;
    else if (this.#mayEndRefusing() && free >= minFree + 2 * margin) this.#enter('roomy');
    else if (this.#state === 'exhausted' && free >= lastFloor) this.#enter('full');
  }

  #mayEndRefusing(): boolean {
    return this.#state !== 'roomy' && this.#lookedAt >= this.#refusingUntil;
  }

  #fits(bytes: number): boolean {
    return this.#state === 'roomy' && this.#free - this.#spent - bytes >= this.#limits.minFree;
  }

  /**
   * Deletions leave free pages in LMDB's file, which never shrinks: small objects may have those. That
   * the file grows all the same, because no run of pages is long enough, stays bounded.
   */
  #fitsIntoFreedPages(bytes: number): boolean {
    const { minFree, margin, commitFloor } = this.#limits;
    if (this.#free < (minFree + commitFloor) / 2) return false;
    return this.#reusable() * USABLE_SHARE - margin - this.#pending - bytes >= 0;
  }

  #enter(state: SpaceState): void {
    if (this.#state === state) return;
    const before = this.#state;
    this.#state = state;
    if (before === 'roomy') this.#refusingUntil = this.#lookedAt + REFUSING_MS;
    for (const follower of this.#followers) follower(state);
    this.#onShort?.();
    const details = { free: this.#free, minFree: this.#limits.minFree };
    if (state === 'roomy') {
      this.#log.info(details, 'there is space again: puts are taken');
    } else if (state === 'exhausted') {
      this.#log.error(
        details,
        'the disk is full and the reserve used up: nothing can be changed, not even deleted, until space is made on it',
      );
    } else if (before === 'roomy') {
      this.#log.error(
        details,
        'little space is left on the disk: puts are refused until objects are deleted or space is made; reads and deletions go on',
      );
    } else {
      this.#log.warn(details, 'there is space for deletions again; puts are still refused');
    }
  }

  #tick(): void {
    this.#look();
    const { minFree, margin, reserve } = this.#limits;
    if (
      this.#reserve.held > 0 ||
      this.#changingReserve !== undefined ||
      this.#free < minFree + 2 * margin + reserve ||
      performance.now() < this.#makeReserveAfter
    ) {
      return;
    }
    void this.#changeReserve(() => this.#reserve.make(() => this.#closed));
  }

  async #giveUpReserve(): Promise<void> {
    const bytes = this.#reserve.held;
    await this.#reserve.giveUp();
    this.#log.warn({ bytes }, 'the reserve was given up so that deletions can be committed');
  }

  #changeReserve(change: () => Promise<void>): Promise<void> {
    const changing = change()
      .catch((error: unknown) => this.#noReserve(error))
      .finally(() => {
        this.#changingReserve = undefined;
      });
    this.#changingReserve = changing;
    return changing;
  }

  /** Without its reserve a store works; it is only worse prepared. */
  #noReserve(error: unknown): void {
    this.#makeReserveAfter = performance.now() + RETRY_RESERVE_MS;
    this.#log.warn({ err: error }, 'the reserve of disk space could not be made or given up');
  }
}
