import type { AccessKey, Directory } from '@openoss/directory';
import { MAX_SKEW } from '@openoss/protocol';
import type { CallRequest } from '../call-request.js';
import { RpcError } from '../rpc-error.js';
import { type Claim, claimOf } from './claim.js';
import { NonceMemory } from './nonce-memory.js';

/** About 40 MB when it is full, at 277 calls a second. */
const MOST_NONCES = 500_000;

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

type KnownKeys = Pick<Directory, 'findAccessKey' | 'findSession' | 'isInactive'>;

/** Finds out whom a call is from. */
export class Authenticator {
  readonly #keys: KnownKeys;
  readonly #now: () => number;
  // A call may be dated as far ahead as behind, and be sent again until it is too old.
  readonly #nonces = new NonceMemory(2 * MAX_SKEW, MOST_NONCES);

  constructor(keys: KnownKeys, now: () => number) {
    this.#keys = keys;
    this.#now = now;
  }

  /** The access key that a call is signed with; throws RpcError. A signed call is signed right or refused. */
  async authenticate(call: CallRequest): Promise<AccessKey> {
    const claim = claimOf(call);
    this.#checkTime(claim.timestamp);
    const key = await this.#find(claim);
    claim.verify(key.secret);
    switch (this.#nonces.use(key.id, claim.nonce, this.#now())) {
      case 'used':
        throw RpcError.of('NonceUsed');
      case 'full':
        throw RpcError.of('Throttled');
      case 'new':
        return key;
    }
  }

  #checkTime(timestamp: string): void {
    const at = TIMESTAMP.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
    if (Number.isNaN(at)) throw RpcError.of('TimestampMalformed');
    if (Math.abs(this.#now() - at) > MAX_SKEW) throw RpcError.of('TimestampExpired');
  }

  async #find({ accessKeyId, securityToken }: Claim): Promise<AccessKey> {
    if (securityToken === undefined) {
      if (accessKeyId.startsWith('STS.')) throw RpcError.missing('SecurityToken');
      const key = await this.#keys.findAccessKey(accessKeyId);
      if (key !== undefined) return key;
      const isInactive = await this.#keys.isInactive(accessKeyId);
      throw RpcError.of(isInactive ? 'AccessKeyInactive' : 'AccessKeyUnknown');
    }
    const session = await this.#keys.findSession(accessKeyId, securityToken);
    switch (session.outcome) {
      case 'found':
        return session.key;
      case 'invalid':
        throw RpcError.of('TokenMalformed');
      case 'mismatch':
        throw RpcError.of('TokenMismatch');
      // What a session stands and falls with is gone: for its client, as if its time was up.
      case 'expired':
      case 'ended':
        throw RpcError.of('TokenExpired');
    }
  }
}
