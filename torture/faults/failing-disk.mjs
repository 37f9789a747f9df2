import { systemError } from '../crash-model/forgetful-volume.mjs';

/**
 * @import { Disk, DiskFile } from '@openoss/storage'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/** How often each call goes wrong, in all kinds together. */
const FAULT_RATE = 0.04;

/** Of these, flushes fail seldom: that is the end of a life. */
const FLUSH_FAULT_RATE = 0.02;

const CODES = /** @type {const} */ (['EIO', 'ENOSPC', 'EDQUOT', 'EMFILE']);

/**
 * A disk whose calls now and then go wrong, as a seed decides: with an error, or by taking or giving
 * fewer bytes than were asked for. Not before `begin` is called.
 */
export class FailingDisk {
  /** How many calls went wrong. */
  met = 0;
  /** A flush was among them: the store must stop. */
  hasFailedFlush = false;
  #random;
  #isActive = false;
  /** @type {Disk} */
  disk;

  /**
   * @param {Disk} sound
   * @param {SeededRandom} random
   */
  constructor(sound, random) {
    this.#random = random;
    /** @param {string} path */
    const fail = (path) => this.#fail(path);
    this.disk = {
      create: async (path) => fail(path) ?? this.#file(await sound.create(path), path),
      open: async (path) => fail(path) ?? this.#file(await sound.open(path), path),
      makeDirectory: async (path) => fail(path) ?? sound.makeDirectory(path),
      readDirectory: async (path) => fail(path) ?? sound.readDirectory(path),
      rename: async (from, to) => fail(to) ?? sound.rename(from, to),
      remove: async (path) => fail(path) ?? sound.remove(path),
      removeDirectory: async (path) => fail(path) ?? sound.removeDirectory(path),
      flushDirectory: async (path) => {
        // It is opened first, which may fail for want of a descriptor: then no flush has failed.
        this.#failOpening(path);
        this.#failFlush(path);
        return sound.flushDirectory(path);
      },
      space: (path) => sound.space(path),
    };
  }

  begin() {
    this.#isActive = true;
  }

  /** From now on nothing goes wrong any more. */
  end() {
    this.#isActive = false;
  }

  /**
   * @param {DiskFile} file
   * @param {string} path
   * @returns {DiskFile}
   */
  #file(file, path) {
    return {
      read: async (target, position) =>
        this.#fail(path) ?? file.read(this.#some(target) ?? target, position),
      write: async (source, position) => {
        this.#fail(path);
        if (this.#isTurn(FAULT_RATE / 4)) return 0;
        return file.write(this.#some(source) ?? source, position);
      },
      flush: async () => {
        this.#failFlush(path);
        return file.flush();
      },
      size: async () => this.#fail(path) ?? file.size(),
      close: async () => {
        // Whatever it says, the descriptor is gone.
        await file.close();
        this.#fail(path);
      },
    };
  }

  /** @param {number} rate */
  #isTurn(rate) {
    if (!this.#isActive || !this.#random.chance(rate)) return false;
    this.met++;
    return true;
  }

  /**
   * @param {string} path
   * @returns {undefined}
   */
  #fail(path) {
    if (this.#isTurn(FAULT_RATE)) throw systemError(this.#random.pick(CODES), path);
  }

  /** @param {string} path */
  #failOpening(path) {
    if (this.#isTurn(FAULT_RATE)) throw systemError('EMFILE', path);
  }

  /** @param {string} path */
  #failFlush(path) {
    if (!this.#isTurn(FLUSH_FAULT_RATE)) return;
    this.hasFailedFlush = true;
    throw systemError(this.#random.pick(/** @type {const} */ (['EIO', 'ENOSPC'])), path);
  }

  /**
   * A part of the bytes, now and then.
   * @param {Buffer} bytes
   */
  #some(bytes) {
    if (bytes.length < 2 || !this.#isTurn(FAULT_RATE)) return undefined;
    return bytes.subarray(0, this.#random.between(1, bytes.length));
  }
}
