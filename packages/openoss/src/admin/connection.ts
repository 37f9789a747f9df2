import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../command-line.js';
import type { DescribedFlags } from './admin-command.js';

/** Where a command calls, and whom it signs as. */
export interface Connection {
  readonly endpoint: URL;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string | undefined;
  /** Where the access key is from, for who has given a wrong one. */
  readonly source: string;
}

const DEFAULT_ENDPOINT = 'http://127.0.0.1:9002';
const DEFAULT_DATA = 'openoss-data';
/** As the server names it (packages/directory). */
const ROOT_CREDENTIALS_FILE = 'root-credentials.json';

/** The flags that tell where to call, and with which access key. */
export const CONNECTION_FLAGS = {
  endpoint: {
    type: 'string',
    value: 'URL',
    doc: `where the server speaks RAM (its --rpc-listen)\n(default: OPENOSS_RPC_ENDPOINT, or ${DEFAULT_ENDPOINT})`,
  },
  'access-key-id': { type: 'string', value: 'ID', doc: 'the access key to sign with' },
  'access-key-secret': {
    type: 'string',
    value: 'SECRET',
    doc: 'its secret; others on this machine can see it\nhere, and cannot in the environment',
  },
  'security-token': { type: 'string', value: 'TOKEN', doc: 'of a session, with its access key' },
  data: {
    type: 'string',
    value: 'DIR',
    doc: 'sign with the root access key that was made for\nthis data directory',
  },
} as const satisfies DescribedFlags;

interface ConnectionFlags {
  readonly endpoint?: string;
  readonly 'access-key-id'?: string;
  readonly 'access-key-secret'?: string;
  readonly 'security-token'?: string;
  readonly data?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Finds where to call and what to sign with; throws UsageError. */
export async function connectionOf(
  flags: ConnectionFlags,
  environment: Environment,
): Promise<Connection> {
  const endpoint = readEndpoint(
    flags.endpoint ?? (environment.OPENOSS_RPC_ENDPOINT || DEFAULT_ENDPOINT),
  );
  return { endpoint, ...(await accessKeyOf(flags, environment)) };
}

function readEndpoint(text: string): URL {
  const written = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/') {
    throw new UsageError(`not an endpoint: ${text} (write a URL such as ${DEFAULT_ENDPOINT})`);
  }
  return url;
}

type FoundKey = Omit<Connection, 'endpoint'>;

/** The order: flags, a directory that was named, the server's variables, those of OSS's clients, the default. */
async function accessKeyOf(flags: ConnectionFlags, environment: Environment): Promise<FoundKey> {
  const given = pairOf(
    [flags['access-key-id'], '--access-key-id'],
    [flags['access-key-secret'], '--access-key-secret'],
    flags['security-token'],
  );
  if (given !== undefined) {
    if (flags.data === undefined) return given;
    throw new UsageError('--data and --access-key-id are two ways to say the same: give one');
  }
  if (flags['security-token'] !== undefined) {
    throw new UsageError('--security-token goes with --access-key-id and --access-key-secret');
  }
  if (flags.data !== undefined) return rootKeyIn(flags.data);
  const ofEnvironment =
    pairInEnvironment(
      environment,
      'OPENOSS_ROOT_ACCESS_KEY_ID',
      'OPENOSS_ROOT_ACCESS_KEY_SECRET',
    ) ??
    pairInEnvironment(
      environment,
      'OSS_ACCESS_KEY_ID',
      'OSS_ACCESS_KEY_SECRET',
      environment.OSS_SESSION_TOKEN || undefined,
    );
  if (ofEnvironment !== undefined) return ofEnvironment;
  const ofDefault = await rootKeyIn(DEFAULT_DATA).catch(() => undefined);
  if (ofDefault !== undefined) return ofDefault;
  throw new UsageError(
    'no access key to sign with. Set OPENOSS_ROOT_ACCESS_KEY_ID and OPENOSS_ROOT_ACCESS_KEY_SECRET, or name the data directory of the server with --data',
  );
}

type Named = readonly [value: string | undefined, name: string];

function pairInEnvironment(
  environment: Environment,
  idName: string,
  secretName: string,
  securityToken?: string,
): FoundKey | undefined {
  const id: Named = [environment[idName] || undefined, idName];
  return pairOf(id, [environment[secretName] || undefined, secretName], securityToken);
}

function pairOf(
  [accessKeyId, idName]: Named,
  [accessKeySecret, secretName]: Named,
  securityToken: string | undefined,
): FoundKey | undefined {
  if (accessKeyId === undefined && accessKeySecret === undefined) return undefined;
  if (accessKeyId === undefined || accessKeySecret === undefined) {
    throw new UsageError(`${idName} and ${secretName} go together`);
  }
  return { accessKeyId, accessKeySecret, securityToken, source: idName };
}

async function rootKeyIn(directory: string): Promise<FoundKey> {
  const file = path.resolve(directory, ROOT_CREDENTIALS_FILE);
  let kept: unknown;
  try {
    kept = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing && !existsSync(directory)) {
      throw new UsageError(`--data: there is no directory ${path.resolve(directory)}`);
    }
    throw new UsageError(
      isMissing
        ? `there is no ${file}: a server whose access key was set by its environment makes none`
        : `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  const { accessKeyId, accessKeySecret } = (kept ?? {}) as Partial<FoundKey>;
  if (typeof accessKeyId !== 'string' || typeof accessKeySecret !== 'string') {
    throw new UsageError(`${file} holds no access key`);
  }
  return { accessKeyId, accessKeySecret, securityToken: undefined, source: file };
}
