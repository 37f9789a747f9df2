import type { EmbeddedStore, StoreCounters } from '@openoss/storage';
import type { Metrics } from './metrics.js';

/** As the metric numbers them. */
const SPACE_STATES = ['roomy', 'full', 'exhausted'] as const;

/** What every process that reads objects finds of damage. */
export function observeDamage(metrics: Metrics, counters: StoreCounters): void {
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
}

/** What every process that serves transfers holds for them. */
export function observeTransfers(
  metrics: Metrics,
  store: { readonly transferMemory: number },
): void {
  metrics.observeGauge(
    'openoss_transfer_buffer_bytes',
    'Bytes of buffers that large transfers hold now.',
    () => store.transferMemory,
  );
}

/** What the process that has the store open knows of it. */
export function observeStore(metrics: Metrics, store: EmbeddedStore): void {
  const { counters } = store;
  observeDamage(metrics, counters);
  observeTransfers(metrics, store);
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
