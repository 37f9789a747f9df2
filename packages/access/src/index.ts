/**
 * @module Who may do what: the policy language and one pure decision, no I/O and no HTTP.
 */
export * from './access-denied-detail.js';
export * from './access-question.js';
export * from './acl.js';
export type { CompiledCondition, Condition } from './condition/compile-condition.js';
export * from './condition/condition-keys.js';
export type { ConditionOperator } from './condition/condition-operator.js';
export * from './condition/request-context.js';
export * from './explain.js';
export { judge, judgeBeforeObject } from './judge.js';
export * from './judge-assume-role.js';
export * from './policy/compile-policy.js';
export type { Mismatch } from './policy/evaluate-policies.js';
export { parsePolicy } from './policy/parse-policy.js';
export * from './policy/policy-document.js';
export * from './policy/policy-error.js';
export { type PolicyKind, policyRules } from './policy/policy-kind.js';
export * from './principal.js';
export * from './resource.js';
export * from './verdict.js';
