import type { BucketRecord } from '../bucket-record.js';
import { namedBlobs } from '../named-blobs.js';
import { isOrphan } from '../orphan-sweep.js';
import type { ScrubRun } from './scrub-run.js';

const DELETE_AT_ONCE = 200;

export interface OrphanScrubOptions {
  readonly buckets: readonly BucketRecord[];
  /** Whether a bucket's records are all there; of a bucket that is no more, whether that is sure. */
  isWhole(incarnation: string): boolean;
  readonly onDeleted: (count: number) => void;
}

/**
 * Finds the blobs that nothing names. Only those of writers that are no more can be told: a living
 * one's may be named by a commit that is still to come.
 */
export async function scrubOrphans(run: ScrubRun, options: OrphanScrubOptions): Promise<void> {
  const { buckets, isWhole, onDeleted } = options;
  const names = new Map(buckets.map(({ incarnation, name }) => [incarnation, name]));
  const unreadable = new Set<string>();
  let orphans: { readonly id: string; readonly bucket?: string; readonly key?: string }[] = [];
  const settle = async (): Promise<void> => {
    if (run.mayRepair) {
      await run.blobs.deleteAll(orphans.map(({ id }) => id));
      onDeleted(orphans.length);
    }
    for (const { id, ...place } of orphans) {
      await run.report('orphan-blob', place, `nothing names blob ${id}`, run.mayRepair);
    }
    orphans = [];
  };
  for (const session of await run.blobs.endedSessions()) {
    for await (const found of run.blobs.blobsOf(session)) {
      await run.breathe();
      const { id, binding } = found;
      if (binding === 'unreadable') {
        unreadable.add(id);
        continue;
      }
      if (!(await isOrphan(run.metadata, found))) continue;
      if (binding === 'never-written') {
        orphans.push({ id });
      } else {
        const bucket = names.get(binding.bucket);
        const place = { ...(bucket === undefined ? {} : { bucket }), key: binding.key };
        if (isWhole(binding.bucket)) orphans.push({ id, ...place });
        else await run.report('orphan-blob', place, leftAlone(id));
      }
      if (orphans.length === DELETE_AT_ONCE) await settle();
    }
  }
  if (unreadable.size > 0) {
    const named = await namedBlobs(unreadable, {
      metadata: run.metadata,
      async *buckets() {
        yield* buckets;
      },
      isStopped: () => false,
    });
    const areWhole = buckets.every(({ incarnation }) => isWhole(incarnation));
    for (const id of unreadable) {
      // The object of one that is named was reported when its body was read.
      if (named?.has(id) === true) continue;
      if (named !== undefined && areWhole) orphans.push({ id });
      else await run.report('orphan-blob', {}, leftAlone(id));
    }
  }
  if (orphans.length > 0) await settle();
}

const leftAlone = (id: string): string =>
  `nothing names blob ${id}, but records are missing or damaged, and it may be what one of them named`;
