import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { FailStop } from '../engine/fail-stop.js';
import { nodeDisk } from '../engine/node-disk.js';
import { placesIn } from '../engines/embedded/data-directory.js';
import { FileBlobs } from '../engines/embedded/file-blobs.js';
import { silentLog } from '../log.js';
import { blobFiles, openStore } from '../testing/open-store.js';
import type { WorkerSession } from './worker-sessions.js';

/** Leaves a whole blob that no record names, as a worker does that is killed before it commits. */
async function leaveBlob(directory: string, { id: session }: WorkerSession): Promise<void> {
  const blobs = new FileBlobs({
    directory: placesIn(directory).blobs,
    session,
    disk: nodeDisk,
    failStop: new FailStop(() => {}),
    log: silentLog,
  });
  const writer = await blobs.create({ bucket: 'incarnation', key: 'key' }, 100_000);
  await writer.write(Buffer.alloc(100_000, 1));
  await writer.finish();
}

it('keeps the blobs of a worker that lives from the sweeper, and leaves them to it afterwards', async () => {
  const store = await openStore();
  const one = store.workers.begin();
  const other = store.workers.begin();
  expect(one.id).not.toBe(other.id);
  await leaveBlob(store.directory, one);
  await leaveBlob(store.directory, other);
  await other.ended();
  await store.swept();
  // The sweeper has walked what ended, and only that.
  expect(blobFiles(store.directory).map((name) => name.split('/')[0])).toEqual([one.id]);
  const link = new PassThrough();
  one.connect(link);
  const ended = one.ended();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await store.swept();
  expect(blobFiles(store.directory)).toHaveLength(1);
  link.destroy();
  await ended;
  await store.swept();
  expect(blobFiles(store.directory)).toEqual([]);
});
