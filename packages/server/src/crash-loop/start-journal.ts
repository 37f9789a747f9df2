import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a server was doing, for who asks where it ended. */
export type StartPhase = 'opening metadata' | 'starting' | 'sweeping and serving' | 'serving';

/** A start of which nobody has said that it went well. Milliseconds since 1970. */
export interface UnfinishedStart {
  readonly at: number;
  readonly phase: StartPhase;
}

interface Journal {
  readonly starts: readonly UnfinishedStart[];
  /** The last start was refused, for the metadata was found to end the process. */
  readonly refused: boolean;
}

const FILE_NAME = 'starts.json';
const NOTHING: Journal = { starts: [], refused: false };

/** Starts that are further apart than this are no loop: supervisors wait five minutes at most. */
const LONGEST_PAUSE_MS = 15 * 60 * 1000;

/** More than anybody has to know. */
const MOST_KEPT = 100;

/**
 * The starts of a data directory that did not end well, one after another: a file that is written
 * before anything can go wrong, and removed when the server was told to stop, or has served for a
 * while. It is not flushed: what ends a process leaves the kernel's memory alone, and after a power
 * loss there is no loop to recognise. A file that makes no sense is taken for none.
 */
export class StartJournal {
  readonly #file: string;
  #journal: Journal;

  /** Reads what earlier starts left in a data directory that is this process's. */
  constructor(directory: string, now: number) {
    this.#file = path.join(directory, FILE_NAME);
    const kept = readJournal(this.#file);
    const last = kept.starts.at(-1)?.at ?? 0;
    this.#journal = now - last > LONGEST_PAUSE_MS ? NOTHING : kept;
  }

  /** The starts before this one that ended badly, without one in between that did not. */
  get before(): readonly UnfinishedStart[] {
    return this.#journal.starts;
  }

  /** Whether the start before this one was refused. */
  get wasRefused(): boolean {
    return this.#journal.refused;
  }

  /** This start begins. */
  begin(now: number): void {
    const starts = [...this.#journal.starts, { at: now, phase: 'opening metadata' } as const];
    this.#write({ starts: starts.slice(-MOST_KEPT), refused: false });
  }

  /** This start was refused: the ones before it stay counted. */
  refuse(now: number): void {
    const starts = this.#journal.starts.map((start, at, all) =>
      at === all.length - 1 ? { ...start, at: now } : start,
    );
    this.#write({ starts, refused: true });
  }

  /** What this start is doing from now on. */
  enter(phase: StartPhase): void {
    const last = this.#journal.starts.at(-1);
    if (last === undefined) return;
    this.#write({
      starts: [...this.#journal.starts.slice(0, -1), { ...last, phase }],
      refused: false,
    });
  }

  /** This start, and so none before it, has ended badly. */
  clear(): void {
    this.#journal = NOTHING;
    rmSync(this.#file, { force: true });
  }

  #write(journal: Journal): void {
    this.#journal = journal;
    // A process that is killed while it writes must not take the earlier starts with it.
    try {
      writeFileSync(`${this.#file}.new`, JSON.stringify(journal), { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      // On a full disk reads are served and space can be made: a start must not fail for its note.
      if (!isNoSpace(error)) throw error;
      rmSync(`${this.#file}.new`, { force: true });
    }
  }
}

function isNoSpace(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOSPC' || error.code === 'EDQUOT')
  );
}

function readJournal(file: string): Journal {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof kept !== 'object' || kept === null || !('starts' in kept)) return NOTHING;
    if (!Array.isArray(kept.starts) || !kept.starts.every(isStart)) return NOTHING;
    return { starts: kept.starts, refused: 'refused' in kept && kept.refused === true };
  } catch {
    return NOTHING;
  }
}

function isStart(value: unknown): value is UnfinishedStart {
  return (
    typeof value === 'object' &&
    value !== null &&
    'at' in value &&
    typeof value.at === 'number' &&
    'phase' in value &&
    typeof value.phase === 'string'
  );
}
