import type { TagSet } from '@openoss/protocol';
import type { Pair } from '@openoss/storage';

/** A tag set in the form that storage keeps. */
export function tagPairs(tags: TagSet): readonly Pair[] {
  return tags.map(({ key, value }) => [key, value]);
}

/** What {@link tagPairs} made, as a tag set again. */
export function tagSet(pairs: readonly Pair[]): TagSet {
  return pairs.map(([key, value]) => ({ key, value }));
}
