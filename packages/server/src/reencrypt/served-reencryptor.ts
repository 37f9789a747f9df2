import type { Directory } from '@openoss/directory';
import { RamError } from '@openoss/directory';
import { type KeyService, KmsError } from '@openoss/kms';
import { type ChosenEncryption, isBucketName, OssError } from '@openoss/protocol';
import { type ReencryptionOrder, type Reencryptor, RpcError, StreamedAnswer } from '@openoss/rpc';
import { type BucketRecord, isCipherAvailable, type ObjectStore } from '@openoss/storage';
import type { Logger } from 'pino';
import { EncryptionTarget } from '../encryption/encryption-target.js';
import { cipherOf, type MasterKeys } from '../encryption/object-encryption.js';
import type { ServedIdentities } from '../policy-language.js';
import { type Authorization, Authorizer } from '../stages/authorize.js';
import { BucketReencryption } from './bucket-reencryption.js';

/** What re-encryption stands on. */
export interface ReencryptorParts {
  readonly store: ObjectStore;
  readonly keys: MasterKeys<KeyService>;
  readonly directory: Directory;
  readonly identities: ServedIdentities;
  readonly region: string;
  readonly now: () => number;
  readonly log: Logger;
}

/** What it takes for an object to be re-encrypted, besides its keys. */
const ACTIONS = ['oss:GetObject', 'oss:PutObject'];

/**
 * Re-encrypts buckets of the account that asks, one at a time, in the process that commits (docs/decisions/0013).
 * Nothing of it is kept: whoever asked goes on from the key that was told last, or from the start.
 */
export class ServedReencryptor implements Reencryptor {
  readonly #parts: ReencryptorParts;
  readonly #authorizer: Authorizer;
  /** The one that is under way. */
  #running: { readonly ended: Promise<void>; readonly signal: AbortSignal } | undefined;

  constructor(parts: ReencryptorParts) {
    this.#parts = parts;
    this.#authorizer = new Authorizer(parts.directory, parts.identities.permissions);
  }

  async begin(order: ReencryptionOrder): Promise<StreamedAnswer> {
    const { store, keys, log } = this.#parts;
    const { account } = order.caller.principal;
    const bucket = isBucketName(order.bucket) ? await store.getBucket(order.bucket) : undefined;
    if (bucket === undefined) throw RpcError.invalid('Bucket', 'there is none of this name');
    if (bucket.owner !== account) {
      throw RamError.of('NoPermission', 'The bucket is of another account: only that may ask.');
    }
    const chosen = chosenBy(order, bucket);
    await this.#refuseIfRunning();
    const permission = await this.#authorize(order, bucket);
    const target =
      chosen === 'none'
        ? undefined
        : await EncryptionTarget.find(keys, chosen, bucket, permission).catch((error: unknown) => {
            throw error instanceof OssError ? KmsError.of('NoPermission') : error;
          });
    const authorize = () => this.#authorize(order, bucket);
    const run = new BucketReencryption({ store, bucket, keys, target, order, authorize, log });
    return new StreamedAnswer((signal) => this.#alone(run, signal));
  }

  /** Throws RpcError where another is under way. */
  async #refuseIfRunning(): Promise<void> {
    // Whoever was interrupted and asks again must not be kept out by what is just ending.
    if (this.#running?.signal.aborted === true) await this.#running.ended;
    if (this.#running !== undefined) throw RpcError.of('ReencryptionInProgress');
  }

  /** The lines of a run; throws RpcError where another has begun in between. */
  async *#alone(run: BucketReencryption, signal: AbortSignal) {
    await this.#refuseIfRunning();
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#running = { ended, signal };
    try {
      yield* run.lines(signal);
    } finally {
      this.#running = undefined;
      end();
    }
  }

  /** What whoever asks may do now. */
  async #authorize(
    { caller: { principal, id }, received }: ReencryptionOrder,
    bucket: BucketRecord,
  ): Promise<Authorization> {
    const { region, now, store } = this.#parts;
    const { peer, isSecure, headers } = received;
    const facts = {
      exchange: {
        connection: { peer },
        request: { socket: { encrypted: isSecure } },
        headers,
      },
      operation: 'ReencryptObjects',
      input: {},
      accessKeyId: id,
      now: now(),
    };
    return this.#authorizer.prepare({
      caller: { principal, accessKeyId: id, hasLooked: false },
      actions: ACTIONS,
      bucketName: bucket.name,
      key: undefined,
      // Its policy may be another by now.
      bucket: (await store.getBucket(bucket.name)) ?? bucket,
      region,
      facts: () => facts,
    });
  }
}

function chosenBy({ wanted }: ReencryptionOrder, bucket: BucketRecord): ChosenEncryption | 'none' {
  const chosen = wanted ?? bucket.encryption;
  if (chosen === undefined) {
    throw RpcError.invalid('Method', 'it is not told, and the bucket has no rule of encryption');
  }
  if (chosen !== 'none' && !isCipherAvailable(cipherOf(chosen))) {
    throw RpcError.invalid('Method', `Node.js of this server has no ${cipherOf(chosen)}`);
  }
  return chosen;
}
