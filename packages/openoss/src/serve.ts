import path from 'node:path';
import {
  CrashLoop,
  createLog,
  type LogLevel,
  logLevels,
  type ServerLimits,
  type Service,
  startService,
} from '@openoss/server';
import { AUDIT_FLAGS, readAudit } from './audit-flags.js';
import { readByteSize } from './byte-size.js';
import { type FlagValues, readFlags, readListenAddress, UsageError } from './command-line.js';
import { explainStartFailure } from './explain-start-failure.js';
import { checkRegion } from './region.js';
import { readTlsFiles } from './tls-files.js';
import { VERSION } from './version.js';

/** On two cores workers make gets faster, and durable puts slower: docs/performance.md. */
const DEFAULT_WORKERS = 0;

const HELP = `Serves a data directory until it is stopped (SIGTERM or SIGINT: requests under way are finished).

Usage: openoss serve [flags]

Flags:
      --data DIR               the data directory, made if it is not there (default "./openoss-data")
      --listen HOST:PORT       where OSS is served (default 127.0.0.1:9000)
      --admin-listen HOST:PORT where /health/live, /health/ready and /metrics are, or "off" (default 127.0.0.1:9001)
      --rpc-listen HOST:PORT   where RAM, STS and KMS are served, for the tools that manage users, roles
                               and keys (default: nowhere)
      --region ID              the region, which signatures must name (default cn-hangzhou)
      --host-suffix NAME       serve buckets as <bucket>.NAME too; may be given again
      --tls-cert FILE          certificate chain in PEM: serve HTTPS (with --tls-key)
      --tls-key FILE           its private key in PEM
      --kms-root-key-file FILE the root key that the master keys kept here are sealed with, outside the
                               data directory
      --kms-passphrase-file FILE
                               or a passphrase that it is made of
      --kms-endpoint URL       have the keys with another KMS, such as https://kms.cn-hangzhou.aliyuncs.com
      --kms-default-key NAME   its key that stands for the default one (default alias/acs/oss)
      --min-free-space SIZE    refuse puts when less is free on the disk, such as 256MiB; 0 for never
                               (default 512MiB, or a tenth of a small disk)
      --workers N              processes that speak HTTP, besides the one that commits; 0 for one process
                               that does all (default ${DEFAULT_WORKERS}; docs/operating.md says when more pay)
      --block-public-access    new buckets start with Block Public Access on, as they do for newer
                               accounts of OSS
      --restore-seconds N      how long restoring an archived object takes (default 1)
      --max-connections N      open connections (default: what descriptors and memory allow)
      --max-requests N         requests served at a time; more are refused with 503 and Retry-After
                               (default: what descriptors and memory allow)
      --transfer-mib N         MiB of buffers for large transfers, before they get small ones
                               (default: a sixteenth of the memory, at most 256)
      --document-mib N         MiB of long XML documents under way (default: at most 128)
      --head-seconds N         how long a TLS handshake or a request's head may take (default 60)
      --keep-alive-seconds N   how long a connection may stand idle between requests (default 60)
      --idle-seconds N         how long an upload may stand still (default 30)
      --min-rate N             bytes a second that a client must send or take in, on average over
                               twice the idle time (default 256)
      --shutdown-seconds N     how long requests under way may take when stopped (default 10)
      --audit-log FILE         write one JSON line for each request; "-" for standard output (default: none)
      --audit-log-max-size SIZE
                               begin another file at this size, such as 100MiB; 0 for never (default 100MiB)
      --audit-log-keep N       how many files are kept besides: FILE.1, the newest, … (default 10)
      --force-start            start even where a crash loop was recognised (status 65)
      --log-level LEVEL        ${logLevels.join(', ')} (default info)
  -h, --help                   this text

Environment:
  OPENOSS_ROOT_ACCESS_KEY_ID, OPENOSS_ROOT_ACCESS_KEY_SECRET
      the access key of the account that owns everything. Without them one is made at the first
      start, printed once, and kept in the data directory with mode 0600.
  OPENOSS_DIRECTORY_KEY, or OPENOSS_DIRECTORY_KEY_FILE for a file outside the data directory
      the key that seals the secrets of access keys: 32 random bytes in base 64. Without one there
      is the root access key and no other. No backup holds it: keep it by itself.
  OPENOSS_KMS_ROOT_KEY, OPENOSS_KMS_ROOT_KEY_FILE, OPENOSS_KMS_PASSPHRASE or OPENOSS_KMS_PASSPHRASE_FILE
      what the master keys of KMS are sealed with: 32 random bytes in base 64, or a passphrase.
      Without one they are locked. No backup holds it either.
  OPENOSS_KMS_ENDPOINT, OPENOSS_KMS_ACCESS_KEY_ID, OPENOSS_KMS_ACCESS_KEY_SECRET,
  OPENOSS_KMS_DEFAULT_KEY
      another KMS that has the keys, and an access key that it knows.

Exit status: 0 stopped as told; 1 wrong usage; 2 could not start; 65 not started again, for the
metadata ends the process each time; 70 a worker crashes again and again; 74 the disk failed
(docs/operating.md says what to do).
`;

const FLAGS = {
  data: { type: 'string' },
  listen: { type: 'string' },
  'admin-listen': { type: 'string' },
  'rpc-listen': { type: 'string' },
  'kms-root-key-file': { type: 'string' },
  'kms-passphrase-file': { type: 'string' },
  'kms-endpoint': { type: 'string' },
  'kms-default-key': { type: 'string' },
  region: { type: 'string' },
  'host-suffix': { type: 'string', multiple: true },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'min-free-space': { type: 'string' },
  workers: { type: 'string' },
  'block-public-access': { type: 'boolean' },
  'restore-seconds': { type: 'string' },
  'max-connections': { type: 'string' },
  'max-requests': { type: 'string' },
  'transfer-mib': { type: 'string' },
  'document-mib': { type: 'string' },
  'head-seconds': { type: 'string' },
  'keep-alive-seconds': { type: 'string' },
  'idle-seconds': { type: 'string' },
  'min-rate': { type: 'string' },
  'shutdown-seconds': { type: 'string' },
  ...AUDIT_FLAGS,
  'force-start': { type: 'boolean' },
  'log-level': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_LISTEN = { host: '127.0.0.1', port: 9000 };
const DEFAULT_ADMIN_LISTEN = { host: '127.0.0.1', port: 9001 };
const DEFAULT_RPC_LISTEN = { host: '127.0.0.1', port: 9002 };
const COULD_NOT_START = 2;
/** EX_DATAERR of sysexits(3). */
const CRASH_LOOP = 65;
const MOST_WORKERS = 64;

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
  const rpc = flags['rpc-listen'];
  const rpcListen = rpc === undefined ? undefined : readListenAddress(rpc, DEFAULT_RPC_LISTEN);
  const region = checkRegion(flags.region ?? 'cn-hangzhou');
  const shutdownSeconds = readSeconds('--shutdown-seconds', flags['shutdown-seconds'] ?? '10');
  const restoreSeconds = readSeconds('--restore-seconds', flags['restore-seconds'] ?? '1');
  const limits = readLimits(flags);
  const minFree = flags['min-free-space'];
  const minFreeBytes =
    minFree === undefined ? undefined : readByteSize('--min-free-space', minFree);
  const workers = flags.workers === undefined ? DEFAULT_WORKERS : readWorkers(flags.workers);
  const log = createLog(readLogLevel(flags['log-level'] ?? 'info'));
  const audit = readAudit(flags);
  const tls = await readTlsFiles(flags['tls-cert'], flags['tls-key']);
  const stopped = stopSignal();

  let service: Service;
  try {
    service = await startService({
      directory,
      listen,
      adminListen,
      rpcListen,
      region,
      hostSuffixes: flags['host-suffix']?.map((suffix) => suffix.toLowerCase().replace(/^\./, '')),
      tls,
      audit,
      blockPublicAccess: flags['block-public-access'],
      restoreDelay: restoreSeconds * 1000,
      minFreeBytes,
      forceStart: flags['force-start'],
      limits,
      workers,
      environment: { ...process.env, ...kmsVariables(flags) },
      log,
    });
  } catch (error) {
    process.stderr.write(`openoss: ${explainStartFailure(error)}\n`);
    return error instanceof CrashLoop ? CRASH_LOOP : COULD_NOT_START;
  }
  // Where lines of JSON go nothing else does.
  const announced = audit?.file === '-' ? process.stderr : process.stdout;
  announced.write(announcement(service, directory));
  // Without an audit log there is nothing to open, and the signal ends the process as it always does.
  if (audit !== undefined) process.on('SIGHUP', () => void service.reopenAudit());

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
  const rpc =
    service.rpcEndpoint === undefined
      ? ''
      : `RAM and STS are at ${service.rpcEndpoint}\nKMS is at ${service.rpcEndpoint} (its keys are ${service.kms.keysAre})\n`;
  return `${made}${rpc}OpenOSS ${VERSION} is ready at ${service.endpoint} (region ${service.region}, data in ${directory}${admin})\n`;
}

/** What flags tell of keys, as variables tell it; a flag counts before its variable. */
function kmsVariables(flags: FlagValues<typeof FLAGS>): Readonly<Record<string, string>> {
  const told = {
    OPENOSS_KMS_ROOT_KEY_FILE: flags['kms-root-key-file'],
    OPENOSS_KMS_PASSPHRASE_FILE: flags['kms-passphrase-file'],
    OPENOSS_KMS_ENDPOINT: flags['kms-endpoint'],
    OPENOSS_KMS_DEFAULT_KEY: flags['kms-default-key'],
  };
  return Object.fromEntries(
    Object.entries(told).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
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

const MIB = 1024 * 1024;

/** The limits that were told; those that were not fit the machine. */
function readLimits(flags: FlagValues<typeof FLAGS>): Partial<ServerLimits> {
  const seconds = (flag: 'head-seconds' | 'keep-alive-seconds' | 'idle-seconds') => {
    const text = flags[flag];
    if (text === undefined) return undefined;
    const number = readSeconds(`--${flag}`, text);
    if (number === 0) throw new UsageError(`--${flag} takes more than 0 seconds`);
    return number * 1000;
  };
  const count = (
    flag: 'max-connections' | 'max-requests' | 'transfer-mib' | 'document-mib' | 'min-rate',
    least: number,
    unit = 1,
  ) => {
    const text = flags[flag];
    if (text === undefined) return undefined;
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > 10 ** 9) {
      throw new UsageError(
        `--${flag} takes a number from ${least} on, not ${JSON.stringify(text)}`,
      );
    }
    return number * unit;
  };
  const told = {
    maxConnections: count('max-connections', 1),
    maxRequests: count('max-requests', 1),
    transferMemory: count('transfer-mib', 0, MIB),
    documentMemory: count('document-mib', 0, MIB),
    headTimeout: seconds('head-seconds'),
    keepAliveTimeout: seconds('keep-alive-seconds'),
    idleTimeout: seconds('idle-seconds'),
    minimumRate: count('min-rate', 0),
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

function readWorkers(text: string): number {
  const workers = Number(text);
  if (!/^\d+$/.test(text) || workers > MOST_WORKERS) {
    throw new UsageError(
      `--workers takes a number from 0 to ${MOST_WORKERS}, not ${JSON.stringify(text)}`,
    );
  }
  return workers;
}

function readSeconds(flag: string, text: string): number {
  const seconds = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || seconds > 10 ** 7) {
    throw new UsageError(`${flag} takes a number of seconds, not ${JSON.stringify(text)}`);
  }
  return seconds;
}
