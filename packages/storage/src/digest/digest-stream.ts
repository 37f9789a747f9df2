import type { ORDER } from '../../threads/digest-messages.mjs';

/** Whoever waits for a stream's answers. */
export interface StreamListener {
  taken(piece: number): void;
  /** `md5` in upper-case hexadecimal. */
  done(md5: string): void;
  failed(error: Error): void;
}

/** One body on one thread. */
export interface DigestStream {
  /** Sends an order with what belongs to it (`digest-messages.mjs`). */
  send(order: (typeof ORDER)[keyof typeof ORDER], ...values: readonly unknown[]): void;
  /** Nothing more is heard of it. */
  end(): void;
}
