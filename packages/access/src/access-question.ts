import type { BucketGrant, ObjectGrant } from './acl.js';
import type { RequestContext } from './condition/request-context.js';
import type { CompiledPolicy } from './policy/compile-policy.js';
import type { Principal } from './principal.js';
import type { Resource } from './resource.js';

/** The bucket a request is about, as far as it decides. */
export interface BucketFacts {
  /** The UID of the account that owns it. */
  readonly owner: string;
  readonly acl: BucketGrant;
  /** Its bucket policy. */
  readonly policy?: CompiledPolicy | undefined;
  /** Whether Block Public Access is on, for it or for its owner's account. */
  readonly blocksPublicAccess?: boolean | undefined;
}

/** The object a request is about, as far as it decides. */
export interface ObjectFacts {
  readonly acl: ObjectGrant;
}

/** What is asked: may this principal do all of these actions to this resource? */
export interface AccessQuestion {
  readonly principal: Principal;
  /** As policies name them, the operation's own first, then what it needs besides. */
  readonly actions: readonly string[];
  /** What they are done to. Policies cannot be asked without it: then there has to be one. */
  readonly resource?: Resource | undefined;
  /** Absent for actions on the service itself. */
  readonly bucket?: BucketFacts | undefined;
  /** Absent where no object is named, or none of the name exists. */
  readonly object?: ObjectFacts | undefined;
  /** The RAM policies of a user (its own and its groups') or of the role of a session. */
  readonly identityPolicies?: readonly CompiledPolicy[] | undefined;
  /** What a session was narrowed to when its role was assumed. */
  readonly sessionPolicy?: CompiledPolicy | undefined;
  /** What conditions may ask for; nothing is known if it is absent. */
  readonly context?: RequestContext | undefined;
}
