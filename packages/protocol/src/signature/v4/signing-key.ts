import { createHmac } from 'node:crypto';
import { type CredentialScope, SCOPE_END } from './credential.js';
import { HmacSha256 } from './hmac-sha256.js';

/** Derives the V4 signing key of a secret for a scope: four links of HMAC-SHA256. */
export function deriveSigningKey(secret: string, scope: CredentialScope): Uint8Array {
  const ofDate = createHmac('sha256', `aliyun_v4${secret}`).update(scope.date).digest();
  const ofRegion = createHmac('sha256', ofDate).update(scope.region).digest();
  const ofProduct = createHmac('sha256', ofRegion).update(scope.product).digest();
  return createHmac('sha256', ofProduct).update(SCOPE_END).digest();
}

interface KnownKey extends CredentialScope {
  readonly secret: string;
  readonly key: Uint8Array;
  /** What signs with it. */
  readonly mac: HmacSha256;
}

/**
 * Keeps the signing keys used last, for a key is good for a day and deriving it costs more than all
 * the rest of a signature. The secret is part of what a key is found by, so a secret that was
 * changed can never be served by the key of its predecessor.
 */
export class SigningKeyCache {
  readonly #keys = new Map<string, KnownKey>();
  readonly #capacity: number;
  #newest: KnownKey | undefined;

  /** `capacity` is the most keys that are ever held, at least 1. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many keys are held. */
  get size(): number {
    return this.#keys.size;
  }

  /** The signing key of a secret for a scope, remembered or derived. Not to be written to. */
  signingKey(secret: string, scope: CredentialScope): Uint8Array {
    return this.#find(secret, scope).key;
  }

  /** What signs with the signing key of a secret for a scope. */
  mac(secret: string, scope: CredentialScope): HmacSha256 {
    return this.#find(secret, scope).mac;
  }

  #find(secret: string, scope: CredentialScope): KnownKey {
    const { date, region, product } = scope;
    const newest = this.#newest;
    if (
      newest !== undefined &&
      newest.secret === secret &&
      newest.date === date &&
      newest.region === region &&
      newest.product === product
    ) {
      return newest;
    }
    // The lengths keep two different scopes from running together into one name.
    const name = `${date.length},${region.length},${product.length}:${date}${region}${product}${secret}`;
    let known = this.#keys.get(name);
    if (known === undefined) {
      const key = deriveSigningKey(secret, scope);
      known = { date, region, product, secret, key, mac: new HmacSha256(key) };
    } else {
      this.#keys.delete(name);
    }
    // A Map keeps the order of insertion: what is used goes to the end, the oldest is in front.
    this.#keys.set(name, known);
    this.#newest = known;
    if (this.#keys.size > this.#capacity) {
      const oldest = this.#keys.keys().next();
      if (oldest.done !== true) this.#keys.delete(oldest.value);
    }
    return known;
  }
}
