import { UsageError } from '../command-line.js';
import { type AdminCommand, adminCommand } from './admin-command.js';
import { deleteWithTies } from './delete-with-ties.js';
import { doInTurn } from './do-in-turn.js';
import { fields, table } from './output.js';
import type { RpcCaller } from './rpc-caller.js';
import { policiesOf, policyTies, type Tie } from './ties.js';

interface Group {
  readonly GroupId: string;
  readonly GroupName: string;
  readonly Comments?: string;
  readonly CreateDate: string;
  readonly UpdateDate?: string;
}
interface Member {
  readonly UserName: string;
  readonly DisplayName?: string;
  readonly JoinDate: string;
}
interface ListGroupsAnswer {
  readonly IsTruncated: boolean;
  readonly Groups: { readonly Group: readonly Group[] };
}
interface MembersAnswer {
  readonly IsTruncated: boolean;
  readonly Users: { readonly User: readonly Member[] };
}

const comments = { type: 'string', value: 'TEXT', doc: 'what the group is for' } as const;

const membersOf = (server: RpcCaller, group: string): Promise<Member[]> =>
  server.all<MembersAnswer, Member>(
    'ListUsersForGroup',
    { GroupName: group },
    ({ Users }) => Users.User,
  );

const shown = (group: Group): string =>
  fields({
    group: group.GroupName,
    id: group.GroupId,
    comments: group.Comments,
    created: group.CreateDate,
    changed: group.UpdateDate,
  });

async function groupTies(server: RpcCaller, group: string): Promise<readonly Tie[]> {
  const members = await membersOf(server, group);
  return [
    ...members.map(({ UserName }) => ({
      what: `member ${UserName}`,
      done: `Removed user ${UserName} from group ${group}.`,
      run: () => server.call('ram', 'RemoveUserFromGroup', { UserName, GroupName: group }),
    })),
    ...(await policyTies(server, 'Group', group)),
  ];
}

/** `group add` and `group remove`. */
const memberCommand = (
  verb: 'add' | 'remove',
  summary: string,
  action: string,
  told: (user: string, group: string) => string,
): AdminCommand =>
  adminCommand({
    name: `group ${verb}`,
    operands: 'GROUP USER …',
    summary,
    async run({ operands: [group = '', ...users], server, out }) {
      if (users.length === 0) throw new UsageError(`group ${verb} needs a user besides the group`);
      await doInTurn(
        out,
        users.map((UserName) => ({
          done: told(UserName, group),
          run: () => server.call('ram', action, { UserName, GroupName: group }),
        })),
      );
      return 0;
    },
  });

export const groupCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'group create',
    operands: 'NAME',
    summary: 'Creates a user group; its members have the policies that are attached to it',
    flags: { comments },
    async run({ operands: [name = ''], flags, server, out }) {
      const { Group } = await server.call<{ readonly Group: Group }>('ram', 'CreateGroup', {
        GroupName: name,
        Comments: flags.comments,
      });
      out.result(Group, () => `Created group ${name}.`);
      return 0;
    },
  }),
  adminCommand({
    name: 'group list',
    summary: 'Lists the user groups of the account',
    async run({ server, out }) {
      const groups = await server.all<ListGroupsAnswer, Group>(
        'ListGroups',
        {},
        ({ Groups }) => Groups.Group,
      );
      out.result(groups, () =>
        table(
          ['GROUP', 'COMMENTS', 'CREATED'],
          groups.map((one) => [one.GroupName, one.Comments, one.CreateDate]),
          'There are no groups.',
        ),
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'group show',
    operands: 'NAME',
    summary: 'Shows a group with its members and policies',
    async run({ operands: [name = ''], server, out }) {
      const { Group } = await server.call<{ readonly Group: Group }>('ram', 'GetGroup', {
        GroupName: name,
      });
      const Members = await membersOf(server, name);
      const Policies = await policiesOf(server, 'Group', name);
      out.result(
        { ...Group, Members, Policies },
        () =>
          `${shown(Group)}\n${fields({
            members: Members.map(({ UserName }) => UserName).join(', ') || 'none',
            policies: Policies.map(({ PolicyName }) => PolicyName).join(', ') || 'none',
          })}`,
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'group update',
    operands: 'NAME',
    summary: 'Changes the name or the comments of a group',
    flags: { name: { type: 'string', value: 'NEW', doc: 'call it so from now on' }, comments },
    async run({ operands: [name = ''], flags, server, out }) {
      if (flags.name === undefined && flags.comments === undefined) {
        throw new UsageError('group update needs a flag that says what to change');
      }
      const { Group } = await server.call<{ readonly Group: Group }>('ram', 'UpdateGroup', {
        GroupName: name,
        NewGroupName: flags.name,
        NewComments: flags.comments,
      });
      out.result(Group, () => shown(Group));
      return 0;
    },
  }),
  memberCommand(
    'add',
    'Puts users into a group',
    'AddUserToGroup',
    (user, group) => `Added user ${user} to group ${group}.`,
  ),
  memberCommand(
    'remove',
    'Takes users out of a group',
    'RemoveUserFromGroup',
    (user, group) => `Removed user ${user} from group ${group}.`,
  ),
  adminCommand({
    name: 'group delete',
    operands: 'NAME',
    summary: 'Deletes a group that has no members and policies, or tells what it has',
    flags: {
      force: { type: 'boolean', doc: 'take its members out and detach its policies\nfirst' },
    },
    run: ({ operands: [name = ''], flags, server, out }) =>
      deleteWithTies({
        what: `group ${name}`,
        force: flags.force ?? false,
        ties: () => groupTies(server, name),
        remove: () => server.call('ram', 'DeleteGroup', { GroupName: name }),
        out,
      }),
  }),
];
