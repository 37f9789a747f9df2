import { StoreClosed } from '../engine/metadata-engine.js';
import type { Log } from '../log.js';
import type { MutableStoreCounters } from '../store-counters.js';
import type { Finding } from './scrub-finding.js';
import type { ScrubOptions, ScrubSummary } from './scrub-run.js';
import { type ScrubbedStore, scrubStore } from './scrub-store.js';

/** How many findings of one scrub go to the log; the report has all. */
const LOGGED = 100;

/** Another scrub is under way: two would only read everything twice. */
export class ScrubInProgress extends Error {
  constructor() {
    super('a scrub is under way already');
    this.name = 'ScrubInProgress';
  }
}

export interface ScrubberOptions {
  readonly store: ScrubbedStore;
  readonly counters: MutableStoreCounters;
  readonly log: Log;
  readonly clock: () => number;
}

/** Runs the scrubs of a store that is in use, one at a time, and ends the one under way with it. */
export class Scrubber {
  readonly #options: ScrubberOptions;
  readonly #closing = new AbortController();
  #running: Promise<unknown> | undefined;

  constructor(options: ScrubberOptions) {
    this.#options = options;
  }

  async run(options: ScrubOptions): Promise<ScrubSummary> {
    if (this.#closing.signal.aborted) throw new StoreClosed();
    if (this.#running !== undefined) throw new ScrubInProgress();
    const running = this.#scrub(options);
    this.#running = running;
    try {
      return await running;
    } finally {
      this.#running = undefined;
    }
  }

  /** Ends the scrub under way. */
  async stop(): Promise<void> {
    this.#closing.abort(new StoreClosed());
    await this.#running?.catch(() => {});
  }

  async #scrub(options: ScrubOptions): Promise<ScrubSummary> {
    const { store, counters, log, clock } = this.#options;
    const closing = this.#closing.signal;
    const signal =
      options.signal === undefined ? closing : AbortSignal.any([options.signal, closing]);
    let found = 0;
    const onFinding = async (finding: Finding): Promise<void> => {
      if (finding.severity === 'damage') counters.scrubDamage++;
      else counters.scrubWaste++;
      if (found++ < LOGGED) report(log, finding);
      await options.onFinding?.(finding);
    };
    log.info({ repair: options.repair ?? 'safe' }, 'a scrub begins');
    const summary = await scrubStore(store, { ...options, signal, onFinding });
    counters.scrubs++;
    counters.scrubbedAt = clock();
    if (summary.findings > LOGGED) {
      log.warn({ findings: summary.findings }, 'a scrub found more than what was logged');
    }
    log.info(summary, 'a scrub is done');
    return summary;
  }
}

function report(log: Log, finding: Finding): void {
  if (finding.severity === 'damage') log.error(finding, 'a scrub found damage');
  else log.warn(finding, 'a scrub found waste');
}
