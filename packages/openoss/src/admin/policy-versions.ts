import { UsageError } from '../command-line.js';
import { type AdminCommand, adminCommand } from './admin-command.js';
import { doInTurn } from './do-in-turn.js';
import { readDocument } from './document-argument.js';
import { findPolicy, listVersions, type PolicyVersion } from './managed-policy.js';
import { prettyJson, table } from './output.js';

interface VersionAnswer {
  readonly PolicyVersion: PolicyVersion;
}
export const policyVersionCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'policy version create',
    operands: 'POLICY',
    summary: 'Adds a version to a policy; it counts only when it is the default',
    flags: {
      document: {
        type: 'string',
        value: 'DOCUMENT',
        doc: "the policy: a file's name, - for standard input, or\nthe JSON itself",
      },
      'set-default': { type: 'boolean', doc: 'let it count at once' },
      rotate: {
        type: 'boolean',
        doc: 'where there are five, delete the oldest that does\nnot count',
      },
    },
    async run({ operands: [name = ''], flags, server, out, input }) {
      if (flags.document === undefined) {
        throw new UsageError('policy version create needs --document');
      }
      const { PolicyVersion } = await server.call<VersionAnswer>('ram', 'CreatePolicyVersion', {
        PolicyName: name,
        PolicyDocument: await readDocument('--document', flags.document, input),
        SetAsDefault: flags['set-default'],
        RotateStrategy:
          flags.rotate === true ? 'DeleteOldestNonDefaultVersionWhenLimitExceeded' : undefined,
      });
      const { VersionId, IsDefaultVersion } = PolicyVersion;
      out.result(PolicyVersion, () =>
        IsDefaultVersion
          ? `Created version ${VersionId} of policy ${name}, which counts from now on.`
          : `Created version ${VersionId} of policy ${name}. To let it count:\n  openoss admin policy version set-default ${name} ${VersionId}`,
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'policy version list',
    operands: 'POLICY',
    summary: 'Lists the versions of a policy',
    async run({ operands: [name = ''], server, out }) {
      const { Policy } = await findPolicy(server, name, false);
      const versions = await listVersions(server, Policy);
      out.result(versions, () =>
        table(
          ['VERSION', 'COUNTS', 'CREATED'],
          versions.map((one) => [
            one.VersionId,
            one.IsDefaultVersion ? 'yes' : 'no',
            one.CreateDate,
          ]),
          '',
        ),
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'policy version show',
    operands: 'POLICY VERSION',
    summary: 'Shows the document of one version',
    async run({ operands: [name = '', VersionId], server, out }) {
      const { Policy } = await findPolicy(server, name, false);
      const { PolicyName, PolicyType } = Policy;
      const of = { PolicyName, PolicyType, VersionId };
      const { PolicyVersion } = await server.call<VersionAnswer>('ram', 'GetPolicyVersion', of);
      out.result(PolicyVersion, () => prettyJson(PolicyVersion.PolicyDocument));
      return 0;
    },
  }),
  adminCommand({
    name: 'policy version set-default',
    operands: 'POLICY VERSION',
    summary: 'Lets another version count',
    async run({ operands: [PolicyName, VersionId], server, out }) {
      const done = `Version ${VersionId} of policy ${PolicyName} counts from now on.`;
      const run = () => server.call('ram', 'SetDefaultPolicyVersion', { PolicyName, VersionId });
      await doInTurn(out, [{ done, run }]);
      return 0;
    },
  }),
  adminCommand({
    name: 'policy version delete',
    operands: 'POLICY VERSION',
    summary: 'Deletes a version that is not the one that counts',
    async run({ operands: [PolicyName, VersionId], server, out }) {
      const done = `Deleted version ${VersionId} of policy ${PolicyName}.`;
      const run = () => server.call('ram', 'DeletePolicyVersion', { PolicyName, VersionId });
      await doInTurn(out, [{ done, run }]);
      return 0;
    },
  }),
];
