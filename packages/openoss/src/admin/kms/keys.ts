import { type AdminCommand, adminCommand } from '../admin-command.js';
import { fields, table } from '../output.js';
import { Refused, type RpcCaller } from '../rpc-caller.js';
import { listAliases } from './aliases.js';
import { type DescribedKey, describeKey, rotationOf } from './described-key.js';
import { aliasOf } from './key-name.js';

interface ListKeysAnswer {
  readonly TotalCount: number;
  readonly Keys: { readonly Key: readonly { readonly KeyId: string; readonly KeyArn: string }[] };
}
interface KeyVersion {
  readonly KeyVersionId: string;
  readonly CreationDate: string;
}
interface ListKeyVersionsAnswer {
  readonly TotalCount: number;
  readonly KeyVersions: { readonly KeyVersion: readonly KeyVersion[] };
}

/** A key in a list; all but its id and ARN may be untold. */
interface ListedKmsKey extends Partial<DescribedKey> {
  readonly KeyId: string;
  readonly Arn: string;
  readonly Aliases: readonly string[];
}

/** Flags of `kms create`, none of which `key create` has. */
export const CREATE_FLAGS = {
  alias: {
    type: 'string',
    multiple: true,
    value: 'ALIAS',
    doc: 'a name for it, such as alias/photos; may be given\nagain',
  },
  description: { type: 'string', value: 'TEXT', doc: 'what it is for' },
  'rotation-interval': {
    type: 'string',
    value: 'INTERVAL',
    doc: 'rotate it by itself so often: 7d to 730d',
  },
} as const;

/** The same, undefined for one that is gone meanwhile; without details where policies hide them. */
async function describeListed(
  server: RpcCaller,
  KeyId: string,
): Promise<Partial<DescribedKey> | undefined> {
  try {
    return await describeKey(server, KeyId);
  } catch (error) {
    if (error instanceof Refused && error.code === 'Forbidden.KeyNotFound') return undefined;
    if (error instanceof Refused && error.code === 'Forbidden.NoPermission') return {};
    throw error;
  }
}

async function listKeys(server: RpcCaller, state: string | undefined): Promise<ListedKmsKey[]> {
  const Filters = state && JSON.stringify([{ Key: 'KeyState', Values: [state] }]);
  const keys = await server.allPages<ListKeysAnswer, ListKeysAnswer['Keys']['Key'][number]>(
    'ListKeys',
    { Filters },
    ({ Keys }) => Keys.Key,
  );
  const aliases = await listAliases(server);
  const listed: ListedKmsKey[] = [];
  for (const { KeyId, KeyArn } of keys) {
    const described = await describeListed(server, KeyId);
    if (described === undefined) continue;
    const own = aliases.filter((alias) => alias.KeyId === KeyId);
    const Aliases = own.map(({ AliasName }) => AliasName);
    listed.push({ ...described, KeyId, Arn: KeyArn, Aliases });
  }
  return listed;
}

const isDescribed = (key: Partial<DescribedKey>): key is DescribedKey => key.KeyState !== undefined;

const listVersions = (server: RpcCaller, KeyId: string): Promise<KeyVersion[]> =>
  server.allPages<ListKeyVersionsAnswer, KeyVersion>(
    'ListKeyVersions',
    { KeyId },
    ({ KeyVersions }) => KeyVersions.KeyVersion,
  );

const shown = (key: DescribedKey, aliases: readonly string[]): string =>
  fields({
    key: key.KeyId,
    arn: key.Arn,
    aliases: aliases.join(', ') || 'none',
    description: key.Description,
    state: key.KeyState,
    'gone on': key.DeleteDate,
    rotation: rotationOf(key),
    'rotated last': key.LastRotationDate,
    'rotated next': key.AutomaticRotation === 'Enabled' ? key.NextRotationDate : undefined,
    'made by': key.Creator,
    created: key.CreationDate,
    kind: `${key.KeySpec}, ${key.KeyUsage}, origin ${key.Origin}, ${key.ProtectionLevel}`,
  });

export const kmsKeyCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'kms create',
    summary: 'Makes a master key of KMS, which objects can be encrypted with',
    more: `Keys are Aliyun_AES_256, for ENCRYPT/DECRYPT. The access keys of users are another matter: openoss admin
key create USER.`,
    flags: CREATE_FLAGS,
    async run({ flags, server, out }) {
      const interval = flags['rotation-interval'];
      const { KeyMetadata: key } = await server.call<{ readonly KeyMetadata: DescribedKey }>(
        'kms',
        'CreateKey',
        {
          Description: flags.description,
          EnableAutomaticRotation: interval === undefined ? undefined : true,
          RotationInterval: interval,
        },
      );
      const { KeyId, Arn } = key;
      const made: string[] = [];
      for (const AliasName of (flags.alias ?? []).map(aliasOf)) {
        await server.call('kms', 'CreateAlias', { AliasName, KeyId }).catch((error: unknown) => {
          const done = `Created key ${KeyId}, without ${AliasName}: "openoss admin kms alias create ${AliasName} ${KeyId}" makes that.`;
          out.result({ ...key, Aliases: made, Done: [done] }, () => done);
          throw error;
        });
        made.push(AliasName);
      }
      const names = made.length === 0 ? '' : ` (${made.join(', ')})`;
      out.result(
        { ...key, Aliases: made },
        () => `Created key ${KeyId}${names}.
Besides the account itself, those may encrypt with it whom a policy allows kms:GenerateDataKey and
kms:Decrypt on ${Arn}`,
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'kms list',
    summary: 'Lists the keys of KMS that the account has, with their aliases',
    more: "Those that encrypt objects without KMS (AES256, SM4) are the service's own, and in no list.",
    flags: {
      state: {
        type: 'string',
        value: 'STATE',
        doc: 'only those that are Enabled, Disabled or\nPendingDeletion',
      },
    },
    async run({ flags, server, out }) {
      const keys = await listKeys(server, flags.state);
      out.result(keys, () =>
        table(
          ['KEY ID', 'ALIASES', 'STATE', 'ROTATION', 'CREATED', 'DESCRIPTION'],
          keys.map((key) => [
            key.KeyId,
            key.Aliases.join(', '),
            key.KeyState,
            isDescribed(key) ? rotationOf(key) : undefined,
            key.CreationDate,
            key.Description,
          ]),
          flags.state === undefined ? 'There are no keys.' : `No key is ${flags.state}.`,
        ),
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'kms show',
    operands: 'KEY',
    summary: 'Shows a key of KMS with its state, aliases and versions',
    more: 'A key is named by its id, by alias/NAME, or by the ARN of either, here and in all commands.',
    async run({ operands: [name = ''], server, out }) {
      const key = await describeKey(server, name);
      const aliases = await listAliases(server, key.KeyId);
      const Aliases = aliases.map(({ AliasName }) => AliasName);
      const Versions = await listVersions(server, key.KeyId);
      out.result({ ...key, Aliases, Versions }, () => {
        const rows = Versions.map((version) => [
          version.KeyVersionId,
          version.CreationDate,
          version.KeyVersionId === key.PrimaryKeyVersion ? 'encrypts and decrypts' : 'decrypts',
        ]);
        return `${shown(key, Aliases)}\n\n${table(['VERSION', 'CREATED', 'USE'], rows, '')}`;
      });
      return 0;
    },
  }),
];
