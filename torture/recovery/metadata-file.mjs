import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readContent } from '../crash-model/file-content.mjs';

/**
 * @import { DiskImage } from '../crash-model/disk-image.mjs'
 * @import { FileContent } from '../crash-model/file-content.mjs'
 * @import { PageStore } from '../crash-model/page-store.mjs'
 * @import { OutsideFile } from '../forgetting-disk/volume-disk.mjs'
 */

/** The data directory in a volume: not its root, so that its own entry can be lost too. */
export const DATA_DIRECTORY = 'data';

/** Where the volume has LMDB's files, which LMDB reaches by itself and not through the `Disk`. */
export const METADATA_FILE = `${DATA_DIRECTORY}/metadata.mdb`;
const METADATA_LOCK_FILE = `${DATA_DIRECTORY}/metadata.mdb-lock`;

/** Bytes of LMDB's lock file with its default number of readers. */
const LOCK_FILE_BYTES = 8272;

/**
 * The real directory in which LMDB and the lock of the data directory find what they need while
 * everything else is in a volume in memory.
 */
export class MetadataPlace {
  /** The volume's mount point. */
  mountPoint;

  /** Of files that the engine reads through the `Disk`, by path. @type {Map<string, number>} */
  #descriptors = new Map();

  /** @param {string} mountPoint a directory that does not exist yet */
  constructor(mountPoint) {
    this.mountPoint = mountPoint;
    mkdirSync(this.dataDirectory, { recursive: true, mode: 0o700 });
  }

  get dataDirectory() {
    return join(this.mountPoint, DATA_DIRECTORY);
  }

  get metadata() {
    return join(this.mountPoint, METADATA_FILE);
  }

  /**
   * Puts LMDB's files there as an image has them. LMDB's table of readers is memory that is never
   * flushed: after a crash it holds anything, which must not matter.
   * @param {PageStore} store
   * @param {DiskImage} image
   */
  place(store, image) {
    const metadata = image.files.get(METADATA_FILE);
    if (metadata !== undefined) writePlaced(store, metadata, this.metadata);
    if (image.files.has(METADATA_LOCK_FILE)) {
      const fill = [undefined, 0, 0xff, 0x5a][image.digest.charCodeAt(0) % 4];
      const bytes = Buffer.alloc(fill === undefined ? 0 : LOCK_FILE_BYTES, fill);
      writeFileSync(join(this.mountPoint, METADATA_LOCK_FILE), bytes, { mode: 0o600 });
    }
  }

  /** @returns {OutsideFile[]} */
  get outside() {
    return [METADATA_FILE, METADATA_LOCK_FILE].map((path) => {
      const real = join(this.mountPoint, path);
      return {
        path,
        create: () => writeFileSync(real, '', { mode: 0o600, flag: 'wx' }),
        remove: () => {
          this.#closeAll();
          rmSync(real);
        },
        read: (target, position) =>
          readSync(this.#descriptorOf(real), target, 0, target.length, position),
        size: () => statSync(real).size,
      };
    });
  }

  /** The bytes of LMDB's file now; undefined when there is none. @returns {Buffer | undefined} */
  readMetadata() {
    if (!existsSync(this.metadata)) return undefined;
    const descriptor = openSync(this.metadata, 'r');
    try {
      const bytes = Buffer.allocUnsafe(fstatSync(descriptor).size);
      readSync(descriptor, bytes, 0, bytes.length, 0);
      return bytes;
    } finally {
      closeSync(descriptor);
    }
  }

  /** @param {string} real */
  #descriptorOf(real) {
    const known = this.#descriptors.get(real);
    if (known !== undefined) return known;
    const descriptor = openSync(real, 'r');
    this.#descriptors.set(real, descriptor);
    return descriptor;
  }

  #closeAll() {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }

  remove() {
    this.#closeAll();
    // All in one directory: much cheaper than to ask for everything below.
    const directory = this.dataDirectory;
    for (const name of readdirSync(directory)) unlinkSync(join(directory, name));
    rmdirSync(directory);
    rmdirSync(this.mountPoint);
  }
}

/** Holds one file after another on their way to where LMDB reads them. */
let passage = Buffer.alloc(0);

/**
 * @param {PageStore} store
 * @param {FileContent} content
 * @param {string} path of a new file
 */
function writePlaced(store, content, path) {
  if (passage.length < content.size) passage = Buffer.allocUnsafe(2 * content.size);
  readContent(store, content, passage, 0);
  writeFileSync(path, passage.subarray(0, content.size), { mode: 0o600 });
}
