import { type AdminCommand, adminCommand } from './admin-command.js';
import { type CreatedKey, shownSecret } from './keys.js';
import { fields } from './output.js';

const FROM_NOW_ON =
  'Sign with it from now on: --data, and ./openoss-data where nothing is said, still find the old key, which is refused.';

/** What RAM knows nothing of: the root access key, and who one is. */
export const rootCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'root rotate',
    summary: 'Puts a new root access key in the place of the old one, which is refused at once',
    more: `Only the account's own access keys may do it. A root access key that the environment of the server sets is
changed there. The new one is kept in the data directory, sealed with the directory key, without which this
is refused; the file root-credentials.json goes on holding the first one, which is worth nothing then.`,
    async run({ server, out }) {
      const { AccessKey } = await server.call<{ readonly AccessKey: CreatedKey }>(
        'openoss',
        'RotateRootAccessKey',
      );
      out.result(AccessKey, () => `${shownSecret(AccessKey)}\n${FROM_NOW_ON}`);
      return 0;
    },
  }),
  adminCommand({
    name: 'whoami',
    summary: 'Shows whom the access key belongs to that commands sign with',
    async run({ server, out, connection }) {
      const { RequestId: _, ...identity } = await server.call<{
        readonly RequestId: string;
        readonly Arn: string;
        readonly IdentityType: string;
        readonly AccountId: string;
      }>('sts', 'GetCallerIdentity');
      const { accessKeyId, source, endpoint } = await connection();
      out.result({ ...identity, AccessKeyId: accessKeyId }, () =>
        fields({
          arn: identity.Arn,
          type: identity.IdentityType,
          account: identity.AccountId,
          'access key id': `${accessKeyId} (from ${source})`,
          server: endpoint.origin,
        }),
      );
      return 0;
    },
  }),
];
