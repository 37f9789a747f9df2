import { placeIn } from '../text/place.js';
import type { Choice } from './policy-document.js';
import { asObject, onlyMembers, refuse, textValues } from './policy-elements.js';
import type { PolicyRules } from './policy-kind.js';

const UID = /^\d{1,32}$/;
const SESSION_ARN = /^arn:sts::(?:\d{1,32}|\*):[^:/]+\/[^:/]+\/[^:/]+$/;
const TRUSTED_KINDS = ['RAM', 'Service', 'Federated'];
const TRUSTED_RAM = /^acs:ram:[^:]*:(?:\d{1,32}|\*):(?:root|(?:user|role)\/[^:]+)$/;

/** Whom a statement is about; a bucket policy may say it as whom not. */
export function parsePrincipals(
  statement: Readonly<Record<string, unknown>>,
  rules: PolicyRules,
  place: string,
): Choice {
  if (rules.principal === 'trust') return parseTrusted(statement.Principal, rules, place);
  const negated = 'NotPrincipal' in statement;
  if (negated && 'Principal' in statement) refuse('has both Principal and NotPrincipal', place);
  if (!negated && !('Principal' in statement)) {
    refuse('a statement of a bucket policy needs Principal or NotPrincipal', place);
  }
  const member = negated ? 'NotPrincipal' : 'Principal';
  const value = statement[member];
  // Documented: an empty list is everybody. Not said of NotPrincipal, where it would be nobody.
  if (!negated && Array.isArray(value) && value.length === 0) {
    return Object.freeze({ negated, values: Object.freeze(['*']) });
  }
  const at = placeIn(place, member);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    refuse('a bucket policy has a list here; an object is for trust policies', at);
  }
  return Object.freeze({ negated, values: textValues(value, rules, at, checkPrincipal) });
}

function checkPrincipal(value: string, place: string): void {
  if (value === '*' || UID.test(value) || SESSION_ARN.test(value)) return;
  refuse(
    "a principal is '*', the UID of an account or a RAM user, or arn:sts::UID:assumed-role/ROLE/SESSION",
    place,
  );
}

/** `{ "RAM": […], "Service": […], "Federated": […] }`, each value marked with its kind. */
function parseTrusted(value: unknown, rules: PolicyRules, place: string): Choice {
  if (value === undefined) refuse('a statement of a trust policy needs a Principal', place);
  const at = placeIn(place, 'Principal');
  const trusted = asObject(value, at);
  onlyMembers(trusted, TRUSTED_KINDS, at);
  const values = Object.entries(trusted).flatMap(([kind, named]) =>
    textValues(named, rules, placeIn(at, kind), (one, where) => {
      if (kind === 'RAM' ? !TRUSTED_RAM.test(one) : one === '') refuse(trustedForm(kind), where);
    }).map((one) => `${kind}:${one}`),
  );
  if (values.length === 0) refuse('needs at least one of RAM, Service, Federated', at);
  return Object.freeze({ negated: false, values: Object.freeze(values) });
}

function trustedForm(kind: string): string {
  return kind === 'RAM'
    ? 'is acs:ram::UID:root, acs:ram::UID:user/NAME or acs:ram::UID:role/NAME'
    : 'has to name something';
}
