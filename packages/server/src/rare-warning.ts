import type { Logger } from 'pino';

/** Milliseconds between two lines of one warning. */
const APART = 10_000;

/**
 * A warning about what may happen thousands of times a second: one line says how often since the
 * last one, and one more would not help anybody.
 */
export class RareWarning {
  readonly #log: Logger;
  readonly #message: string;
  readonly #now: () => number;
  #since = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** `now` is a clock in milliseconds. */
  constructor(log: Logger, message: string, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#message = message;
    this.#now = now;
  }

  /** Notes that it happened, and says so unless it has just been said. */
  tell(details: Readonly<Record<string, unknown>> = {}): void {
    this.#since += 1;
    const now = this.#now();
    if (now - this.#last < APART) return;
    this.#log.warn({ ...details, times: this.#since }, this.#message);
    this.#last = now;
    this.#since = 0;
  }
}
