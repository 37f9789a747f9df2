import { UsageError } from '../../command-line.js';
import { ADMIN_STATUS, type AdminCommand, adminCommand } from '../admin-command.js';
import { doInTurn } from '../do-in-turn.js';
import type { RpcCaller } from '../rpc-caller.js';
import { listAliases } from './aliases.js';
import { describeKey } from './described-key.js';
import { keyIdOf } from './key-name.js';

/** A command that changes what may be done with a key, and takes nothing else. */
const stateCommand = (
  verb: 'enable' | 'disable' | 'cancel-deletion',
  action: string,
  summary: string,
  done: (key: string) => string,
): AdminCommand =>
  adminCommand({
    name: `kms ${verb}`,
    operands: 'KEY',
    summary,
    async run({ operands: [name = ''], server, out }) {
      const KeyId = await keyIdOf(server, name);
      await doInTurn(out, [
        { done: done(KeyId), run: () => server.call('kms', action, { KeyId }) },
      ]);
      return 0;
    },
  });

/** What tells that a key is still in use. */
async function usesOf(server: RpcCaller, name: string): Promise<readonly string[]> {
  const { KeyId, KeyState } = await describeKey(server, name);
  // The server refuses that by itself.
  if (KeyState === 'PendingDeletion') return [];
  const aliases = await listAliases(server, KeyId);
  const isEnabled =
    KeyState === 'Enabled'
      ? [`it is enabled: "openoss admin kms disable ${KeyId}", and see who misses it`]
      : [];
  return [...isEnabled, ...aliases.map(({ AliasName }) => `${AliasName} stands for it`)];
}

export const kmsStateCommands: readonly AdminCommand[] = [
  stateCommand('enable', 'EnableKey', 'Lets a key be used again', (key) => `Enabled key ${key}.`),
  stateCommand(
    'disable',
    'DisableKey',
    'Has a key refused, and so what it encrypts and has encrypted, until it is enabled',
    (key) => `Disabled key ${key}.`,
  ),
  adminCommand({
    name: 'kms schedule-deletion',
    operands: 'KEY',
    summary: 'Has a key that is not in use refused from now on, and deleted after some days',
    more: `What it encrypted is lost then, for good. Which objects that is, and which buckets have a rule that names
it, nothing tells: disable it first, and see who misses it. What says that a key is in use is shown, and
it is left as it is: that it is enabled, and that there are aliases for it.`,
    flags: {
      days: { type: 'string', value: 'N', doc: 'how long it can still be kept: 7 to 366' },
      force: {
        type: 'boolean',
        doc: 'also one that is enabled or has aliases, which go\nwith it in the end',
      },
    },
    async run({ operands: [name = ''], flags, server, out }) {
      const { days, force = false } = flags;
      if (days === undefined) throw new UsageError('kms schedule-deletion needs --days, 7 to 366');
      const KeyId = await keyIdOf(server, name);
      const uses = force ? [] : await usesOf(server, KeyId);
      if (uses.length > 0) {
        const Message = `Key ${KeyId} is in use.`;
        out.failure(
          { Code: 'KeyInUse', Message, InTheWay: uses },
          `the deletion of key ${KeyId} was not scheduled, for\n${uses.map((one) => `  ${one}\n`).join('')}Take that away, or schedule it all the same with --force.`,
        );
        return ADMIN_STATUS.refused;
      }
      await doInTurn(out, [
        {
          done: `Key ${KeyId} cannot be used from now on. In ${days} days it is gone, and with it all that it encrypted,
unless it is kept: openoss admin kms cancel-deletion ${KeyId}`,
          run: () =>
            server.call('kms', 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: days }),
        },
      ]);
      return 0;
    },
  }),
  stateCommand(
    'cancel-deletion',
    'CancelKeyDeletion',
    'Keeps a key that is to be deleted, and lets it be used again',
    (key) => `Kept key ${key}, which is enabled again.`,
  ),
];
