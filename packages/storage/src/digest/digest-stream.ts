import type { ORDER } from '../../threads/digest-messages.mjs';

/** Whoever waits for a stream's answers. */
export interface StreamListener {
  taken(piece: number): void;
  done(digest: string): void;
  failed(error: Error): void;
}

/** One digest of one body on one thread. */
export interface DigestStream {
  /** Sends an order with what belongs to it (`digest-messages.mjs`). */
  send(order: (typeof ORDER)[keyof typeof ORDER], ...values: readonly unknown[]): void;
  /** Nothing more is heard of it. */
  end(): void;
}
