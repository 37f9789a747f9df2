import { basename } from 'node:path';
import { readContent } from '../crash-model/file-content.mjs';
import { systemError } from '../crash-model/forgetful-volume.mjs';

/**
 * @import { Disk, DiskFile } from '@openoss/storage'
 * @import { DirectoryNode, FileNode, ForgetfulVolume } from '../crash-model/forgetful-volume.mjs'
 * @import { PageStore } from '../crash-model/page-store.mjs'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/**
 * A file whose bytes are somewhere else: LMDB reads and writes its file by itself.
 * @typedef {object} OutsideFile
 * @property {string} path in the volume
 * @property {() => void} create
 * @property {() => void} remove
 * @property {(target: Buffer, position: number) => number} read
 * @property {() => number} size
 */

/**
 * How a disk breaks its word, so that it can be shown that this is found out: `flush` answers a
 * file's flush without flushing, `flushDirectory` a directory's.
 * @typedef {'flush' | 'flushDirectory'} Lie
 */

/**
 * @typedef {object} VolumeDiskOptions
 * @property {string} mountPoint what the volume's root is called outside
 * @property {ForgetfulVolume} volume
 * @property {PageStore} store
 * @property {readonly OutsideFile[]} outside
 * @property {<T>(what: string, perform: () => T) => Promise<T>} schedule performs each change and
 *   each flush when it sees fit
 * @property {SeededRandom} [random] lets some writes take fewer bytes than they were offered
 * @property {Lie} [lie]
 */

/**
 * The storage package's `Disk` over a volume that remembers what was flushed.
 * @param {VolumeDiskOptions} options
 * @returns {Disk}
 */
export function volumeDisk({ mountPoint, volume, store, outside, schedule, random, lie }) {
  /** @param {string} path */
  const within = (path) => {
    if (path === mountPoint) return '';
    if (!path.startsWith(`${mountPoint}/`)) throw new Error(`${path} is not in the volume`);
    return path.slice(mountPoint.length + 1);
  };
  /** @param {string} path */
  const outsideOf = (path) => outside.find((file) => file.path === path);

  /**
   * @param {FileNode} node
   * @param {string} path
   * @returns {DiskFile}
   */
  const openFile = (node, path) => {
    const file = outsideOf(path);
    return {
      async read(target, position) {
        if (file !== undefined) return file.read(target, position);
        return readContent(store, node.current, target, position);
      },
      write(source, position) {
        const taken =
          random?.chance(0.1) === true && source.length > 1
            ? random.between(1, source.length)
            : source.length;
        return schedule(`write ${path}`, () => {
          volume.write(node, source.subarray(0, taken), position);
          return taken;
        });
      },
      flush() {
        // A flush owes nothing to what is written after it was asked for.
        const upTo = volume.sequence;
        return schedule(`flush ${path}`, () => {
          if (lie !== 'flush') volume.flushFile(node, upTo);
        });
      },
      async size() {
        return file === undefined ? node.current.size : file.size();
      },
      async close() {},
    };
  };

  /**
   * @param {string} path
   * @returns {FileNode}
   */
  const fileAt = (path) => {
    const node = volume.lookUp(path);
    if (node === undefined) throw systemError('ENOENT', path);
    if (node.kind !== 'file') throw systemError('EISDIR', path);
    return node;
  };

  /**
   * @param {string} path
   * @returns {DirectoryNode}
   */
  const directoryAt = (path) => {
    const node = volume.lookUp(path);
    if (node === undefined) throw systemError('ENOENT', path);
    if (node.kind !== 'directory') throw systemError('ENOTDIR', path);
    return node;
  };

  return {
    create: (name) => {
      const path = within(name);
      return schedule(`create ${path}`, () => {
        const node = volume.createFile(path);
        outsideOf(path)?.create();
        return openFile(node, path);
      });
    },
    open: async (name) => openFile(fileAt(within(name)), within(name)),
    makeDirectory: async (name) => {
      const path = within(name);
      // The mount point is there, as the parent of what is made in it.
      if (path === '') throw systemError('EEXIST', path);
      await schedule(`mkdir ${path}`, () => volume.makeDirectory(path));
    },
    readDirectory: async (name) =>
      [...directoryAt(within(name)).current].map(([entry, { kind }]) => ({ name: entry, kind })),
    rename: (from, to) =>
      schedule(`rename ${within(from)} ${basename(to)}`, () =>
        volume.rename(within(from), within(to)),
      ),
    remove: (name) => {
      const path = within(name);
      return schedule(`unlink ${path}`, () => {
        fileAt(path);
        volume.remove(path);
        outsideOf(path)?.remove();
      });
    },
    removeDirectory: (name) => {
      const path = within(name);
      return schedule(`rmdir ${path}`, () => {
        directoryAt(path);
        volume.remove(path);
      });
    },
    flushDirectory: (name) => {
      const path = within(name);
      const upTo = volume.sequence;
      // Opening the directory comes first: it is that directory that is flushed, or none.
      const node = volume.lookUp(path);
      return schedule(`flush ${path}/`, () => {
        if (node?.kind !== 'directory' || volume.lookUp(path) !== node) {
          throw systemError('ENOENT', path);
        }
        if (lie !== 'flushDirectory') volume.flushDirectory(node, upTo);
      });
    },
    space: () => ({ free: 2 ** 40, total: 2 ** 41 }),
  };
}
