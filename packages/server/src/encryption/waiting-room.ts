import { OssError } from '@openoss/protocol';

/**
 * Has only so many requests wait for the key service at a time. One that hangs would otherwise take all
 * the requests that a server serves, one after another, and with them those that need no key.
 */
export class WaitingRoom {
  readonly #seats: number;
  #taken = 0;

  constructor(seats: number) {
    this.#seats = seats;
  }

  /** Waits for a call; refuses it unbegun where too many wait already. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.#seats) throw new OssError('KmsUnavailable');
    this.#taken += 1;
    try {
      return await call();
    } finally {
      this.#taken -= 1;
    }
  }
}
