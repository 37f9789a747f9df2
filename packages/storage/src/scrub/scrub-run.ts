import type { BlobEngine } from '../engine/blob-engine.js';
import type { MetadataEngine } from '../engine/metadata-engine.js';
import { FINDINGS, type Finding, type FindingKind } from './scrub-finding.js';

/**
 * How far a scrub may go: `none` changes nothing; `safe` puts right what can be without losing
 * anything; `accept-loss` also removes what is beyond repair and takes what is left for the whole.
 */
export type RepairLevel = 'none' | 'safe' | 'accept-loss';

/** How far a scrub has come. */
export interface ScrubProgress {
  /** What it is looking at: a bucket's name, or such as `blobs`. */
  readonly at: string;
  readonly buckets: number;
  readonly records: number;
  /** Bodies that were read and verified, and their bytes. */
  readonly bodies: number;
  readonly bytes: number;
  readonly findings: number;
}

/** What a scrub that came to its end has to say. */
export interface ScrubSummary extends Omit<ScrubProgress, 'at'> {
  readonly damage: number;
  readonly waste: number;
  /** How many of both were put right. */
  readonly repaired: number;
  readonly milliseconds: number;
}

export interface ScrubOptions {
  /** `safe` unless told. */
  readonly repair?: RepairLevel | undefined;
  /** Bytes of bodies that are read a second, at most; without it, as fast as it goes. */
  readonly bytesPerSecond?: number | undefined;
  /** Hears of each finding; the scrub waits for it. */
  readonly onFinding?: ((finding: Finding) => void | Promise<void>) | undefined;
  /** Hears at the start, and about once a second, how far it is. */
  readonly onProgress?: ((progress: ScrubProgress) => void) | undefined;
  /** Ends it; the scrub rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds that a scrub keeps the event loop before others get their turn. */
const TURN_MILLISECONDS = 3;
const PROGRESS_MILLISECONDS = 1000;

/** Where a finding is. */
export interface Place {
  readonly bucket?: string;
  readonly key?: string;
}

/** One scrub under way: what it works on, how far it may go, and what it has found. */
export class ScrubRun {
  readonly metadata: MetadataEngine;
  readonly blobs: BlobEngine;
  readonly repair: RepairLevel;
  /** What the walkers count up. */
  readonly counts = { buckets: 0, records: 0, bodies: 0, bytes: 0 };
  at = '';
  readonly #options: ScrubOptions;
  readonly #startedAt = performance.now();
  #turnBegan = performance.now();
  #reportedAt = Number.NEGATIVE_INFINITY;
  /** When the bytes that were read so far may have been read, at the rate that is asked for. */
  #due = performance.now();
  #damage = 0;
  #waste = 0;
  #repaired = 0;

  constructor(metadata: MetadataEngine, blobs: BlobEngine, options: ScrubOptions) {
    this.metadata = metadata;
    this.blobs = blobs;
    this.repair = options.repair ?? 'safe';
    this.#options = options;
  }

  get mayRepair(): boolean {
    return this.repair !== 'none';
  }

  get acceptsLoss(): boolean {
    return this.repair === 'accept-loss';
  }

  async report(kind: FindingKind, place: Place, what: string, repaired = false): Promise<void> {
    const { severity, meaning, advice } = FINDINGS[kind];
    if (severity === 'damage') this.#damage++;
    else this.#waste++;
    if (repaired) this.#repaired++;
    await this.#options.onFinding?.({ kind, severity, ...place, what, meaning, advice, repaired });
  }

  /** To be called every few records: lets others have their turn, and stops when told to. */
  async breathe(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const now = performance.now();
    if (now - this.#reportedAt >= PROGRESS_MILLISECONDS) {
      this.#reportedAt = now;
      this.#options.onProgress?.(this.progress);
    }
    if (now - this.#turnBegan < TURN_MILLISECONDS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#turnBegan = performance.now();
  }

  /** To be called for bytes that were read: waits as long as the rate wants. */
  async pace(bytes: number): Promise<void> {
    this.counts.bytes += bytes;
    const { bytesPerSecond, signal } = this.#options;
    await this.breathe();
    if (bytesPerSecond === undefined) return;
    const now = performance.now();
    // What was not used is not saved up: no burst after a pause.
    this.#due = Math.max(this.#due, now - TURN_MILLISECONDS) + (bytes / bytesPerSecond) * 1000;
    if (this.#due - now < 1) return;
    await wait(this.#due - now, signal);
    this.#turnBegan = performance.now();
  }

  get progress(): ScrubProgress {
    return { at: this.at, ...this.counts, findings: this.#damage + this.#waste };
  }

  get summary(): ScrubSummary {
    return {
      ...this.counts,
      findings: this.#damage + this.#waste,
      damage: this.#damage,
      waste: this.#waste,
      repaired: this.#repaired,
      milliseconds: Math.round(performance.now() - this.#startedAt),
    };
  }
}

/** Waits, but no longer than until the signal; the next `breathe` throws then. */
function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
  });
}
