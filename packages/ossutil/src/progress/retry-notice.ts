import type { ProgramEdge } from '../program/program-edge.js';

const defaultColumns = 80;

/**
 * Says on standard error that a request failed and is about to be tried again, in one line that goes
 * away: a refused connection is tried for a minute, and whoever waits wants to know for what. It says
 * nothing where no terminal looks, and with `-q`.
 */
export class RetryNotice {
  readonly #edge: Pick<ProgramEdge, 'stderr'>;
  readonly #quiet: boolean;
  #shown = false;

  constructor(edge: Pick<ProgramEdge, 'stderr'>, quiet: boolean) {
    this.#edge = edge;
    this.#quiet = quiet;
  }

  /** The attempt that is about to be made, of how many, and why the last one failed. */
  show(attempt: number, maxAttempts: number, reason: string): void {
    const { stderr } = this.#edge;
    // Asked only now: to say what it is, standard error has to be opened.
    if (this.#quiet || !stderr.isTerminal) return;
    const line = `attempt ${attempt} of ${maxAttempts}, after: ${reason.replace(/\s+/g, ' ')}`;
    // One column short, as the progress bar is: a full line would wrap in some terminals.
    const columns = Math.max(1, (stderr.columns() ?? defaultColumns) - 1);
    this.#shown = true;
    void stderr.write(`\r${[...line].slice(0, columns).join('')}\u001b[K`).catch(() => {});
  }

  /** Takes the line away. */
  async finish(): Promise<void> {
    if (!this.#shown) return;
    this.#shown = false;
    await this.#edge.stderr.write('\r\u001b[K');
  }
}
