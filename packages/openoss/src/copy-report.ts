import type { CopyProgress, Damage } from '@openoss/server';

/** Exit status of a copy that was not made. */
export const NOT_COPIED = 2;

/** Exit status of a copy that is finished, but holds objects that are damaged. */
export const COPIED_DAMAGE = 3;

const PROGRESS_MS = 5000;

/** What a backup or a restore tells while it runs, on standard error. */
export class CopyReport {
  #saidAt = Date.now();

  damage = ({ bucket, key, reason }: Damage): void => {
    const what = key === undefined ? `bucket ${bucket}` : `oss://${bucket}/${key}`;
    // A key may hold what a terminal would obey.
    process.stderr.write(`openoss: damaged: ${JSON.stringify(what)}: ${reason}\n`);
  };

  progress = ({ objects, blobs }: CopyProgress): void => {
    if (Date.now() - this.#saidAt < PROGRESS_MS) return;
    this.#saidAt = Date.now();
    process.stderr.write(`openoss: ${objects} objects so far, ${blobs} of them in files\n`);
  };
}

/** What was copied, in words. */
export function describeCopy({ buckets, objects, bytes, blobs, shared }: CopyProgress): string {
  const files = `${blobs} in files of their own${shared === 0 ? '' : `, ${shared} of those shared`}`;
  return `${count(buckets, 'bucket')}, ${count(objects, 'object')}, ${bytes} bytes; ${files}`;
}

const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? '' : 's'}`;
