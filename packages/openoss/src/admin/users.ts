import { UsageError } from '../command-line.js';
import { type AdminCommand, adminCommand } from './admin-command.js';
import { deleteWithTies } from './delete-with-ties.js';
import { keysOf, keyTie } from './keys.js';
import { listUsers, type User } from './list-users.js';
import { fields, table } from './output.js';
import type { RpcCaller } from './rpc-caller.js';
import { policiesOf, policyTies, type Tie } from './ties.js';

interface GroupsAnswer {
  readonly Groups: { readonly Group: readonly { readonly GroupName: string }[] };
}

const details = {
  'display-name': { type: 'string', value: 'TEXT', doc: 'the name that people see' },
  email: { type: 'string', value: 'ADDRESS', doc: 'an address' },
  'mobile-phone': { type: 'string', value: 'NUMBER', doc: 'such as 86-18600008888' },
  comments: { type: 'string', value: 'TEXT', doc: 'whatever there is to say' },
} as const;

async function groupsOf(server: RpcCaller, user: string): Promise<readonly string[]> {
  const { Groups } = await server.call<GroupsAnswer>('ram', 'ListGroupsForUser', {
    UserName: user,
  });
  return Groups.Group.map(({ GroupName }) => GroupName);
}

async function userTies(server: RpcCaller, user: string): Promise<readonly Tie[]> {
  const keys = await keysOf(server, user);
  const groups = await groupsOf(server, user);
  return [
    ...keys.map(({ AccessKeyId }) => keyTie(server, user, AccessKeyId)),
    ...(await policyTies(server, 'User', user)),
    ...groups.map((group) => ({
      what: `membership of group ${group}`,
      done: `Removed user ${user} from group ${group}.`,
      run: () => server.call('ram', 'RemoveUserFromGroup', { UserName: user, GroupName: group }),
    })),
  ];
}

const shown = (user: User): string =>
  fields({
    user: user.UserName,
    id: user.UserId,
    'display name': user.DisplayName,
    email: user.Email,
    'mobile phone': user.MobilePhone,
    comments: user.Comments,
    created: user.CreateDate,
    changed: user.UpdateDate,
  });

export const userCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'user create',
    operands: 'NAME',
    summary: 'Creates a RAM user, who may do nothing until a policy lets it',
    flags: details,
    async run({ operands: [name = ''], flags, server, out }) {
      const { User } = await server.call<{ readonly User: User }>('ram', 'CreateUser', {
        UserName: name,
        DisplayName: flags['display-name'],
        Email: flags.email,
        MobilePhone: flags['mobile-phone'],
        Comments: flags.comments,
      });
      out.result(
        User,
        () => `Created user ${name} (id ${User.UserId}), who has no access key and may do nothing yet:
  openoss admin key create ${name}
  openoss admin policy attach POLICY --user ${name}`,
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'user list',
    summary: 'Lists the RAM users of the account',
    async run({ server, out }) {
      const users = await listUsers(server);
      out.result(users, () =>
        table(
          ['USER', 'ID', 'DISPLAY NAME', 'CREATED'],
          users.map((one) => [one.UserName, one.UserId, one.DisplayName, one.CreateDate]),
          'There are no users.',
        ),
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'user show',
    operands: 'NAME',
    summary: 'Shows a user with its groups, access keys and policies',
    async run({ operands: [name = ''], server, out }) {
      const { User } = await server.call<{ readonly User: User }>('ram', 'GetUser', {
        UserName: name,
      });
      const Groups = await groupsOf(server, name);
      const AccessKeys = await keysOf(server, name);
      const Policies = await policiesOf(server, 'User', name);
      out.result({ ...User, Groups, AccessKeys, Policies }, () => {
        const keys = AccessKeys.map((key) => `${key.AccessKeyId} (${key.Status})`);
        return `${shown(User)}\n${fields({
          groups: Groups.join(', ') || 'none',
          'access keys': keys.join(', ') || 'none',
          policies: Policies.map(({ PolicyName }) => PolicyName).join(', ') || 'none of its own',
        })}`;
      });
      return 0;
    },
  }),
  adminCommand({
    name: 'user update',
    operands: 'NAME',
    summary: 'Changes what is told of a user, its name included',
    flags: { name: { type: 'string', value: 'NEW', doc: 'call it so from now on' }, ...details },
    async run({ operands: [name = ''], flags, server, out }) {
      const changes = {
        NewUserName: flags.name,
        NewDisplayName: flags['display-name'],
        NewEmail: flags.email,
        NewMobilePhone: flags['mobile-phone'],
        NewComments: flags.comments,
      };
      if (Object.values(changes).every((value) => value === undefined)) {
        throw new UsageError('user update needs a flag that says what to change');
      }
      const { User } = await server.call<{ readonly User: User }>('ram', 'UpdateUser', {
        UserName: name,
        ...changes,
      });
      out.result(User, () => shown(User));
      return 0;
    },
  }),
  adminCommand({
    name: 'user delete',
    operands: 'NAME',
    summary: 'Deletes a user that has no access keys, policies and groups, or tells what it has',
    flags: {
      force: {
        type: 'boolean',
        doc: 'delete its access keys, detach its policies and\ntake it out of its groups first',
      },
    },
    run: ({ operands: [name = ''], flags, server, out }) =>
      deleteWithTies({
        what: `user ${name}`,
        force: flags.force ?? false,
        ties: () => userTies(server, name),
        remove: () => server.call('ram', 'DeleteUser', { UserName: name }),
        out,
      }),
  }),
];
