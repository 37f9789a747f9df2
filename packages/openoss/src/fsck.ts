import path from 'node:path';
import { checkDataDirectory } from '@openoss/server';
import { readFlags } from './command-line.js';
import { explainStartFailure } from './explain-start-failure.js';
import { readRate } from './scrub.js';
import { processStreams, SCRUB_STATUS_HELP, ScrubReport } from './scrub-report.js';

const HELP = `Looks at everything in a data directory that no server uses, and changes nothing unless told.
While a server runs, "openoss scrub" does the same.

Usage: openoss fsck [flags]

Flags:
      --data DIR      the data directory (default "./openoss-data")
      --repair        put right what can be without losing anything: orphans, counters
      --accept-loss   also remove records that cannot be read, and take what is left for the whole:
                      counters and digests are counted anew (implies --repair)
      --rate MIB      how much of bodies it reads a second, at most; 0: no limit (default 0)
      --json          print one JSON document a line
  -h, --help          this text

${SCRUB_STATUS_HELP}`;

const FLAGS = {
  data: { type: 'string' },
  repair: { type: 'boolean' },
  'accept-loss': { type: 'boolean' },
  rate: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const MIB = 1024 * 1024;

/** `openoss fsck`. */
export async function fsck(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, FLAGS);
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const rate = readRate(flags.rate ?? '0');
  const report = new ScrubReport(processStreams(), flags.json ?? false);
  try {
    const summary = await checkDataDirectory({
      directory: path.resolve(flags.data ?? 'openoss-data'),
      repair: flags['accept-loss'] ? 'accept-loss' : flags.repair ? 'safe' : 'none',
      ...(rate === 0 ? {} : { bytesPerSecond: rate * MIB }),
      onFinding: (finding) => report.finding(finding),
      onProgress: (progress) => report.progress(progress),
    });
    return report.summary(summary);
  } catch (error) {
    return report.failure(explainStartFailure(error));
  }
}
