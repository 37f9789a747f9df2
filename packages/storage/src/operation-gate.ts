import { StoreClosed } from './engine/metadata-engine.js';

/** Knows what is under way, so that a close can refuse what comes and wait for what is there. */
export class OperationGate {
  #underWay = 0;
  #closed = false;
  #drained: (() => void) | undefined;

  /** Runs an operation; throws StoreClosed once the gate is closed. */
  async pass<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreClosed();
    this.#underWay++;
    try {
      return await operation();
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#drained?.();
    }
  }

  /** Lets nothing more in and resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }
}
