import { UsageError } from '../command-line.js';
import { type AdminCommand, adminCommand } from './admin-command.js';
import { deleteWithTies } from './delete-with-ties.js';
import { doInTurn } from './do-in-turn.js';
import { readDocument } from './document-argument.js';
import { findPolicy, listVersions, type Policy, type PolicyAnswer } from './managed-policy.js';
import { fields, indented, prettyJson, table } from './output.js';
import type { RpcCaller } from './rpc-caller.js';
import { attachmentTie, type EntityTitle, type Tie } from './ties.js';

interface ListPoliciesAnswer {
  readonly IsTruncated: boolean;
  readonly Policies: { readonly Policy: readonly Policy[] };
}
interface EntitiesAnswer {
  readonly Users: { readonly User: readonly { readonly UserName: string }[] };
  readonly Groups: { readonly Group: readonly { readonly GroupName: string }[] };
  readonly Roles: { readonly Role: readonly { readonly RoleName: string }[] };
}

const document = {
  type: 'string',
  value: 'DOCUMENT',
  doc: "the policy: a file's name, - for standard input, or\nthe JSON itself",
} as const;
const system = {
  type: 'boolean',
  doc: 'the one of the system, where the account has its own\nof this name',
} as const;

interface Entity {
  readonly title: EntityTitle;
  readonly name: string;
}

async function entitiesOf(
  server: RpcCaller,
  policy: Pick<Policy, 'PolicyName' | 'PolicyType'>,
): Promise<readonly Entity[]> {
  const { PolicyName, PolicyType } = policy;
  const { Users, Groups, Roles } = await server.call<EntitiesAnswer>(
    'ram',
    'ListEntitiesForPolicy',
    { PolicyName, PolicyType },
  );
  return [
    ...Users.User.map(({ UserName }) => ({ title: 'User' as const, name: UserName })),
    ...Groups.Group.map(({ GroupName }) => ({ title: 'Group' as const, name: GroupName })),
    ...Roles.Role.map(({ RoleName }) => ({ title: 'Role' as const, name: RoleName })),
  ];
}

const shownEntity = ({ title, name }: Entity): string => `${title.toLowerCase()} ${name}`;

async function policyTies(server: RpcCaller, PolicyName: string): Promise<readonly Tie[]> {
  const policy = { PolicyName, PolicyType: 'Custom' };
  const entities = await entitiesOf(server, policy);
  const versions = await listVersions(server, policy);
  return [
    ...entities.map((entity) => ({
      ...attachmentTie(server, policy, entity.title, entity.name),
      what: `${shownEntity(entity)}, to which it is attached`,
    })),
    ...versions
      .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
      .map(({ VersionId }) => ({
        what: `version ${VersionId}, besides the one that counts`,
        done: `Deleted version ${VersionId} of policy ${PolicyName}.`,
        run: () => server.call('ram', 'DeletePolicyVersion', { PolicyName, VersionId }),
      })),
  ];
}

const entityFlag = (what: string) =>
  ({ type: 'string', multiple: true, value: 'NAME', doc: `${what}; may be given again` }) as const;

/** `policy attach` and `policy detach`. */
const attachmentCommand = (verb: 'attach' | 'detach', summary: string): AdminCommand =>
  adminCommand({
    name: `policy ${verb}`,
    operands: 'POLICY',
    summary,
    flags: {
      user: entityFlag('a user'),
      group: entityFlag('a group'),
      role: entityFlag('a role'),
      system,
    },
    async run({ operands: [name = ''], flags, server, out }) {
      const entities: readonly Entity[] = [
        ...(flags.user ?? []).map((of) => ({ title: 'User' as const, name: of })),
        ...(flags.group ?? []).map((of) => ({ title: 'Group' as const, name: of })),
        ...(flags.role ?? []).map((of) => ({ title: 'Role' as const, name: of })),
      ];
      if (entities.length === 0) {
        throw new UsageError(`policy ${verb} needs --user, --group or --role`);
      }
      const { Policy } = await findPolicy(server, name, flags.system ?? false);
      const { PolicyName, PolicyType } = Policy;
      const operation = verb === 'attach' ? 'AttachPolicyTo' : 'DetachPolicyFrom';
      const which = PolicyType === 'System' ? 'system policy' : 'policy';
      const told = (entity: Entity): string =>
        verb === 'attach'
          ? `Attached ${which} ${PolicyName} to ${shownEntity(entity)}.`
          : `Detached ${which} ${PolicyName} from ${shownEntity(entity)}.`;
      await doInTurn(
        out,
        entities.map((entity) => ({
          done: told(entity),
          run: () =>
            server.call('ram', `${operation}${entity.title}`, {
              PolicyName,
              PolicyType,
              [`${entity.title}Name`]: entity.name,
            }),
        })),
      );
      return 0;
    },
  });

export const policyCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'policy create',
    operands: 'NAME',
    summary: 'Creates a policy',
    flags: {
      document,
      description: { type: 'string', value: 'TEXT', doc: 'what it is for' },
    },
    async run({ operands: [name = ''], flags, server, out, input }) {
      if (flags.document === undefined) throw new UsageError('policy create needs --document');
      const { Policy } = await server.call<PolicyAnswer>('ram', 'CreatePolicy', {
        PolicyName: name,
        PolicyDocument: await readDocument('--document', flags.document, input),
        Description: flags.description,
      });
      out.result(
        Policy,
        () =>
          `Created policy ${name}. It counts once it is attached:\n  openoss admin policy attach ${name} --user USER`,
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'policy list',
    summary: "Lists the account's policies, or those of the system",
    flags: { system: { type: 'boolean', doc: 'those of the system' } },
    async run({ flags, server, out }) {
      const policies = await server.all<ListPoliciesAnswer, Policy>(
        'ListPolicies',
        { PolicyType: flags.system === true ? 'System' : 'Custom' },
        ({ Policies }) => Policies.Policy,
      );
      out.result(policies, () =>
        table(
          ['POLICY', 'VERSION', 'ATTACHED TO', 'DESCRIPTION'],
          policies.map((one) => [
            one.PolicyName,
            one.DefaultVersion,
            one.AttachmentCount,
            one.Description,
          ]),
          'The account has no policies of its own. Those of the system: openoss admin policy list --system',
        ),
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'policy show',
    operands: 'NAME',
    summary: 'Shows a policy with its document and what it is attached to',
    flags: { system },
    async run({ operands: [name = ''], flags, server, out }) {
      const { Policy, DefaultPolicyVersion } = await findPolicy(
        server,
        name,
        flags.system ?? false,
      );
      const AttachedTo = (await entitiesOf(server, Policy)).map(shownEntity);
      out.result({ ...Policy, AttachedTo }, () => {
        const told = fields({
          policy: Policy.PolicyName,
          type: Policy.PolicyType,
          description: Policy.Description,
          version: Policy.DefaultVersion,
          'attached to': AttachedTo.join(', ') || 'nothing',
          created: Policy.CreateDate,
          changed: Policy.UpdateDate,
        });
        return `${told}\ndocument:\n${indented(prettyJson(DefaultPolicyVersion.PolicyDocument), 2)}`;
      });
      return 0;
    },
  }),
  attachmentCommand('attach', 'Lets a policy count for users, groups and roles'),
  attachmentCommand('detach', 'Takes a policy from users, groups and roles'),
  adminCommand({
    name: 'policy delete',
    operands: 'NAME',
    summary:
      'Deletes a policy that is attached to nothing and has one version, or tells what it has',
    flags: {
      force: { type: 'boolean', doc: 'detach it everywhere and delete its other versions\nfirst' },
    },
    run: ({ operands: [name = ''], flags, server, out }) =>
      deleteWithTies({
        what: `policy ${name}`,
        force: flags.force ?? false,
        ties: () => policyTies(server, name),
        remove: () => server.call('ram', 'DeletePolicy', { PolicyName: name }),
        out,
      }),
  }),
];
