import type { Clock } from '../clock.js';
import { CanceledError } from '../errors/canceled-error.js';
import type { Retry } from '../oss-client-options.js';
import { backOff } from './back-off.js';
import { isRetryable } from './is-retryable.js';

/** When and how long to wait before trying again. */
export interface RetryOptions {
  /** How often to try in all, at least 1. */
  readonly maxAttempts: number;
  readonly clock: Clock;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  readonly signal: AbortSignal | undefined;
  /**
   * Asked what an attempt failed with, until it says that the cause is mended: then it is tried again at
   * once, and once more than `maxAttempts` in all. Its rejection is final.
   */
  readonly mend: (error: unknown) => Promise<boolean>;
  /** Told before each wait. */
  readonly onRetry: (retry: Retry) => void;
}

/**
 * Tries until it succeeds, fails for good, or has failed `maxAttempts` times; then rejects with the
 * last failure. `run` is given the number of the attempt, from 1 on.
 */
export async function withRetries<T>(
  run: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { clock, random, signal, mend, onRetry } = options;
  let { maxAttempts } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(attempt);
    } catch (error) {
      if (maxAttempts === options.maxAttempts && (await mend(error))) {
        maxAttempts += 1;
        continue;
      }
      if (attempt >= maxAttempts || !isRetryable(error)) throw error;
      const delayMs = backOff(attempt + 1, random());
      onRetry({ error, attempt: attempt + 1, maxAttempts, delayMs });
      try {
        await clock.sleep(delayMs, signal);
      } catch (interruption) {
        throw signal?.aborted === true ? new CanceledError(signal.reason) : interruption;
      }
    }
  }
}
