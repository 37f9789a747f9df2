import { createHash } from 'node:crypto';

/**
 * The nonces of calls whose signatures held, for as long as those could be sent again. It remembers so
 * many and no more: then further calls are refused rather than replays let in.
 */
export class NonceMemory {
  readonly #lifetime: number;
  readonly #most: number;
  /** When each may be forgotten; the sooner stand first. */
  readonly #until = new Map<string, number>();

  /** `lifetime` is in milliseconds. */
  constructor(lifetime: number, most: number) {
    this.#lifetime = lifetime;
    this.#most = most;
  }

  /** Remembers a nonce of an access key, unless it was used, or there is no room for it. */
  use(accessKeyId: string, nonce: string, now: number): 'new' | 'used' | 'full' {
    for (const [old, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(old);
    }
    // 16 bytes, however long what clients send; as text of a byte each it takes the least room.
    const hash = createHash('sha256').update(`${accessKeyId}\n${nonce}`);
    const key = hash.digest().toString('latin1', 0, 16);
    if (this.#until.has(key)) return 'used';
    if (this.#until.size >= this.#most) return 'full';
    this.#until.set(key, now + this.#lifetime);
    return 'new';
  }
}
