import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { AUDIT_FLAGS, readAudit } from './audit-flags.js';
import { readFlags, readListenAddress, UsageError } from './command-line.js';
import { explainStartFailure } from './explain-start-failure.js';
import { checkRegion } from './region.js';
import { type OpenOss, startOpenOss } from './start-openoss.js';

const HELP = `Runs a throw-away server on a free loopback port; its data is removed when it ends.

Usage: openoss dev [flags] [-- COMMAND [ARGUMENT …]]

With a command: runs it with OSS_ENDPOINT, OSS_REGION, OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET
set, and ends with its exit status. Without one: prints the same as export lines, and stays until
it is stopped. Your own token, role, profile and ossutil configuration are kept out.

Flags:
      --bucket NAME       create this bucket; may be given again
      --listen HOST:PORT  where OSS is served (default: a free port of 127.0.0.1)
      --rpc-listen HOST:PORT
                          serve RAM, STS and KMS too (port 0: a free one), and set OPENOSS_RPC_ENDPOINT
      --block-public-access
                          new buckets start with Block Public Access on, those of --bucket included
      --region ID         the region (default cn-hangzhou)
      --audit-log FILE    write one JSON line for each request; "-" for standard output. Files are kept
      --audit-log-max-size SIZE, --audit-log-keep N
                          as "openoss serve" has them
  -h, --help              this text

Example:
  openoss dev --bucket examplebucket -- npm test
`;

const FLAGS = {
  bucket: { type: 'string', multiple: true },
  listen: { type: 'string' },
  'rpc-listen': { type: 'string' },
  'block-public-access': { type: 'boolean' },
  region: { type: 'string' },
  ...AUDIT_FLAGS,
  help: { type: 'boolean', short: 'h' },
} as const;

/** Variables that would bring the user's own token, role or profile into the throw-away world. */
const USERS_OWN = [
  'OSS_SESSION_TOKEN',
  'OSS_SECURITY_TOKEN',
  'OSS_ROLE_ARN',
  'OSS_ROLE_SESSION_NAME',
  'OSSUTIL_PROFILE',
  // With which "openoss admin" would sign.
  'OPENOSS_ROOT_ACCESS_KEY_ID',
  'OPENOSS_ROOT_ACCESS_KEY_SECRET',
  // What aliyun-cli hands to ossutil when it runs it.
  'OSSUTIL_COMPAT_MODE',
  'OSSUTIL_CONFIG_VALUE',
];

const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const COULD_NOT_START = 2;
const COMMAND_NOT_FOUND = 127;
const COMMAND_NOT_RUN = 126;

/** `openoss dev`. */
export async function dev(args: readonly string[]): Promise<number> {
  const end = args.indexOf('--');
  const flags = readFlags(end === -1 ? args : args.slice(0, end), FLAGS);
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const command = end === -1 ? [] : args.slice(end + 1);
  if (end !== -1 && command.length === 0) throw new UsageError('a command must follow --');
  const free = { host: '127.0.0.1', port: 0 };
  const { host, port } = readListenAddress(flags.listen ?? '', free);
  const rpcListen = flags['rpc-listen'];
  const rpc = rpcListen === undefined ? {} : { rpc: readListenAddress(rpcListen, free) };
  const region = checkRegion(flags.region ?? 'cn-hangzhou');
  const audit = readAudit(flags);

  const stop = stopRequest();
  let oss: OpenOss;
  try {
    oss = await startOpenOss({
      region,
      host,
      port,
      ...rpc,
      buckets: flags.bucket ?? [],
      blockPublicAccess: flags['block-public-access'] ?? false,
      ...(audit !== undefined && { audit }),
    });
  } catch (error) {
    process.stderr.write(`openoss: ${explainStartFailure(error)}\n`);
    return COULD_NOT_START;
  }
  // ossutil would read ~/.ossutilconfig, whose mode or token may not fit the throw-away access key.
  const scratch = await mkdtemp(path.join(tmpdir(), 'openoss-dev-'));
  try {
    const configuration = path.join(scratch, 'ossutilconfig');
    await writeFile(configuration, '[default]\n', { mode: 0o600 });
    const variables = {
      OSS_ENDPOINT: oss.endpoint,
      OSS_REGION: oss.region,
      OSS_ACCESS_KEY_ID: oss.credentials.accessKeyId,
      OSS_ACCESS_KEY_SECRET: oss.credentials.accessKeySecret,
      OSSUTIL_CONFIG_FILE: configuration,
      // Where ossutil assumes roles. Empty is unset to it: the user's own would be asked otherwise.
      OSS_STS_ENDPOINT: oss.rpcEndpoint ?? '',
      ...(oss.rpcEndpoint !== undefined && { OPENOSS_RPC_ENDPOINT: oss.rpcEndpoint }),
    };
    if (command.length > 0) {
      // Who was told to stop while the server started need not begin.
      return stop.signal === undefined ? await run(command, variables) : statusOf(stop.signal);
    }
    process.stdout.write(exportLines(variables));
    process.stderr.write('openoss: serving until stopped (Ctrl-C); the data is removed then\n');
    await stop.requested;
    return 0;
  } finally {
    await oss.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

function exportLines(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}=${shellWord(value)}`,
  );
  return `${lines.join('\n')}\nunset ${USERS_OWN.join(' ')}\n`;
}

function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether this process was told to stop, and by which signal first. */
interface StopRequest {
  readonly signal: NodeJS.Signals | undefined;
  readonly requested: Promise<void>;
}

function stopRequest(): StopRequest {
  let first: NodeJS.Signals | undefined;
  const requested = new Promise<void>((resolve) => {
    for (const signal of FORWARDED) {
      process.on(signal, () => {
        first ??= signal;
        resolve();
      });
    }
  });
  return {
    get signal() {
      return first;
    },
    requested,
  };
}

/** As a shell has it: what a signal ended has the status 128 and the signal's number. */
function statusOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

async function run(
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  const [program = '', ...args] = command;
  const environment: NodeJS.ProcessEnv = { ...process.env, ...variables };
  for (const name of USERS_OWN) delete environment[name];
  const child = spawn(program, args, { stdio: 'inherit', env: environment });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, forward);
  try {
    return await exitStatus(child, program);
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}

function exitStatus(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT';
      process.stderr.write(
        `openoss: ${missing ? `command not found: ${program}` : error.message}\n`,
      );
      resolve(missing ? COMMAND_NOT_FOUND : COMMAND_NOT_RUN);
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? (signal === null ? 0 : statusOf(signal)));
    });
  });
}
