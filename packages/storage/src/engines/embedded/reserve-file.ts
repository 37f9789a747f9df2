import { join } from 'node:path';
import { type Disk, hasErrorCode } from '../../engine/disk.js';
import { writeFully } from './write-fully.js';

const RESERVE = 'reserve';
const NEW_RESERVE = 'reserve.new';

/** How much is written at once. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * A file of zeros that holds space until others need it. Its blocks are allocated by writing and
 * flushing them, for Node has no fallocate. Nothing depends on what is in it, or on its surviving a
 * crash: so its directory is not flushed, and a failure to make it fails nobody.
 */
export class ReserveFile {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #draft: string;
  readonly #bytes: number;
  #isThere = false;

  constructor(disk: Disk, directory: string, bytes: number) {
    this.#disk = disk;
    this.#path = join(directory, RESERVE);
    this.#draft = join(directory, NEW_RESERVE);
    this.#bytes = bytes;
  }

  /** How many bytes the file holds now. */
  get held(): number {
    return this.#isThere ? this.#bytes : 0;
  }

  /** Takes over what an earlier process left, if it is of the right size, and removes what is not. */
  async find(): Promise<void> {
    await this.#remove(this.#draft);
    this.#isThere = (await this.#sizeFound()) === this.#bytes;
    if (!this.#isThere) await this.#remove(this.#path);
  }

  /** Makes the file. Rejects with what the disk says; then nothing of it is left, as far as can be. */
  async make(isStopped: () => boolean): Promise<void> {
    const file = await this.#disk.create(this.#draft);
    try {
      try {
        const zeros = Buffer.alloc(Math.min(CHUNK_BYTES, this.#bytes));
        for (let at = 0; at < this.#bytes && !isStopped(); at += zeros.length) {
          await writeFully(file, zeros.subarray(0, this.#bytes - at), at);
        }
        if (!isStopped()) await file.flush();
      } finally {
        await file.close();
      }
      if (isStopped()) await this.#remove(this.#draft);
      else {
        await this.#disk.rename(this.#draft, this.#path);
        this.#isThere = true;
      }
    } catch (error) {
      await this.#remove(this.#draft).catch(() => {});
      throw error;
    }
  }

  /** Gives the space back to the file system. */
  async giveUp(): Promise<void> {
    await this.#remove(this.#path);
    this.#isThere = false;
  }

  async #sizeFound(): Promise<number | undefined> {
    try {
      const file = await this.#disk.open(this.#path);
      try {
        return await file.size();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async #remove(path: string): Promise<void> {
    try {
      await this.#disk.remove(path);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  }
}
