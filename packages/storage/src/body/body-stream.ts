import type { ORDER } from '../../threads/body-messages.mjs';

/** Whoever waits for a stream's answers. */
export interface StreamListener {
  /** The thread is done with a piece, of which `result` bytes came. */
  taken(piece: number, result: number): void;
  /** `md5` in upper-case hexadecimal. */
  done(md5: string): void;
  failed(error: Error): void;
}

/** One body on one thread. */
export interface BodyStream {
  /** Sends an order with what belongs to it (`body-messages.mjs`). */
  send(order: (typeof ORDER)[keyof typeof ORDER], ...values: readonly unknown[]): void;
  /** Nothing more is heard of it. */
  end(): void;
}
