/** What has happened in a store since it was opened, for metrics. The numbers are live. */
export interface StoreCounters {
  /** Records and inline bodies that failed their checksum when they were read. */
  readonly corruptRecords: number;
  /** Blobs that were found damaged when they were read. */
  readonly corruptBlobs: number;
  /** Blobs deleted because their object was replaced or deleted. */
  readonly blobsDeleted: number;
  /** Blobs deleted because a writer that is no more left them unnamed. */
  readonly orphansDeleted: number;
  /** Scrubs that came to their end. */
  readonly scrubs: number;
  /** What scrubs found that may be lost or cannot be read. */
  readonly scrubDamage: number;
  /** What scrubs found that nobody needs, or that is counted wrongly. */
  readonly scrubWaste: number;
  /** When a scrub last came to its end, in milliseconds since 1970; 0 when none has. */
  readonly scrubbedAt: number;
}

/** The counters as their keepers see them. */
export type MutableStoreCounters = { -readonly [Name in keyof StoreCounters]: StoreCounters[Name] };

export function newStoreCounters(): MutableStoreCounters {
  return {
    corruptRecords: 0,
    corruptBlobs: 0,
    blobsDeleted: 0,
    orphansDeleted: 0,
    scrubs: 0,
    scrubDamage: 0,
    scrubWaste: 0,
    scrubbedAt: 0,
  };
}
