import path from 'node:path';
import {
  CrashLoop,
  createLog,
  type LogLevel,
  logLevels,
  type Service,
  startService,
} from '@openoss/server';
import { readFlags, readListenAddress, UsageError } from './command-line.js';
import { explainStartFailure } from './explain-start-failure.js';
import { checkRegion } from './region.js';
import { readTlsFiles } from './tls-files.js';
import { VERSION } from './version.js';

const HELP = `Serves a data directory until it is stopped (SIGTERM or SIGINT: requests under way are finished).

Usage: openoss serve [flags]

Flags:
      --data DIR               the data directory, made if it is not there (default "./openoss-data")
      --listen HOST:PORT       where OSS is served (default 127.0.0.1:9000)
      --admin-listen HOST:PORT where /health/live, /health/ready and /metrics are, or "off" (default 127.0.0.1:9001)
      --region ID              the region, which signatures must name (default cn-hangzhou)
      --host-suffix NAME       serve buckets as <bucket>.NAME too; may be given again
      --tls-cert FILE          certificate chain in PEM: serve HTTPS (with --tls-key)
      --tls-key FILE           its private key in PEM
      --restore-seconds N      how long restoring an archived object takes (default 1)
      --shutdown-seconds N     how long requests under way may take when stopped (default 10)
      --force-start            start even where a crash loop was recognised (status 65)
      --log-level LEVEL        ${logLevels.join(', ')} (default info)
  -h, --help                   this text

Environment:
  OPENOSS_ROOT_ACCESS_KEY_ID, OPENOSS_ROOT_ACCESS_KEY_SECRET
      the access key of the account that owns everything. Without them one is made at the first
      start, printed once, and kept in the data directory with mode 0600.

Exit status: 0 stopped as told; 1 wrong usage; 2 could not start; 65 not started again, for the
metadata ends the process each time; 74 the disk failed (docs/operating.md says what to do).
`;

const FLAGS = {
  data: { type: 'string' },
  listen: { type: 'string' },
  'admin-listen': { type: 'string' },
  region: { type: 'string' },
  'host-suffix': { type: 'string', multiple: true },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'restore-seconds': { type: 'string' },
  'shutdown-seconds': { type: 'string' },
  'force-start': { type: 'boolean' },
  'log-level': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_LISTEN = { host: '127.0.0.1', port: 9000 };
const DEFAULT_ADMIN_LISTEN = { host: '127.0.0.1', port: 9001 };
const COULD_NOT_START = 2;
/** EX_DATAERR of sysexits(3). */
const CRASH_LOOP = 65;

/** `openoss serve`. */
export async function serve(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, FLAGS);
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const directory = path.resolve(flags.data ?? 'openoss-data');
  const listen = readListenAddress(flags.listen ?? '', DEFAULT_LISTEN);
  const admin = flags['admin-listen'];
  const adminListen =
    admin === 'off' ? undefined : readListenAddress(admin ?? '', DEFAULT_ADMIN_LISTEN);
  const region = checkRegion(flags.region ?? 'cn-hangzhou');
  const shutdownSeconds = readSeconds('--shutdown-seconds', flags['shutdown-seconds'] ?? '10');
  const restoreSeconds = readSeconds('--restore-seconds', flags['restore-seconds'] ?? '1');
  const log = createLog(readLogLevel(flags['log-level'] ?? 'info'));
  const tls = await readTlsFiles(flags['tls-cert'], flags['tls-key']);
  const stopped = stopSignal();

  let service: Service;
  try {
    service = await startService({
      directory,
      listen,
      adminListen,
      region,
      hostSuffixes: flags['host-suffix']?.map((suffix) => suffix.toLowerCase().replace(/^\./, '')),
      tls,
      restoreDelay: restoreSeconds * 1000,
      forceStart: flags['force-start'],
      environment: process.env,
      log,
    });
  } catch (error) {
    process.stderr.write(`openoss: ${explainStartFailure(error)}\n`);
    return error instanceof CrashLoop ? CRASH_LOOP : COULD_NOT_START;
  }
  process.stdout.write(announcement(service, directory));

  const signal = await stopped;
  log.info({ signal }, 'stopping');
  await service.close(shutdownSeconds * 1000);
  log.info('stopped');
  return 0;
}

function announcement(service: Service, directory: string): string {
  const { accessKeyId, accessKeySecret, source } = service.credentials;
  const made =
    source === 'generated'
      ? `A root access key was made. It is shown only this once; it is kept in ${path.join(directory, 'root-credentials.json')}.
  access key id:     ${accessKeyId}
  access key secret: ${accessKeySecret}
`
      : '';
  const admin =
    service.adminEndpoint === undefined ? '' : `, health and metrics at ${service.adminEndpoint}`;
  return `${made}OpenOSS ${VERSION} is ready at ${service.endpoint} (region ${service.region}, data in ${directory}${admin})\n`;
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => resolve(signal);
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
}

function readLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level === undefined)
    throw new UsageError(`no such log level: ${text} (one of ${logLevels.join(', ')})`);
  return level;
}

function readSeconds(flag: string, text: string): number {
  const seconds = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || seconds > 10 ** 7) {
    throw new UsageError(`${flag} takes a number of seconds, not ${JSON.stringify(text)}`);
  }
  return seconds;
}
