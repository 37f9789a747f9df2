import { placeIn } from '../text/place.js';
import { compileWildcard } from '../text/wildcard.js';
import type { PolicyDocument } from './policy-document.js';
import { PolicyError } from './policy-error.js';
import { parseResourcePattern } from './resource-pattern.js';

/**
 * Refuses the policy of a bucket that has a statement whose Resource names nothing of the bucket, such as one
 * that was written for another. No page tells what OSS does with it. It would never apply, and a Deny that is
 * thought to guard something should not be accepted in silence. One value that names the bucket, or
 * something in it, is enough: a policy may be written for several buckets. Account and region are not looked at,
 * for OSS's own examples put policies with an account that is nobody's. Throws {@link PolicyError}.
 */
export function checkNamesBucket({ statements }: PolicyDocument, bucket: string): void {
  for (const [index, { resources }] of statements.entries()) {
    if (resources === undefined || resources.negated) continue;
    if (resources.values.some((value) => mayNameBucket(value, bucket))) continue;
    throw new PolicyError(
      'other-bucket',
      `names neither the bucket ${bucket} nor anything in it`,
      placeIn(placeIn('Statement', index), 'Resource'),
    );
  }
}

function mayNameBucket(value: string, bucket: string): boolean {
  const pattern = parseResourcePattern(value);
  if (pattern === undefined || pattern === 'all') return pattern !== undefined;
  return compileWildcard(pattern.service)('oss') && mayBegin(pattern.relativeId, bucket);
}

/**
 * Whether a pattern matches the name of a bucket, or that and `/` and whatever else: all places that it may be at
 * after each character are followed. What is left of a pattern then always matches some key.
 */
function mayBegin(pattern: string, bucket: string): boolean {
  let places = passingStars(pattern, [0]);
  for (const character of bucket) places = after(pattern, places, character);
  return places.includes(pattern.length) || after(pattern, places, '/').length > 0;
}

function after(pattern: string, places: readonly number[], character: string): readonly number[] {
  const next: number[] = [];
  for (const place of places) {
    const expected = pattern[place];
    if (expected === '*') next.push(place);
    else if (expected === '?' || expected === character) next.push(place + 1);
  }
  return passingStars(pattern, next);
}

/** The places, and those behind the stars that they stand before. */
function passingStars(pattern: string, places: readonly number[]): readonly number[] {
  const all = new Set(places);
  for (const place of all) if (pattern[place] === '*') all.add(place + 1);
  return [...all];
}
