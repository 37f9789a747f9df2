import type { ObjectBody, ObjectRecord } from './object-record.js';

type BodyRecord = Pick<ObjectRecord, 'body' | 'sealing'>;

/**
 * Whether two states of a record name the same body, encrypted in the same way and under the same envelope:
 * whatever else of the object was changed, nobody has put it again in between.
 */
export function isSameBody(one: BodyRecord, other: BodyRecord): boolean {
  if (idOf(one.body) !== idOf(other.body)) return false;
  const [seal, otherSeal] = [one.sealing?.seal, other.sealing?.seal];
  return seal === undefined || otherSeal === undefined
    ? seal === otherSeal
    : seal.equals(otherSeal);
}

const idOf = (body: ObjectBody): string => (body.kind === 'empty' ? '' : body.id);
