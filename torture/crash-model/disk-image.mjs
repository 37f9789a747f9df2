import { createHash } from 'node:crypto';
import { EMPTY_CONTENT } from './file-content.mjs';
import { applyEntry } from './forgetful-volume.mjs';
import { PAGE_BYTES, SECTOR_BYTES, SECTORS_PER_PAGE, ZERO_PAGE } from './page-store.mjs';

/**
 * @import { FileContent } from './file-content.mjs'
 * @import { DirectoryNode, EntryUpdate, FileNode, ForgetfulVolume, PendingEffect, VolumeNode } from './forgetful-volume.mjs'
 * @import { PageStore } from './page-store.mjs'
 */

/**
 * What is on a disk after a crash. Never changed once made.
 * @typedef {object} DiskImage
 * @property {readonly string[]} directories parents before what is in them; the root is not named
 * @property {ReadonlyMap<string, FileContent>} files by path
 * @property {string} digest of all of it: equal for equal images, 12 bytes as latin1
 */

/**
 * What a crash does to the effects that are pending.
 * @typedef {object} CrashChoice
 * @property {Uint8Array} fates one for each pending effect: {@link LOST}, {@link KEPT}, or for a page
 *   a mask of the sectors that are new
 * @property {boolean} stretched the lengths of files are the last ones, whatever data was lost
 */

export const LOST = 0;
export const KEPT = 0xff;

/** Files whose bytes mean nothing after a crash: only whether they are there counts. */
const MEANINGLESS = /-lock$/;

/**
 * The disk that a crash leaves.
 * @param {ForgetfulVolume} volume
 * @param {PageStore} store
 * @param {readonly PendingEffect[]} effects all that are pending
 * @param {CrashChoice} choice
 * @param {ReadonlyMap<VolumeNode, FileContent>} [contents] what certain files hold instead
 * @returns {DiskImage}
 */
export function imageAfterCrash(volume, store, effects, { fates, stretched }, contents) {
  /** @type {Map<FileNode, { update: PendingEffect['update'], fate: number }[]>} */
  const pages = new Map();
  /** @type {Map<DirectoryNode, EntryUpdate[]>} */
  const entries = new Map();
  for (const [at, effect] of effects.entries()) {
    const fate = fates[at] ?? LOST;
    if (effect.node.kind === 'directory') {
      const update = /** @type {EntryUpdate} */ (effect.update);
      const kept = entries.get(effect.node) ?? [];
      if (fate !== LOST) kept.push(update);
      entries.set(effect.node, kept);
    } else if (fate !== LOST) {
      const kept = pages.get(effect.node);
      if (kept === undefined) pages.set(effect.node, [{ update: effect.update, fate }]);
      else kept.push({ update: effect.update, fate });
    }
  }
  /** @type {string[]} */
  const directories = [];
  /** @type {Map<string, FileContent>} */
  const files = new Map();
  const hash = createHash('sha1');
  /**
   * @param {DirectoryNode} directory
   * @param {string} prefix
   */
  const walk = (directory, prefix) => {
    const kept = entries.get(directory);
    const found =
      kept === undefined || kept.length === 0
        ? directory.stable
        : withEntries(directory.stable, directory.pending, kept);
    for (const name of [...found.keys()].sort()) {
      const node = /** @type {VolumeNode} */ (found.get(name));
      const path = prefix + name;
      if (node.kind === 'directory') {
        directories.push(path);
        hash.update(`d${path}\n`);
        walk(node, `${path}/`);
        continue;
      }
      const content = MEANINGLESS.test(name)
        ? EMPTY_CONTENT
        : (contents?.get(node) ?? contentAfterCrash(store, node, pages.get(node), stretched));
      files.set(path, content);
      hash.update(`f${path}\n${content.size}\n`);
      hash.update(digestOfPages(store, content.pages));
    }
  };
  walk(volume.root, '');
  return { directories, files, digest: hash.digest().toString('latin1', 0, 12) };
}

/**
 * The disk with nothing lost.
 * @param {ForgetfulVolume} volume
 * @param {PageStore} store
 * @param {ReadonlyMap<VolumeNode, FileContent>} [contents] what certain files hold instead
 */
export function imageWithoutCrash(volume, store, contents) {
  const effects = volume.pendingEffects();
  const fates = new Uint8Array(effects.length).fill(KEPT);
  return imageAfterCrash(volume, store, effects, { fates, stretched: true }, contents);
}

/** A disk with nothing on it. @type {DiskImage} */
export const BLANK_IMAGE = { directories: [], files: new Map(), digest: 'blank' };

/**
 * A directory's entries after some of its pending changes. A change is passed over when an earlier
 * change of the same name was lost: one name's changes reach the disk in their order.
 * @param {ReadonlyMap<string, VolumeNode>} stable
 * @param {readonly EntryUpdate[]} pending
 * @param {readonly EntryUpdate[]} kept
 */
function withEntries(stable, pending, kept) {
  const entries = new Map(stable);
  const chosen = new Set(kept);
  /** @type {Set<string>} */
  const blocked = new Set();
  for (const update of pending) {
    const { name, to } = update;
    const isBlocked = blocked.has(name) || (to !== undefined && blocked.has(to));
    if (chosen.has(update) && !isBlocked) {
      applyEntry(entries, update);
    } else {
      blocked.add(name);
      if (to !== undefined) blocked.add(to);
    }
  }
  return entries;
}

/**
 * @param {PageStore} store
 * @param {FileNode} file
 * @param {readonly { readonly update: PendingEffect['update'], readonly fate: number }[] | undefined} kept
 * @param {boolean} stretched
 * @returns {FileContent}
 */
function contentAfterCrash(store, { stable, current }, kept, stretched) {
  if (kept === undefined && !(stretched && current.size > stable.size)) return stable;
  const pages = [...stable.pages];
  let { size } = stable;
  for (const { update, fate } of kept ?? []) {
    if (!('number' in update)) continue;
    const { number, content, end } = update;
    while (pages.length < number) pages.push(ZERO_PAGE);
    const before = pages[number] ?? ZERO_PAGE;
    pages[number] = fate === KEPT ? content : tornPage(store, before, content, fate);
    size = Math.max(size, end);
  }
  if (stretched) {
    size = Math.max(size, current.size);
    while (pages.length < Math.ceil(size / PAGE_BYTES)) pages.push(ZERO_PAGE);
  }
  return { size, pages };
}

/**
 * @param {PageStore} store
 * @param {readonly number[]} pages
 */
function digestOfPages(store, pages) {
  let length = pages.length;
  // A hole at the end is the same whether its pages are listed or not.
  while (length > 0 && pages[length - 1] === ZERO_PAGE) length--;
  return Buffer.concat(pages.slice(0, length).map((page) => store.digest(page)));
}

/**
 * @param {PageStore} store
 * @param {number} before
 * @param {number} after
 * @param {number} mask which of the sectors are new
 */
function tornPage(store, before, after, mask) {
  const page = Buffer.from(store.bytes(before));
  const news = store.bytes(after);
  for (let sector = 0; sector < SECTORS_PER_PAGE; sector++) {
    if ((mask & (1 << sector)) === 0) continue;
    const start = sector * SECTOR_BYTES;
    news.copy(page, start, start, start + SECTOR_BYTES);
  }
  return store.intern(page);
}
