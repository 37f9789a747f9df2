import { Refused, type RpcCaller } from './rpc-caller.js';

/** A managed policy as RAM shows it. */
export interface Policy {
  readonly PolicyName: string;
  readonly PolicyType: string;
  readonly Description?: string;
  readonly DefaultVersion: string;
  readonly AttachmentCount?: number;
  readonly CreateDate: string;
  readonly UpdateDate?: string;
}
/** What GetPolicy and CreatePolicy answer; only the former with the document. */
export interface PolicyAnswer {
  readonly Policy: Policy;
  readonly DefaultPolicyVersion: PolicyVersion;
}
/** A version of a policy. */
export interface PolicyVersion {
  readonly VersionId: string;
  readonly IsDefaultVersion: boolean;
  readonly PolicyDocument: string;
  readonly CreateDate: string;
}
/** A policy: the account's own, or the system's where that has none of the name, or where it is asked for. */
export async function findPolicy(
  server: RpcCaller,
  PolicyName: string,
  isSystem: boolean,
): Promise<PolicyAnswer> {
  const get = (PolicyType: string): Promise<PolicyAnswer> =>
    server.call('ram', 'GetPolicy', { PolicyName, PolicyType });
  if (isSystem) return get('System');
  try {
    return await get('Custom');
  } catch (error) {
    if (!isMissing(error)) throw error;
    return await get('System').catch((other: unknown) => {
      throw isMissing(other) ? error : other;
    });
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Refused && error.code === 'EntityNotExist.Policy';

interface VersionsAnswer {
  readonly PolicyVersions: { readonly PolicyVersion: readonly PolicyVersion[] };
}

/** The versions of a policy. */
export async function listVersions(
  server: RpcCaller,
  of: { readonly PolicyName: string; readonly PolicyType: string },
): Promise<readonly PolicyVersion[]> {
  const { PolicyName, PolicyType } = of;
  const { PolicyVersions } = await server.call<VersionsAnswer>('ram', 'ListPolicyVersions', {
    PolicyName,
    PolicyType,
  });
  return PolicyVersions.PolicyVersion;
}
