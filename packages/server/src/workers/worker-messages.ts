import type { AddressInfo } from 'node:net';
import type { FoundRootCredentials } from '@openoss/directory';
import type { Samples } from '../combined-metrics.js';
import type { ServerLimits } from '../limits.js';
import type { LogLevel } from '../log.js';
import type { SentKmsSetup } from '../open-kms.js';

/** What a worker is told before it serves anything. */
export interface WorkerConfiguration {
  readonly index: number;
  /** The data directory's absolute path, and the session that this worker writes under. */
  readonly directory: string;
  readonly session: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly credentials: FoundRootCredentials;
  readonly directoryKey: { readonly base64: string; readonly source: string } | undefined;
  readonly kms: SentKmsSetup;
  readonly region: string;
  readonly hostSuffixes: readonly string[];
  readonly bodyIdleTimeout: number;
  readonly restoreDelay: number;
  readonly blocksPublicAccess: boolean;
  /** This worker's part of what the service takes on. */
  readonly limits: ServerLimits;
  /** As for the whole service: each worker looks at the disk itself. */
  readonly minFreeBytes: number | undefined;
  /** PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly logLevel: LogLevel;
  /** Whether somebody may ask for metrics. */
  readonly observed: boolean;
  /** Whether requests are written down: then there is a pipe for the lines. */
  readonly audited: boolean;
}

/** What a start may fail with, as far as it can be sent. */
export interface SentFailure {
  readonly message: string;
  readonly code?: string | undefined;
  readonly syscall?: string | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

export type ToWorker =
  | { readonly type: 'start'; readonly configuration: WorkerConfiguration }
  | { readonly type: 'measure'; readonly request: number }
  | { readonly type: 'stop'; readonly grace: number };

export type FromWorker =
  | { readonly type: 'booted' }
  | { readonly type: 'listening'; readonly address: AddressInfo }
  | { readonly type: 'failed'; readonly failure: SentFailure }
  | { readonly type: 'measured'; readonly request: number; readonly samples: Samples };
