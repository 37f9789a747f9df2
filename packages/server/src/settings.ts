import type { Logger } from 'pino';

/** What a server is told about itself; read once at the edge and handed down. */
export interface ServerSettings {
  /** The region id, such as `cn-hangzhou`. */
  readonly region: string;
  /** Host names under which buckets are addressed as `<bucket>.<suffix>`; lower case, no port. */
  readonly hostSuffixes: readonly string[];
  /** Milliseconds that a body may stand still before the request is given up. */
  readonly bodyIdleTimeout: number;
  /** Milliseconds that restoring an archived object takes. */
  readonly restoreDelay: number;
  /** Whether new buckets start with Block Public Access on. */
  readonly blocksPublicAccess: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
}

/** The host suffixes that a server of a region answers to unless told otherwise. */
export function defaultHostSuffixes(region: string): readonly string[] {
  return ['localhost', `oss-${region}.aliyuncs.com`, `oss-${region}-internal.aliyuncs.com`];
}
