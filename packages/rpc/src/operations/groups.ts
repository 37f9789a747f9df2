import type { Group } from '@openoss/directory';
import type { Answer } from '../answer/answer-value.js';
import { type Operation, operation } from '../operation/operation.js';
import { integer, optional, required, text } from '../operation/parameter.js';
import { RAM } from '../product.js';
import { asCreated, shownDate, shownPage } from './shown.js';

const userName = required('UserName', text);
const groupName = required('GroupName', text);
const page = { marker: optional('Marker', text), maxItems: optional('MaxItems', integer) };
const thisGroup = (input: { readonly groupName: string }) => [`group/${input.groupName}`];
const userAndGroup = (input: { readonly userName: string; readonly groupName: string }) => [
  `user/${input.userName}`,
  `group/${input.groupName}`,
];

const shownGroup = (group: Group): Answer => ({
  GroupId: group.groupId,
  GroupName: group.groupName,
  Comments: group.comments,
  CreateDate: shownDate(group.createDate),
  UpdateDate: shownDate(group.updateDate),
});

/** https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-dir-user-group-management/ */
export const groupOperations: readonly Operation[] = [
  operation({
    product: RAM,
    name: 'CreateGroup',
    doc: 'Creates a user group.',
    parameters: { groupName, comments: optional('Comments', text) },
    resources: thisGroup,
    run: async (input, { ram }) => ({
      Group: asCreated(shownGroup(await ram.groups.create(input))),
    }),
  }),
  operation({
    product: RAM,
    name: 'GetGroup',
    doc: 'Tells about a user group.',
    parameters: { groupName },
    resources: thisGroup,
    run: async (input, { ram }) => ({ Group: shownGroup(await ram.groups.get(input.groupName)) }),
  }),
  operation({
    product: RAM,
    name: 'UpdateGroup',
    doc: 'Changes what is given of a user group, its name included.',
    parameters: {
      groupName,
      newGroupName: optional('NewGroupName', text),
      comments: optional('NewComments', text),
    },
    resources: thisGroup,
    run: async ({ groupName: name, newGroupName, comments }, { ram }) => ({
      Group: shownGroup(await ram.groups.update(name, { groupName: newGroupName, comments })),
    }),
  }),
  operation({
    product: RAM,
    name: 'DeleteGroup',
    doc: 'Deletes a user group without members and policies.',
    parameters: { groupName },
    resources: thisGroup,
    run: async (input, { ram }) => {
      await ram.groups.delete(input.groupName);
      return {};
    },
  }),
  operation({
    product: RAM,
    name: 'ListGroups',
    doc: 'Lists the user groups of the account.',
    parameters: page,
    resources: () => ['group/*'],
    run: async (input, { ram }) => {
      const listed = await ram.groups.list(input);
      return { ...shownPage(listed), Groups: { Group: listed.items.map(shownGroup) } };
    },
  }),
  operation({
    product: RAM,
    name: 'AddUserToGroup',
    doc: 'Puts a RAM user into a user group.',
    parameters: { userName, groupName },
    resources: userAndGroup,
    run: async (input, { ram }) => {
      await ram.groups.addUser(input.groupName, input.userName);
      return {};
    },
  }),
  operation({
    product: RAM,
    name: 'RemoveUserFromGroup',
    doc: 'Takes a RAM user out of a user group.',
    parameters: { userName, groupName },
    resources: userAndGroup,
    run: async (input, { ram }) => {
      await ram.groups.removeUser(input.groupName, input.userName);
      return {};
    },
  }),
  operation({
    product: RAM,
    name: 'ListGroupsForUser',
    doc: 'Lists the user groups that a RAM user is in.',
    parameters: { userName },
    resources: (input) => [`user/${input.userName}`],
    run: async (input, { ram }) => {
      const joined = await ram.groups.ofUser(input.userName);
      return {
        Groups: {
          Group: joined.map((group) => ({
            GroupName: group.groupName,
            Comments: group.comments,
            JoinDate: shownDate(group.joinDate),
          })),
        },
      };
    },
  }),
  operation({
    product: RAM,
    name: 'ListUsersForGroup',
    doc: 'Lists the members of a user group.',
    parameters: { groupName, ...page },
    resources: thisGroup,
    run: async (input, { ram }) => {
      const listed = await ram.groups.members(input.groupName, input);
      return {
        ...shownPage(listed),
        Users: {
          User: listed.items.map((user) => ({
            UserName: user.userName,
            DisplayName: user.displayName,
            JoinDate: shownDate(user.joinDate),
          })),
        },
      };
    },
  }),
];
