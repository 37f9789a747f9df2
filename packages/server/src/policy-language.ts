import {
  type CompiledPolicy,
  compilePolicy,
  judgeAskingForRole,
  judgeAssumeRole,
  PolicyError,
  type PolicyKind,
  parsePolicy,
  parseResource,
} from '@openoss/access';
import type { Identities, PolicyCompiler, PolicyLanguage } from '@openoss/directory';

/** What a directory keeps, in the policy language of the access room. */
export type ServedIdentities = Identities<CompiledPolicy, CompiledPolicy>;

/** The policy language as the directory, which does not know it, is told of it. */
export const policyLanguage: PolicyLanguage<CompiledPolicy, CompiledPolicy> = {
  managed: reader('ram'),
  session: reader('session'),
  trust: reader('trust'),
  mayAskFor({ caller, role, permissions, context }) {
    const resource = parseResource(role.arn);
    if (resource === undefined) return false;
    return judgeAskingForRole({
      principal: caller,
      role: resource,
      identityPolicies: permissions.granted.map(({ policy }) => policy),
      sessionPolicy: permissions.session,
      context,
    }).allowed;
  },
  mayAssume({ caller, role, trust, permissions, context }) {
    const resource = parseResource(role.arn);
    if (resource === undefined) return false;
    return judgeAssumeRole({
      principal: caller,
      role: resource,
      trustPolicy: trust,
      identityPolicies: permissions.granted.map(({ policy }) => policy),
      sessionPolicy: permissions.session,
      context,
    }).allowed;
  },
};

function reader(kind: PolicyKind): PolicyCompiler<CompiledPolicy> {
  return (document, name) => {
    try {
      return { policy: compilePolicy(parsePolicy(document, kind), name) };
    } catch (error) {
      if (error instanceof PolicyError) return { malformed: error.message };
      throw error;
    }
  };
}
