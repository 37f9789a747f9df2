import type { ObjectRecord, ObjectStore } from '@openoss/storage';
import { checkVersion } from './version-of-object.js';

/** Which object, and which version of it. */
export interface NamedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** Changes what is kept of an object, not its bytes; refuses where there is no such object or version. */
export async function changeObject(
  store: ObjectStore,
  { bucket, key, versionId }: NamedObject,
  change: (record: ObjectRecord) => ObjectRecord,
): Promise<ObjectRecord> {
  checkVersion(versionId, bucket, key);
  return store.updateObject(bucket, key, change);
}
