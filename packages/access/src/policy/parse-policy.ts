import { Buffer } from 'node:buffer';
import { findJsonFault } from '../text/json-fault.js';
import { placeIn } from '../text/place.js';
import { parseConditions } from './parse-conditions.js';
import { parsePrincipals } from './parse-principals.js';
import type { Choice, PolicyDocument, PolicyStatement } from './policy-document.js';
import { asObject, isText, onlyMembers, refuse, textValues } from './policy-elements.js';
import { PolicyError } from './policy-error.js';
import { maxPolicyDepth, type PolicyKind, type PolicyRules, policyRules } from './policy-kind.js';
import { parseResourcePattern } from './resource-pattern.js';

const DOCUMENT_MEMBERS = ['Version', 'Statement'];
const STATEMENT_MEMBERS = ['Effect', 'Action', 'NotAction', 'Condition'];
const RESOURCE_MEMBERS = ['Resource', 'NotResource'];
const PRINCIPAL_MEMBERS = ['Principal', 'NotPrincipal'];

const ACTION_FORM = /^(?:\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+)$/;

/**
 * Parses a policy: its JSON text, or what JSON.parse made of it. Throws a {@link PolicyError} that tells
 * what is wrong and where, if it is no policy of this kind (oss-protocol.md, 4.1). Names and Effect are
 * taken as documented, to the letter; an element that is not documented is refused.
 */
export function parsePolicy(policy: unknown, kind: PolicyKind): PolicyDocument {
  const rules = policyRules[kind];
  const text = isText(policy) ? policy : textOf(policy);
  checkLength(text, rules);
  const document = asObject(parseJson(text), '');
  onlyMembers(document, DOCUMENT_MEMBERS, '');
  checkVersion(document.Version);
  return Object.freeze({ kind, statements: parseStatements(document.Statement, rules) });
}

/** The JSON of a value: what it is in this process and no JSON can say is gone then. */
function textOf(value: unknown): string {
  try {
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return text;
  } catch {
    // It has circles, or numbers that JSON does not have.
  }
  refuse('a policy is a JSON object', '');
}

function checkLength(text: string, { maxLength, unit }: PolicyRules): void {
  const length = unit === 'bytes' ? Buffer.byteLength(text) : text.length;
  if (length > maxLength) {
    throw new PolicyError(
      'too-long',
      `a policy has at most ${maxLength} ${unit}, this ${length}`,
      '',
    );
  }
}

function parseJson(text: string): unknown {
  const fault = findJsonFault(text, maxPolicyDepth);
  if (fault !== undefined) {
    const { reason, place, line, column } = fault;
    throw new PolicyError('json', `${reason} (line ${line}, column ${column})`, place);
  }
  return JSON.parse(text);
}

function checkVersion(version: unknown): void {
  if (version === '1') return;
  if (version === undefined) refuse("a policy needs a Version, which is '1'", '');
  // OSS tells a number from another version, too (EC 0030-00000005 and 0030-00000002).
  if (!isText(version)) refuse("has to be the text '1'", 'Version');
  throw new PolicyError('version', "the only version there is is '1'", 'Version');
}

function parseStatements(value: unknown, rules: PolicyRules): readonly PolicyStatement[] {
  if (value === undefined) refuse('a policy needs a Statement', '');
  if (!Array.isArray(value)) return Object.freeze([parseStatement(value, rules, 'Statement')]);
  if (value.length === 0) refuse('needs at least one statement', 'Statement');
  return Object.freeze(
    value.map((one, index) => parseStatement(one, rules, placeIn('Statement', index))),
  );
}

function parseStatement(value: unknown, rules: PolicyRules, place: string): PolicyStatement {
  const statement = asObject(value, place);
  if (rules.principal === 'forbidden') {
    for (const name of PRINCIPAL_MEMBERS) {
      if (name in statement) {
        refuse(
          'the policies of an identity name no principal: it is the identity',
          placeIn(place, name),
        );
      }
    }
  }
  onlyMembers(
    statement,
    [
      ...STATEMENT_MEMBERS,
      ...(rules.resource ? RESOURCE_MEMBERS : []),
      ...(rules.principal === 'trust' ? ['Principal'] : []),
      ...(rules.principal === 'list' ? PRINCIPAL_MEMBERS : []),
    ],
    place,
  );
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') {
    const found = effect === undefined ? place : placeIn(place, 'Effect');
    refuse(
      effect === undefined ? 'a statement needs an Effect' : "has to be 'Allow' or 'Deny'",
      found,
    );
  }
  return Object.freeze({
    effect,
    principals:
      rules.principal === 'forbidden' ? undefined : parsePrincipals(statement, rules, place),
    actions: parseChoice(statement, 'Action', checkAction, rules, place),
    resources: rules.resource
      ? parseChoice(statement, 'Resource', checkResource, rules, place)
      : undefined,
    conditions: parseConditions(statement.Condition, rules, placeIn(place, 'Condition')),
  });
}

/** An element or its negation, of which a statement has exactly one. */
function parseChoice(
  statement: Readonly<Record<string, unknown>>,
  name: 'Action' | 'Resource',
  check: (value: string, place: string) => void,
  rules: PolicyRules,
  place: string,
): Choice {
  const negation = `Not${name}`;
  const negated = negation in statement;
  if (negated && name in statement) refuse(`has both ${name} and ${negation}`, place);
  if (!negated && !(name in statement)) refuse(`a statement needs ${name} or ${negation}`, place);
  const member = negated ? negation : name;
  const values = textValues(statement[member], rules, placeIn(place, member), check);
  return Object.freeze({ negated, values });
}

function checkAction(value: string, place: string): void {
  if (!ACTION_FORM.test(value)) {
    refuse("an action is '*' or service:Name, such as oss:PutObject or oss:Get*", place);
  }
}

function checkResource(value: string, place: string): void {
  if (parseResourcePattern(value) === undefined) {
    refuse(
      "a resource is '*' or acs:service:region:account:name, such as acs:oss:*:*:bucket/*",
      place,
    );
  }
}
