import { aclAllows, aclClassOf, type BucketGrant, type ObjectGrant } from './acl.js';
import type { Principal } from './principal.js';

/** The bucket a request is about, as far as it decides. */
export interface BucketFacts {
  /** The UID of the account that owns it. */
  readonly owner: string;
  readonly acl: BucketGrant;
}

/** The object a request is about, as far as it decides. */
export interface ObjectFacts {
  readonly acl: ObjectGrant;
}

/** What is asked: may this principal do all of these actions? */
export interface AccessQuestion {
  readonly principal: Principal;
  /** As policies name them, the operation's own first, then what it needs besides. */
  readonly actions: readonly string[];
  /** Absent for actions on the service itself. */
  readonly bucket?: BucketFacts | undefined;
  /** Absent where no object is named, or none of the name exists. */
  readonly object?: ObjectFacts | undefined;
}

/** Why a request was denied. */
export type Denial =
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

/** The answer: allowed, or denied for a reason and over one action. */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly denial: Denial; readonly action: string };

const ALLOWED: Decision = { allowed: true };

/**
 * Decides a request, in the order of OSS's authorization (oss-protocol.md, 4.5 and 4.6). An account
 * may do everything to what it owns; all others have what the ACLs open to everybody: the object's,
 * or where that is `default` the bucket's.
 */
export function decide(question: AccessQuestion): Decision {
  const { principal, bucket } = question;
  if (
    principal.kind === 'account' &&
    (bucket === undefined || bucket.owner === principal.account)
  ) {
    return ALLOWED;
  }
  for (const [at, action] of question.actions.entries()) {
    const denial = denialOf(question, action, at === 0);
    if (denial !== undefined) return { allowed: false, denial, action };
  }
  return ALLOWED;
}

function denialOf(question: AccessQuestion, action: string, isFirst: boolean): Denial | undefined {
  const { principal, bucket, object } = question;
  const aclClass = aclClassOf(action);
  if (bucket === undefined || aclClass === undefined) {
    if (principal.kind === 'account') return 'not-bucket-owner';
    return isFirst ? 'anonymous-operation' : 'anonymous-extra-action';
  }
  if (object !== undefined && object.acl !== 'default') {
    return aclAllows(object.acl, aclClass) ? undefined : 'object-acl';
  }
  return aclAllows(bucket.acl, aclClass) ? undefined : 'bucket-acl';
}

/** Whether {@link decide} needs to know the object's ACL to answer for this principal and bucket. */
export function objectMatters(principal: Principal, bucket: BucketFacts): boolean {
  return principal.kind !== 'account' || bucket.owner !== principal.account;
}
