import type { CompiledStatement } from './policy/compile-policy.js';

/**
 * The stages a question goes through, in their order (oss-protocol.md, 4.5 and 4.6). `nothing-asked` is
 * where a request needs no action.
 */
export type Stage =
  | 'nothing-asked'
  | 'session-policy'
  | 'identity-policy'
  | 'bucket-policy'
  | 'ownership'
  | 'management'
  | 'public-access-block'
  | 'object-acl'
  | 'bucket-acl';

/** Why a request was denied. */
export type Denial =
  /** The session policy denies it or does not allow it. */
  | 'session-policy'
  /** A RAM policy has a Deny for it. */
  | 'identity-policy'
  /** The bucket policy has a Deny for it. */
  | 'bucket-policy'
  /** A RAM policy and the bucket policy each have a Deny for it. */
  | 'both-policies'
  /** No policy allows the action to this user or role, and no ACL speaks of it. */
  | 'no-permission'
  /** The same of an action that the operation needs besides its own. */
  | 'no-extra-permission'
  /** The bucket's ACL does not open it to this principal. */
  | 'bucket-acl'
  /** The object's own ACL does not open it to this principal. */
  | 'object-acl'
  /** The bucket belongs to another account, and no ACL speaks of the action. */
  | 'not-bucket-owner'
  /** The action is one that no ACL opens to everybody. */
  | 'anonymous-operation'
  /** The operation is open to everybody, but something that it asks for besides is not. */
  | 'anonymous-extra-action';

/** The answer to a question, and what decided it. */
export type Verdict = Allowed | Denied;

export interface Allowed {
  readonly allowed: true;
  /** Where the operation's own action was allowed. */
  readonly stage: Stage;
  /** The Allow that decided, where a policy did. */
  readonly statement?: CompiledStatement;
}

export interface Denied {
  readonly allowed: false;
  readonly stage: Stage;
  readonly denial: Denial;
  /** The action that was denied, as it was asked for. */
  readonly action: string;
  /** Whether a Deny decided, rather than that nothing allows it. */
  readonly explicit: boolean;
  /** The Deny that decided. */
  readonly statement?: CompiledStatement;
  /** The bucket policy's Deny where a RAM policy has one, too. */
  readonly bucketStatement?: CompiledStatement;
}
