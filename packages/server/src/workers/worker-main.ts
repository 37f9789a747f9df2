/** What a worker process of a service runs; `worker-pool.ts` starts it. */
import { Socket } from 'node:net';
import { Directory } from '@openoss/directory';
import { EXIT_STORAGE_FAILED, openWorkerStore } from '@openoss/storage';
import { AuditLog } from '../audit/audit-log.js';
import { AuditStream } from '../audit/audit-stream.js';
import { Auditor } from '../audit/auditor.js';
import { observeAudit } from '../audit/open-audit-log.js';
import { createLog } from '../log.js';
import { Metrics } from '../metrics.js';
import { observeDamage, observeTransfers } from '../observe-store.js';
import { openKms, receivedKmsSetup } from '../open-kms.js';
import { OssServer } from '../oss-server.js';
import type { FromWorker, SentFailure, ToWorker, WorkerConfiguration } from './worker-messages.js';

/** The descriptor that leads to the primary's store, behind the three usual ones and Node's own. */
const PRIMARY_DESCRIPTOR = 4;
/** And the one for audit lines. */
const AUDIT_DESCRIPTOR = 5;

/** The primary decides when to stop; a terminal, or a supervisor, tells all processes at once. */
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});
// Without the primary nothing can be acknowledged.
process.on('disconnect', () => process.exit(0));

let running: { readonly metrics: Metrics; stop(grace: number): Promise<void> } | undefined;

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'start':
      start(message.configuration).catch((error: unknown) => {
        tell({ type: 'failed', failure: sentFailure(error) });
      });
      break;
    case 'measure': {
      const { request } = message;
      running?.metrics.samples().then((samples) => tell({ type: 'measured', request, samples }));
      break;
    }
    case 'stop':
      // Told so while it starts, it has nothing to finish.
      if (running === undefined) process.exit(0);
      running.stop(message.grace).then(() => process.exit(0));
      break;
  }
});
tell({ type: 'booted' });

async function start(configuration: WorkerConfiguration): Promise<void> {
  const { index, listen, region, hostSuffixes, bodyIdleTimeout } = configuration;
  const { restoreDelay, blocksPublicAccess } = configuration;
  const log = createLog(configuration.logLevel).child({ worker: index });
  const store = await openWorkerStore({
    directory: configuration.directory,
    session: configuration.session,
    primary: new Socket({ fd: PRIMARY_DESCRIPTOR, readable: true, writable: true }),
    clock: Date.now,
    log,
    minFreeBytes: configuration.minFreeBytes,
    transferMemory: configuration.limits.transferMemory,
    onFatal(error) {
      log.error({ err: error }, 'the disk failed; ending the service so that nothing is made up');
      process.exit(EXIT_STORAGE_FAILED);
    },
    onPrimaryLost: () => process.exit(0),
  });
  const metrics = new Metrics({ ofProcess: configuration.observed });
  observeDamage(metrics, store.counters);
  observeTransfers(metrics, store);
  const { credentials, directoryKey } = configuration;
  const directory = await Directory.open(store.room('directory'), credentials, {
    key: directoryKey && {
      bytes: Buffer.from(directoryKey.base64, 'base64'),
      source: directoryKey.source,
    },
    log,
  });
  // Keys are rotated and swept by the primary, which says as well where they are locked.
  const { kms, masterKeys } = await openKms(receivedKmsSetup(configuration.kms), {
    room: store.room('kms'),
    directory,
    region,
    clock: Date.now,
    log,
  });
  const lines = configuration.audited
    ? new AuditLog({ destination: primaryAuditLog(), log })
    : undefined;
  if (lines !== undefined) observeAudit(metrics, lines);
  const server = new OssServer({
    store: store.objects,
    directory,
    masterKeys,
    settings: {
      region,
      hostSuffixes,
      bodyIdleTimeout,
      restoreDelay,
      blocksPublicAccess,
      now: Date.now,
      log,
    },
    limits: configuration.limits,
    metrics,
    auditor: lines && new Auditor({ lines, region, now: Date.now, log }),
    tls: configuration.tls,
  });
  running = {
    metrics,
    async stop(grace) {
      await server.close(grace);
      await directory.close();
      await kms.close();
      await store.close();
      await lines?.close();
    },
  };
  tell({ type: 'listening', address: await server.listen(listen.host, listen.port) });
}

/** Whole lines go to the primary, which writes them for all. */
function primaryAuditLog(): AuditStream {
  const pipe = new Socket({ fd: AUDIT_DESCRIPTOR, readable: false, writable: true });
  return new AuditStream(pipe);
}

function tell(message: FromWorker): void {
  // It fails when the primary is gone, which ends this process anyway.
  process.send?.(message, undefined, undefined, () => {});
}

function sentFailure(error: unknown): SentFailure {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, code, syscall, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  return { message, code, syscall, address, port };
}
