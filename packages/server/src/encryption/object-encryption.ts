import { type KeyService, KmsError } from '@openoss/kms';
import {
  type ChosenEncryption,
  type EncryptionContext,
  type EncryptionMethod,
  GetObject,
  PutObject,
} from '@openoss/protocol';
import type { BucketRecord, RecordSealing, SealedRecord, Sealing } from '@openoss/storage';
import type { Authorization } from '../stages/authorize.js';
import { decodeEnvelope, encodeEnvelope } from './envelope.js';
import { refusalOfKms } from './kms-refusal.js';
import { WaitingRoom } from './waiting-room.js';

/** What encryption asks of a key service. */
type DataKeys = Pick<KeyService, 'generateDataKey' | 'decrypt' | 'keyIdOf'>;

/** Where the master keys of objects are. */
export interface MasterKeys<Keys extends DataKeys = DataKeys> {
  /** Those of an account, which KMS shows it. Throws KmsError where it has none. */
  keysOf(account: string): Keys;
  /** The service's own, whose default key stands for all objects that ask for no key of KMS. */
  readonly ofService: Keys;
  /** Whether somebody else has them, who may take as long as they like to answer. */
  readonly areElsewhere: boolean;
}

/** Who may use a key of KMS; made for the request at hand. */
export type KeyPermission = Pick<Authorization, 'checkIdentity' | 'checkKey'>;

/** Bytes of a data key, by what encrypts the body. */
export const DATA_KEY_BYTES = { AES256: 32, SM4: 16 } as const;

/** Makes and opens the data keys of objects. */
export class ObjectEncryption {
  readonly #keys: MasterKeys;
  readonly #waiting: WaitingRoom;

  /** Requests beyond `mostWaiting` that would have to wait for the key service are refused. */
  constructor(keys: MasterKeys, mostWaiting: number) {
    this.#keys = keys;
    this.#waiting = new WaitingRoom(mostWaiting);
  }

  /** A new data key for an object, and its envelope; whoever gets it wipes the key. Throws the refusal. */
  async seal(
    chosen: ChosenEncryption,
    bucket: BucketRecord,
    key: string,
    permission: KeyPermission,
  ): Promise<Sealing> {
    if (chosen.method === 'KMS') permission.checkIdentity(PutObject.keyActions);
    return this.#ask(chosen, async () => {
      const { method, context } = chosen;
      const bound = boundTo(bucket, key, context);
      const made = await newDataKey(keysFor(this.#keys, method, bucket), chosen, bound, permission);
      const { keyId, plaintext, ciphertextBlob } = made;
      const envelope = encodeEnvelope({ method, keyId, encryptedKey: ciphertextBlob, context });
      return { cipher: cipherOf(chosen), dataKey: plaintext, envelope };
    });
  }

  /** The data key of an object; whoever gets it wipes it. Throws the refusal. */
  async open(
    { key, sealing }: SealedRecord,
    bucket: BucketRecord,
    permission: KeyPermission,
  ): Promise<Uint8Array> {
    const { method, keyId, encryptedKey, context } = decodeEnvelope(sealing.envelope);
    if (method === 'KMS') permission.checkKey(keyId, GetObject.keyActions);
    return this.#ask(undefined, async () => {
      const { plaintext } = await keysFor(this.#keys, method, bucket).decrypt({
        ciphertextBlob: encryptedKey,
        context: boundTo(bucket, key, context),
      });
      return plaintext;
    });
  }

  /** `chosen` is what a client has chosen just now, whose fault it may be. */
  async #ask<T>(chosen: ChosenEncryption | undefined, call: () => Promise<T>): Promise<T> {
    try {
      return await this.#waiting.during(call);
    } catch (error) {
      throw error instanceof KmsError ? refusalOfKms(error, chosen) : error;
    }
  }
}

/**
 * A new data key under the key that was chosen, by somebody who may use that; whoever gets it wipes it. Throws the
 * denial, and KmsError.
 */
export async function newDataKey(
  keys: DataKeys,
  chosen: ChosenEncryption,
  context: EncryptionContext,
  permission: KeyPermission,
): ReturnType<DataKeys['generateDataKey']> {
  const isOfKms = chosen.method === 'KMS';
  // The default key has no id before it is first used; the id of any other is asked about before it is.
  const known =
    isOfKms && chosen.keyId !== undefined ? await keys.keyIdOf(chosen.keyId) : undefined;
  if (known !== undefined) permission.checkKey(known, PutObject.keyActions);
  const made = await keys.generateDataKey({
    keyId: known ?? chosen.keyId,
    bytes: DATA_KEY_BYTES[cipherOf(chosen)],
    context,
  });
  try {
    if (isOfKms && known === undefined) permission.checkKey(made.keyId, PutObject.keyActions);
    return made;
  } catch (error) {
    made.plaintext.fill(0);
    throw error;
  }
}

/** Whose keys an object of this method is encrypted with. */
export function keysFor<Keys extends DataKeys>(
  keys: MasterKeys<Keys>,
  method: EncryptionMethod,
  bucket: BucketRecord,
): Keys {
  return method === 'KMS' ? keys.keysOf(bucket.owner) : keys.ofService;
}

/** What encrypts the body. */
export function cipherOf({ method, dataEncryption }: ChosenEncryption): RecordSealing['cipher'] {
  return method === 'KMS' ? (dataEncryption ?? 'AES256') : method;
}

/**
 * What the key service binds a data key to. The seal of a record binds more, and needs no key service; this
 * is for the key service itself, whose log then tells which object a key was asked for.
 */
export function boundTo(
  bucket: BucketRecord,
  key: string,
  context: EncryptionContext | undefined,
): EncryptionContext {
  return { ...context, 'acs:oss:object': `${bucket.name}/${key}` };
}
