import { OssError } from '@openoss/protocol';
import {
  type BucketRecord,
  isSameBody,
  type ObjectRecord,
  type ObjectStore,
  type SealedRecord,
} from '@openoss/storage';
import {
  type EncryptionTarget,
  openDataKey,
  type WrappingKeys,
} from '../encryption/encryption-target.js';
import type { KeyPermission, MasterKeys } from '../encryption/object-encryption.js';

/** What became of an object. */
export type ObjectOutcome =
  /** Its body stayed, and its data key is encrypted with another master key. */
  | 'rewrapped'
  /** Its body was written anew. */
  | 'rewritten'
  /** It was as wanted. */
  | 'already'
  /** Somebody put or deleted it meanwhile, and has had the last word. */
  | 'overtaken';

/** What objects are re-encrypted with. */
export interface ReencryptionParts {
  readonly store: Pick<ObjectStore, 'rewrapObject' | 'resealObject'>;
  readonly bucket: BucketRecord;
  readonly keys: MasterKeys<WrappingKeys>;
  /** Undefined where objects are not to be encrypted any more. */
  readonly target: EncryptionTarget | undefined;
}

/** The key that objects are to be encrypted with cannot be had: no object can be then. */
export class TargetUnavailable extends Error {
  constructor(cause: unknown) {
    super('The key that objects are to be encrypted with cannot be had', { cause });
    this.name = 'TargetUnavailable';
  }
}

/** What goes on while an object is re-encrypted. */
export interface ObjectProgress {
  /** Whoever it is done for may be denied the key that the object is encrypted with. */
  readonly permission: Pick<KeyPermission, 'checkKey'>;
  /** Hears of bytes of a body that were read. */
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
}

/** Re-encrypts an object as it was found; throws OssError, CorruptRecord and others, or TargetUnavailable. */
export async function reencryptObject(
  parts: ReencryptionParts,
  found: ObjectRecord,
  progress: ObjectProgress,
): Promise<ObjectOutcome> {
  const { target } = parts;
  if (!isSealed(found)) {
    return target === undefined ? 'already' : rewrite(parts, found, progress);
  }
  if (target?.fitsBody(found) !== true) return rewrite(parts, found, progress);
  return target.isMetBy(found) === true ? 'already' : rewrap(parts, found, target, progress);
}

async function rewrite(
  { store, bucket, keys, target }: ReencryptionParts,
  found: ObjectRecord,
  { permission, onBytes, signal }: ObjectProgress,
): Promise<ObjectOutcome> {
  const secrets = new Secrets();
  try {
    const after = await store.resealObject(bucket, found.key, {
      onBytes,
      signal,
      inspect: (now) => refuseAnother(now, found),
      openEnvelope: async (now) =>
        secrets.keep((await openDataKey(keys, now, bucket, permission)).plaintext),
      seal: async (now) => {
        if (target === undefined) return undefined;
        const sealing = await ofTarget(target.seal(now.key, isSealed(now) ? now : undefined));
        secrets.keep(sealing.dataKey);
        return sealing;
      },
    });
    return after === undefined ? 'overtaken' : 'rewritten';
  } catch (error) {
    return overtakenOr(error);
  } finally {
    secrets.wipe();
  }
}

async function rewrap(
  { store, bucket, keys }: ReencryptionParts,
  found: SealedRecord,
  target: EncryptionTarget,
  { permission }: ObjectProgress,
): Promise<ObjectOutcome> {
  const secrets = new Secrets();
  try {
    const wrapAnew = async (now: SealedRecord) => {
      const opened = await openDataKey(keys, now, bucket, permission);
      const dataKey = secrets.keep(opened.plaintext);
      // What a ciphertext does not tell: it may be of the newest version already.
      if (target.isMetBy(now) === undefined && target.isNewest(opened)) throw new AsWanted();
      return { dataKey, envelope: await ofTarget(target.wrap(now, dataKey)) };
    };
    await store.rewrapObject(bucket, found.key, wrapAnew, (now) => refuseAnother(now, found));
    return 'rewrapped';
  } catch (error) {
    if (error instanceof AsWanted) return 'already';
    return overtakenOr(error);
  } finally {
    secrets.wipe();
  }
}

/** Data keys that are in use, until they are wiped. */
class Secrets {
  readonly #kept: Uint8Array[] = [];

  keep<T extends Uint8Array>(secret: T): T {
    this.#kept.push(secret);
    return secret;
  }

  wipe(): void {
    for (const secret of this.#kept) secret.fill(0);
  }
}

/** Ends the work on an object that somebody else has put meanwhile. */
class Overtaken extends Error {}

/** Ends the work on an object that turns out to be as wanted. */
class AsWanted extends Error {}

function refuseAnother(now: ObjectRecord, found: ObjectRecord): void {
  if (!isSameBody(now, found)) throw new Overtaken();
}

/** What failed because the object went: that is no failure. */
function overtakenOr(error: unknown): 'overtaken' {
  if (error instanceof Overtaken) return 'overtaken';
  if (error instanceof OssError && error.kind === 'NoSuchKey') return 'overtaken';
  throw error;
}

async function ofTarget<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw new TargetUnavailable(error);
  }
}

const isSealed = (record: ObjectRecord): record is SealedRecord => record.sealing !== undefined;
