import type { Step } from './do-in-turn.js';
import type { RpcCaller } from './rpc-caller.js';

/** What policies are attached to. */
export type EntityTitle = 'User' | 'Group' | 'Role';

/** A policy as it is attached to something. */
export interface AttachedPolicy {
  readonly PolicyName: string;
  readonly PolicyType: string;
}

/** Something that stands in the way of a deletion, and how it is taken away. */
export interface Tie extends Step {
  /** Such as `access key LTAI…`. */
  readonly what: string;
}

/** The policies of somebody. */
export async function policiesOf(
  server: RpcCaller,
  title: EntityTitle,
  name: string,
): Promise<readonly AttachedPolicy[]> {
  const { Policies } = await server.call<{
    readonly Policies: { readonly Policy: readonly AttachedPolicy[] };
  }>('ram', `ListPoliciesFor${title}`, { [`${title}Name`]: name });
  return Policies.Policy;
}

/** The policies of somebody, as what stands in the way of deleting it. */
export async function policyTies(
  server: RpcCaller,
  title: EntityTitle,
  name: string,
): Promise<readonly Tie[]> {
  const policies = await policiesOf(server, title, name);
  return policies.map(({ PolicyName, PolicyType }) =>
    attachmentTie(server, { PolicyName, PolicyType }, title, name),
  );
}

/** A policy's being attached to something. */
export function attachmentTie(
  server: RpcCaller,
  policy: AttachedPolicy,
  title: EntityTitle,
  name: string,
): Tie {
  const { PolicyName, PolicyType } = policy;
  return {
    what: `${PolicyType === 'System' ? 'system ' : ''}policy ${PolicyName}`,
    done: `Detached policy ${PolicyName} from ${title.toLowerCase()} ${name}.`,
    run: () =>
      server.call('ram', `DetachPolicyFrom${title}`, {
        PolicyName,
        PolicyType,
        [`${title}Name`]: name,
      }),
  };
}
