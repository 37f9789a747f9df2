import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type AuditOptions,
  createLog,
  generateCredentials,
  type LogLevel,
  type ServerLimits,
  type Service,
  startService,
} from '@openoss/server';

/** An access key. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

export type { AuditOptions, ServerLimits };

/** What {@link startOpenOss} can be told; nothing is needed. */
export interface OpenOssOptions {
  /** Buckets to create before it returns. */
  readonly buckets?: readonly string[];
  /** The region id; `cn-hangzhou` unless told. */
  readonly region?: string;
  /** The address to listen on; 127.0.0.1 unless told. */
  readonly host?: string;
  /** The port to listen on; a free one unless told. */
  readonly port?: number;
  /** Serves RAM, STS and KMS too, on the same host and a free port unless told. */
  readonly rpc?: { readonly host?: string; readonly port?: number };
  /** The access key of the account; a new random one unless told. */
  readonly credentials?: Credentials;
  /**
   * Where data is kept. Unless told: a temporary directory, removed on `close()`. A directory key and the root key
   * of KMS are kept in it (docs/operating.md, Credentials and Keys).
   */
  readonly dataDirectory?: string;
  /** Host names under which buckets are addressed as `<bucket>.<name>`, besides `localhost` and the region's own. */
  readonly hostSuffixes?: readonly string[];
  /** Milliseconds that restoring an archived object takes; 1,000 unless told. */
  readonly restoreDelay?: number;
  /** Lets new buckets start with Block Public Access on, as they do for newer accounts of OSS. */
  readonly blockPublicAccess?: boolean;
  /** Milliseconds that the body of a request may stand still before it is refused; 30,000 unless told. */
  readonly bodyIdleTimeout?: number;
  /** What the service takes on at most; what is not told fits the machine (docs/operating.md). */
  readonly limits?: Partial<ServerLimits>;
  /**
   * Bytes of the disk that puts leave free, 0 for none: with less they are answered with 503. Unless told,
   * 512 MiB or a tenth of a small disk, and 32 MiB for a temporary directory.
   */
  readonly minFreeBytes?: number;
  /** Has every request written down, one JSON line each (docs/audit.md); nowhere unless told. */
  readonly audit?: AuditOptions;
  /** What goes to standard error; only warnings and worse unless told. */
  readonly logLevel?: LogLevel;
  /** The clock of the service, in milliseconds since the epoch; the system's unless told. */
  readonly now?: () => number;
}

/** What is thrown away needs less care, and the machine of a developer is often nearly full. */
const TEMPORARY_MIN_FREE_BYTES = 32 * 1024 * 1024;

/** A running OpenOSS. */
export interface OpenOss {
  /** Its URL, such as `http://127.0.0.1:41231`. */
  readonly endpoint: string;
  /** The URL of RAM, STS and KMS, if they are served. */
  readonly rpcEndpoint: string | undefined;
  /** The region id to sign for, such as `cn-hangzhou`. */
  readonly region: string;
  /** The access key of the account that owns every bucket. */
  readonly credentials: Credentials;
  /** Creates a bucket; one that is there already stays as it is. */
  createBucket(name: string): Promise<void>;
  /** Stops the service; a temporary data directory is removed. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts an OSS service in this process, on a free loopback port. It is the same service that
 * `openoss serve` runs: what it acknowledges is on disk, and every signature is verified.
 *
 * ```ts
 * const oss = await startOpenOss({ buckets: ['examplebucket'] });
 * // point any OSS client at oss.endpoint with oss.region and oss.credentials
 * await oss.close();
 * ```
 */
export async function startOpenOss(options: OpenOssOptions = {}): Promise<OpenOss> {
  const temporary =
    options.dataDirectory === undefined
      ? await mkdtemp(path.join(tmpdir(), 'openoss-'))
      : undefined;
  const directory = options.dataDirectory ?? temporary ?? '';
  const removeTemporary = async () => {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  // A kept directory keeps its credentials, unless the caller brings some.
  const given =
    options.credentials ?? (temporary === undefined ? undefined : generateCredentials());
  const { host = '127.0.0.1', port = 0, rpc } = options;
  let service: Service | undefined;
  try {
    service = await startService({
      directory,
      listen: { host, port },
      rpcListen: rpc && { host: rpc.host ?? host, port: rpc.port ?? 0 },
      region: options.region ?? 'cn-hangzhou',
      hostSuffixes: options.hostSuffixes,
      restoreDelay: options.restoreDelay,
      blockPublicAccess: options.blockPublicAccess,
      limits: {
        ...options.limits,
        ...(options.bodyIdleTimeout === undefined ? {} : { idleTimeout: options.bodyIdleTimeout }),
      },
      now: options.now,
      audit: options.audit,
      minFreeBytes:
        options.minFreeBytes ?? (temporary === undefined ? undefined : TEMPORARY_MIN_FREE_BYTES),
      log: createLog(options.logLevel ?? 'warn'),
      development: true,
      environment:
        given === undefined
          ? {}
          : {
              OPENOSS_ROOT_ACCESS_KEY_ID: given.accessKeyId,
              OPENOSS_ROOT_ACCESS_KEY_SECRET: given.accessKeySecret,
            },
    });
    for (const bucket of options.buckets ?? []) await service.createBucket(bucket);
  } catch (error) {
    await service?.close(0);
    await removeTemporary();
    throw error;
  }
  return wrap(service, removeTemporary);
}

function wrap(service: Service, afterwards: () => Promise<void>): OpenOss {
  const { accessKeyId, accessKeySecret } = service.credentials;
  let closed: Promise<void> | undefined;
  return {
    endpoint: service.endpoint,
    rpcEndpoint: service.rpcEndpoint,
    region: service.region,
    credentials: { accessKeyId, accessKeySecret },
    createBucket: (name) => service.createBucket(name),
    close() {
      closed ??= service.close().then(afterwards);
      return closed;
    },
  };
}
