import type { AccessQuestion } from './access-question.js';
import { judge } from './judge.js';
import type { Denial } from './verdict.js';

/** The answer: allowed, or denied for a reason and over one action. */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly denial: Denial; readonly action: string };

const ALLOWED: Decision = { allowed: true };

/** {@link judge}, for those who need not know what decided. */
export function decide(question: AccessQuestion): Decision {
  const verdict = judge(question);
  if (verdict.allowed) return ALLOWED;
  const { denial, action } = verdict;
  return { allowed: false, denial, action };
}
