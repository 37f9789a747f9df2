import type { PolicyType } from './entries.js';
import type { Identity } from './identity.js';
import { RamError } from './ram-error.js';

/**
 * Reads a policy document: what comes of it, or why it cannot be read. `name` is the policy's, or that
 * of the role or session it belongs to: for explanations.
 */
export type PolicyCompiler<Policy> = (
  document: string,
  name: string,
) => { readonly policy: Policy } | { readonly malformed: string };

/**
 * What the directory has to be told of the policy language, which it does not know itself: it keeps
 * documents, and hands out what was made of them.
 */
export interface PolicyLanguage<Policy, Trust> {
  /** Managed policies, which say what somebody may. */
  readonly managed: PolicyCompiler<Policy>;
  /** Policies that a session is held to. */
  readonly session: PolicyCompiler<Policy>;
  /** Policies that say who may assume a role. */
  readonly trust: PolicyCompiler<Trust>;
  /**
   * Whether the policies of somebody let it ask for a role, which need not be there: where they do not, it
   * may not assume it whatever the role's trust policy says.
   */
  readonly mayAskFor: (question: Omit<AssumeQuestion<Policy, Trust>, 'trust'>) => boolean;
  /** Whether somebody may assume a role, by the role's trust policy and its own policies. */
  readonly mayAssume: (question: AssumeQuestion<Policy, Trust>) => boolean;
}

/** Who asks for which role, and what it goes by. */
export interface AssumeQuestion<Policy, Trust> {
  readonly caller: Identity;
  readonly role: { readonly account: string; readonly name: string; readonly arn: string };
  readonly trust: Trust;
  readonly permissions: Permissions<Policy>;
  readonly context: RequestContext;
}

/** What is known of a request, by condition key, as the one who serves it knows it. */
export type RequestContext = (key: string) => string | readonly string[] | undefined;

/** A managed policy that somebody has, and how it came to it. */
export interface GrantedPolicy<Policy> {
  readonly type: PolicyType;
  readonly name: string;
  /** The version that counts. */
  readonly version: string;
  readonly policy: Policy;
  /** The group through which a user has it; undefined when it is attached to somebody itself. */
  readonly group: string | undefined;
}

/** The policies that a decision about somebody goes by, besides those of what it is about. */
export interface Permissions<Policy> {
  /** Empty for an account, which needs none. */
  readonly granted: readonly GrantedPolicy<Policy>[];
  /** The policy that a session is held to besides. */
  readonly session: Policy | undefined;
}

/** What comes of a document; throws RamError, with the reason, when it cannot be read. */
export function compiled<Policy>(
  compiler: PolicyCompiler<Policy>,
  document: string,
  name: string,
): Policy {
  const result = compiler(document, name);
  if ('malformed' in result) throw RamError.of('PolicyMalformed', result.malformed);
  return result.policy;
}
