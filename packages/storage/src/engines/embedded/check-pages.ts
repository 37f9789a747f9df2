import type { Disk } from '../../engine/disk.js';
import type { ScrubRun } from '../../scrub/scrub-run.js';
import { findPageProblems } from './lmdb-walk.js';

/**
 * Looks through LMDB's pages before a scrub has LMDB follow them, which could end the process. False
 * when they are damaged. The snapshot keeps what is in use from being written over meanwhile.
 */
export async function checkPages(run: ScrubRun, disk: Disk, path: string): Promise<boolean> {
  const snapshot = await run.metadata.snapshot();
  try {
    const problems = await findPageProblems(disk, path, () => run.breathe());
    for (const { page, what } of problems) {
      await run.report('damaged-page', { key: `page ${page}` }, `page ${page}: ${what}`);
    }
    return problems.length === 0;
  } finally {
    await snapshot.close();
  }
}
