import { UsageError } from '../command-line.js';
import { ADMIN_STATUS, type AdminCommand, adminCommand } from './admin-command.js';
import { type ReencryptLine, ReencryptReport } from './reencrypt-report.js';

const METHODS = ['AES256', 'SM4', 'KMS', 'none'];

export const reencryptCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'reencrypt',
    operands: 'BUCKET',
    summary: 'Encrypts the objects of a bucket with another key or in another way',
    flags: {
      to: {
        type: 'string',
        value: 'METHOD',
        doc: 'AES256, SM4, KMS, or none to have them in the clear\n(default: what the rule of the bucket says)',
      },
      'key-id': {
        type: 'string',
        value: 'KEY',
        doc: "with --to KMS: the key's id, ARN or alias\n(default: the account's own, alias/acs/oss)",
      },
      'data-encryption': {
        type: 'string',
        value: 'SM4',
        doc: 'with --to KMS: what the bodies are encrypted with, if\nnot with AES-256',
      },
      prefix: { type: 'string', value: 'PREFIX', doc: 'only objects whose keys begin so' },
      after: { type: 'string', value: 'KEY', doc: 'only objects behind this key' },
      concurrency: {
        type: 'string',
        value: 'N',
        doc: 'how many objects at a time, 1 to 4 (default 2)',
      },
    },
    more: `Clients go on meanwhile, and see nothing of it but how objects are encrypted. Where another master key or another
version of it is all that changes, only the data key is encrypted anew; otherwise the body is read and
written. What is as wanted is passed over. What clients put meanwhile stays as they put it: give the bucket
its rule first. It can be ended at any time, and begun again, also behind a key with --after.

An account may do it to its own buckets. Users need openoss:ReencryptObjects on acs:openoss:*:*:bucket/BUCKET,
oss:GetObject and oss:PutObject for each object, and for keys of KMS what puts and gets need. The exit
status is 5 where objects failed, or it ended before the last.

Example:
  openoss admin reencrypt examplebucket --to KMS --key-id alias/photos`,
    async run({ flags, operands: [bucket = ''], server, out, edge }) {
      const { to, prefix, after } = flags;
      if (to !== undefined && !METHODS.includes(to)) {
        throw new UsageError(`--to takes ${METHODS.join(', ')}, not ${JSON.stringify(to)}`);
      }
      for (const flag of ['key-id', 'data-encryption'] as const) {
        if (flags[flag] !== undefined && to !== 'KMS') {
          throw new UsageError(`--${flag} goes with --to KMS`);
        }
      }
      const ended = edge.interruption();
      const report = new ReencryptReport(out, edge, { bucket, after });
      const lines = server.lines<ReencryptLine>(
        'openoss',
        'ReencryptObjects',
        {
          Bucket: bucket,
          Prefix: prefix,
          After: after,
          Method: to,
          KeyId: flags['key-id'],
          DataEncryption: flags['data-encryption'],
          Concurrency: flags.concurrency,
        },
        ended,
      );
      try {
        for await (const line of lines) report.line(line);
      } finally {
        report.over();
      }
      return report.isDone ? 0 : ADMIN_STATUS.unfinished;
    },
  }),
];
