import { EngineFailed } from './metadata-engine.js';

/**
 * The switch that ends a store whose disk failed it. After a failed flush the kernel may have
 * dropped the dirty pages and call the next flush a success, so trying again would lie
 * (fsyncgate, 2018): the process has to end and recover from what is on disk. Everything that
 * shares the switch refuses from then on.
 */
export class FailStop {
  readonly #onFatal: (error: Error) => void;
  #failure: EngineFailed | undefined;

  constructor(onFatal: (error: Error) => void) {
    this.#onFatal = onFatal;
  }

  /** Why the store stopped, if it did. */
  get failure(): EngineFailed | undefined {
    return this.#failure;
  }

  /** Stops the store; returns what waiting callers are to be told. Only the first cause counts. */
  trip(cause: unknown): EngineFailed {
    if (this.#failure === undefined) {
      this.#failure = new EngineFailed(cause);
      this.#onFatal(cause instanceof Error ? cause : new Error(String(cause)));
    }
    return this.#failure;
  }

  /** Throws when the store has stopped. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
