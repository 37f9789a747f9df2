import { Buffer } from 'node:buffer';
import { placeIn } from '../text/place.js';
import { PolicyError } from './policy-error.js';
import { maxValueBytes, type PolicyRules } from './policy-kind.js';

/** Refuses a policy for what stands at a place. */
export function refuse(reason: string, place: string): never {
  throw new PolicyError('grammar', reason, place);
}

/** Whether a value is a text. */
export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A value as the object it has to be. */
export function asObject(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  refuse(place === '' ? 'a policy is a JSON object' : 'has to be an object', place);
}

/** Refuses an object that has members besides these. */
export function onlyMembers(
  object: Readonly<Record<string, unknown>>,
  names: readonly string[],
  place: string,
): void {
  for (const name of Object.keys(object)) {
    if (names.includes(name)) continue;
    const meant = names.find((known) => known.toLowerCase() === name.toLowerCase());
    refuse(
      meant === undefined ? `is none of ${names.join(', ')}` : `is spelled ${meant}`,
      placeIn(place, name),
    );
  }
}

/** One text or a list of at least one, each checked for what every value of a policy has to be. */
export function textValues(
  value: unknown,
  rules: PolicyRules,
  place: string,
  check?: (value: string, place: string) => void,
): readonly string[] {
  const isList = Array.isArray(value);
  const values: readonly unknown[] = isList ? value : [value];
  if (values.length === 0) refuse('needs at least one value', place);
  return Object.freeze(
    values.map((one, index) => {
      const where = isList ? placeIn(place, index) : place;
      if (!isText(one)) refuse('every value is a text in double quotes', where);
      if (Buffer.byteLength(one) > maxValueBytes) {
        throw new PolicyError('value-too-long', `has more than ${maxValueBytes} bytes`, where);
      }
      if (!rules.consecutiveStars && one.includes('**')) {
        throw new PolicyError('consecutive-stars', "'**' may not stand in a bucket policy", where);
      }
      check?.(one, where);
      return one;
    }),
  );
}
