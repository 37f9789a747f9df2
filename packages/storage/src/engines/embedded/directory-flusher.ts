import { type Disk, hasErrorCode } from '../../engine/disk.js';
import type { FailStop } from '../../engine/fail-stop.js';

/** A flush that runs now, and the one that follows it for those who came too late for it. */
interface Flushes {
  running: Promise<void>;
  next: Promise<void> | undefined;
}

/**
 * Flushes directories for many writers at once. Whoever changed an entry before asking is served by
 * a flush that started after the question; those who ask while one runs share the next.
 */
export class DirectoryFlusher {
  readonly #disk: Disk;
  readonly #failStop: FailStop;
  readonly #flushes = new Map<string, Flushes>();

  constructor(disk: Disk, failStop: FailStop) {
    this.#disk = disk;
    this.#failStop = failStop;
  }

  /**
   * Resolves when the entries the directory has now are on stable storage. Rejects with ENOENT when
   * there is no such directory, and with EMFILE or ENFILE when no descriptor is to be had.
   */
  flush(directory: string): Promise<void> {
    const flushes = this.#flushes.get(directory);
    if (flushes === undefined) {
      const running = this.#run(directory);
      this.#flushes.set(directory, { running, next: undefined });
      return running;
    }
    const runNext = (): Promise<void> => {
      const running = this.#run(directory);
      this.#flushes.set(directory, { running, next: undefined });
      return running;
    };
    flushes.next ??= flushes.running.then(runNext, runNext);
    return flushes.next;
  }

  async #run(directory: string): Promise<void> {
    try {
      await this.#disk.flushDirectory(directory);
    } catch (error) {
      // The directory is not there, or could not be opened: no flush failed, for none was tried.
      if (hasErrorCode(error, 'ENOENT', 'EMFILE', 'ENFILE')) throw error;
      // A flush that failed is never tried again (fsyncgate): the process ends.
      throw this.#failStop.trip(error);
    } finally {
      if (this.#flushes.get(directory)?.next === undefined) this.#flushes.delete(directory);
    }
  }
}
