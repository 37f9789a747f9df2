import type { CompiledPolicy, Verdict } from '@openoss/access';
import type { AccessKey, GrantedPolicy } from '@openoss/directory';
import type { HeaderFields } from '@openoss/protocol';
import type { Product } from './product.js';

/** What was found out about a call while it was served. */
export interface CallTrace {
  /** How it says who it is from: not proved yet. */
  auth: 'acs3-header' | 'rpc-parameters' | 'anonymous' | 'unknown';
  /** The access key that it names. */
  claimedKeyId: string | undefined;
  /** The operation that it asks for. */
  operation: { readonly product: Product; readonly name: string } | undefined;
  /** How far it came. */
  stage: 'reading' | 'authenticating' | 'authorizing';
  /** Whom it comes from, once that is proved. */
  caller: AccessKey | undefined;
  /** What it is about, by the names of its account: `user/alice`; for AssumeRole the ARN of the role. */
  resources: readonly string[];
  /** The access key that it is about. */
  targetKeyId: string | undefined;
  /** What was decided, where policies were asked for it here. */
  decided: PolicyDecision | undefined;
  /** What it was refused with; undefined for a success. */
  code: string | undefined;
}

/** A verdict over one resource, and the RAM policies that were asked. */
export interface PolicyDecision {
  readonly verdict: Verdict;
  /** The action that was asked for, such as `ram:GetUser`. */
  readonly action: string;
  readonly granted: readonly GrantedPolicy<CompiledPolicy>[];
}

/** A call that is over, for audit and metrics. */
export interface FinishedCall {
  readonly requestId: string;
  readonly trace: Readonly<CallTrace>;
  readonly method: string | undefined;
  readonly headers: HeaderFields;
  /** The address it came from. */
  readonly peer: string | undefined;
  readonly isSecure: boolean;
  /** The HTTP status; 0 where nothing was answered. */
  readonly status: number;
  readonly outcome: 'answered' | 'cut-short' | 'unanswered';
  /** Bytes of its body, as far as they were read. */
  readonly bytesIn: number;
  /** Bytes of the answer's body. */
  readonly bytesOut: number;
  /** From its head to the end of its answer. */
  readonly milliseconds: number;
}

export const newTrace = (): CallTrace => ({
  auth: 'unknown',
  claimedKeyId: undefined,
  operation: undefined,
  stage: 'reading',
  caller: undefined,
  resources: [],
  targetKeyId: undefined,
  decided: undefined,
  code: undefined,
});
