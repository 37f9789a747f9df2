import type { Condition } from '../condition/compile-condition.js';
import type { PolicyKind } from './policy-kind.js';

/** A policy that parsed: the same things said in one form only. */
export interface PolicyDocument {
  readonly kind: PolicyKind;
  /** At least one. */
  readonly statements: readonly PolicyStatement[];
}

/** One statement: what it does where all its elements match. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Choice;
  /** Undefined in a trust policy. */
  readonly resources: Choice | undefined;
  /** Undefined in the policies of an identity. */
  readonly principals: Choice | undefined;
  /** All have to hold; none for a statement without a condition. */
  readonly conditions: readonly Condition[];
}

/**
 * An element and its negation: `Action` matches what one of its values matches, `NotAction` what none does.
 * The principals of a trust policy are written `RAM:…`, `Service:…` and `Federated:…` here.
 */
export interface Choice {
  readonly negated: boolean;
  /** At least one. */
  readonly values: readonly string[];
}
