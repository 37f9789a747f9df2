import { type ProbeResult, probeMetadata } from '@openoss/storage';
import type { Logger } from 'pino';
import { StartJournal, type StartPhase } from './start-journal.js';

/** A start has gone well when the server has served for so long. */
const SETTLED_MS = 30_000;

/** So many starts in a row that ended badly are told of. */
const SUSPICIOUS = 3;

/** At so many, and again at each multiple, it is found out whether the metadata is the cause. */
const PROBE_EVERY = 5;

/** How long that may take. */
const PROBE_MS = 20_000;

/** The server is not started again: its metadata ends the process. The message says what to do. */
export class CrashLoop extends Error {
  constructor(directory: string, starts: number, phase: string, how: string) {
    super(
      `the last ${starts} starts on ${directory} ended soon after they began (the last one while ${phase}), and the metadata is the cause: ${how}. Starting again would end the same way. ` +
        'Keep a copy of the directory, then restore the latest backup with "openoss restore BACKUP --data DIR"; "openoss fsck" says what is damaged. ' +
        'To start all the same, use --force-start.',
    );
    this.name = 'CrashLoop';
  }
}

export interface CrashLoopOptions {
  readonly directory: string;
  readonly log: Logger;
  /** Start whatever was found. */
  readonly force: boolean;
  /** Finds out whether the metadata ends a process that uses it. */
  readonly probe?: (directory: string, milliseconds: number) => Promise<ProbeResult>;
  readonly settledAfter?: number;
}

/**
 * Keeps a supervisor from starting for ever a server that cannot live. A process does not see what
 * ends it, and a server that is killed (`kill -9`, a memory limit, a test) leaves the same traces as
 * one that a damaged page of LMDB's ends; so nothing is refused for being frequent. Starts that
 * ended badly are counted and told of, and when there are several in a row, another process does
 * what a start does and is watched: only when that one dies too, by itself, the start is refused.
 */
export class CrashLoopGuard {
  readonly #options: CrashLoopOptions;
  readonly #journal: StartJournal;
  #settling: NodeJS.Timeout | undefined;

  private constructor(options: CrashLoopOptions) {
    this.#options = options;
    this.#journal = new StartJournal(options.directory, Date.now());
  }

  /** Judges the starts before this one; throws {@link CrashLoop}. The directory is this process's. */
  static async begin(options: CrashLoopOptions): Promise<CrashLoopGuard> {
    const guard = new CrashLoopGuard(options);
    await guard.#judge();
    guard.#journal.begin(Date.now());
    return guard;
  }

  /** What the server is doing from now on. */
  enter(phase: StartPhase): void {
    this.#journal.enter(phase);
  }

  /** The server serves: after a while of that, the start has gone well. */
  serving(): void {
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      this.#journal.clear();
    }, this.#options.settledAfter ?? SETTLED_MS);
    this.#settling.unref();
  }

  /** The server ends as told, or says itself why it cannot start. */
  end(): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    this.#journal.clear();
  }

  async #judge(): Promise<void> {
    const { directory, log, force, probe = probeMetadata } = this.#options;
    const { before, wasRefused } = this.#journal;
    const last = before.at(-1);
    if (before.length < SUSPICIOUS || last === undefined) return;
    log.warn(
      { starts: before.length, lastPhase: last.phase, lastAt: new Date(last.at).toISOString() },
      'the last starts ended within seconds and not as told. Killed from outside (a memory limit, a health check, kill -9)? Else the metadata may be damaged: stop, run openoss fsck, and restore a backup if it is',
    );
    if (force) {
      log.warn({}, 'starting all the same, as told by --force-start');
      return;
    }
    if (!wasRefused && before.length % PROBE_EVERY !== 0) return;
    const result = await probe(directory, PROBE_MS);
    if (result.outcome === 'deadly') {
      this.#journal.refuse(Date.now());
      const details = { starts: before.length, lastPhase: last.phase, cause: result.how };
      log.error(details, 'a crash loop: the start is refused');
      throw new CrashLoop(directory, before.length, last.phase, result.how);
    }
    log.warn(
      result,
      'the metadata was read whole in another process, to see whether it is the cause',
    );
  }
}
