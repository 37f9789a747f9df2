import { prefixSuccessor } from '../../engine/key-successor.js';
import { MAX_ENGINE_KEY_BYTES, MAX_PARTITION_BYTES } from '../../engine/metadata-engine.js';

/**
 * Where one partition's keys lie among the keys of the one LMDB database: behind a prefix of the
 * name's length (one byte) and the name, so that no partition's keys can be taken for another's.
 */
export class PartitionKeys {
  readonly #prefix: Buffer;
  /** The first key of the database that is behind the partition. */
  readonly end: Buffer;

  constructor(partition: string) {
    const name = Buffer.from(partition, 'utf8');
    if (name.length === 0 || name.length > MAX_PARTITION_BYTES) {
      throw new RangeError(`A partition's name has 1 to ${MAX_PARTITION_BYTES} bytes`);
    }
    this.#prefix = Buffer.concat([Buffer.of(name.length), name]);
    // The first byte is at most 64, so there is a successor.
    this.end = prefixSuccessor(this.#prefix) ?? this.#prefix;
  }

  /** The database's key for a key of the partition. */
  full(key: Buffer): Buffer {
    if (key.length === 0 || key.length > MAX_ENGINE_KEY_BYTES) {
      throw new RangeError(`A key has 1 to ${MAX_ENGINE_KEY_BYTES} bytes, not ${key.length}`);
    }
    return this.#join(key);
  }

  /** Where a range of the partition begins in the database; without a key, at its first key. */
  lowerBound(from: Buffer | undefined): Buffer {
    return from === undefined ? this.#prefix : this.#join(bound(from));
  }

  /** Where a range of the partition ends in the database; without a key, behind its last key. */
  upperBound(to: Buffer | undefined): Buffer {
    return to === undefined ? this.end : this.#join(bound(to));
  }

  /** The partition's key for a key of the database. */
  own(full: Buffer): Buffer {
    return full.subarray(this.#prefix.length);
  }

  #join(key: Buffer): Buffer {
    const full = Buffer.allocUnsafe(this.#prefix.length + key.length);
    this.#prefix.copy(full, 0);
    key.copy(full, this.#prefix.length);
    return full;
  }
}

/**
 * The same bound, no longer than LMDB can take. One byte more than the longest key has tells it from
 * every key already; what follows makes no difference.
 */
function bound(key: Buffer): Buffer {
  return key.length <= MAX_ENGINE_KEY_BYTES + 1 ? key : key.subarray(0, MAX_ENGINE_KEY_BYTES + 1);
}
