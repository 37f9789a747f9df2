import type { User } from '@openoss/directory';
import type { Answer } from '../answer/answer-value.js';
import { type Operation, operation } from '../operation/operation.js';
import { integer, optional, required, text } from '../operation/parameter.js';
import { RAM } from '../product.js';
import { asCreated, shownDate, shownPage } from './shown.js';

const userName = required('UserName', text);
const anyUser = () => ['user/*'];
const thisUser = (input: { readonly userName: string }) => [`user/${input.userName}`];

const shownUser = (user: User): Answer => ({
  UserId: user.userId,
  UserName: user.userName,
  DisplayName: user.displayName,
  MobilePhone: user.mobilePhone,
  Email: user.email,
  Comments: user.comments,
  CreateDate: shownDate(user.createDate),
  UpdateDate: shownDate(user.updateDate),
});

/** https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-dir-user-management/ */
export const userOperations: readonly Operation[] = [
  operation({
    product: RAM,
    name: 'CreateUser',
    doc: 'Creates a RAM user.',
    parameters: {
      userName,
      displayName: optional('DisplayName', text),
      mobilePhone: optional('MobilePhone', text),
      email: optional('Email', text),
      comments: optional('Comments', text),
    },
    resources: thisUser,
    run: async (input, { ram }) => ({
      User: asCreated(shownUser(await ram.users.create(input))),
    }),
  }),
  operation({
    product: RAM,
    name: 'GetUser',
    doc: 'Tells about a RAM user.',
    parameters: { userName },
    resources: thisUser,
    // Nobody logs in to a console here.
    run: async (input, { ram }) => ({
      User: { ...shownUser(await ram.users.get(input.userName)), LastLoginDate: '' },
    }),
  }),
  operation({
    product: RAM,
    name: 'UpdateUser',
    doc: 'Changes what is given of a RAM user, its name included.',
    parameters: {
      userName,
      newUserName: optional('NewUserName', text),
      displayName: optional('NewDisplayName', text),
      mobilePhone: optional('NewMobilePhone', text),
      email: optional('NewEmail', text),
      comments: optional('NewComments', text),
    },
    resources: thisUser,
    run: async ({ userName: name, newUserName, ...details }, { ram }) => ({
      User: shownUser(await ram.users.update(name, { ...details, userName: newUserName })),
    }),
  }),
  operation({
    product: RAM,
    name: 'DeleteUser',
    doc: 'Deletes a RAM user that has no access keys, groups and policies.',
    parameters: { userName },
    resources: thisUser,
    run: async (input, { ram }) => {
      await ram.users.delete(input.userName);
      return {};
    },
  }),
  operation({
    product: RAM,
    name: 'ListUsers',
    doc: 'Lists the RAM users of the account.',
    parameters: { marker: optional('Marker', text), maxItems: optional('MaxItems', integer) },
    unsupported: ['Tag'],
    resources: anyUser,
    run: async (input, { ram }) => {
      const page = await ram.users.list(input);
      return { ...shownPage(page), Users: { User: page.items.map(shownUser) } };
    },
  }),
];
