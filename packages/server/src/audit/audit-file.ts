import { writeSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { Logger } from 'pino';
import { type AuditDestination, PartlyWritten } from './audit-destination.js';

/** What an audit file is named, and how it is rotated. */
export interface AuditFileOptions {
  readonly path: string;
  /** Bytes from which on another file is begun; 0 for never. */
  readonly maxBytes: number;
  /** How many files are kept besides the one that is written: `path.1`, the newest, to `path.<keep>`. */
  readonly keep: number;
  readonly log: Logger;
}

/** Milliseconds until a rotation that failed is tried again. */
const UNTIL_ROTATION = 60_000;
/** Who may read it: it tells who does what. */
const MODE = 0o600;
const LINE_FEED = 10;

/**
 * A file of lines that only grows, and is renamed and begun anew when it has its size. One process writes
 * it, so no line is torn but the last one before a crash; that is ended when the file is opened again.
 */
export class AuditFile implements AuditDestination {
  readonly #options: AuditFileOptions;
  #file: FileHandle;
  #size: number;
  /** Whether the last byte of the file ends a line. */
  #isAtLineStart = true;
  #noRotationBefore = Number.NEGATIVE_INFINITY;

  private constructor(options: AuditFileOptions, file: FileHandle, size: number) {
    this.#options = options;
    this.#file = file;
    this.#size = size;
  }

  /** Opens the file, made if it is not there; rejects with the system's error. */
  static async open(options: AuditFileOptions): Promise<AuditFile> {
    const { file, size } = await openAtLineStart(options.path);
    return new AuditFile(options, file, size);
  }

  async write(lines: Buffer): Promise<void> {
    let at = 0;
    try {
      while (at < lines.length) {
        if (this.#isAtLineStart) await this.#rotateIfFull(lineLength(lines, at));
        const end = this.#endOfPiece(lines, at);
        while (at < end) {
          const { bytesWritten } = await this.#file.write(lines, at, end - at);
          at += bytesWritten;
          this.#size += bytesWritten;
          this.#isAtLineStart = lines[at - 1] === LINE_FEED;
        }
      }
    } catch (error) {
      throw new PartlyWritten(at, error);
    }
  }

  async reopen(): Promise<void> {
    const { file, size } = await openAtLineStart(this.#options.path);
    await this.#take(file, size);
  }

  writeNow(lines: Buffer): void {
    try {
      for (let at = 0; at < lines.length; ) {
        at += writeSync(this.#file.fd, lines, at, lines.length - at);
      }
    } catch {
      // There is nobody left to be told.
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Where the lines from `at` end that have room in this file; it takes one at least. */
  #endOfPiece(lines: Buffer, at: number): number {
    const { maxBytes } = this.#options;
    const room = maxBytes - this.#size;
    if (maxBytes === 0 || lines.length - at <= room) return lines.length;
    const last = room > 0 ? lines.lastIndexOf(LINE_FEED, at + room - 1) : -1;
    return last >= at ? last + 1 : at + lineLength(lines, at);
  }

  async #rotateIfFull(next: number): Promise<void> {
    const { path, maxBytes, keep, log } = this.#options;
    if (maxBytes === 0 || this.#size === 0 || this.#size + next <= maxBytes) return;
    if (performance.now() < this.#noRotationBefore) return;
    try {
      if (keep === 0) await rm(path, { force: true });
      for (let number = keep; number > 0; number--) {
        await renameIfThere(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`);
      }
      await this.#take(await open(path, 'a+', MODE), 0);
    } catch (error) {
      // Who cannot rename goes on with the file there is.
      this.#noRotationBefore = performance.now() + UNTIL_ROTATION;
      log.error({ err: error, path }, 'the audit log cannot be rotated; the old file is kept');
    }
  }

  async #take(file: FileHandle, size: number): Promise<void> {
    const old = this.#file;
    this.#file = file;
    this.#size = size;
    this.#isAtLineStart = true;
    // What it was asked to write it has, or has failed to.
    await old.close().catch(() => {});
  }
}

/** Opens a file to go on with it, and ends the line that a crash has cut short, if it has one. */
async function openAtLineStart(path: string): Promise<{ file: FileHandle; size: number }> {
  const file = await open(path, 'a+', MODE);
  try {
    const stat = await file.stat();
    // What is no file, such as a named pipe, has no end to look at.
    if (!stat.isFile() || stat.size === 0) return { file, size: 0 };
    const last = Buffer.alloc(1);
    await file.read(last, 0, 1, stat.size - 1);
    if (last[0] === LINE_FEED) return { file, size: stat.size };
    await file.write('\n');
    return { file, size: stat.size + 1 };
  } catch (error) {
    await file.close();
    throw error;
  }
}

const lineLength = (lines: Buffer, at: number): number => {
  const end = lines.indexOf(LINE_FEED, at);
  return (end === -1 ? lines.length : end + 1) - at;
};

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
