/** The time, for signing and for waiting between attempts; tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `milliseconds`; rejects as soon as the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    const { setTimeout: delay } = await import('node:timers/promises');
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
  },
};
