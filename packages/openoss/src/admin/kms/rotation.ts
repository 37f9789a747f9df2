import { UsageError } from '../../command-line.js';
import { type AdminCommand, adminCommand } from '../admin-command.js';
import { doInTurn } from '../do-in-turn.js';
import { keyIdOf } from './key-name.js';

interface CreateKeyVersionAnswer {
  readonly KeyVersion: {
    readonly KeyId: string;
    readonly KeyVersionId: string;
    readonly CreationDate: string;
  };
}

/** How keys get new versions, now and by themselves. */
export const kmsRotationCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'kms rotate',
    operands: 'KEY',
    summary:
      'Gives a key a new version, which encrypts from now on; what others did stays readable',
    async run({ operands: [name = ''], server, out }) {
      const { KeyVersion } = await server.call<CreateKeyVersionAnswer>('kms', 'CreateKeyVersion', {
        KeyId: name,
      });
      out.result(
        KeyVersion,
        () =>
          `Rotated key ${KeyVersion.KeyId}: version ${KeyVersion.KeyVersionId} encrypts from now on, and what older ones did stays readable.`,
      );
      return 0;
    },
  }),
  adminCommand({
    name: 'kms rotation',
    operands: 'KEY',
    summary: 'Has a key rotated by itself, or not any more',
    more: 'Exactly one of the two is needed. What there is now shows "openoss admin kms show KEY".',
    flags: {
      interval: {
        type: 'string',
        value: 'INTERVAL',
        doc: 'so often: 7d to 730d, also in hours (8760h),\nminutes and seconds',
      },
      off: { type: 'boolean', doc: 'not any more' },
    },
    async run({ operands: [name = ''], flags, server, out }) {
      const { interval, off = false } = flags;
      if ((interval === undefined) !== off) {
        throw new UsageError('kms rotation needs either --interval or --off');
      }
      const KeyId = await keyIdOf(server, name);
      const run = () =>
        server.call('kms', 'UpdateRotationPolicy', {
          KeyId,
          EnableAutomaticRotation: !off,
          RotationInterval: interval,
        });
      const done = off
        ? `Key ${KeyId} is not rotated by itself any more.`
        : `Key ${KeyId} is rotated by itself, ${interval} after it was last.`;
      await doInTurn(out, [{ done, run }]);
      return 0;
    },
  }),
];
