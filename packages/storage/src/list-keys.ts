import { behindRecordKeys, objectKeyOf, objectRecordKey } from './bucket-partition.js';
import { keySuccessor } from './engine/key-successor.js';
import type { MetadataEngine } from './engine/metadata-engine.js';

export interface ListKeysRequest {
  /** Only keys that begin with it. */
  readonly prefix?: string | undefined;
  /** Only keys behind it in byte order of UTF-8; there need be no such key. */
  readonly after?: string | undefined;
  /** At most so many; at least 1. */
  readonly limit: number;
}

/**
 * The next keys of a bucket in byte order of UTF-8; fewer than the limit are the last ones. Unlike a listing it
 * looks at no record, so that a damaged one keeps nobody from the objects behind it.
 */
export async function listKeys(
  metadata: MetadataEngine,
  incarnation: string,
  { prefix = '', after, limit }: ListKeysRequest,
): Promise<string[]> {
  const first = objectRecordKey(prefix);
  const behind = after === undefined ? first : keySuccessor(objectRecordKey(after));
  const from = behind.compare(first) > 0 ? behind : first;
  const entries = await metadata.scan(incarnation, { from, to: behindRecordKeys(first), limit });
  return entries.map(({ key }) => objectKeyOf(key));
}
