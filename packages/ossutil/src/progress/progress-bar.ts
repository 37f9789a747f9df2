import type { Clock, OutputPort } from '../program/program-edge.js';
import { progressLine } from './progress-line.js';

/** Smaller bodies are gone before a bar could be read. */
export const leastBodyForProgress = 8 * 1024 * 1024;

/** Milliseconds between two drawings. */
const drawInterval = 100;
/** Milliseconds that the rate is measured over: long enough to be calm, short enough to be true. */
const rateWindow = 5000;
const defaultColumns = 80;

/** What a progress bar needs. */
export interface ProgressOptions {
  /** Standard error. */
  readonly output: OutputPort;
  readonly clock: Clock;
  /** Bytes to send; undefined for a stream of unknown size. */
  readonly total: number | undefined;
  readonly quiet: boolean;
}

/**
 * Shows on standard error how far an upload has come: bytes, rate and time left in one line that is
 * drawn over itself. It shows nothing where no terminal looks, with `-q`, and for bodies up to 8 MiB
 * (a stream of unknown size shows once it has sent more). A retry starts again from zero.
 *
 * Call `finish` however the transfer ends: it takes the line away, so that what is printed next
 * stands on a clean one.
 */
export class ProgressBar {
  readonly #options: ProgressOptions;
  readonly #enabled: boolean;
  #sent = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #drawn = false;
  #samples: { readonly at: number; readonly sent: number }[] = [];

  constructor(options: ProgressOptions) {
    this.#options = options;
    const { output, quiet, total } = options;
    const large = total === undefined || total > leastBodyForProgress;
    // The terminal last: to say what it is, standard error has to be opened.
    this.#enabled = large && !quiet && output.isTerminal;
  }

  /** Counts bytes that were just sent. */
  advance(bytes: number): void {
    this.#sent += bytes;
    this.#draw();
  }

  /** The body is sent again from its beginning. */
  rewind(): void {
    this.#sent = 0;
    this.#samples = [];
    this.#draw();
  }

  /** Takes the line away. More progress draws it again. */
  async finish(): Promise<void> {
    if (!this.#drawn) return;
    this.#drawn = false;
    this.#drawnAt = Number.NEGATIVE_INFINITY;
    await this.#options.output.write('\r\u001b[K');
  }

  #rate(now: number): number | undefined {
    this.#samples.push({ at: now, sent: this.#sent });
    while (this.#samples.length > 2 && now - (this.#samples[0]?.at ?? now) > rateWindow) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    if (first === undefined || now - first.at < drawInterval) return undefined;
    return ((this.#sent - first.sent) / (now - first.at)) * 1000;
  }

  #draw(): void {
    if (!this.#enabled) return;
    const { clock, output, total } = this.#options;
    if (total === undefined && this.#sent <= leastBodyForProgress && !this.#drawn) return;
    const now = clock.monotonic();
    if (now - this.#drawnAt < drawInterval) return;
    this.#drawnAt = now;
    this.#drawn = true;
    // One column short: a full line would wrap in some terminals.
    const columns = Math.max(1, (output.columns() ?? defaultColumns) - 1);
    const line = progressLine({ sent: this.#sent, total, rate: this.#rate(now) }, columns);
    // Nobody waits for a drawing: it must not slow the upload, and a lost one does no harm.
    void output.write(`\r${line}\u001b[K`).catch(() => {});
  }
}
