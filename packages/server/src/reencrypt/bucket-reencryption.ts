import { OssError } from '@openoss/protocol';
import type { Answer, ReencryptionOrder } from '@openoss/rpc';
import { CorruptBlob, CorruptRecord, type ObjectStore } from '@openoss/storage';
import type { Logger } from 'pino';
import type { Authorization } from '../stages/authorize.js';
import { LineQueue } from './line-queue.js';
import {
  type ObjectOutcome,
  type ReencryptionParts,
  reencryptObject,
  TargetUnavailable,
} from './object-reencryption.js';

export interface BucketReencryptionParts extends ReencryptionParts {
  readonly store: ObjectStore;
  readonly order: Pick<ReencryptionOrder, 'prefix' | 'after' | 'concurrency'>;
  /** What whoever asked for it may do now. */
  readonly authorize: () => Promise<Authorization>;
  readonly log: Logger;
}

/** How many keys are looked up at a time. */
const PAGE = 1000;
/** How long objects that are as wanted may keep the event loop, in milliseconds. */
const SLICE = 10;
const PROGRESS_EVERY = 1000;

/** What is counted. Bytes are those of the objects, whatever was done to them. */
interface Tally extends Record<ObjectOutcome | 'failed', number> {
  objects: number;
  bytes: number;
}

/**
 * Goes through a bucket in the order of its keys, with so many objects at a time. Each is done by itself and
 * whole, or not at all; nothing else is kept of the run, which may end at any moment.
 */
export class BucketReencryption {
  readonly #parts: BucketReencryptionParts;
  readonly #lines = new LineQueue<Answer>();
  readonly #tally: Tally = {
    objects: 0,
    bytes: 0,
    rewrapped: 0,
    rewritten: 0,
    already: 0,
    overtaken: 0,
    failed: 0,
  };
  /** Of bodies that are being written. */
  #bytesUnderWay = 0;
  /** All objects up to this key are done. */
  #position: string | undefined;
  /** Why it ends before the last object. */
  #stopped: { readonly code: string; readonly message: string } | undefined;

  constructor(parts: BucketReencryptionParts) {
    this.#parts = parts;
    this.#position = parts.order.after;
  }

  /** Does it, and tells: `progress`, a `failure` for each object that failed, at last a `summary`. Once. */
  async *lines(signal: AbortSignal): AsyncGenerator<Answer, void, undefined> {
    const { bucket, target, order, log } = this.#parts;
    const { prefix, after } = order;
    const about = {
      bucket: bucket.name,
      prefix,
      after,
      to: target?.method ?? 'none',
      keyId: target?.keyId,
    };
    log.info(about, 'objects are being re-encrypted');
    const startedAt = performance.now();
    const isWhole = prefix === undefined && after === undefined;
    const whole = isWhole ? await this.#parts.store.bucketStatistics(bucket) : undefined;
    const total = { TotalObjects: whole?.objects, TotalBytes: whole?.bytes };
    const progress = (): Answer => ({ Type: 'progress', ...total, ...this.#shown() });
    yield progress();
    const walked = this.#walk(signal).then(
      () => this.#lines.end(),
      (error: unknown) => this.#lines.fail(error),
    );
    for (;;) {
      const line = await this.#lines.next(PROGRESS_EVERY);
      if (line === 'ended') break;
      yield line === 'quiet' ? progress() : line;
    }
    await walked;
    const milliseconds = Math.round(performance.now() - startedAt);
    const { code, message } = this.#stopped ?? {};
    log.info({ ...about, ...this.#tally, milliseconds, stopped: message }, 'a re-encryption ended');
    yield {
      Type: 'summary',
      Complete: this.#stopped === undefined,
      ...(this.#stopped && { Code: code, Message: message }),
      ...total,
      ...this.#shown(),
      Milliseconds: milliseconds,
    };
  }

  #shown(): Answer {
    const { objects, bytes, rewrapped, rewritten, already, overtaken, failed } = this.#tally;
    return {
      Position: this.#position,
      Objects: objects,
      Bytes: bytes + this.#bytesUnderWay,
      Rewrapped: rewrapped,
      Rewritten: rewritten,
      Already: already,
      Overtaken: overtaken,
      Failed: failed,
    };
  }

  async #walk(signal: AbortSignal): Promise<void> {
    const { store, bucket, order, authorize } = this.#parts;
    const { prefix, concurrency } = order;
    let after = order.after;
    try {
      for (;;) {
        const keys = await store.listKeys(bucket, { prefix, after, limit: PAGE });
        const page = new Page(keys, signal);
        // Policies may be others by now.
        const authorization = await authorize();
        const lanes = Array.from({ length: concurrency }, () => this.#lane(page, authorization));
        await Promise.all(lanes);
        if (this.#stopped !== undefined || keys.length < PAGE) return;
        after = keys.at(-1);
      }
    } catch (error) {
      if (!this.#stopsAll(error, signal)) throw error;
    }
  }

  async #lane(page: Page, authorization: Authorization): Promise<void> {
    let sliceEnd = performance.now() + SLICE;
    for (let at = page.take(); at !== undefined; at = page.take()) {
      if (page.signal.aborted) this.#stop('Interrupted', messageOf(page.signal.reason));
      if (this.#stopped !== undefined) return;
      const isDone = await this.#object(page.keys[at] ?? '', authorization, page.signal);
      if (!isDone) return;
      this.#position = page.done(at) ?? this.#position;
      if (performance.now() > sliceEnd) {
        await new Promise((resolve) => setImmediate(resolve));
        sliceEnd = performance.now() + SLICE;
      }
    }
  }

  /** Re-encrypts an object and counts it; false where it is to be done another time, like all others. */
  async #object(key: string, authorization: Authorization, signal: AbortSignal): Promise<boolean> {
    const { store, bucket } = this.#parts;
    let read = 0;
    const onBytes = (count: number) => {
      read += count;
      this.#bytesUnderWay += count;
    };
    let size = 0;
    try {
      const found = await store.getObject(bucket, key);
      size = found?.size ?? 0;
      if (found !== undefined) authorization.checkObject(key, found);
      const progress = { permission: authorization, onBytes, signal };
      const outcome =
        found === undefined ? 'overtaken' : await reencryptObject(this.#parts, found, progress);
      this.#tally[outcome]++;
    } catch (error) {
      if (this.#stopsAll(error, signal)) return false;
      this.#tally.failed++;
      const { code, message } = failureOf(error);
      if (code === 'InternalError')
        this.#parts.log.error(
          { err: error, bucket: bucket.name, key },
          'an object could not be re-encrypted',
        );
      await this.#lines.push({ Type: 'failure', Key: key, Code: code, Message: message });
    } finally {
      this.#bytesUnderWay -= read;
    }
    this.#tally.objects++;
    this.#tally.bytes += size;
    return true;
  }

  /** Whether what went wrong with one object would go wrong with every other. */
  #stopsAll(error: unknown, signal: AbortSignal): boolean {
    if (signal.aborted) {
      this.#stop('Interrupted', messageOf(signal.reason));
      return true;
    }
    if (error instanceof TargetUnavailable) {
      const { code, message } = failureOf(error.cause);
      this.#stop(code, message);
      return true;
    }
    // The key service does not answer, the keyring is locked, the disk is full; or the bucket is gone.
    const ofAll =
      error instanceof OssError && (error.status === 503 || error.kind === 'NoSuchBucket');
    if (ofAll) this.#stop(error.code, error.message);
    return ofAll;
  }

  #stop(code: string, message: string): void {
    this.#stopped ??= { code, message };
  }
}

/** Some keys in order, which several take from. */
class Page {
  readonly keys: readonly string[];
  readonly signal: AbortSignal;
  #next = 0;
  /** All before it are done. */
  #low = 0;
  readonly #done = new Set<number>();

  constructor(keys: readonly string[], signal: AbortSignal) {
    this.keys = keys;
    this.signal = signal;
  }

  /** The place of the next key, which nobody else gets; undefined behind the last. */
  take(): number | undefined {
    return this.#next < this.keys.length ? this.#next++ : undefined;
  }

  /** The last key up to which all are done by now, if there is one. */
  done(at: number): string | undefined {
    this.#done.add(at);
    while (this.#done.delete(this.#low)) this.#low++;
    return this.keys[this.#low - 1];
  }
}

/** What is told of a failure. */
function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof OssError) return { code: error.code, message: error.message };
  if (error instanceof CorruptRecord || error instanceof CorruptBlob) {
    return { code: 'Damaged', message: error.message };
  }
  return { code: 'InternalError', message: messageOf(error) };
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
