/** How many lines may wait: whoever has more to say waits until some are taken. */
const MOST_WAITING = 100;

/** Lines between those who do the work and the one who passes them on. */
export class LineQueue<Line> {
  readonly #waiting: Line[] = [];
  #end: { readonly error?: unknown } | undefined;
  /** Wakes whoever takes. */
  #come: (() => void) | undefined;
  /** Wake those who have more to say. */
  readonly #full: (() => void)[] = [];

  /** Resolves when there is room for the next. */
  async push(line: Line): Promise<void> {
    this.#waiting.push(line);
    this.#come?.();
    if (this.#waiting.length < MOST_WAITING) return;
    await new Promise<void>((resolve) => this.#full.push(resolve));
  }

  /** There will be no more lines. */
  end(): void {
    this.#end ??= {};
    this.#come?.();
  }

  /** The same, and whoever takes is told why. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#come?.();
  }

  /** The next line; `quiet` where none comes for so many milliseconds, `ended` behind the last. */
  async next(quietFor: number): Promise<Line | 'quiet' | 'ended'> {
    if (this.#waiting.length === 0 && this.#end === undefined) await this.#somethingIn(quietFor);
    const line = this.#waiting.shift();
    if (line !== undefined) {
      if (this.#waiting.length < MOST_WAITING) for (const go of this.#full.splice(0)) go();
      return line;
    }
    if (this.#end === undefined) return 'quiet';
    if ('error' in this.#end) throw this.#end.error;
    return 'ended';
  }

  #somethingIn(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const come = () => {
        clearTimeout(timer);
        this.#come = undefined;
        resolve();
      };
      const timer = setTimeout(come, milliseconds);
      this.#come = come;
    });
  }
}
