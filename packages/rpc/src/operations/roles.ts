import type { Role } from '@openoss/directory';
import type { Answer } from '../answer/answer-value.js';
import { type Operation, operation } from '../operation/operation.js';
import { integer, optional, required, text } from '../operation/parameter.js';
import { RAM } from '../product.js';
import { asCreated, shownDate, shownPage } from './shown.js';

const roleName = required('RoleName', text);
const thisRole = (input: { readonly roleName: string }) => [`role/${input.roleName}`];

const shownRole = (role: Role): Answer => ({
  RoleId: role.roleId,
  RoleName: role.roleName,
  Arn: role.arn,
  Description: role.description,
  AssumeRolePolicyDocument: role.assumeRolePolicyDocument,
  MaxSessionDuration: role.maxSessionDuration,
  CreateDate: shownDate(role.createDate),
  UpdateDate: shownDate(role.updateDate),
});

/** https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-dir-ram-role-management/ */
export const roleOperations: readonly Operation[] = [
  operation({
    product: RAM,
    name: 'CreateRole',
    doc: 'Creates a role; its trust policy says who may assume it.',
    parameters: {
      roleName,
      assumeRolePolicyDocument: required('AssumeRolePolicyDocument', text),
      description: optional('Description', text),
      maxSessionDuration: optional('MaxSessionDuration', integer),
    },
    unsupported: ['Tag'],
    resources: thisRole,
    run: async (input, { ram }) => ({ Role: asCreated(shownRole(await ram.roles.create(input))) }),
  }),
  operation({
    product: RAM,
    name: 'GetRole',
    doc: 'Tells about a role.',
    parameters: { roleName },
    resources: thisRole,
    run: async (input, { ram }) => ({ Role: shownRole(await ram.roles.get(input.roleName)) }),
  }),
  operation({
    product: RAM,
    name: 'UpdateRole',
    doc: 'Changes what is given of a role.',
    parameters: {
      roleName,
      assumeRolePolicyDocument: optional('NewAssumeRolePolicyDocument', text),
      description: optional('NewDescription', text),
      maxSessionDuration: optional('NewMaxSessionDuration', integer),
    },
    resources: thisRole,
    run: async ({ roleName: name, ...changes }, { ram }) => ({
      Role: shownRole(await ram.roles.update(name, changes)),
    }),
  }),
  operation({
    product: RAM,
    name: 'DeleteRole',
    doc: 'Deletes a role without policies; its sessions end at once.',
    parameters: { roleName },
    resources: thisRole,
    run: async (input, { ram }) => {
      await ram.roles.delete(input.roleName);
      return {};
    },
  }),
  operation({
    product: RAM,
    name: 'ListRoles',
    doc: 'Lists the roles of the account.',
    parameters: { marker: optional('Marker', text), maxItems: optional('MaxItems', integer) },
    unsupported: ['Tag'],
    resources: () => ['role/*'],
    run: async (input, { ram }) => {
      const page = await ram.roles.list(input);
      const roles = page.items.map((role) => {
        const { AssumeRolePolicyDocument: _, ...shown } = shownRole(role);
        return shown;
      });
      return { ...shownPage(page), Roles: { Role: roles } };
    },
  }),
];
