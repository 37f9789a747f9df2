import type { Answer } from './answer-value.js';

/** What an operation answers bit by bit, for as long as it works: each line is a JSON document. */
export class StreamedAnswer {
  /** The lines; once the signal is given they end soon. */
  readonly lines: (signal: AbortSignal) => AsyncIterable<Answer>;

  constructor(lines: (signal: AbortSignal) => AsyncIterable<Answer>) {
    this.lines = lines;
  }
}
