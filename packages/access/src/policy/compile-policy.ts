import { type CompiledCondition, compileCondition } from '../condition/compile-condition.js';
import type { Resource } from '../resource.js';
import { compileWildcard, hasWildcard } from '../text/wildcard.js';
import type { Choice, PolicyDocument, PolicyStatement } from './policy-document.js';
import type { PolicyKind } from './policy-kind.js';
import { compilePrincipals, compileTrusted, type PrincipalPattern } from './principal-pattern.js';
import { isPublicStatement } from './public-statement.js';
import { compileResourcePattern, parseResourcePattern } from './resource-pattern.js';

/** One statement made ready to be asked; it knows where it stands, so that a decision can name it. */
export interface CompiledStatement {
  readonly policy: PolicyName;
  /** Counted from 0, as in `Statement[0]`. */
  readonly index: number;
  readonly effect: 'Allow' | 'Deny';
  /** Whether it grants something to the public; see {@link isPublicStatement}. */
  readonly isPublic: boolean;
  /** Takes the action in lower case. */
  readonly matchesAction: (action: string) => boolean;
  readonly matchesResource: (resource: Resource) => boolean;
  /** Undefined where the policy belongs to who asks. */
  readonly principals: (PrincipalPattern & { readonly negated: boolean }) | undefined;
  readonly conditions: readonly CompiledCondition[];
}

/** Which policy it is. */
export interface PolicyName {
  readonly kind: PolicyKind;
  /** The name of a RAM policy, of a bucket or of a role: for people and logs, never compared. */
  readonly name: string;
}

/**
 * A policy made ready to be asked, once a version. It never changes, so any number of requests may share
 * it.
 */
export interface CompiledPolicy extends PolicyName {
  readonly denies: readonly CompiledStatement[];
  readonly allows: readonly CompiledStatement[];
  /** Those of its statements that speak of an action, which is in lower case. */
  readonly about: (action: string) => StatementsAbout;
  /** The condition keys it asks a context for, each once. */
  readonly conditionKeys: readonly string[];
  /** Whether one of its statements grants something to the public. */
  readonly isPublic: boolean;
}

export type StatementsAbout = Pick<CompiledPolicy, 'denies' | 'allows'>;

/** Actions are few; who asks for others, as explanations may, is answered without remembering it. */
const REMEMBERED_ACTIONS = 128;

/** Compiles a policy that parsed. */
export function compilePolicy(document: PolicyDocument, name: string): CompiledPolicy {
  const policy: PolicyName = Object.freeze({ kind: document.kind, name });
  const statements = document.statements.map((statement, index) =>
    compileStatement(statement, policy, index),
  );
  const denies = Object.freeze(statements.filter(({ effect }) => effect === 'Deny'));
  const allows = Object.freeze(statements.filter(({ effect }) => effect === 'Allow'));
  const known = new Map<string, StatementsAbout>();
  const about = (action: string): StatementsAbout => {
    const found = known.get(action);
    if (found !== undefined) return found;
    const speaks = ({ matchesAction }: CompiledStatement) => matchesAction(action);
    const sorted = { denies: denies.filter(speaks), allows: allows.filter(speaks) };
    if (known.size < REMEMBERED_ACTIONS) known.set(action, sorted);
    return sorted;
  };
  const keys = document.statements.flatMap(({ conditions }) => conditions.map(({ key }) => key));
  return Object.freeze({
    ...policy,
    denies,
    allows,
    about,
    conditionKeys: Object.freeze([...new Set(keys)]),
    isPublic: statements.some(({ isPublic }) => isPublic),
  });
}

function compileStatement(
  statement: PolicyStatement,
  policy: PolicyName,
  index: number,
): CompiledStatement {
  const { effect, actions, resources, principals, conditions } = statement;
  return Object.freeze({
    policy,
    index,
    effect,
    isPublic: isPublicStatement(statement),
    matchesAction: compileActions(actions),
    matchesResource: resources === undefined ? () => true : compileResources(resources),
    principals:
      principals === undefined
        ? undefined
        : Object.freeze({
            ...(policy.kind === 'trust' ? compileTrusted : compilePrincipals)(principals),
            negated: principals.negated,
          }),
    conditions: Object.freeze(conditions.map(compileCondition)),
  });
}

/** The case of an action does not matter (https://www.alibabacloud.com/help/document_detail/93738.html). */
function compileActions({ negated, values }: Choice): (action: string) => boolean {
  const names = values.map((value) => value.toLowerCase());
  if (names.includes('*')) return () => !negated;
  const exact = new Set(names.filter((name) => !hasWildcard(name)));
  const patterns = names.filter(hasWildcard).map(compileWildcard);
  return (action) => (exact.has(action) || patterns.some((matches) => matches(action))) !== negated;
}

function compileResources({ negated, values }: Choice): (resource: Resource) => boolean {
  const patterns = values
    .map(parseResourcePattern)
    .filter((pattern) => pattern !== undefined)
    .map(compileResourcePattern);
  return (resource) => patterns.some((matches) => matches(resource)) !== negated;
}
