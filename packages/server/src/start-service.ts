import type { AddressInfo } from 'node:net';
import path from 'node:path';
import {
  Directory,
  type DirectoryKey,
  type FoundRootCredentials,
  findDirectoryKey,
  findRootCredentials,
  keepRootCredentials,
} from '@openoss/directory';
import type { Kms } from '@openoss/kms';
import { checkBucketName } from '@openoss/protocol';
import { type FinishedCall, RpcServer } from '@openoss/rpc';
import { type EmbeddedStore, openEmbeddedStore } from '@openoss/storage';
import type { Logger } from 'pino';
import { AdminListener } from './admin-listener.js';
import type { AuditLog } from './audit/audit-log.js';
import { Auditor } from './audit/auditor.js';
import { type AuditOptions, observeAuditFile, openAuditLog } from './audit/open-audit-log.js';
import { backupRoute } from './backup/backup-route.js';
import { CrashLoopGuard } from './crash-loop/crash-loop-guard.js';
import { ServedAccessExplainer } from './explain/access-explainer.js';
import { defaultLimits, exceedsDescriptors, type ServerLimits, thisMachine } from './limits.js';
import { logLevels } from './log.js';
import { Metrics } from './metrics.js';
import { newBucket } from './objects/new-bucket.js';
import { observeStore } from './observe-store.js';
import { findKms, type KmsSetup, openKms, sentKmsSetup } from './open-kms.js';
import { OssServer } from './oss-server.js';
import { policyLanguage, type ServedIdentities } from './policy-language.js';
import { ServedReencryptor } from './reencrypt/served-reencryptor.js';
import { scrubRoute } from './scrub/scrub-route.js';
import { defaultHostSuffixes, type ServerSettings } from './settings.js';
import { shareOf } from './workers/share-of-limits.js';
import { WorkerPool, type WorkerPoolOptions } from './workers/worker-pool.js';

/** A host and a port to listen on; port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What a service is started with. */
export interface ServiceOptions {
  /** The data directory; made if it is not there. */
  readonly directory: string;
  readonly listen: ListenAddress;
  /** Where health and metrics are served; nowhere if absent. */
  readonly adminListen?: ListenAddress | undefined;
  /** Where RAM, STS and KMS are served, over HTTPS where OSS is; nowhere if absent. */
  readonly rpcListen?: ListenAddress | undefined;
  /** Where requests are written down, one line each; nowhere if absent. */
  readonly audit?: AuditOptions | undefined;
  readonly region: string;
  /** Host suffixes besides the default ones. */
  readonly hostSuffixes?: readonly string[] | undefined;
  /** PEM; with them the service speaks HTTPS. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /**
   * Where `OPENOSS_ROOT_ACCESS_KEY_ID`, `OPENOSS_ROOT_ACCESS_KEY_SECRET`, `OPENOSS_DIRECTORY_KEY`,
   * `OPENOSS_DIRECTORY_KEY_FILE` and what begins with `OPENOSS_KMS_` are looked up.
   */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Keeps a directory key and a root key of its own in the data directory where the environment has none. */
  readonly development?: boolean | undefined;
  readonly log: Logger;
  /** Milliseconds that restoring an archived object takes; 1,000 unless told. */
  readonly restoreDelay?: number | undefined;
  /** Lets new buckets start with Block Public Access on. */
  readonly blockPublicAccess?: boolean | undefined;
  /** What is taken on at most; what is not told fits the machine. */
  readonly limits?: Partial<ServerLimits> | undefined;
  /** Bytes of the disk that puts leave free, as `openEmbeddedStore` has it; 0 watches nothing. */
  readonly minFreeBytes?: number | undefined;
  /** Start even where a crash loop would be refused. */
  readonly forceStart?: boolean | undefined;
  /** How many processes speak HTTP besides this one; 0, and nothing told, has this one do it. */
  readonly workers?: number | undefined;
  /** Milliseconds since the epoch; the system's clock unless told. Workers have the system's. */
  readonly now?: (() => number) | undefined;
}

/** A running service. */
export interface Service {
  /** Its URL, such as `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  /** The URL of health and metrics, if they are served. */
  readonly adminEndpoint: string | undefined;
  /** The URL of RAM, STS and KMS, if they are served. */
  readonly rpcEndpoint: string | undefined;
  readonly region: string;
  readonly credentials: FoundRootCredentials;
  /** The UID of the account that owns everything. */
  readonly account: string;
  /** Whose the access keys and sessions are. */
  readonly directory: Directory;
  /** Users, roles, policies, access keys: what may be asked of them and done to them. */
  readonly identities: ServedIdentities;
  /** The keys of its accounts. */
  readonly kms: Kms;
  /** Creates a bucket of that account; one that it has already stays as it is. */
  createBucket(name: string): Promise<void>;
  /** Opens the audit file anew, once somebody has moved it away; resolves when that is done, or has failed. */
  reopenAudit(): Promise<void>;
  /** Stops: requests under way are finished, at most `grace` milliseconds (10,000 unless told) long. */
  close(grace?: number): Promise<void>;
}

const DEFAULT_GRACE = 10_000;

/** EX_SOFTWARE of sysexits(3). */
const EXIT_WORKERS_CRASH = 70;

/** Opens the data directory and serves it. Whatever fails, nothing is left open. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { log, region } = options;
  const machine = thisMachine();
  const limits = { ...defaultLimits(machine), ...options.limits };
  if (exceedsDescriptors(limits, machine)) {
    const { maxConnections, maxRequests } = limits;
    log.warn(
      { maxConnections, maxRequests, descriptors: machine.descriptors },
      'there are not enough descriptors for so many connections and requests: raise `ulimit -n`',
    );
  }
  const settings: ServerSettings = {
    region,
    hostSuffixes: [...defaultHostSuffixes(region), ...(options.hostSuffixes ?? [])],
    bodyIdleTimeout: limits.idleTimeout,
    restoreDelay: options.restoreDelay ?? 1_000,
    blocksPublicAccess: options.blockPublicAccess ?? false,
    now: options.now ?? Date.now,
    log,
  };
  let guard: CrashLoopGuard | undefined;
  let store: EmbeddedStore | undefined;
  let lines: AuditLog | undefined;
  try {
    lines = options.audit && (await openAuditLog(options.audit, log));
    store = await openEmbeddedStore({
      directory: options.directory,
      clock: settings.now,
      log,
      transferMemory: limits.transferMemory,
      minFreeBytes: options.minFreeBytes,
      beforeOpening: async (directory) => {
        const force = options.forceStart ?? false;
        guard = await CrashLoopGuard.begin({ directory, log, force });
      },
    });
    guard?.enter('starting');
    const service = await serve(options, settings, limits, store, lines);
    return guardedService(service, store, guard);
  } catch (error) {
    await store?.close();
    await lines?.close();
    guard?.end();
    throw error;
  }
}

/** A service whose start is counted as one that went well once it has. */
function guardedService(
  service: Service,
  store: EmbeddedStore,
  guard: CrashLoopGuard | undefined,
): Service {
  let isClosing = false;
  guard?.enter('sweeping and serving');
  guard?.serving();
  store.swept().then(() => {
    if (!isClosing) guard?.enter('serving');
  });
  return {
    ...service,
    async close(grace) {
      isClosing = true;
      await service.close(grace);
      guard?.end();
    },
  };
}

async function serve(
  options: ServiceOptions,
  settings: ServerSettings,
  limits: ServerLimits,
  store: EmbeddedStore,
  lines: AuditLog | undefined,
): Promise<Service> {
  const credentials = await findRootCredentials(options.directory, options.environment);
  const key = await findDirectoryKey(options.directory, options.environment, {
    development: options.development ?? false,
    onExposed: (file) =>
      options.log.warn({ file }, 'everybody on this machine can read the directory key: chmod 600'),
  });
  const directory = await Directory.open(store.room('directory'), credentials, {
    key,
    clock: settings.now,
    log: options.log,
  });
  const kmsSetup = await findKms(options.directory, options.environment, {
    development: options.development ?? false,
    onExposed: (file) =>
      options.log.warn({ file }, 'everybody on this machine can read the root key: chmod 600'),
  });
  const { kms, masterKeys, notice } = await openKms(kmsSetup, {
    room: store.room('kms'),
    directory,
    region: settings.region,
    clock: settings.now,
    log: options.log,
  });
  if (notice !== undefined) options.log.warn(notice);
  const metrics = new Metrics({ ofProcess: options.adminListen !== undefined });
  observeStore(metrics, store);
  if (lines !== undefined) observeAuditFile(metrics, lines);
  const auditor =
    lines && new Auditor({ lines, region: settings.region, now: settings.now, log: options.log });
  const workers = options.workers ?? 0;
  const pool =
    workers === 0
      ? undefined
      : new WorkerPool(
          poolOptions(options, settings, limits, store, { credentials, key, kmsSetup, lines }),
        );
  if (pool !== undefined) metrics.addProcesses(() => pool.samples());
  const server: Front =
    pool ??
    new OssServer({
      store: store.objects,
      directory,
      masterKeys,
      settings,
      limits,
      metrics,
      auditor,
      tls: options.tls,
    });
  let ready = false;
  let admin: AdminListener | undefined;
  let adminEndpoint: string | undefined;
  if (options.adminListen !== undefined) {
    admin = new AdminListener(
      metrics,
      () =>
        ready && pool?.state.listening !== 0
          ? { ready: true, notice: noticeOf(store, pool, notice) }
          : { ready: false, reason: ready ? 'no worker is serving' : 'starting or stopping' },
      new Map([
        ['/backup', backupRoute(store, options.directory, options.log)],
        ['/scrub', scrubRoute(store, options.log)],
      ]),
    );
    const { host, port } = options.adminListen;
    adminEndpoint = urlOf('http', await admin.listen(host, port));
  }
  const identities = directory.identities(policyLanguage);
  const { rpcListen, log, tls } = options;
  const onFinished = rpcListen && callObserver(metrics, auditor);
  const { now, region } = settings;
  const isSecure = tls !== undefined;
  const explainer = new ServedAccessExplainer({
    store: store.objects,
    directory,
    identities,
    keys: { keysOf: (account) => kms.keysOf(account), areElsewhere: masterKeys.areElsewhere },
    region,
    isSecure,
    now,
  });
  const reencryptor = new ServedReencryptor({
    store: store.objects,
    keys: masterKeys,
    directory,
    identities,
    region,
    now,
    log,
  });
  const served = { directory, identities, kms, region, explainer, reencryptor, log, tls, now };
  const rpc = rpcListen && new RpcServer({ ...served, onFinished });
  let address: AddressInfo;
  let rpcEndpoint: string | undefined;
  try {
    if (rpc !== undefined && rpcListen !== undefined) {
      rpcEndpoint = urlOf(server.protocol, await rpc.listen(rpcListen.host, rpcListen.port));
    }
    address = await server.listen(options.listen.host, options.listen.port);
    await keepIfMade(options.directory, credentials).catch(async (error: unknown) => {
      await server.close(0);
      throw error;
    });
  } catch (error) {
    await rpc?.close(0);
    await kms.close();
    await admin?.close();
    throw error;
  }
  ready = true;
  kms.keepTidy();
  let closing: Promise<void> | undefined;
  const close = async (grace: number) => {
    ready = false;
    await Promise.all([server.close(grace), rpc?.close(grace)]);
    await directory.close();
    await kms.close();
    await store.close();
    await lines?.close();
    await admin?.close();
  };
  return {
    endpoint: urlOf(server.protocol, address),
    adminEndpoint,
    rpcEndpoint,
    region,
    // A root access key that was rotated is not the one in the file any more.
    credentials: { ...credentials, ...(await directory.root()) },
    account: directory.account,
    directory,
    identities,
    kms,
    async createBucket(name) {
      checkBucketName(name);
      await store.objects.createBucket(newBucket(name, directory.account, settings));
    },
    reopenAudit: () => lines?.reopen() ?? Promise.resolve(),
    close(grace = DEFAULT_GRACE) {
      closing ??= close(grace);
      return closing;
    },
  };
}

/** Keeps a root access key that was made, now that it can be used and will be shown: a start that fails makes none. */
async function keepIfMade(directory: string, credentials: FoundRootCredentials): Promise<void> {
  if (credentials.source === 'generated') await keepRootCredentials(directory, credentials);
}

/** What is done with every call of RAM, STS and KMS that is over. */
function callObserver(metrics: Metrics, auditor: Auditor | undefined) {
  const count = metrics.countCalls();
  return (call: FinishedCall): void => {
    const { operation } = call.trace;
    const { status, milliseconds } = call;
    count({ product: operation?.product.name, action: operation?.name, status, milliseconds });
    auditor?.call(call);
  };
}

/** What a server that is ready says of its disk all the same. */
const SPACE_NOTICES = {
  roomy: undefined,
  full: 'little space is left on the disk: puts are refused, reads and deletions go on',
  exhausted: 'the disk is full: nothing can be changed, reads go on',
} as const;

/** What is to be said of a service that is ready. */
function noticeOf(
  store: EmbeddedStore,
  pool: WorkerPool | undefined,
  ofKeys: string | undefined,
): string | undefined {
  const notices = [SPACE_NOTICES[store.space().state], pool?.notice, ofKeys];
  return notices.filter((notice) => notice !== undefined).join('\n') || undefined;
}

/** Whatever speaks HTTP for the service. */
interface Front {
  readonly protocol: 'http' | 'https';
  listen(host: string, port: number): Promise<AddressInfo>;
  close(grace: number): Promise<void>;
}

/** What workers cannot look up for themselves, and where their audit lines go. */
interface WorkerNeeds {
  readonly credentials: FoundRootCredentials;
  readonly key: DirectoryKey | undefined;
  readonly kmsSetup: KmsSetup;
  readonly lines: AuditLog | undefined;
}

function poolOptions(
  { workers = 0, directory, minFreeBytes, tls, adminListen, log }: ServiceOptions,
  settings: ServerSettings,
  limits: ServerLimits,
  store: EmbeddedStore,
  { credentials, key, kmsSetup, lines }: WorkerNeeds,
): WorkerPoolOptions {
  const { region, hostSuffixes, bodyIdleTimeout, restoreDelay, blocksPublicAccess } = settings;
  return {
    lines,
    count: workers,
    sessions: store.workers,
    configuration: {
      directory: path.resolve(directory),
      credentials,
      directoryKey: key && { base64: key.bytes.toString('base64'), source: key.source },
      kms: sentKmsSetup(kmsSetup),
      region,
      hostSuffixes,
      bodyIdleTimeout,
      restoreDelay,
      blocksPublicAccess,
      limits: shareOf(limits, workers),
      minFreeBytes,
      tls: tls && { cert: tls.cert.toString(), key: tls.key.toString() },
      logLevel: logLevels.find((level) => level === log.level) ?? 'info',
      observed: adminListen !== undefined,
      audited: lines !== undefined,
    },
    log,
    onHopeless(error) {
      // As one process would that crashed: whoever started it starts it again, and finds out.
      log.fatal({ err: error }, 'a worker crashes again and again; ending the service');
      process.exit(EXIT_WORKERS_CRASH);
    },
  };
}

function urlOf(protocol: string, { address, family, port }: AddressInfo): string {
  return `${protocol}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
