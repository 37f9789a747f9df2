/**
 * A process that looks through the crash states of one seed after another. On its own, because an
 * image that LMDB cannot bear may take the process with it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceRandomBytes } from '../forgetting-disk/seeded-random-bytes.mjs';
import { failureText } from '../recovery/failure-file.mjs';
import { BROKEN_OPENINGS } from '../self-test/broken-openings.mjs';

/**
 * @import { Lie } from '../forgetting-disk/volume-disk.mjs'
 */

/**
 * @typedef {object} ExploreJob
 * @property {'forgetting-disk' | 'metadata-trace' | 'faults'} part
 * @property {string} seed
 * @property {number} choices
 * @property {number} lanes
 * @property {string} scratch
 * @property {string} failures where violations are kept
 * @property {number} [stopAfter]
 * @property {string} [lastWords]
 * @property {Lie} [lie] breaks the disk
 * @property {boolean} [overlappingSync] breaks the engine
 * @property {keyof typeof BROKEN_OPENINGS} [brokenOpening] breaks the engine that opens images
 */

/**
 * What was found, without the images.
 * @typedef {object} ExploreReport
 * @property {Buffer} digests 12 bytes each
 * @property {number} points
 * @property {number} choices
 * @property {number} acknowledged
 * @property {number} faults
 * @property {ReportedViolation[]} violations
 */

/**
 * @typedef {object} ReportedViolation
 * @property {string} part
 * @property {string} seed
 * @property {string} life
 * @property {readonly string[]} problems
 * @property {string} [file] in which the image is kept
 */

replaceRandomBytes();
const { exploreForgettingDisk } = await import('../forgetting-disk/explore-forgetting-disk.mjs');
const { exploreFaults } = await import('../faults/explore-faults.mjs');
const { exploreMetadataTrace } = await import('../metadata-trace/explore-metadata-trace.mjs');

const EXPLORATIONS = {
  'forgetting-disk': exploreForgettingDisk,
  'metadata-trace': exploreMetadataTrace,
  faults: exploreFaults,
};

/**
 * @param {ExploreJob} job
 * @returns {Promise<ExploreReport>}
 */
async function explore(job) {
  const { part, seed, scratch, failures } = job;
  mkdirSync(scratch, { recursive: true });
  const run = EXPLORATIONS[part];
  const open = job.brokenOpening && BROKEN_OPENINGS[job.brokenOpening];
  const { store, digests, violations, ...counts } = await run(seed, { ...job, open });
  return {
    ...counts,
    digests: Buffer.from([...digests].join(''), 'latin1'),
    violations: violations.map((violation) => {
      const { life, problems, digest } = violation;
      // What went wrong before there was any crash is not on an image: its workload shows it again.
      if (digest === undefined) return { part, seed, life, problems };
      const file = join(failures, `${part}-${seed}-${digest}.json.gz`);
      mkdirSync(failures, { recursive: true });
      writeFileSync(file, failureText(store, violation));
      return { part, seed, life, problems, file };
    }),
  };
}

process.on('message', (message) => {
  const job = /** @type {ExploreJob} */ (message);
  explore(job).then(
    (report) => process.send?.({ report }),
    (error) => process.send?.({ failed: error instanceof Error ? error.stack : String(error) }),
  );
});
// Whoever asked is gone.
process.on('disconnect', () => process.exit());
