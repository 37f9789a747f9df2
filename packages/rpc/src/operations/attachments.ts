import type { EntityKind, PolicyAttachment } from '@openoss/directory';
import type { Answer } from '../answer/answer-value.js';
import { type Operation, operation } from '../operation/operation.js';
import { required, text } from '../operation/parameter.js';
import { RAM } from '../product.js';
import { policyType } from './policy-parameters.js';
import { shownDate } from './shown.js';

const policyName = required('PolicyName', text);

const shownAttachment = (policy: PolicyAttachment): Answer => ({
  PolicyName: policy.name,
  PolicyType: policy.type,
  Description: policy.description,
  DefaultVersion: policy.defaultVersion,
  AttachDate: shownDate(policy.attachDate),
});

/** What there is for each kind of what policies are attached to. */
function operationsOf(
  kind: EntityKind,
  title: 'User' | 'Group' | 'Role',
  what: string,
): Operation[] {
  const parameters = { policyName, policyType, name: required(`${title}Name`, text) };
  const both = (input: { readonly policyName: string; readonly name: string }) => [
    `${kind}/${input.name}`,
    `policy/${input.policyName}`,
  ];
  return [
    operation({
      product: RAM,
      name: `AttachPolicyTo${title}`,
      doc: `Attaches a policy to a ${what}.`,
      parameters,
      // What is to count in one resource group only must not count everywhere.
      unsupported: ['ResourceGroupId'],
      resources: both,
      run: async (input, { ram }) => {
        const policy = { type: input.policyType, name: input.policyName };
        await ram.attachments.attach(policy, { kind, name: input.name });
        return {};
      },
    }),
    operation({
      product: RAM,
      name: `DetachPolicyFrom${title}`,
      doc: `Takes a policy from a ${what}.`,
      parameters,
      unsupported: ['ResourceGroupId'],
      resources: both,
      run: async (input, { ram }) => {
        const policy = { type: input.policyType, name: input.policyName };
        await ram.attachments.detach(policy, { kind, name: input.name });
        return {};
      },
    }),
    operation({
      product: RAM,
      name: `ListPoliciesFor${title}`,
      doc: `Lists the policies that are attached to a ${what} itself.`,
      parameters: { name: parameters.name },
      resources: (input) => [`${kind}/${input.name}`],
      run: async (input, { ram }) => {
        const policies = await ram.attachments.of({ kind, name: input.name });
        return { Policies: { Policy: policies.map(shownAttachment) } };
      },
    }),
  ];
}

/** https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-dir-policy-management/ */
export const attachmentOperations: readonly Operation[] = [
  ...operationsOf('user', 'User', 'RAM user'),
  ...operationsOf('group', 'Group', 'user group'),
  ...operationsOf('role', 'Role', 'role'),
  operation({
    product: RAM,
    name: 'ListEntitiesForPolicy',
    doc: 'Lists what a policy is attached to.',
    parameters: { policyName, policyType },
    resources: (input) => [`policy/${input.policyName}`],
    run: async (input, { ram }) => {
      const policy = { type: input.policyType, name: input.policyName };
      const { users, groups, roles } = await ram.attachments.entities(policy);
      return {
        Users: {
          User: users.map((user) => ({
            UserId: user.userId,
            UserName: user.userName,
            DisplayName: user.displayName,
            AttachDate: shownDate(user.attachDate),
          })),
        },
        Groups: {
          Group: groups.map((group) => ({
            GroupName: group.groupName,
            Comments: group.comments,
            AttachDate: shownDate(group.attachDate),
          })),
        },
        Roles: {
          Role: roles.map((role) => ({
            RoleId: role.roleId,
            RoleName: role.roleName,
            Arn: role.arn,
            Description: role.description,
            AttachDate: shownDate(role.attachDate),
          })),
        },
      };
    },
  }),
];
