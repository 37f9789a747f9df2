import { OssError } from '@openoss/protocol';
import type { BucketRecord } from './bucket-record.js';
import type { Awaitable } from './engine/metadata-engine.js';
import type { StorageSpace } from './engine/storage-space.js';
import type { ObjectCommits } from './object-commits.js';
import type { ObjectRecord } from './object-record.js';
import { checkEnvelope } from './sealing/data-key.js';
import { sealRecord, verifiedDataKey } from './sealing/record-seal.js';
import { isSealed, type SealedRecord, type Sealing } from './sealing/sealing.js';

export interface RewrapParts {
  readonly commits: ObjectCommits;
  readonly space: StorageSpace;
}

/** Says which data key a body has, and what that can be had from in future. */
export type Rewrap = (record: SealedRecord) => Awaitable<Omit<Sealing, 'cipher'>>;

/**
 * Gives an object another envelope. The old seal is checked first: what was exchanged behind the server's
 * back must not get a good one.
 */
export async function rewrapObject(
  { commits, space }: RewrapParts,
  bucket: BucketRecord,
  key: string,
  rewrap: Rewrap,
  inspect?: (record: ObjectRecord) => void,
): Promise<ObjectRecord> {
  for (;;) {
    const record = await commits.read(bucket, key);
    if (record === undefined) throw noSuchKey(key);
    inspect?.(record);
    if (!isSealed(record)) throw new RangeError(`Object ${key} is not encrypted`);
    const { cipher, seal: oldSeal, envelope: oldEnvelope } = record.sealing;
    const { dataKey: bytes, envelope } = await rewrap(record);
    checkEnvelope(envelope);
    const dataKey = verifiedDataKey(bytes, bucket, record);
    const seal = sealRecord(dataKey, bucket, record, envelope);
    const sealing = { cipher, envelope: Buffer.from(envelope), seal };
    try {
      const { after } = await commits.change(bucket, key, (existing) => {
        if (existing === undefined) throw noSuchKey(key);
        // Another body or another envelope; new tags, say, are nothing that the seal binds.
        if (existing.sealing?.seal.equals(oldSeal) !== true) throw new Replaced();
        if (envelope.length > oldEnvelope.length) space.admit('record', 0);
        return { record: { ...existing, sealing, revision: commits.nextId() } };
      });
      if (after !== undefined) return after;
    } catch (error) {
      if (!(error instanceof Replaced)) throw error;
    }
  }
}

/** Ends an attempt: the object is another one by now. */
class Replaced extends Error {}

const noSuchKey = (key: string): OssError => new OssError('NoSuchKey', { details: { Key: key } });
