import type { AddressInfo } from 'node:net';
import { Directory, type FoundRootCredentials, findRootCredentials } from '@openoss/directory';
import { checkBucketName } from '@openoss/protocol';
import { type EmbeddedStore, openEmbeddedStore } from '@openoss/storage';
import type { Logger } from 'pino';
import { AdminListener } from './admin-listener.js';
import { backupRoute } from './backup/backup-route.js';
import { CrashLoopGuard } from './crash-loop/crash-loop-guard.js';
import { defaultLimits, exceedsDescriptors, type ServerLimits, thisMachine } from './limits.js';
import { Metrics } from './metrics.js';
import { OssServer } from './oss-server.js';
import { scrubRoute } from './scrub/scrub-route.js';
import { defaultHostSuffixes, type ServerSettings } from './settings.js';

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
  readonly region: string;
  /** Host suffixes besides the default ones. */
  readonly hostSuffixes?: readonly string[] | undefined;
  /** PEM; with them the service speaks HTTPS. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** Where `OPENOSS_ROOT_ACCESS_KEY_ID` and `OPENOSS_ROOT_ACCESS_KEY_SECRET` are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** Milliseconds that restoring an archived object takes; 1,000 unless told. */
  readonly restoreDelay?: number | undefined;
  /** What is taken on at most; what is not told fits the machine. */
  readonly limits?: Partial<ServerLimits> | undefined;
  /** Bytes of the disk that puts leave free, as `openEmbeddedStore` has it; 0 watches nothing. */
  readonly minFreeBytes?: number | undefined;
  /** Start even where a crash loop would be refused. */
  readonly forceStart?: boolean | undefined;
  /** Milliseconds since the epoch; the system's clock unless told. */
  readonly now?: (() => number) | undefined;
}

/** A running service. */
export interface Service {
  /** Its URL, such as `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  /** The URL of health and metrics, if they are served. */
  readonly adminEndpoint: string | undefined;
  readonly region: string;
  readonly credentials: FoundRootCredentials;
  /** The UID of the account that owns everything. */
  readonly account: string;
  /** Creates a bucket of that account; one that it has already stays as it is. */
  createBucket(name: string): Promise<void>;
  /** Stops: requests under way are finished, at most `grace` milliseconds (10,000 unless told) long. */
  close(grace?: number): Promise<void>;
}

const DEFAULT_GRACE = 10_000;

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
    now: options.now ?? Date.now,
    log,
  };
  let guard: CrashLoopGuard | undefined;
  let store: EmbeddedStore | undefined;
  try {
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
    const service = await serve(options, settings, limits, store);
    return guardedService(service, store, guard);
  } catch (error) {
    await store?.close();
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
): Promise<Service> {
  const credentials = await findRootCredentials(options.directory, options.environment);
  const directory = await Directory.open(store.room('directory'), credentials);
  const metrics = new Metrics({ ofProcess: options.adminListen !== undefined });
  observeStore(metrics, store);
  const server = new OssServer({
    store: store.objects,
    directory,
    settings,
    limits,
    metrics,
    tls: options.tls,
  });
  let ready = false;
  let admin: AdminListener | undefined;
  let adminEndpoint: string | undefined;
  if (options.adminListen !== undefined) {
    admin = new AdminListener(
      metrics,
      () =>
        ready
          ? { ready: true, notice: SPACE_NOTICES[store.space().state] }
          : { ready: false, reason: 'starting or stopping' },
      new Map([
        ['/backup', backupRoute(store, options.directory, options.log)],
        ['/scrub', scrubRoute(store, options.log)],
      ]),
    );
    const { host, port } = options.adminListen;
    adminEndpoint = urlOf('http', await admin.listen(host, port));
  }
  let address: AddressInfo;
  try {
    address = await server.listen(options.listen.host, options.listen.port);
  } catch (error) {
    await admin?.close();
    throw error;
  }
  ready = true;
  let closing: Promise<void> | undefined;
  const close = async (grace: number) => {
    ready = false;
    await server.close(grace);
    await store.close();
    await admin?.close();
  };
  return {
    endpoint: urlOf(server.protocol, address),
    adminEndpoint,
    region: settings.region,
    credentials,
    account: directory.account,
    async createBucket(name) {
      checkBucketName(name);
      await store.objects.createBucket({
        name,
        owner: directory.account,
        storageClass: 'Standard',
        redundancy: 'LRS',
        acl: 'private',
      });
    },
    close(grace = DEFAULT_GRACE) {
      closing ??= close(grace);
      return closing;
    },
  };
}

/** What a server that is ready says of its disk all the same. */
const SPACE_NOTICES = {
  roomy: undefined,
  full: 'little space is left on the disk: puts are refused, reads and deletions go on',
  exhausted: 'the disk is full: nothing can be changed, reads go on',
} as const;

/** As the metric numbers them. */
const SPACE_STATES = ['roomy', 'full', 'exhausted'] as const;

function observeStore(metrics: Metrics, store: EmbeddedStore): void {
  const { counters } = store;
  metrics.observeCount(
    'openoss_corrupt_records_total',
    'Records and inline bodies that failed their checksum when they were read.',
    () => counters.corruptRecords,
  );
  metrics.observeCount(
    'openoss_corrupt_blobs_total',
    'Blobs that were found damaged when they were read.',
    () => counters.corruptBlobs,
  );
  metrics.observeCount(
    'openoss_blobs_deleted_total',
    'Blobs deleted because their object was replaced or deleted.',
    () => counters.blobsDeleted,
  );
  metrics.observeCount(
    'openoss_orphans_deleted_total',
    'Blobs deleted because a writer that is no more left them unnamed.',
    () => counters.orphansDeleted,
  );
  metrics.observeCount(
    'openoss_scrubs_total',
    'Scrubs that came to their end.',
    () => counters.scrubs,
  );
  metrics.observeCount(
    'openoss_scrub_damage_total',
    'Things that scrubs found and that may be lost or cannot be read.',
    () => counters.scrubDamage,
  );
  metrics.observeCount(
    'openoss_scrub_waste_total',
    'Things that scrubs found and that nobody needs, or that were counted wrongly.',
    () => counters.scrubWaste,
  );
  metrics.observeGauge(
    'openoss_scrub_last_completed_timestamp_seconds',
    'When a scrub last came to its end, in seconds since 1970; 0 when none has since the start.',
    () => counters.scrubbedAt / 1000,
  );
  metrics.observeCount(
    'openoss_commits_total',
    'Durable commits of metadata.',
    () => store.work.commits,
  );
  metrics.observeCount(
    'openoss_flushes_total',
    'Flushes that those commits shared.',
    () => store.work.flushes,
  );
  metrics.observeGauge(
    'openoss_transfer_buffer_bytes',
    'Bytes of buffers that large transfers hold now.',
    () => store.transferMemory,
  );
  metrics.observeGauge(
    'openoss_free_bytes',
    'Bytes that are free on the file system of the data directory.',
    () => store.space().free,
  );
  metrics.observeGauge(
    'openoss_min_free_bytes',
    'Bytes that puts leave free there; 0 when that is not watched.',
    () => store.space().minFree,
  );
  metrics.observeGauge(
    'openoss_reserve_bytes',
    'Bytes that the preallocated file holds for deletions.',
    () => store.space().reserved,
  );
  metrics.observeGauge(
    'openoss_space_state',
    'Space on the disk: 0 enough, 1 puts are refused, 2 nothing can be changed.',
    () => SPACE_STATES.indexOf(store.space().state),
  );
}

function urlOf(protocol: string, { address, family, port }: AddressInfo): string {
  return `${protocol}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
