import { StorageFull } from './blob-engine.js';

/** What room is asked for: the bytes of a blob, or those of a record and what is kept with it. */
export type SpaceFor = 'blob' | 'record';

/**
 * Says whether there is room for what adds to a store, before a full disk says it less kindly. What
 * takes away is not asked about.
 */
export interface StorageSpace {
  /** Refuses what could not be kept; `bytes` is what it is known to need. Throws {@link StorageFull}. */
  admit(what: SpaceFor, bytes: number): void;

  /**
   * Takes room for bytes that are about to be written; they are to be given to `release` when they
   * are written, or will not be. Throws {@link StorageFull}.
   */
  take(what: SpaceFor, bytes: number): void;

  release(bytes: number): void;
}

/** Room without end, where nobody watches the disk. */
export const endlessSpace: StorageSpace = { admit() {}, take() {}, release() {} };

/** Nothing can be committed any more, not even a deletion: others have taken the last of the disk. */
export class StorageExhausted extends StorageFull {
  constructor(cause: unknown) {
    super(cause);
    this.name = 'StorageExhausted';
    this.message = 'The disk is full: nothing can be committed until space is made on it';
  }
}
