import path from 'node:path';
import { restoreDirectory } from '@openoss/server';
import { readArguments, UsageError } from './command-line.js';
import { COPIED_DAMAGE, CopyReport, describeCopy, NOT_COPIED } from './copy-report.js';
import { explainStartFailure } from './explain-start-failure.js';

const HELP = `Makes a data directory of a backup, verifying everything; the backup stays as it is.

Usage: openoss restore BACKUP --data DIR

DIR is made, or must be empty; "openoss serve --data DIR" serves it then.

Flags:
      --data DIR       the data directory to make
  -h, --help           this text

Exit status: 0 done; 1 wrong usage; 2 nothing was restored; 3 done, but objects named on standard
error are damaged.
`;

const FLAGS = {
  data: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `openoss restore`. */
export async function restore(args: readonly string[]): Promise<number> {
  const { flags, operands } = readArguments(args, FLAGS, 1);
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [backup] = operands;
  if (backup === undefined) throw new UsageError('restore needs the directory of a backup');
  if (flags.data === undefined) throw new UsageError('restore needs --data DIR');
  const target = path.resolve(flags.data);
  const report = new CopyReport();
  try {
    const copied = await restoreDirectory({
      backup,
      target,
      onDamage: report.damage,
      onProgress: report.progress,
    });
    process.stdout.write(`Restored into ${target}: ${describeCopy(copied)}\n`);
    return copied.damaged === 0 ? 0 : COPIED_DAMAGE;
  } catch (error) {
    process.stderr.write(`openoss: nothing was restored: ${explainStartFailure(error)}\n`);
    return NOT_COPIED;
  }
}
