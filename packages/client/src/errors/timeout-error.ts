import { NetworkError } from './network-error.js';

/**
 * What took too long: getting a connection (looking the host up and TLS included), or the wait
 * between two bytes read or written.
 */
export type TimeoutPhase = 'connect' | 'read-write';

/** A time limit of the client ran out. */
export class TimeoutError extends NetworkError {
  readonly phase: TimeoutPhase;
  readonly milliseconds: number;

  /** `host` is whom we talked to; `milliseconds` the limit that ran out. */
  constructor(phase: TimeoutPhase, host: string, milliseconds: number) {
    const limit = `${milliseconds / 1000} s`;
    super(
      phase === 'connect'
        ? `connecting to ${host} took longer than ${limit} (connect timeout)`
        : `${host} neither sent nor took any data for ${limit} (read/write timeout)`,
      { code: 'ETIMEDOUT', retryable: true },
    );
    this.phase = phase;
    this.milliseconds = milliseconds;
  }
}
