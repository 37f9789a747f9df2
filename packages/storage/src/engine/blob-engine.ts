/**
 * The second half of the engine seam: immutable, write-once blobs (docs/architecture.md,
 * "Storage"). Whatever keeps bodies implements this and passes `blob-engine.contract.ts`.
 */
import type { Awaitable } from './metadata-engine.js';

/** The unit of verification: every so many bytes of a blob carry a CRC-32 of their own. */
export const BLOB_BLOCK_BYTES = 64 * 1024;

/** Whom a blob belongs to; the blob names it, so that a stray one can be judged. */
export interface BlobBinding {
  /** The bucket's incarnation, not its name: a name can come back. */
  readonly bucket: string;
  readonly key: string;
}

/**
 * Sees the bytes of a body on their way to a blob, front to back, in whatever pieces the engine has
 * them. They stay as they are until what it returns has resolved; the engine may go on meanwhile.
 */
export type BodyTap = (bytes: Uint8Array) => Awaitable<unknown>;

/** A blob being written; exactly one of `finish` and `abort` ends it. */
export interface BlobWriter {
  /** Begins with its writer session's id. */
  readonly id: string;

  /**
   * Takes the next bytes; a promise asks the caller to wait before the next call. The chunk is
   * copied before this returns or resolves. Rejects with {@link StorageFull} when there is no room.
   */
  write(chunk: Uint8Array): Awaitable<void>;

  /** Resolves when the blob and every directory entry on the way to it are on stable storage. */
  finish(): Promise<void>;

  /** Leaves nothing behind, whatever has happened, even after `finish`. Never rejects. */
  abort(): Promise<void>;
}

/** An open blob: its bytes stay readable until `close`, even when it is deleted meanwhile. */
export interface BlobReader {
  /** Bytes of the body. */
  readonly size: number;

  /**
   * The bytes from `start` to before `end`. Each block they touch is verified before any byte of it
   * is yielded; a mismatch throws {@link CorruptBlob} instead. What is yielded stays as it is until the
   * next is asked for.
   */
  read(start: number, end: number): AsyncIterable<Buffer>;

  /**
   * Fills a buffer with the bytes from `start` on as they are, **unverified**: for whoever holds them to
   * something that says more than a checksum. Throws {@link CorruptBlob} where there are fewer.
   */
  readUnverified(target: Buffer, start: number): Promise<void>;

  close(): Promise<void>;
}

/** A blob found while walking a session. */
export interface FoundBlob {
  readonly id: string;
  /**
   * Whom it says it belongs to; `never-written` when not even its header reached the disk, and
   * `unreadable` when there is a header that makes no sense (rot).
   */
  readonly binding: BlobBinding | 'never-written' | 'unreadable';
}

export interface BlobEngine {
  /**
   * Starts a blob. `expectedSize`, in bytes, sizes buffers and promises nothing. When the writer's
   * `finish` resolves, `tap` is done with all bytes; should it fail, the writer's next call does.
   */
  create(binding: BlobBinding, expectedSize?: number, tap?: BodyTap): Promise<BlobWriter>;

  /**
   * Opens a blob that was finished. Throws {@link BlobGone} when there is none, and
   * {@link CorruptBlob} when it is not what it should be or belongs to another object.
   */
  open(id: string, binding?: BlobBinding): Promise<BlobReader>;

  /** Undefined when no reader has the blob open, else a promise for when none has any more. */
  released(id: string): Promise<void> | undefined;

  /**
   * Deletes blobs for good: when it resolves, none of them comes back after a crash. An id without
   * a blob is fine.
   */
  deleteAll(ids: readonly string[]): Promise<void>;

  /**
   * The sessions of writers that are no more and that may have left blobs. Only their blobs can be
   * orphans: a living writer's may be named by a commit that is still to come.
   */
  endedSessions(): Promise<string[]>;

  /** Every blob that an ended session left. */
  blobsOf(session: string): AsyncIterable<FoundBlob>;

  /**
   * Removes what is empty of an ended session; true when nothing of it is left. When it resolves,
   * whatever was removed of the session, by anybody, stays removed after a crash.
   */
  tidy(session: string): Promise<boolean>;

  /** Creates and opens nothing from then on. Readers that are open stay usable. */
  close(): Promise<void>;
}

/** There is no such blob: it was deleted. Who read its id from a record must read that again. */
export class BlobGone extends Error {
  readonly id: string;

  constructor(id: string) {
    super(`Blob ${id} is gone`);
    this.name = 'BlobGone';
    this.id = id;
  }
}

/** A blob's bytes are not those that were written. */
export class CorruptBlob extends Error {
  readonly id: string;

  constructor(id: string, reason: string) {
    super(`Blob ${id} is corrupt: ${reason}`);
    this.name = 'CorruptBlob';
    this.id = id;
  }
}

/** The disk has no room for a blob (ENOSPC, EDQUOT). Nothing of it was kept. */
export class StorageFull extends Error {
  constructor(cause: unknown) {
    super('There is no space left for the object', { cause });
    this.name = 'StorageFull';
  }
}
