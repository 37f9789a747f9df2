import { createHash } from 'node:crypto';

/** What the page cache writes back at a time, in bytes. */
export const PAGE_BYTES = 4096;

/** What a disk writes whole, in bytes: a torn page is old and new by sectors. */
export const SECTOR_BYTES = 512;

export const SECTORS_PER_PAGE = PAGE_BYTES / SECTOR_BYTES;

/** The page of zeros, which every store has. */
export const ZERO_PAGE = 0;

/**
 * Contents of pages, each kept once and known by a number, so that thousands of disk images that
 * differ in a few pages cost a few pages.
 */
export class PageStore {
  /** @type {Buffer[]} */
  #pages = [];
  /** @type {Buffer[]} */
  #digests = [];
  /** @type {Map<string, number>} */
  #known = new Map();

  constructor() {
    this.intern(Buffer.alloc(PAGE_BYTES));
  }

  /**
   * The number of a page's content. The store keeps the buffer when the content is new: it must not
   * change afterwards.
   * @param {Buffer} content 4,096 bytes
   */
  intern(content) {
    const digest = createHash('sha1').update(content).digest();
    const name = digest.toString('latin1');
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const page = this.#pages.length;
    this.#pages.push(content);
    this.#digests.push(digest.subarray(0, 10));
    this.#known.set(name, page);
    return page;
  }

  /**
   * The bytes of a page; not to be changed.
   * @param {number} page
   */
  bytes(page) {
    return /** @type {Buffer} */ (this.#pages[page]);
  }

  /**
   * A short digest of a page's bytes.
   * @param {number} page
   */
  digest(page) {
    return /** @type {Buffer} */ (this.#digests[page]);
  }
}
