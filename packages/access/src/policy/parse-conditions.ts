import type { Condition } from '../condition/compile-condition.js';
import { canonicalConditionKey, isConditionKey } from '../condition/condition-keys.js';
import {
  conditionOperators,
  describeOperator,
  isConditionOperator,
} from '../condition/condition-operator.js';
import { placeIn } from '../text/place.js';
import { asObject, refuse, textValues } from './policy-elements.js';
import type { PolicyRules } from './policy-kind.js';

/**
 * The conditions of a Condition element, `{ operator: { key: value or values } }`; none for a statement
 * without one, or with `{}`.
 */
export function parseConditions(
  value: unknown,
  rules: PolicyRules,
  place: string,
): readonly Condition[] {
  if (value === undefined) return Object.freeze([]);
  const conditions = Object.entries(asObject(value, place)).flatMap(([operator, keys]) => {
    const at = placeIn(place, operator);
    if (!isConditionOperator(operator)) refuse(unknownOperator(operator), at);
    const { accepts, expects } = describeOperator(operator);
    const entries = Object.entries(asObject(keys, at));
    if (entries.length === 0) refuse('needs at least one condition key', at);
    return entries.map(([key, wanted]) => {
      const where = placeIn(at, key);
      if (!isConditionKey(key))
        refuse('a condition key is service:name, such as acs:SourceIp', where);
      const values = textValues(wanted, rules, where, (one, its) => {
        if (!accepts(one)) refuse(`${operator} compares with ${expects}`, its);
      });
      return Object.freeze({ operator, key: canonicalConditionKey(key), values });
    });
  });
  return Object.freeze(conditions);
}

function unknownOperator(name: string): string {
  const meant = conditionOperators.find((known) => known.toLowerCase() === name.toLowerCase());
  return meant === undefined
    ? `there is no such operator; there are ${conditionOperators.join(', ')}`
    : `is spelled ${meant}`;
}
