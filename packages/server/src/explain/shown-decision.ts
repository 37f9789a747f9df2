import { type ExplainedStep, formatMismatch, type Verdict } from '@openoss/access';
import type { KmsError } from '@openoss/kms';
import { OssError } from '@openoss/protocol';
import type { Answer } from '@openoss/rpc';
import type { ExplainedRequest } from '../stages/authorize.js';
import type { StatementSources } from './statement-sources.js';

/** A decision as ExplainAccess answers it, without the steps that led to it. */
export async function shownVerdict(
  { explanation, refusal }: ExplainedRequest,
  sources: StatementSources,
): Promise<Answer> {
  const { verdict, steps } = explanation;
  const { statement } = verdict;
  const { bucketStatement, action } = verdict.allowed ? {} : verdict;
  return {
    Decision: decisionOf(verdict),
    Allowed: verdict.allowed,
    Stage: verdict.stage,
    Action: action,
    Reason: reasonOf(verdict, steps),
    Refusal: refusal && {
      ...shownRefusal(refusal),
      // It tells a user by its UID, which is its own account's to tell.
      ...(sources.isOfAnother && { AccessDeniedDetail: undefined }),
    },
    Statement: statement && (await sources.whole(statement)),
    BucketStatement: bucketStatement && (await sources.whole(bucketStatement)),
  };
}

/** Everything that was looked at for decisions, in this order, and what was asked for in vain. */
export function shownSteps(
  decisions: readonly ExplainedRequest[],
  sources: StatementSources,
): Answer {
  const unanswered = new Set(decisions.flatMap((decision) => [...decision.unanswered]));
  return {
    Steps: decisions.flatMap(({ explanation: { steps } }) =>
      steps.map((step) => shownStep(step, sources)),
    ),
    Unanswered: [...unanswered].map((Key) => ({ Key })),
  };
}

/** A refusal for another reason than permissions. */
export const shownRefused = (refusal: OssError): Answer => ({
  Decision: 'Refused',
  Allowed: false,
  Refusal: shownRefusal(refusal),
  // Nothing of a decision that came before stands for it.
  Stage: undefined,
  Action: undefined,
  Reason: undefined,
  Statement: undefined,
  BucketStatement: undefined,
});

export function shownRefusal(refusal: OssError | KmsError): Answer {
  const { code: Code, status: HttpStatus, message: Message } = refusal;
  if (!(refusal instanceof OssError)) return { Code, HttpStatus, Message };
  const { ec: EC, groups } = refusal;
  return { Code, HttpStatus, EC, Message, AccessDeniedDetail: groups.AccessDeniedDetail };
}

function decisionOf(verdict: Verdict): string {
  if (verdict.allowed) return 'Allow';
  return verdict.explicit ? 'ExplicitDeny' : 'ImplicitDeny';
}

/** What the stage says that decided: of what is allowed the first action's, of what is denied the denied one's. */
function reasonOf(verdict: Verdict, steps: readonly ExplainedStep[]): string | undefined {
  const action = verdict.allowed ? steps[0]?.action : verdict.action;
  return steps.find((step) => step.stage === verdict.stage && step.action === action)?.reason;
}

function shownStep(step: ExplainedStep, sources: StatementSources): Answer {
  return {
    Action: step.action,
    Stage: step.stage,
    Outcome: step.outcome,
    Reason: step.reason,
    Statements: step.statements.map(({ statement, mismatch }) => ({
      ...sources.nameOf(statement),
      Applies: mismatch === undefined,
      Mismatch: mismatch && formatMismatch(mismatch),
    })),
  };
}
