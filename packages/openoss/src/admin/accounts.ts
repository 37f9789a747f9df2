import { type AdminCommand, adminCommand } from './admin-command.js';
import { type CreatedKey, type ListedKey, shownSecret } from './keys.js';
import { table } from './output.js';
import type { RpcCaller } from './rpc-caller.js';

interface Account {
  readonly AccountId: string;
  readonly AccountName: string;
  readonly CreateDate: string;
}
interface ListAccountsAnswer {
  readonly IsTruncated: boolean;
  readonly Accounts: { readonly Account: readonly Account[] };
}

const ROOT_ONLY = 'Only the root access key may do it.';

async function createKey(server: RpcCaller, account: string): Promise<CreatedKey> {
  const { AccessKey } = await server.call<{ readonly AccessKey: CreatedKey }>(
    'openoss',
    'CreateAccountAccessKey',
    { AccountId: account },
  );
  return AccessKey;
}

const listAccounts = (server: RpcCaller): Promise<Account[]> =>
  server.all<ListAccountsAnswer, Account>(
    'ListAccounts',
    {},
    ({ Accounts }) => Accounts.Account,
    'openoss',
  );

/** Accounts besides the first, which RAM knows nothing of. */
export const accountCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'account create',
    operands: 'NAME',
    summary: 'Makes another account, with an access key, and buckets, users and roles of its own',
    more: `${ROOT_ONLY} The name is for people; policies name an account by its id. What is
in another account nobody gets at but through its bucket policies, ACLs and roles, the first account neither.`,
    async run({ operands: [name = ''], server, out }) {
      const { Account } = await server.call<{ readonly Account: Account }>(
        'openoss',
        'CreateAccount',
        { AccountName: name },
      );
      const { AccountId } = Account;
      const AccessKey = await createKey(server, AccountId).catch((error: unknown) => {
        const done = `Created account ${name} (id ${AccountId}), which has no access key yet: "openoss admin account key create ${AccountId}" makes one.`;
        out.result({ ...Account, Done: [done] }, () => done);
        throw error;
      });
      out.result(
        { ...Account, AccessKey },
        () => `Created account ${name} (id ${Account.AccountId}).\n${shownSecret(AccessKey)}`,
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'account list',
    summary: 'Lists the accounts besides the first',
    more: ROOT_ONLY,
    async run({ server, out }) {
      const accounts = await listAccounts(server);
      out.result(accounts, () =>
        table(
          ['ID', 'NAME', 'CREATED'],
          accounts.map((one) => [one.AccountId, one.AccountName, one.CreateDate]),
          'There is the first account, and no other.',
        ),
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'account key create',
    operands: 'ID',
    summary: 'Makes a further access key of an account, such as for one that is lost',
    more: `${ROOT_ONLY} An account has two at most.`,
    async run({ operands: [account = ''], server, out }) {
      const key = await createKey(server, account);
      out.result(key, () => shownSecret(key));
      return 0;
    },
  }),
  adminCommand({
    name: 'account key list',
    operands: 'ID',
    summary: 'Lists the access keys of an account as a whole',
    more: ROOT_ONLY,
    async run({ operands: [account = ''], server, out }) {
      const { AccessKeys } = await server.call<{
        readonly AccessKeys: { readonly AccessKey: readonly ListedKey[] };
      }>('openoss', 'ListAccountAccessKeys', { AccountId: account });
      out.result(AccessKeys.AccessKey, () =>
        table(
          ['ID', 'STATUS', 'CREATED'],
          AccessKeys.AccessKey.map((key) => [key.AccessKeyId, key.Status, key.CreateDate]),
          'The account has no access key.',
        ),
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'account key delete',
    operands: 'ID ACCESS-KEY-ID',
    summary: 'Deletes an access key of an account, which is refused from then on',
    more: ROOT_ONLY,
    async run({ operands: [account = '', key = ''], server, out }) {
      await server.call('openoss', 'DeleteAccountAccessKey', {
        AccountId: account,
        UserAccessKeyId: key,
      });
      out.result({ AccessKeyId: key }, () => `Deleted access key ${key} of account ${account}.`);
      return 0;
    },
  }),
];
