/**
 * Writes as many bytes to a file as it is told, with the flush pattern of OpenOSS's blobs (1 MiB writes,
 * one under way while the next is made ready, a flush begun every 16 MiB, one at the end, and one of the
 * directory) and nothing else: no network, no checksum. What the disk and Node give at most. Prints how
 * long it took, without the start of the process.
 */
import { open } from 'node:fs/promises';
import path from 'node:path';

const SLAB_BYTES = 1024 * 1024;
const FLUSH_EVERY_BYTES = 16 * 1024 * 1024;

const [target = '', size = '0'] = process.argv.slice(2);
const total = Number(size);
const source = Buffer.alloc(SLAB_BYTES, 'openoss ');
const slabs = [Buffer.alloc(SLAB_BYTES), Buffer.alloc(SLAB_BYTES)];

const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const directory = await open(path.dirname(target), 'r');
const file = await open(target, 'wx');
const entered = directory.sync();
let flushing = Promise.resolve();
let writing = Promise.resolve();
let flushedTo = 0;
for (let position = 0, turn = 0; position < total; position += SLAB_BYTES, turn += 1) {
  const slab = slabs[turn % slabs.length] ?? source;
  const length = Math.min(SLAB_BYTES, total - position);
  // A body has to be moved into place by whoever writes it.
  source.copy(slab);
  await writing;
  writing = write(slab, length, position);
  if (position - flushedTo >= FLUSH_EVERY_BYTES) {
    flushedTo = position;
    flushing = flushing.then(() => file.datasync());
  }
}
await Promise.all([writing, flushing, entered]);
await file.datasync();
await file.close();
await directory.close();
const { user, system } = process.cpuUsage(cpuBefore);
const seconds = (performance.now() - startedAt) / 1000;
process.stdout.write(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6 }));

/**
 * @param {Buffer} slab
 * @param {number} length
 * @param {number} position
 */
async function write(slab, length, position) {
  const { bytesWritten } = await file.write(slab, 0, length, position);
  if (bytesWritten !== length) throw new Error('short write');
}
