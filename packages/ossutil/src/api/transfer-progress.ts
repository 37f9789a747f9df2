import { type Retry, ServiceError, type TransferProgress } from '@openoss/client';
import type { ProgramEdge } from '../program/program-edge.js';
import { ProgressBar } from '../progress/progress-bar.js';
import { RetryNotice } from '../progress/retry-notice.js';

/**
 * Shows how far the transfers of one call are, each direction with a bar of its own. A download is
 * shown only where its bytes do not go to the terminal themselves.
 */
export class TransferDisplay {
  readonly #edge: ProgramEdge;
  readonly #quiet: boolean;
  readonly #bars = new Map<
    TransferProgress['direction'],
    { bar: ProgressBar; bytes: number; attempt: number }
  >();
  readonly #notice: RetryNotice;

  constructor(edge: ProgramEdge, quiet: boolean) {
    this.#edge = edge;
    this.#quiet = quiet;
    this.#notice = new RetryNotice(edge, quiet);
  }

  /** Takes the client's report. */
  update({ direction, bytes, totalBytes, attempt }: TransferProgress): void {
    if (direction === 'download' && this.#edge.stdout.isTerminal) return;
    let shown = this.#bars.get(direction);
    if (shown === undefined) {
      const { stderr: output, clock } = this.#edge;
      const bar = new ProgressBar({ output, clock, total: totalBytes, quiet: this.#quiet });
      shown = { bar, bytes: 0, attempt };
      this.#bars.set(direction, shown);
    }
    if (attempt !== shown.attempt || bytes < shown.bytes) {
      shown.bar.rewind();
      shown.bytes = 0;
      shown.attempt = attempt;
    }
    shown.bar.advance(bytes - shown.bytes);
    shown.bytes = bytes;
  }

  /** Takes the client's report that it waits to try again. */
  retrying({ attempt, maxAttempts, error }: Retry): void {
    this.#notice.show(attempt, maxAttempts, reasonOf(error));
  }

  /** Takes all of it away. */
  async finish(): Promise<void> {
    await this.#notice.finish();
    for (const { bar } of this.#bars.values()) await bar.finish();
  }
}

/** In a few words: what the service calls its refusal says more than its sentence. */
function reasonOf(error: unknown): string {
  if (error instanceof ServiceError) return `${error.status} ${error.code}`;
  return error instanceof Error ? error.message : String(error);
}
