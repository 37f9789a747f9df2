import { createReadStream, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { BodyError } from '../errors/body-error.js';
import type { BodyReading, BodySource } from './body-source.js';
import { readStream } from './stream-reading.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * A file as a body. A regular file has a size and is opened anew for each attempt; if its length is
 * another than at first, the upload fails before its last byte is sent, so that nothing is stored.
 * A pipe, a device or a file that does not know its size is a stream that is read once. Rejects with
 * a `BodyError` for a directory and for what cannot be looked at.
 */
export async function fileSource(path: string): Promise<BodySource> {
  const stats = await stat(path).catch((error: unknown) => unreadable(path, error));
  if (stats.isDirectory()) throw new BodyError('unreadable', `${path} is a directory`);
  if (!stats.isFile()) return streamOf(path);
  const { size } = stats;
  if (size === 0 && (await holdsBytes(path))) return streamOf(path);
  return { size, replayable: true, open: () => openFile(path, size) };
}

function streamOf(path: string): BodySource {
  const open = async () => readStream(createReadStream(path));
  return { size: undefined, replayable: false, open };
}

/** Whether a file that says it is empty is not: those of /proc are written as they are read. */
async function holdsBytes(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((error: unknown) => unreadable(path, error));
  try {
    return (await file.read(Buffer.alloc(1), 0, 1, 0)).bytesRead > 0;
  } catch (error) {
    return unreadable(path, error);
  } finally {
    await file.close();
  }
}

async function openFile(path: string, size: number): Promise<BodyReading> {
  const file = await open(path, 'r').catch((error: unknown) => unreadable(path, error));
  const reading = new FileReading(file, path, size);
  await reading.checkLength();
  return reading;
}

class FileReading implements BodyReading {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #size: number;
  #at = 0;
  /** What is read ahead: the disk works while the network does. */
  #ahead: Promise<Uint8Array | undefined> | undefined;
  #closed: Promise<void> | undefined;

  constructor(file: FileHandle, path: string, size: number) {
    this.#file = file;
    this.#path = path;
    this.#size = size;
  }

  async next(): Promise<Uint8Array | undefined> {
    const chunk = await (this.#ahead ?? this.#read());
    if (chunk !== undefined) {
      this.#ahead = this.#read();
      // Whoever asks for it sees its failure; maybe nobody does any more.
      this.#ahead.catch(() => {});
    }
    return chunk;
  }

  async #read(): Promise<Uint8Array | undefined> {
    const left = this.#size - this.#at;
    if (left === 0) {
      await this.#close();
      return undefined;
    }
    // Unpooled, for the socket keeps the chunk until it is sent, long after the next is read.
    const buffer = Buffer.allocUnsafeSlow(Math.min(left, CHUNK_BYTES));
    const { bytesRead } = await this.#file
      .read(buffer, 0, buffer.length, this.#at)
      .catch((error: unknown) => this.#fail(error));
    if (bytesRead === 0) throw await this.#changed(this.#at);
    this.#at += bytesRead;
    if (this.#at === this.#size) await this.checkLength();
    return buffer.subarray(0, bytesRead);
  }

  /** Rejects when the file is not as long as it was when the upload began. */
  async checkLength(): Promise<void> {
    const stats: Stats = await this.#file.stat().catch((error: unknown) => this.#fail(error));
    if (stats.size !== this.#size) throw await this.#changed(stats.size);
  }

  cancel(): void {
    this.#close().catch(() => {});
  }

  #close(): Promise<void> {
    this.#closed ??= this.#file.close();
    return this.#closed;
  }

  async #changed(size: number): Promise<BodyError> {
    await this.#close();
    return new BodyError(
      'changed',
      `${this.#path} changed while it was being uploaded: it had ${this.#size} bytes and now has ${size}`,
    );
  }

  async #fail(error: unknown): Promise<never> {
    await this.#close();
    return unreadable(this.#path, error);
  }
}

/** Why the system refused a file, in words; other codes speak for themselves. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
};

function unreadable(path: string, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  throw new BodyError('unreadable', `${path} cannot be read: ${reason}`, { cause: error });
}
