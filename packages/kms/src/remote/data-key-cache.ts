import { createHash } from 'node:crypto';
import { encodeContext } from '../encryption-context.js';
import type { Decrypted, EncryptionContext } from '../key-service.js';

interface Kept extends Decrypted {
  readonly until: number;
}

/**
 * Data keys that were unwrapped not long ago, by ciphertext and context. It keeps so many, for so long, and wipes
 * what it drops. What it gives and is given are copies: whoever has one wipes it without harm to others.
 */
export class DataKeyCache {
  readonly #most: number;
  readonly #lifetime: number;
  readonly #now: () => number;
  /** The oldest first. */
  readonly #kept = new Map<string, Kept>();
  #timer: NodeJS.Timeout | undefined;
  #cleared = 0;

  /** `lifetime` is in milliseconds. */
  constructor(most: number, lifetime: number, now: () => number) {
    this.#most = most;
    this.#lifetime = lifetime;
    this.#now = now;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** How often it was cleared: what was asked for before, and comes after, is not to be put in. */
  get cleared(): number {
    return this.#cleared;
  }

  get(ciphertextBlob: string, context: EncryptionContext | undefined): Decrypted | undefined {
    const name = nameOf(ciphertextBlob, context);
    const kept = this.#kept.get(name);
    if (kept === undefined) return undefined;
    if (kept.until <= this.#now()) {
      this.#drop(name, kept);
      return undefined;
    }
    return copyOf(kept);
  }

  put(ciphertextBlob: string, context: EncryptionContext | undefined, key: Decrypted): void {
    const name = nameOf(ciphertextBlob, context);
    const before = this.#kept.get(name);
    if (before !== undefined) this.#drop(name, before);
    this.#kept.set(name, { ...copyOf(key), until: this.#now() + this.#lifetime });
    for (const [oldest, kept] of this.#kept) {
      if (this.#kept.size <= this.#most) break;
      this.#drop(oldest, kept);
    }
    this.#timer ??= setInterval(() => this.#dropExpired(), this.#lifetime).unref();
  }

  /** Wipes everything. */
  clear(): void {
    this.#cleared++;
    for (const [name, kept] of this.#kept) this.#drop(name, kept);
    this.#stopTimer();
  }

  /** What nobody asks for any more goes as well, at the latest after twice its time. */
  #dropExpired(): void {
    const now = this.#now();
    for (const [name, kept] of this.#kept) {
      if (kept.until > now) break;
      this.#drop(name, kept);
    }
    if (this.#kept.size === 0) this.#stopTimer();
  }

  #drop(name: string, { plaintext }: Kept): void {
    plaintext.fill(0);
    this.#kept.delete(name);
  }

  #stopTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

const copyOf = ({ keyId, keyVersionId, plaintext }: Decrypted): Decrypted => ({
  keyId,
  keyVersionId,
  plaintext: Buffer.from(plaintext),
});

function nameOf(ciphertextBlob: string, context: EncryptionContext | undefined): string {
  const hash = createHash('sha256').update(ciphertextBlob).update('\n');
  return hash.update(encodeContext(context)).digest('base64');
}
