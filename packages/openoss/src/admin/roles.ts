import type { Readable } from 'node:stream';
import { UsageError } from '../command-line.js';
import { type AdminCommand, adminCommand } from './admin-command.js';
import { deleteWithTies } from './delete-with-ties.js';
import { readDocument } from './document-argument.js';
import { fields, indented, prettyJson, table } from './output.js';
import type { RpcCaller } from './rpc-caller.js';
import { policiesOf, policyTies } from './ties.js';

interface Role {
  readonly RoleId: string;
  readonly RoleName: string;
  readonly Arn: string;
  readonly Description?: string;
  readonly AssumeRolePolicyDocument: string;
  readonly MaxSessionDuration: number;
  readonly CreateDate: string;
  readonly UpdateDate?: string;
}
interface RoleAnswer {
  readonly Role: Role;
}
interface ListRolesAnswer {
  readonly IsTruncated: boolean;
  readonly Roles: { readonly Role: readonly Omit<Role, 'AssumeRolePolicyDocument'>[] };
}

const details = {
  trust: {
    type: 'string',
    value: 'WHOM',
    doc: "who may assume it: account (whoever its own policies\nallow it to), user/NAME, role/NAME, or a trust policy:\na file's name, - for standard input, or the JSON itself",
  },
  description: { type: 'string', value: 'TEXT', doc: 'what it is for' },
  'max-session-seconds': {
    type: 'string',
    value: 'N',
    doc: 'how long its sessions may last, from 3600 on',
  },
} as const;

/** The trust policy that a flag gives, or stands for. */
async function trustOf(server: RpcCaller, input: Readable, given: string): Promise<string> {
  const [, named] = /^(account|(?:user|role)\/[^/]+)$/.exec(given) ?? [];
  if (named === undefined) {
    const name = given.includes('/') ? 'NAME' : given;
    const others = `who may assume it is account, user/${name} or role/${name}`;
    return readDocument('--trust', given, input, others);
  }
  const { AccountId } = await server.call<{ readonly AccountId: string }>(
    'sts',
    'GetCallerIdentity',
  );
  const trusted = `acs:ram::${AccountId}:${named === 'account' ? 'root' : named}`;
  return JSON.stringify({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [trusted] } }],
  });
}

/** What is still to be done before a new role is of use. */
function afterCreation({ RoleName: name, Arn: arn }: Role, trust: string): string {
  const attach = 'openoss admin policy attach';
  const created = `Created role ${name} (${arn}), which may do nothing yet:\n  ${attach} POLICY --role ${name}`;
  const [, kind, trusted] = /^(user|role)\/([^/]+)$/.exec(trust) ?? [];
  if (kind === undefined) return created;
  return `${created}\nA policy has to allow ${kind} ${trusted} to assume it, too:\n  ${attach} AliyunSTSAssumeRoleAccess --${kind} ${trusted}`;
}

const shown = (role: Role): string =>
  `${fields({
    role: role.RoleName,
    id: role.RoleId,
    arn: role.Arn,
    description: role.Description,
    sessions: `at most ${role.MaxSessionDuration} s`,
    created: role.CreateDate,
    changed: role.UpdateDate,
  })}\ntrust policy:\n${indented(prettyJson(role.AssumeRolePolicyDocument), 2)}`;

export const roleCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'role create',
    operands: 'NAME',
    summary: 'Creates a role, which those that its trust policy names may assume',
    flags: details,
    async run({ operands: [name = ''], flags, server, out, input }) {
      const { trust } = flags;
      if (trust === undefined) throw new UsageError('role create needs --trust');
      const { Role } = await server.call<RoleAnswer>('ram', 'CreateRole', {
        RoleName: name,
        AssumeRolePolicyDocument: await trustOf(server, input, trust),
        Description: flags.description,
        MaxSessionDuration: flags['max-session-seconds'],
      });
      out.result(Role, () => afterCreation(Role, trust));
      return 0;
    },
  }),
  adminCommand({
    name: 'role list',
    summary: 'Lists the roles of the account',
    async run({ server, out }) {
      const roles = await server.all<ListRolesAnswer, Omit<Role, 'AssumeRolePolicyDocument'>>(
        'ListRoles',
        {},
        ({ Roles }) => Roles.Role,
      );
      out.result(roles, () =>
        table(
          ['ROLE', 'ARN', 'DESCRIPTION', 'CREATED'],
          roles.map((one) => [one.RoleName, one.Arn, one.Description, one.CreateDate]),
          'There are no roles.',
        ),
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'role show',
    operands: 'NAME',
    summary: 'Shows a role with its trust policy and its policies',
    async run({ operands: [name = ''], server, out }) {
      const { Role } = await server.call<RoleAnswer>('ram', 'GetRole', { RoleName: name });
      const Policies = await policiesOf(server, 'Role', name);
      out.result({ ...Role, Policies }, () => {
        const policies = Policies.map(({ PolicyName }) => PolicyName).join(', ') || 'none';
        return `${shown(Role)}\n${fields({ policies })}`;
      });
      return 0;
    },
  }),
  adminCommand({
    name: 'role update',
    operands: 'NAME',
    summary: 'Changes the trust policy of a role, its description, or how long sessions last',
    flags: details,
    async run({ operands: [name = ''], flags, server, out, input }) {
      const { trust, description } = flags;
      const duration = flags['max-session-seconds'];
      if (trust === undefined && description === undefined && duration === undefined) {
        throw new UsageError('role update needs a flag that says what to change');
      }
      const { Role } = await server.call<RoleAnswer>('ram', 'UpdateRole', {
        RoleName: name,
        NewAssumeRolePolicyDocument: trust && (await trustOf(server, input, trust)),
        NewDescription: description,
        NewMaxSessionDuration: duration,
      });
      out.result(Role, () => shown(Role));
      return 0;
    },
  }),
  adminCommand({
    name: 'role delete',
    operands: 'NAME',
    summary: 'Deletes a role that has no policies, or tells which it has; its sessions end at once',
    flags: { force: { type: 'boolean', doc: 'detach its policies first' } },
    run: ({ operands: [name = ''], flags, server, out }) =>
      deleteWithTies({
        what: `role ${name}`,
        force: flags.force ?? false,
        ties: () => policyTies(server, 'Role', name),
        remove: () => server.call('ram', 'DeleteRole', { RoleName: name }),
        out,
      }),
  }),
];
