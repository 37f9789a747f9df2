import { PAGE_BYTES, ZERO_PAGE } from './page-store.mjs';

/** @import { PageStore } from './page-store.mjs' */

/**
 * What a file holds: its length in bytes, and the numbers of its pages in a {@link PageStore}. Pages
 * beyond the list are zeros (a hole). Never changed once made.
 * @typedef {object} FileContent
 * @property {number} size
 * @property {readonly number[]} pages
 */

/** @type {FileContent} */
export const EMPTY_CONTENT = { size: 0, pages: [] };

/**
 * The content of a file with these bytes.
 * @param {PageStore} store
 * @param {Buffer} bytes
 * @param {{ readonly content: FileContent, readonly bytes: Buffer }} [before] an earlier content of
 *   the same file and its bytes: pages that did not change are not looked up again
 * @returns {FileContent}
 */
export function contentOfBytes(store, bytes, before) {
  const pages = [];
  for (let at = 0; at < bytes.length; at += PAGE_BYTES) {
    const part = bytes.subarray(at, at + PAGE_BYTES);
    const number = at / PAGE_BYTES;
    const earlier = before?.content.pages[number];
    const bytesBefore = before?.bytes.subarray(at, at + PAGE_BYTES);
    if (earlier !== undefined && part.length === PAGE_BYTES && bytesBefore?.equals(part)) {
      pages.push(earlier);
    } else {
      const page = Buffer.alloc(PAGE_BYTES);
      part.copy(page);
      pages.push(store.intern(page));
    }
  }
  return { size: bytes.length, pages };
}

/**
 * All bytes of a file.
 * @param {PageStore} store
 * @param {FileContent} content
 */
export function bytesOfContent(store, content) {
  const bytes = Buffer.alloc(content.size);
  readContent(store, content, bytes, 0);
  return bytes;
}

/**
 * Reads as `pread` does; returns how many bytes there were.
 * @param {PageStore} store
 * @param {FileContent} content
 * @param {Buffer} target
 * @param {number} position
 */
export function readContent(store, content, target, position) {
  const end = Math.min(content.size, position + target.length);
  let at = position;
  while (at < end) {
    const number = Math.floor(at / PAGE_BYTES);
    const start = at - number * PAGE_BYTES;
    const length = Math.min(PAGE_BYTES - start, end - at);
    store
      .bytes(content.pages[number] ?? ZERO_PAGE)
      .copy(target, at - position, start, start + length);
    at += length;
  }
  return Math.max(0, end - position);
}
