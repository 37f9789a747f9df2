import type { Identity } from './identity.js';
import { RamError } from './ram-error.js';

/** Reads a policy document: what comes of it, or why it cannot be read. */
export type PolicyCompiler<Policy> = (
  document: string,
) => { readonly policy: Policy } | { readonly malformed: string };

/**
 * What the directory has to be told of the policy language, which it does not know itself: it keeps
 * documents, and hands out what was made of them.
 */
export interface PolicyLanguage<Policy, Trust> {
  /** Policies that say what somebody may: managed ones, and those of sessions. */
  readonly permissions: PolicyCompiler<Policy>;
  /** Policies that say who may assume a role. */
  readonly trust: PolicyCompiler<Trust>;
  /** Whether a trust policy lets somebody assume its role. */
  readonly trusts: (trust: Trust, caller: Identity, context: TrustContext) => boolean;
}

/** What a trust policy's conditions may ask of an AssumeRole, besides who sends it. */
export interface TrustContext {
  readonly externalId?: string | undefined;
  /** Keys such as `acs:SourceIp`, as the one who serves the request knows them. */
  readonly conditionKeys: Readonly<Record<string, readonly string[]>>;
}

/** What comes of a document; throws RamError, with the reason, when it cannot be read. */
export function compiled<Policy>(compiler: PolicyCompiler<Policy>, document: string): Policy {
  const result = compiler(document);
  if ('malformed' in result) throw RamError.of('PolicyMalformed', result.malformed);
  return result.policy;
}
