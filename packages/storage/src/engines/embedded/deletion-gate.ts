/**
 * Holds deletions back while somebody needs that what is there stays there: a backup that has the
 * records of one moment and still has to fetch the blobs that they name.
 */
export class DeletionGate {
  #holds = 0;
  #deleting = 0;
  #waiting: (() => void)[] = [];

  /**
   * Resolves when no deletion is under way; none begins from then on until every hold was let go.
   * The function lets go of this one; calling it again does nothing.
   */
  async hold(): Promise<() => void> {
    this.#holds++;
    while (this.#deleting > 0) await this.#change();
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      this.#tell();
    };
  }

  /** Runs a deletion once nobody holds them back. */
  async pass(deletion: () => Promise<void>): Promise<void> {
    while (this.#holds > 0) await this.#change();
    this.#deleting++;
    try {
      await deletion();
    } finally {
      this.#deleting--;
      this.#tell();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
