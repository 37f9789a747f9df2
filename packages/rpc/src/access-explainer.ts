import type { Identity } from '@openoss/directory';
import type { Answer } from './answer/answer-value.js';

/**
 * Whom it is asked about. Of another account than the one that asks, a user or a role need not be there, and a
 * user that is named by its UID alone has '' for its account.
 */
export type ExplainedPrincipal = Identity | { readonly kind: 'anonymous' };

/** A question about OSS: might this request be made now, and why? */
export interface AccessInquiry {
  /** The account that asks; what is another's is not explained to it. */
  readonly account: string;
  readonly principal: ExplainedPrincipal;
  /** As policies name them, the operation's own first: `oss:PutObject`. At least one; of OSS or of KMS. */
  readonly actions: readonly string[];
  /** `acs:oss:*:*:bucket/key`, `acs:kms:*:*:key/id`, or the last part of it alone. */
  readonly resource: string;
  /** What is told of the request, by condition key as it was written. */
  readonly context: ReadonlyMap<string, string>;
}

/** Decides about requests as OSS would, and tells how it came about. */
export interface AccessExplainer {
  /** The decision, as ExplainAccess answers it. Throws RpcError or RamError. */
  explain(inquiry: AccessInquiry): Promise<Answer>;
}
