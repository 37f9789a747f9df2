import type { AccessQuestion } from './access-question.js';
import { decided, judgeWith, type Witness } from './judge.js';
import type { CompiledPolicy, CompiledStatement } from './policy/compile-policy.js';
import { type Mismatch, mismatchOf, type PolicyRequest } from './policy/evaluate-policies.js';
import type { Stage, Verdict } from './verdict.js';

/** A verdict and how it came about. */
export interface Explanation {
  readonly verdict: Verdict;
  /** Every stage passed, in order, for each action until one is denied. */
  readonly steps: readonly ExplainedStep[];
}

/** One stage that one action passed. */
export interface ExplainedStep {
  readonly action: string;
  readonly stage: Stage;
  /** What the stage says by itself; `none` where it had nothing to say. */
  readonly outcome: 'allow' | 'explicit-deny' | 'implicit-deny' | 'none';
  /** A sentence without a full stop. */
  readonly reason: string;
  /** The statements that were asked, in the order of their policies. */
  readonly statements: readonly ExplainedStatement[];
}

/** One statement that was asked. */
export interface ExplainedStatement {
  readonly statement: CompiledStatement;
  /** The first thing about it that does not match; undefined if it applies. */
  readonly mismatch: Mismatch | undefined;
}

/** {@link judge}, telling every stage passed and every statement asked. The verdict is the same. */
export function explain(question: AccessQuestion): Explanation {
  const steps: ExplainedStep[] = [];
  const witness: Witness = {
    policies: (stage, action, policies, request) =>
      steps.push({ action, stage, ...explainPolicies(policies, request) }),
    skips: (stage, action, reason) =>
      steps.push({ action, stage, outcome: 'none', reason, statements: [] }),
    concludes: (stage, action, allowed, reason) =>
      steps.push({
        action,
        stage,
        outcome: allowed ? 'allow' : 'implicit-deny',
        reason,
        statements: [],
      }),
  };
  return { verdict: decided(judgeWith(question, true, witness)), steps };
}

function explainPolicies(
  policies: readonly CompiledPolicy[],
  request: PolicyRequest,
): Pick<ExplainedStep, 'outcome' | 'reason' | 'statements'> {
  const statements = policies
    .flatMap(({ denies, allows }) => [...denies, ...allows].sort((a, b) => a.index - b.index))
    .map((statement) => ({ statement, mismatch: mismatchOf(statement, request) }));
  const applies = statements.filter(({ mismatch }) => mismatch === undefined);
  const deny = applies.find(({ statement }) => statement.effect === 'Deny');
  if (deny !== undefined) {
    return { outcome: 'explicit-deny', reason: says(deny.statement), statements };
  }
  const [allow] = applies;
  if (allow !== undefined) return { outcome: 'allow', reason: says(allow.statement), statements };
  return { outcome: 'implicit-deny', reason: 'no statement applies', statements };
}

function says(statement: CompiledStatement): string {
  return `${formatStatement(statement)} is ${statement.effect === 'Deny' ? 'a Deny' : 'an Allow'} that applies`;
}

/** Where a statement stands: `bucket policy photos, Statement[1]`. */
export function formatStatement({ policy, index }: CompiledStatement): string {
  const kind = policy.kind === 'ram' ? 'RAM' : policy.kind;
  return `${kind} policy ${policy.name}, Statement[${index}]`;
}

/** An explanation as lines for people, the verdict last. */
export function explanationLines({ verdict, steps }: Explanation): readonly string[] {
  const lines: string[] = [];
  for (const { action, stage, outcome, reason, statements } of steps) {
    lines.push(`${action}  ${stage}: ${outcome === 'none' ? 'passed by' : outcome} (${reason})`);
    for (const { statement, mismatch } of statements) {
      const result =
        mismatch === undefined ? 'applies' : `does not apply: ${formatMismatch(mismatch)}`;
      lines.push(`  ${statement.effect}, ${formatStatement(statement)}: ${result}`);
    }
  }
  if (verdict.allowed) {
    const by = verdict.statement === undefined ? verdict.stage : formatStatement(verdict.statement);
    lines.push(`allowed by ${by}`);
  } else {
    const { action, denial, explicit, statement } = verdict;
    const by = statement === undefined ? denial : formatStatement(statement);
    lines.push(`${action} is ${explicit ? 'explicitly' : 'implicitly'} denied by ${by}`);
  }
  return lines;
}

/** Why a statement does not apply, as the end of a sentence. */
export function formatMismatch(mismatch: Mismatch): string {
  switch (mismatch) {
    case 'action':
      return 'it is about other actions';
    case 'resource':
      return 'it is about other resources';
    case 'principal':
      return 'it is about other principals';
    case 'owner':
      return "on everybody and without a condition, it is not about the bucket's owner";
    case 'public':
      return 'it grants something to the public, which is blocked';
    default:
      return `${mismatch.operator} ${mismatch.key} ${JSON.stringify(mismatch.values)} does not hold`;
  }
}
