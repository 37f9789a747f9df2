import { UsageError } from '../command-line.js';
import { type AdminCommand, adminCommand } from './admin-command.js';
import { doInTurn } from './do-in-turn.js';
import { listUsers } from './list-users.js';
import { table } from './output.js';
import { Refused, type RpcCaller } from './rpc-caller.js';
import type { Tie } from './ties.js';

/** An access key as it is listed. */
export interface ListedKey {
  readonly AccessKeyId: string;
  readonly Status: string;
  readonly CreateDate: string;
}
/** One whose secret is shown. */
export interface CreatedKey extends ListedKey {
  readonly AccessKeySecret: string;
}
interface LastUsedAnswer {
  readonly AccessKeyLastUsed: { readonly LastUsedDate: string; readonly ServiceName: string };
}

const own = {
  type: 'boolean',
  doc: 'of the user that the command signs as',
} as const;

/** The access keys of a user; of whoever signs without one. */
export async function keysOf(
  server: RpcCaller,
  user: string | undefined,
): Promise<readonly ListedKey[]> {
  const { AccessKeys } = await server.call<{
    readonly AccessKeys: { readonly AccessKey: readonly ListedKey[] };
  }>('ram', 'ListAccessKeys', { UserName: user });
  return AccessKeys.AccessKey;
}

/** An access key, as what stands in the way of deleting its user. */
export function keyTie(server: RpcCaller, user: string, id: string): Tie {
  return {
    what: `access key ${id}`,
    done: `Deleted access key ${id} of user ${user}.`,
    run: () => server.call('ram', 'DeleteAccessKey', { UserName: user, UserAccessKeyId: id }),
  };
}

/** The text that shows a new access key. */
export const shownSecret = (key: {
  readonly AccessKeyId: string;
  readonly AccessKeySecret: string;
}): string => `access key id:     ${key.AccessKeyId}
access key secret: ${key.AccessKeySecret}
The secret is shown only this once: keep it now.`;

/** Whose keys a command is about: a user that it names, or with --own whoever signs. */
function ownerOf(name: string, user: string | undefined, isOwn: boolean): string | undefined {
  if ((user === undefined) !== isOwn) throw new UsageError(`${name} needs a user, or --own`);
  return user;
}

/** Finds whose an access key is, by looking through all. */
async function findOwner(server: RpcCaller, id: string): Promise<{ user: string | undefined }> {
  for (const { UserName } of await listUsers(server)) {
    const keys = await keysOf(server, UserName);
    if (keys.some(({ AccessKeyId }) => AccessKeyId === id)) return { user: UserName };
  }
  const ownKeys = await ownKeysOf(server);
  if (ownKeys.some(({ AccessKeyId }) => AccessKeyId === id)) return { user: undefined };
  throw new Refused(
    404,
    {
      Code: 'EntityNotExist.User.AccessKey',
      Message: `No user has the access key ${id}. The root access key is not among them: openoss admin root rotate.`,
    },
    {},
  );
}

/** How whoever signs is refused that has no access keys to manage: a session, and the root access key. */
const WITHOUT_KEYS: ReadonlySet<string> = new Set(['MissingUserName', 'EntityNotExist.Account']);

/** Those of whoever signs. */
async function ownKeysOf(server: RpcCaller): Promise<readonly ListedKey[]> {
  try {
    return await keysOf(server, undefined);
  } catch (error) {
    if (error instanceof Refused && WITHOUT_KEYS.has(error.code)) return [];
    throw error;
  }
}

interface ShownKey extends ListedKey {
  readonly UserName: string | undefined;
  readonly LastUsedDate: string;
  readonly ServiceName: string;
}

async function withLastUse(
  server: RpcCaller,
  user: string | undefined,
  keys: readonly ListedKey[],
): Promise<readonly ShownKey[]> {
  const shown: ShownKey[] = [];
  for (const key of keys) {
    const { AccessKeyLastUsed } = await server.call<LastUsedAnswer>('ram', 'GetAccessKeyLastUsed', {
      UserName: user,
      UserAccessKeyId: key.AccessKeyId,
    });
    shown.push({ UserName: user, ...key, ...AccessKeyLastUsed });
  }
  return shown;
}

/** `key enable`, `key disable` and `key delete`. */
const changeCommand = (
  verb: 'enable' | 'disable' | 'delete',
  summary: string,
  done: string,
  change: (
    server: RpcCaller,
    of: { readonly UserName: string | undefined; readonly UserAccessKeyId: string },
  ) => Promise<unknown>,
): AdminCommand =>
  adminCommand({
    name: `key ${verb}`,
    operands: '[USER] KEY-ID',
    summary,
    more: 'Without a user, the key is looked for among those of all users.',
    async run({ operands, server, out }) {
      const UserAccessKeyId = operands.at(-1) ?? '';
      const { user } =
        operands.length > 1 ? { user: operands[0] } : await findOwner(server, UserAccessKeyId);
      const whose = user === undefined ? 'of the caller' : `of user ${user}`;
      const step = {
        done: `${done} access key ${UserAccessKeyId} ${whose}.`,
        run: () => change(server, { UserName: user, UserAccessKeyId }),
      };
      await doInTurn(out, [step]);
      return 0;
    },
  });

const setStatus =
  (Status: 'Active' | 'Inactive') =>
  (server: RpcCaller, of: { readonly UserName: string | undefined }): Promise<unknown> =>
    server.call('ram', 'UpdateAccessKey', { ...of, Status });

export const keyCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'key create',
    operands: '[USER]',
    summary: 'Makes an access key, whose secret is shown this once',
    more: 'A key of KMS, which objects are encrypted with, makes "openoss admin kms create".',
    flags: { own },
    async run({ operands: [user], flags, server, out }) {
      if (user === undefined && flags.own !== true) {
        throw new UsageError(
          'key create needs a user, or --own; a key of KMS is made with "openoss admin kms create"',
        );
      }
      const UserName = ownerOf('key create', user, flags.own ?? false);
      const { AccessKey } = await server.call<{ readonly AccessKey: CreatedKey }>(
        'ram',
        'CreateAccessKey',
        { UserName },
      );
      out.result({ UserName, ...AccessKey }, () => shownSecret(AccessKey));
      return 0;
    },
  }),
  adminCommand({
    name: 'key list',
    operands: '[USER]',
    summary:
      'Lists access keys, when they were last used, and whose they are: all, or those of one',
    more: 'Keys of KMS, which objects are encrypted with, lists "openoss admin kms list".',
    flags: { own },
    async run({ operands: [user], flags, server, out }) {
      const shown: ShownKey[] = [];
      if (user !== undefined || flags.own === true) {
        const UserName = ownerOf('key list', user, flags.own ?? false);
        shown.push(...(await withLastUse(server, UserName, await keysOf(server, UserName))));
      } else {
        for (const { UserName } of await listUsers(server)) {
          shown.push(...(await withLastUse(server, UserName, await keysOf(server, UserName))));
        }
        const known = new Set(shown.map(({ AccessKeyId }) => AccessKeyId));
        const rest = (await ownKeysOf(server)).filter(({ AccessKeyId }) => !known.has(AccessKeyId));
        shown.push(...(await withLastUse(server, undefined, rest)));
      }
      out.result(shown, () =>
        table(
          ['ACCESS KEY ID', 'USER', 'STATUS', 'CREATED', 'LAST USED', 'FOR'],
          shown.map((key) => [
            key.AccessKeyId,
            key.UserName ?? '(own)',
            key.Status,
            key.CreateDate,
            key.LastUsedDate || 'never',
            key.LastUsedDate === '' ? '' : key.ServiceName,
          ]),
          'There are no access keys but the root access key, which is never listed.',
        ),
      );
      return 0;
    },
  }),
  changeCommand('enable', 'Lets an access key be used again', 'Enabled', setStatus('Active')),
  changeCommand(
    'disable',
    'Has an access key refused, from the next request on, until it is enabled',
    'Disabled',
    setStatus('Inactive'),
  ),
  changeCommand(
    'delete',
    'Deletes an access key; it is refused from the next request on',
    'Deleted',
    (server, of) => server.call('ram', 'DeleteAccessKey', of),
  ),
];
