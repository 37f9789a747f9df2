import path from 'node:path';
import { type BackupRequest, backUpDirectory, backUpServer, createLog } from '@openoss/server';
import { readArguments, UsageError } from './command-line.js';
import { COPIED_DAMAGE, CopyReport, describeCopy, NOT_COPIED } from './copy-report.js';
import { explainStartFailure } from './explain-start-failure.js';
import { VERSION } from './version.js';

const HELP = `Copies a data directory into a new one, as of one moment. A server that uses it goes on serving.

Usage: openoss backup DIR [flags]

DIR is made, or must be empty. When the command ends with status 0 or 3, everything is on stable
storage and DIR is a data directory; until then it is marked as unfinished, and refused everywhere.
Run it on the server's machine, as the server's user or as root.

Flags:
      --admin URL      the admin address of the running server (default http://127.0.0.1:9001)
      --data DATA      back up the data directory DATA, which no server uses; with --admin, where
                       this machine has the data directory of the running server
      --copy           copy every file; without it, files of objects over 64 KiB are shared with the
                       data directory (hard links) where DIR is on the same file system
      --previous OLD   share such files with OLD, an earlier backup, where it has them unharmed
  -h, --help           this text

Exit status: 0 done; 1 wrong usage; 2 no backup was made; 3 done, but objects named on standard error
are damaged in the data directory, and so in the backup.
`;

const FLAGS = {
  admin: { type: 'string' },
  data: { type: 'string' },
  copy: { type: 'boolean' },
  previous: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_ADMIN = 'http://127.0.0.1:9001';

/** `openoss backup`. */
export async function backup(args: readonly string[]): Promise<number> {
  const { flags, operands } = readArguments(args, FLAGS, 1);
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [directory] = operands;
  if (directory === undefined) throw new UsageError('backup needs a directory to write to');
  const target = path.resolve(directory);
  const data = flags.data === undefined ? undefined : path.resolve(flags.data);
  const admin = readAdmin(flags.admin ?? DEFAULT_ADMIN);
  const report = new CopyReport();
  const request: BackupRequest = {
    target,
    previous: flags.previous,
    copyBlobs: flags.copy ?? false,
    program: VERSION,
    onDamage: report.damage,
    onProgress: report.progress,
  };
  try {
    const copied =
      data !== undefined && flags.admin === undefined
        ? await backUpDirectory(data, request, createLog('warn'))
        : await backUpServer(admin, data, request);
    process.stdout.write(`Backed up into ${target}: ${describeCopy(copied)}\n`);
    return copied.damaged === 0 ? 0 : COPIED_DAMAGE;
  } catch (error) {
    process.stderr.write(`openoss: no backup was made: ${explainStartFailure(error)}\n`);
    return NOT_COPIED;
  }
}

function readAdmin(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') {
    throw new UsageError(`--admin takes a URL such as ${DEFAULT_ADMIN}, not ${text}`);
  }
  return url;
}
