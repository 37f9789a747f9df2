import { crc32 } from 'node:zlib';
import { inlineBodyKey, OBJECT_RANGE, objectKeyOf } from '../bucket-partition.js';
import { decodeBucketRecord } from '../bucket-record.js';
import { bucketEntries, bucketNameOf } from '../bucket-registry.js';
import { CorruptRecord } from '../engine/corrupt-record.js';
import { FailStop } from '../engine/fail-stop.js';
import { keySuccessor } from '../engine/key-successor.js';
import type { Entry } from '../engine/metadata-engine.js';
import { placesIn } from '../engines/embedded/data-directory.js';
import { LmdbMetadata } from '../engines/embedded/lmdb-metadata.js';
import type { ObjectRecord } from '../object-record.js';
import { decodeObjectRecord } from '../object-record-codec.js';
import { storedSize } from '../sealing/sealed-size.js';
import { BlobCopier, type BlobCopierOptions, type PlacedBlob } from './blob-copier.js';

/** How many records are read at a time. */
const PAGE = 256;

/** How many blobs are on their way at a time. */
const BLOBS_AT_ONCE = 8;

/** Something that is not what was once written. */
export interface Damage {
  readonly bucket: string;
  /** The object's key; absent where it is the bucket's own record. */
  readonly key?: string;
  readonly reason: string;
}

/** What has been brought over so far. */
export interface CopyProgress {
  readonly buckets: number;
  readonly objects: number;
  /** Bytes of all objects. */
  readonly bytes: number;
  readonly blobs: number;
  /** Blobs whose file is shared with the source or a previous backup. */
  readonly shared: number;
  readonly damaged: number;
}

export interface FillOptions extends Omit<BlobCopierOptions, 'target'> {
  /** The directory; its metadata is in place. */
  readonly directory: string;
  readonly onDamage: (damage: Damage) => void;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
  /** Asked now and then: throws when there is no use in going on. */
  readonly check?: (() => void) | undefined;
}

/**
 * Walks the records of a copied directory and brings over every blob that they name, a page of
 * records at a time; what is damaged is told and taken as it is. Nothing of the metadata is changed.
 * Blobs that only a deletion queue names are left: their entries are worked off without them.
 */
export async function fillDirectory(options: FillOptions): Promise<CopyProgress> {
  const places = placesIn(options.directory);
  const metadata = new LmdbMetadata(places.metadata, new FailStop(() => {}));
  try {
    const blobs = new BlobCopier({ ...options, target: places.blobs });
    const filling = new Filling(options, metadata, blobs);
    await filling.run();
    return filling.progress;
  } finally {
    await metadata.close();
  }
}

class Filling {
  readonly #options: FillOptions;
  readonly #metadata: LmdbMetadata;
  readonly #blobs: BlobCopier;
  readonly progress = { buckets: 0, objects: 0, bytes: 0, blobs: 0, shared: 0, damaged: 0 };

  constructor(options: FillOptions, metadata: LmdbMetadata, blobs: BlobCopier) {
    this.#options = options;
    this.#metadata = metadata;
    this.#blobs = blobs;
  }

  async run(): Promise<void> {
    for await (const { key, value } of bucketEntries(this.#metadata)) {
      const bucket = bucketNameOf(key);
      try {
        const { incarnation } = decodeBucketRecord(key, value);
        await this.#bucket(bucket, incarnation);
      } catch (error) {
        if (!(error instanceof CorruptRecord)) throw error;
        // Without it nobody knows which partition is the bucket's: its objects are lost to readers.
        this.#damage({ bucket, reason: error.message });
      }
      this.progress.buckets++;
    }
    await this.#blobs.flush();
    this.#options.check?.();
  }

  async #bucket(bucket: string, incarnation: string): Promise<void> {
    let from: Buffer = OBJECT_RANGE.from;
    for (;;) {
      this.#options.check?.();
      const range = { from, to: OBJECT_RANGE.to, limit: PAGE };
      const page = this.#metadata.scan(incarnation, range);
      for (let at = 0; at < page.length; at += BLOBS_AT_ONCE) {
        const some = page.slice(at, at + BLOBS_AT_ONCE);
        await Promise.all(some.map((entry) => this.#object(bucket, incarnation, entry)));
        await this.#blobs.flushMany();
      }
      this.#options.onProgress?.(this.progress);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      from = keySuccessor(last.key);
    }
  }

  async #object(bucket: string, incarnation: string, { key: recordKey, value }: Entry) {
    const key = objectKeyOf(recordKey);
    this.progress.objects++;
    let record: ObjectRecord;
    try {
      record = decodeObjectRecord(recordKey, key, value);
    } catch (error) {
      if (!(error instanceof CorruptRecord)) throw error;
      this.#damage({ bucket, key, reason: error.message });
      return;
    }
    const { body, size } = record;
    this.progress.bytes += size;
    if (body.kind === 'inline') {
      const bytes = this.#metadata.get(incarnation, inlineBodyKey(body.id));
      if (bytes?.length === storedSize(record) && crc32(bytes) === body.crc32) return;
      const reason = `its body ${bytes === undefined ? 'is missing' : 'fails its checksum'}`;
      this.#damage({ bucket, key, reason });
    } else if (body.kind === 'blob') {
      this.#placed(
        { bucket, key },
        body.id,
        await this.#blobs.place(body.id, { bucket: incarnation, key }, storedSize(record)),
      );
    }
  }

  #placed(object: Pick<Damage, 'bucket' | 'key'>, id: string, { how, damage }: PlacedBlob): void {
    // A server that stopped may delete blobs again: then what is missing says nothing of the source.
    if (how === 'missing') this.#options.check?.();
    else this.progress.blobs++;
    if (how === 'shared') this.progress.shared++;
    if (damage !== undefined) this.#damage({ ...object, reason: `blob ${id}: ${damage}` });
  }

  #damage(damage: Damage): void {
    this.progress.damaged++;
    this.#options.onDamage(damage);
  }
}
