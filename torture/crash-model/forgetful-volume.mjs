import { EMPTY_CONTENT } from './file-content.mjs';
import { PAGE_BYTES, ZERO_PAGE } from './page-store.mjs';

/**
 * @import { FileContent } from './file-content.mjs'
 * @import { PageStore } from './page-store.mjs'
 * @import { DiskImage } from './disk-image.mjs'
 */

/**
 * A file: what is on the disk for good, what the running system sees, and what was written since the
 * last flush.
 * @typedef {object} FileNode
 * @property {'file'} kind
 * @property {FileContent} stable
 * @property {FileContent} current
 * @property {PageUpdate[]} pending in the order of their sequence
 */

/**
 * One page of a file as it stood after one write.
 * @typedef {object} PageUpdate
 * @property {number} sequence
 * @property {number} number which page of the file
 * @property {number} content in the {@link PageStore}
 * @property {number} end how long the file must be for the written bytes to be in it
 */

/**
 * @typedef {object} DirectoryNode
 * @property {'directory'} kind
 * @property {Map<string, VolumeNode>} stable
 * @property {Map<string, VolumeNode>} current
 * @property {EntryUpdate[]} pending in the order of their sequence
 */

/**
 * One change of a directory's entries.
 * @typedef {object} EntryUpdate
 * @property {number} sequence
 * @property {'link' | 'unlink' | 'rename'} kind
 * @property {string} name
 * @property {string} [to] the new name of a rename
 * @property {VolumeNode} node
 */

/** @typedef {FileNode | DirectoryNode} VolumeNode */

/**
 * One thing that a crash may keep, lose or (a page) tear.
 * @typedef {{ readonly node: FileNode, readonly update: PageUpdate }
 *   | { readonly node: DirectoryNode, readonly update: EntryUpdate }} PendingEffect
 */

/**
 * The volume of a computer that may lose its power, as file systems in the manner of ext4 promise it
 * and no better:
 *
 * - A page that was written and not flushed since is on the disk or not, each page for itself, in
 *   any order, in any of the states it went through. The file's length follows the pages that are
 *   there, or is already the full one, with zeros in between.
 * - A page is 4 KiB; a page that was being written may be old in some 512-byte sectors and new in
 *   others.
 * - An entry that was made, removed or renamed is durable when its directory was flushed
 *   afterwards; until then each change is there or not, in any order but for changes of one name
 *   among themselves. A rename is there wholly or not at all. Flushing a file does not flush its
 *   entry (ext4 happens to; POSIX does not say so).
 * - A flush covers what was written before it was asked for. It is durable when it has answered.
 *
 * The journal of ext4 in its default mode orders more than this: what holds here holds there.
 */
export class ForgetfulVolume {
  #store;
  #sequence = 0;
  /** @type {Set<VolumeNode>} */
  #dirty = new Set();
  /** @type {DirectoryNode} */
  root = directoryNode();

  /**
   * @param {PageStore} store
   * @param {DiskImage} [image] what is on it at first, all of it durable
   */
  constructor(store, image) {
    this.#store = store;
    if (image === undefined) return;
    for (const path of image.directories) this.#placeStable(path, directoryNode());
    for (const [path, content] of image.files) this.#placeStable(path, fileNode(content));
  }

  /** The number of the last change; greater ones are later. */
  get sequence() {
    return this.#sequence;
  }

  /** Everything that a crash could lose now, oldest first. @returns {PendingEffect[]} */
  pendingEffects() {
    /** @type {PendingEffect[]} */
    const effects = [];
    for (const node of this.#dirty) {
      if (node.kind === 'file') for (const update of node.pending) effects.push({ node, update });
      else for (const update of node.pending) effects.push({ node, update });
    }
    return effects.sort((one, other) => one.update.sequence - other.update.sequence);
  }

  /**
   * What a path leads to in the running system.
   * @param {string} path relative to the volume, without a slash at either end; '' is its root
   * @returns {VolumeNode | undefined}
   */
  lookUp(path) {
    /** @type {VolumeNode | undefined} */
    let node = this.root;
    for (const name of path === '' ? [] : path.split('/')) {
      if (node?.kind !== 'directory') return undefined;
      node = node.current.get(name);
    }
    return node;
  }

  /** @param {string} path */
  createFile(path) {
    const node = fileNode(EMPTY_CONTENT);
    this.#link(path, node);
    return node;
  }

  /** @param {string} path */
  makeDirectory(path) {
    const node = directoryNode();
    this.#link(path, node);
    return node;
  }

  /**
   * Removes a file or an empty directory.
   * @param {string} path
   */
  remove(path) {
    const { directory, name } = this.#parentOf(path);
    const node = directory.current.get(name);
    if (node === undefined) throw systemError('ENOENT', path);
    if (node.kind === 'directory' && node.current.size > 0) throw systemError('ENOTEMPTY', path);
    directory.current.delete(name);
    this.#change(directory, { sequence: ++this.#sequence, kind: 'unlink', name, node });
  }

  /**
   * Renames within one directory, which is all that the engine does.
   * @param {string} from
   * @param {string} to
   */
  rename(from, to) {
    const { directory, name } = this.#parentOf(from);
    const target = this.#parentOf(to);
    if (target.directory !== directory)
      throw new Error('A rename between directories is not modelled');
    const node = directory.current.get(name);
    if (node === undefined) throw systemError('ENOENT', from);
    directory.current.delete(name);
    directory.current.set(target.name, node);
    this.#change(directory, {
      sequence: ++this.#sequence,
      kind: 'rename',
      name,
      to: target.name,
      node,
    });
  }

  /**
   * Writes into a file; the bytes are copied.
   * @param {FileNode} file
   * @param {Buffer} bytes
   * @param {number} position
   */
  write(file, bytes, position) {
    const sequence = ++this.#sequence;
    const pages = [...file.current.pages];
    const end = position + bytes.length;
    for (let at = position; at < end; ) {
      const number = Math.floor(at / PAGE_BYTES);
      const start = at - number * PAGE_BYTES;
      const length = Math.min(PAGE_BYTES - start, end - at);
      const page = Buffer.from(this.#store.bytes(pages[number] ?? ZERO_PAGE));
      bytes.copy(page, start, at - position, at - position + length);
      const content = this.#store.intern(page);
      while (pages.length < number) pages.push(ZERO_PAGE);
      pages[number] = content;
      at += length;
      file.pending.push({ sequence, number, content, end: at });
    }
    file.current = { size: Math.max(file.current.size, end), pages };
    if (file.pending.length > 0) this.#dirty.add(file);
  }

  /**
   * Makes a file's data durable.
   * @param {FileNode} file
   * @param {number} [upTo] only what was written up to this sequence number
   */
  flushFile(file, upTo = this.#sequence) {
    const covered = file.pending.filter(({ sequence }) => sequence <= upTo);
    if (covered.length > 0) {
      file.stable = withPages(file.stable, covered);
      file.pending = file.pending.filter(({ sequence }) => sequence > upTo);
    }
    if (file.pending.length === 0) this.#dirty.delete(file);
  }

  /**
   * Makes one write durable and nothing else, as a write through a descriptor that was opened with
   * O_DSYNC does: the pages it touched, as they stood after it.
   * @param {FileNode} file
   * @param {number} written the write's sequence number
   */
  flushWrite(file, written) {
    const covered = file.pending.filter(({ sequence }) => sequence === written);
    const numbers = new Set(covered.map(({ number }) => number));
    file.stable = withPages(file.stable, covered);
    file.pending = file.pending.filter(
      ({ sequence, number }) => sequence > written || !numbers.has(number),
    );
    if (file.pending.length === 0) this.#dirty.delete(file);
  }

  /**
   * Makes a directory's entries durable.
   * @param {DirectoryNode} directory
   * @param {number} [upTo] only the changes up to this sequence number
   */
  flushDirectory(directory, upTo = this.#sequence) {
    const covered = directory.pending.filter(({ sequence }) => sequence <= upTo);
    for (const update of covered) {
      applyEntry(directory.stable, update);
      // What is unlinked for good cannot come back: its own data does not matter any more.
      if (update.kind === 'unlink') this.#dirty.delete(update.node);
    }
    directory.pending = directory.pending.filter(({ sequence }) => sequence > upTo);
    if (directory.pending.length === 0) this.#dirty.delete(directory);
  }

  /** @param {string} path */
  #parentOf(path) {
    const slash = path.lastIndexOf('/');
    const directory = this.lookUp(slash === -1 ? '' : path.slice(0, slash));
    if (directory === undefined) throw systemError('ENOENT', path);
    if (directory.kind !== 'directory') throw systemError('ENOTDIR', path);
    return { directory, name: path.slice(slash + 1) };
  }

  /**
   * @param {string} path
   * @param {VolumeNode} node
   */
  #link(path, node) {
    const { directory, name } = this.#parentOf(path);
    if (directory.current.has(name)) throw systemError('EEXIST', path);
    directory.current.set(name, node);
    this.#change(directory, { sequence: ++this.#sequence, kind: 'link', name, node });
  }

  /**
   * @param {DirectoryNode} directory
   * @param {EntryUpdate} update
   */
  #change(directory, update) {
    directory.pending.push(update);
    this.#dirty.add(directory);
  }

  /**
   * @param {string} path
   * @param {VolumeNode} node
   */
  #placeStable(path, node) {
    const { directory, name } = this.#parentOf(path);
    directory.stable.set(name, node);
    directory.current.set(name, node);
  }
}

/**
 * A file's content with pages as they stood after writes, later ones over earlier ones.
 * @param {FileContent} content
 * @param {readonly PageUpdate[]} updates
 * @returns {FileContent}
 */
export function withPages(content, updates) {
  const pages = [...content.pages];
  let { size } = content;
  for (const { number, content: page, end } of updates) {
    while (pages.length < number) pages.push(ZERO_PAGE);
    pages[number] = page;
    size = Math.max(size, end);
  }
  return { size, pages };
}

/**
 * @param {Map<string, VolumeNode>} entries
 * @param {EntryUpdate} update
 */
export function applyEntry(entries, { kind, name, to, node }) {
  if (kind === 'link') entries.set(name, node);
  else entries.delete(name);
  if (to !== undefined) entries.set(to, node);
}

/**
 * An error as the file system throws it.
 * @param {string} code
 * @param {string} path
 */
export function systemError(code, path) {
  // The engine expects many of them, and a stack costs more than everything around it.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(`${code}: ${path}`), { code });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

/**
 * @param {FileContent} content
 * @returns {FileNode}
 */
function fileNode(content) {
  return { kind: 'file', stable: content, current: content, pending: [] };
}

/** @returns {DirectoryNode} */
function directoryNode() {
  return { kind: 'directory', stable: new Map(), current: new Map(), pending: [] };
}
