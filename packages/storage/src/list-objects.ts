import { behindRecordKeys, objectKeyOf, objectRecordKey } from './bucket-partition.js';
import { keySuccessor } from './engine/key-successor.js';
import type { MetadataEngine } from './engine/metadata-engine.js';
import type { ObjectSummary } from './object-record.js';
import { decodeObjectSummary } from './object-record-codec.js';

export interface ListObjectsRequest {
  /** Only keys that begin with it. */
  readonly prefix?: string | undefined;
  /** Groups the keys in which it occurs behind the prefix; any text but the empty one. */
  readonly delimiter?: string | undefined;
  /** Only what comes behind it in byte order, keys and common prefixes alike. */
  readonly after?: string | undefined;
  /** At most so many keys and common prefixes together; at least 1. */
  readonly limit: number;
}

export interface ListedObjects {
  readonly objects: readonly ObjectSummary[];
  readonly commonPrefixes: readonly string[];
  /** There is more. */
  readonly truncated: boolean;
  /** The last key or common prefix of this page, `after` for the next; undefined on an empty one. */
  readonly last: string | undefined;
}

/** A scan begins small, because a common prefix may make the rest of it useless, and then grows. */
const FIRST_SCAN = 16;
const LARGEST_SCAN = 1001;

/** How long a listing may keep the event loop to itself. */
const SLICE_MS = 10;

/**
 * One page of a listing, in byte order of UTF-8.
 *
 * The rule: replace each key that has the prefix, and the delimiter somewhere behind it, by the part
 * up to and including the delimiter's first occurrence there (its common prefix); drop repetitions.
 * The page is the first `limit` of the keys and common prefixes that are left and are greater than
 * `after`. So a common prefix is listed exactly when it is itself greater than `after`: a marker
 * that is the common prefix, or lies inside it, is at or behind it, and passes over all of it, as
 * OSS and S3 do, so pages that are chained by `last` show everything once.
 *
 * The keys inside a common prefix all lie together, directly behind its own place, so it costs one
 * seek past them, however many they are.
 */
export async function listObjects(
  metadata: MetadataEngine,
  incarnation: string,
  { prefix = '', delimiter = '', after, limit }: ListObjectsRequest,
): Promise<ListedObjects> {
  const objects: ObjectSummary[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  const grouping = new Grouping(prefix, delimiter);
  let from = objectRecordKey(prefix);
  const to = behindRecordKeys(from);
  if (after !== undefined) {
    const behind = grouping.behind(objectRecordKey(after));
    if (behind.compare(from) > 0) from = behind;
  }
  let scanSize = delimiter === '' ? LARGEST_SCAN : FIRST_SCAN;
  let sliceEnd = performance.now() + SLICE_MS;

  for (;;) {
    const listed = objects.length + commonPrefixes.length;
    const scanLimit = Math.min(limit - listed + 1, scanSize);
    const entries = await metadata.scan(incarnation, { from, to, limit: scanLimit });
    let behindCommon: Buffer | undefined;
    for (const { key, value } of entries) {
      if (behindCommon !== undefined && key.compare(behindCommon) < 0) continue;
      if (objects.length + commonPrefixes.length === limit) {
        return { objects, commonPrefixes, truncated: true, last };
      }
      const common = grouping.commonPrefix(key);
      if (common === undefined) {
        last = objectKeyOf(key);
        objects.push(decodeObjectSummary(key, last, value));
      } else {
        last = objectKeyOf(common);
        commonPrefixes.push(last);
        behindCommon = behindRecordKeys(common);
      }
    }
    const lastKey = entries.at(-1)?.key;
    if (lastKey === undefined || entries.length < scanLimit) {
      return { objects, commonPrefixes, truncated: false, last };
    }
    from =
      behindCommon !== undefined && lastKey.compare(behindCommon) < 0
        ? behindCommon
        : keySuccessor(lastKey);
    const useful = objects.length + commonPrefixes.length - listed;
    scanSize = useful * 2 < scanLimit ? FIRST_SCAN : Math.min(scanSize * 4, LARGEST_SCAN);
    if (performance.now() > sliceEnd) {
      await new Promise((resolve) => setImmediate(resolve));
      sliceEnd = performance.now() + SLICE_MS;
    }
  }
}

/** Which keys are listed as which common prefix. Works on record keys, as bytes. */
class Grouping {
  readonly #prefix: Buffer;
  readonly #delimiter: Buffer;

  constructor(prefix: string, delimiter: string) {
    this.#prefix = objectRecordKey(prefix);
    this.#delimiter = Buffer.from(delimiter);
  }

  /** The common prefix of a key that has the prefix, if it has one. */
  commonPrefix(key: Buffer): Buffer | undefined {
    if (this.#delimiter.length === 0) return undefined;
    const at = key.indexOf(this.#delimiter, this.#prefix.length);
    return at < 0 ? undefined : key.subarray(0, at + this.#delimiter.length);
  }

  /** The first key behind a marker and behind the common prefix it lies in, if it does. */
  behind(marker: Buffer): Buffer {
    const hasPrefix = marker.subarray(0, this.#prefix.length).equals(this.#prefix);
    const common = hasPrefix ? this.commonPrefix(marker) : undefined;
    return common === undefined ? keySuccessor(marker) : behindRecordKeys(common);
  }
}
