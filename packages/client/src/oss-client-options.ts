import type { AddressingStyle } from './addressing-style.js';
import type { Clock } from './clock.js';
import type { Credentials, CredentialsProvider } from './credentials.js';
import type { Log } from './log.js';
import type { ConnectionOptions } from './transport/connections.js';

/** How an `OssClient` reaches the service, signs, waits and tries again. */
export interface OssClientOptions extends ConnectionOptions {
  /** Host of the service, `https://` unless it has a scheme; else the public one of the region. */
  readonly endpoint?: string | undefined;
  /** A region id, such as `cn-hangzhou`; needed for signatures of version 4. */
  readonly region?: string | undefined;
  readonly credentials: CredentialsProvider | Credentials;
  /** `virtual` unless said; an endpoint that is an IP address is always asked in path style. */
  readonly addressingStyle?: AddressingStyle | undefined;
  /** `v4` unless said. */
  readonly signVersion?: 'v1' | 'v4' | undefined;
  /** What version 4 signs for: `oss` unless said, `oss-cloudbox` for CloudBox. */
  readonly product?: string | undefined;
  /** Headers that version 4 signs besides those it signs anyway. */
  readonly additionalHeaders?: readonly string[] | undefined;
  /** Until a connection stands, TLS included, in milliseconds; 0 is without limit. 5000 unless said. */
  readonly connectTimeoutMs?: number | undefined;
  /** Between two bytes read or written, in milliseconds; 0 is without limit. 10000 unless said. */
  readonly readWriteTimeoutMs?: number | undefined;
  /** How often a request is tried in all; 3 unless said. */
  readonly maxAttempts?: number | undefined;
  /** Put behind the client's own User-Agent. */
  readonly userAgent?: string | undefined;
  readonly clock?: Clock | undefined;
  /** From 0 to 1, 1 excluded; for the jitter of the waits. */
  readonly random?: (() => number) | undefined;
  readonly log?: Log | undefined;
}

/** How far a transfer is. */
export interface TransferProgress {
  readonly direction: 'upload' | 'download';
  /** Bytes so far; a new attempt begins at 0 again. */
  readonly bytes: number;
  /** Undefined for a stream, whose length nobody knows. */
  readonly totalBytes: number | undefined;
  /** Which try this is; the first is 1. */
  readonly attempt: number;
}

/** Another attempt that is about to be waited for. */
export interface Retry {
  /** What the last attempt failed with. */
  readonly error: unknown;
  /** Which try comes next; the first retry is 2. */
  readonly attempt: number;
  /** How often is tried in all. */
  readonly maxAttempts: number;
  /** How long is waited before it, in milliseconds. */
  readonly delayMs: number;
}

/** What holds for one request. */
export interface RequestOptions {
  /** Ends the operation, also between attempts and while the answer's body is read. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  /** Told before each wait. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}
