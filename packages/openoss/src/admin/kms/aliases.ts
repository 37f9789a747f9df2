import { type AdminCommand, adminCommand } from '../admin-command.js';
import { doInTurn } from '../do-in-turn.js';
import { table } from '../output.js';
import type { RpcCaller } from '../rpc-caller.js';
import { aliasOf, keyIdOf } from './key-name.js';

/** An alias as it is listed. */
export interface ListedAlias {
  /** With its prefix: `alias/photos`. */
  readonly AliasName: string;
  readonly AliasArn: string;
  readonly KeyId: string;
}
interface ListAliasesAnswer {
  readonly TotalCount: number;
  readonly Aliases: { readonly Alias: readonly ListedAlias[] };
}

/** The aliases of the account; of a key, if one is named. */
export const listAliases = (server: RpcCaller, key?: string): Promise<ListedAlias[]> =>
  server.allPages<ListAliasesAnswer, ListedAlias>(
    key === undefined ? 'ListAliases' : 'ListAliasesByKeyId',
    { KeyId: key },
    ({ Aliases }) => Aliases.Alias,
  );

/** `kms alias create` and `kms alias update`. */
const setCommand = (verb: 'create' | 'update', summary: string, done: string): AdminCommand =>
  adminCommand({
    name: `kms alias ${verb}`,
    operands: 'ALIAS KEY',
    summary,
    async run({ operands: [alias = '', key = ''], server, out }) {
      const AliasName = aliasOf(alias);
      const KeyId = await keyIdOf(server, key);
      const action = verb === 'create' ? 'CreateAlias' : 'UpdateAlias';
      const run = () => server.call('kms', action, { AliasName, KeyId });
      await doInTurn(out, [{ done: `${AliasName} ${done} key ${KeyId}.`, run }]);
      return 0;
    },
  });

export const kmsAliasCommands: readonly AdminCommand[] = [
  setCommand(
    'create',
    'Gives a key another name, by which requests and rules of buckets may call it',
    'stands for',
  ),
  setCommand(
    'update',
    'Has an alias stand for another key; what was encrypted before stays with the old one',
    'stands from now on for',
  ),
  adminCommand({
    name: 'kms alias delete',
    operands: 'ALIAS',
    summary: 'Deletes an alias; its key, and what that encrypted, stays',
    async run({ operands: [alias = ''], server, out }) {
      const AliasName = aliasOf(alias);
      const run = () => server.call('kms', 'DeleteAlias', { AliasName });
      await doInTurn(out, [{ done: `Deleted ${AliasName}.`, run }]);
      return 0;
    },
  }),
  adminCommand({
    name: 'kms alias list',
    operands: '[KEY]',
    summary: 'Lists the aliases of the account, or those of one key',
    async run({ operands: [key], server, out }) {
      const aliases = await listAliases(server, key);
      out.result(aliases, () =>
        table(
          ['ALIAS', 'KEY ID'],
          aliases.map((one) => [one.AliasName, one.KeyId]),
          key === undefined ? 'There are no aliases.' : 'The key has no alias.',
        ),
      );
      return 0;
    },
  }),
];
