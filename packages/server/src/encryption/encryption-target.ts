import { type Decrypted, type KeyService, KmsError } from '@openoss/kms';
import {
  type ChosenEncryption,
  type EncryptionContext,
  type EncryptionMethod,
  GetObject,
} from '@openoss/protocol';
import type { BucketRecord, RecordSealing, SealedRecord, Sealing } from '@openoss/storage';
import { decodeEnvelope, encodeEnvelope } from './envelope.js';
import { refusalOfKms } from './kms-refusal.js';
import {
  boundTo,
  cipherOf,
  DATA_KEY_BYTES,
  type KeyPermission,
  keysFor,
  type MasterKeys,
  newDataKey,
} from './object-encryption.js';

/** What re-encryption asks of a key service. */
export type WrappingKeys = Pick<
  KeyService,
  'generateDataKey' | 'decrypt' | 'keyIdOf' | 'encrypt' | 'usedKeyIn'
>;

/**
 * How the objects of a bucket are to be encrypted: a method, and a version of a master key that was found to be
 * there. Everything throws OssError, but {@link find}, which throws KmsError.
 */
export class EncryptionTarget {
  readonly method: EncryptionMethod;
  readonly cipher: RecordSealing['cipher'];
  readonly keyId: string;
  readonly #keyVersionId: string;
  readonly #bucket: BucketRecord;
  readonly #keys: MasterKeys<WrappingKeys>;

  private constructor(
    method: EncryptionMethod,
    cipher: RecordSealing['cipher'],
    used: { readonly keyId: string; readonly keyVersionId: string },
    bucket: BucketRecord,
    keys: MasterKeys<WrappingKeys>,
  ) {
    this.method = method;
    this.cipher = cipher;
    this.keyId = used.keyId;
    this.#keyVersionId = used.keyVersionId;
    this.#bucket = bucket;
    this.#keys = keys;
  }

  /**
   * Looks the key up, and has it make a data key that nobody uses: so it is known to be usable, which version of it
   * is the newest, and the default key is there.
   */
  static async find(
    keys: MasterKeys<WrappingKeys>,
    chosen: ChosenEncryption,
    bucket: BucketRecord,
    permission: KeyPermission,
  ): Promise<EncryptionTarget> {
    const { method } = chosen;
    const context = { purpose: 'openoss reencrypt' };
    const made = await newDataKey(keysFor(keys, method, bucket), chosen, context, permission);
    made.plaintext.fill(0);
    return new EncryptionTarget(method, cipherOf(chosen), made, bucket, keys);
  }

  /** Whether an object's body can stay as it is, under another envelope. */
  fitsBody({ sealing }: SealedRecord): boolean {
    return sealing.cipher === this.cipher;
  }

  /** Whether an object is encrypted so; undefined where only the key service can tell, of its key's version. */
  isMetBy(record: SealedRecord): boolean | undefined {
    if (!this.fitsBody(record)) return false;
    const { method, keyId, encryptedKey } = decodeEnvelope(record.sealing.envelope);
    if (method !== this.method || keyId !== this.keyId) return false;
    const used = keysFor(this.#keys, method, this.#bucket).usedKeyIn(encryptedKey);
    return used === undefined ? undefined : this.isNewest(used);
  }

  /** Whether that is the version of the key which encrypts now. */
  isNewest({ keyId, keyVersionId }: Pick<Decrypted, 'keyId' | 'keyVersionId'>): boolean {
    return keyId === this.keyId && keyVersionId === this.#keyVersionId;
  }

  /** A new data key for an object. Whoever gets it wipes it. */
  async seal(key: string, record: SealedRecord | undefined): Promise<Sealing> {
    const context = this.#contextOf(record);
    return this.#ask(async (keys) => {
      const { plaintext, ciphertextBlob } = await keys.generateDataKey({
        keyId: this.keyId,
        bytes: DATA_KEY_BYTES[this.cipher],
        context: boundTo(this.#bucket, key, context),
      });
      const envelope = this.#envelope(ciphertextBlob, context);
      return { cipher: this.cipher, dataKey: plaintext, envelope };
    });
  }

  /** Another envelope for the data key that an object has. */
  async wrap(record: SealedRecord, dataKey: Uint8Array): Promise<Buffer> {
    const context = this.#contextOf(record);
    return this.#ask(async (keys) => {
      const { ciphertextBlob } = await keys.encrypt({
        keyId: this.keyId,
        plaintext: dataKey,
        context: boundTo(this.#bucket, record.key, context),
      });
      return this.#envelope(ciphertextBlob, context);
    });
  }

  #envelope(encryptedKey: string, context: EncryptionContext | undefined): Buffer {
    return encodeEnvelope({ method: this.method, keyId: this.keyId, encryptedKey, context });
  }

  /** What whoever put an object had the data key bound to goes on binding it: of KMS, which alone takes one. */
  #contextOf(record: SealedRecord | undefined): EncryptionContext | undefined {
    if (this.method !== 'KMS' || record === undefined) return undefined;
    return decodeEnvelope(record.sealing.envelope).context;
  }

  async #ask<T>(call: (keys: WrappingKeys) => Promise<T>): Promise<T> {
    try {
      return await call(keysFor(this.#keys, this.method, this.#bucket));
    } catch (error) {
      throw error instanceof KmsError ? refusalOfKms(error, undefined) : error;
    }
  }
}

/** The data key of an object, and what it was encrypted with. Whoever gets it wipes it. Throws OssError. */
export async function openDataKey(
  keys: MasterKeys<WrappingKeys>,
  { key, sealing }: SealedRecord,
  bucket: BucketRecord,
  permission: Pick<KeyPermission, 'checkKey'>,
): Promise<Decrypted> {
  const { method, keyId, encryptedKey, context } = decodeEnvelope(sealing.envelope);
  if (method === 'KMS') permission.checkKey(keyId, GetObject.keyActions);
  try {
    return await keysFor(keys, method, bucket).decrypt({
      ciphertextBlob: encryptedKey,
      context: boundTo(bucket, key, context),
    });
  } catch (error) {
    throw error instanceof KmsError ? refusalOfKms(error, undefined) : error;
  }
}
