import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfContent } from '../crash-model/file-content.mjs';

/**
 * @import { DiskImage } from '../crash-model/disk-image.mjs'
 * @import { PageStore } from '../crash-model/page-store.mjs'
 */

/**
 * Writes an image into a real directory that is empty.
 * @param {PageStore} store
 * @param {DiskImage} image
 * @param {string} mountPoint
 */
export function placeImage(store, image, mountPoint) {
  for (const path of image.directories) mkdirSync(join(mountPoint, path), { mode: 0o700 });
  for (const [path, content] of image.files) {
    writeFileSync(join(mountPoint, path), bytesOfContent(store, content), { mode: 0o600 });
  }
}
