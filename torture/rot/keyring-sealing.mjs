import { Keyring } from '@openoss/kms';

/**
 * @import { EmbeddedStore, SealedRecord, Sealing } from '@openoss/storage'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

const REGION = 'cn-hangzhou';
const ROOT_KEY = 'the root key of the rotting keyring; ';
/** Whose keys they are: those that stand for no key of KMS, and those of the account that owns the buckets. */
const OWNERS = /** @type {const} */ (['oss', '1000']);
/** The first of these is the default key, and the others are made by {@link KeyringSealing.prepare}. */
const ALIASES = ['alias/acs/oss', 'alias/first', 'alias/second'];
const PAGE = { number: 1, size: 100 };
const BYTES = { AES256: 32, SM4: 16 };

/** Data keys of a keyring that lies in the store beside the objects, as the server has them. */
export class KeyringSealing {
  #keyring;

  /** @param {Keyring} keyring */
  constructor(keyring) {
    this.#keyring = keyring;
  }

  /**
   * Throws where what the keyring is known by was damaged.
   * @param {EmbeddedStore} store
   */
  static async open(store) {
    const key = Buffer.alloc(32, ROOT_KEY);
    const rootSecret = { source: 'the torture', key };
    return new KeyringSealing(
      await Keyring.open(store.room('kms'), { region: REGION, rootSecret }),
    );
  }

  close() {
    return this.#keyring.close();
  }

  /** Makes the keys that have names, one of them with several versions. */
  async prepare() {
    const keys = this.#keyring.keysOf(OWNERS[1]);
    for (const alias of ALIASES.slice(1)) {
      const { keyId } = await keys.createKey({ description: `the key of ${alias}` });
      await keys.createAlias(alias, keyId);
    }
  }

  /** Has what is put from now on be encrypted with another version. */
  async rotate() {
    const [, alias = ''] = ALIASES;
    await this.#keyring.keysOf(OWNERS[1]).createKeyVersion(alias);
  }

  /**
   * A data key for an object, of any key and for either cipher.
   * @param {SeededRandom} random
   * @returns {Promise<Sealing>}
   */
  async sealing(random) {
    const owner = random.pick(OWNERS);
    const cipher = random.pick(/** @type {const} */ (['AES256', 'SM4']));
    const keyId = owner === 'oss' ? undefined : random.pick(ALIASES);
    const made = await this.#keyring
      .keysOf(owner)
      .generateDataKey({ keyId, bytes: BYTES[cipher], context: { owner } });
    const envelope = Buffer.from(JSON.stringify({ owner, blob: made.ciphertextBlob }));
    return { cipher, dataKey: made.plaintext, envelope };
  }

  /**
   * The data key of an object that was put with {@link KeyringSealing.sealing}; throws KmsError.
   * @param {SealedRecord} record
   */
  async open({ sealing: { envelope } }) {
    const { owner, blob } = JSON.parse(envelope.toString());
    const opened = await this.#keyring
      .keysOf(owner)
      .decrypt({ ciphertextBlob: blob, context: { owner } });
    return opened.plaintext;
  }

  /** What can be seen of the keys, as text. */
  async describe() {
    /** @type {string[]} */
    const lines = [];
    for (const owner of OWNERS) {
      const keys = this.#keyring.keysOf(owner);
      for (const { keyId } of (await keys.listKeys(PAGE)).items) {
        lines.push(JSON.stringify(await keys.describeKey(keyId)));
        const { items } = await keys.listKeyVersions(keyId, PAGE);
        lines.push(...items.map((version) => JSON.stringify(version)));
      }
      const { items } = await keys.listAliases(PAGE);
      lines.push(...items.map((alias) => JSON.stringify(alias)));
    }
    return lines.join('\n');
  }
}
