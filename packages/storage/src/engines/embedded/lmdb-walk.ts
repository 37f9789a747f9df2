import type { Disk, DiskFile } from '../../engine/disk.js';
import {
  BRANCH_PAGE,
  LEAF_PAGE,
  type Meta,
  OVERFLOW_PAGE,
  PAGE_HEADER_BYTES,
  type PageProblem,
  readAt,
  readMetas,
  readPageHeader,
  type Tree,
} from './lmdb-metas.js';

/**
 * Looks through LMDB's file page by page, without LMDB: its pages carry no checksum, and to follow a
 * damaged one is what ends its process. But they are strict: a page knows its number and the
 * transaction that wrote it, which is never later than that of the page above; its nodes fill it
 * without a gap; keys are in order, and within the bounds that the page above gives; a page is used
 * once, and not free as well; and the meta page has counted all of them. A flipped bit in anything
 * but a value or the unused middle of a page breaks one of these, with few exceptions (a node that
 * points to an older version of its page): those are what the digests are for.
 *
 * A file that is in use may be looked through while a read transaction is open that is not newer than
 * the meta page that is read: until it is closed, no page of it is written again.
 */

/** More than so many problems say nothing new. */
const MAX_PROBLEMS = 50;

const NODE_HEADER_BYTES = 8;
const BIG_DATA = 0x01;
const OVERFLOW_REFERENCE_BYTES = 24;

/** A page that is yet to be looked at, and what the page above says of it. */
interface Expected {
  readonly page: number;
  /** 1 is the root's level. */
  readonly level: number;
  readonly transaction: number;
  readonly from: Buffer | undefined;
  readonly to: Buffer | undefined;
}

interface Node {
  readonly key: Buffer;
  readonly flags: number;
  /** Bytes of data in a leaf; the page below in a branch. */
  readonly number: number;
  /** What is in the page behind the key. */
  readonly data: Buffer;
}

/** What is wrong with a file; nothing for one that is as LMDB wrote it. `breathe` is called often. */
export async function findPageProblems(
  disk: Disk,
  path: string,
  breathe: () => Promise<void> = async () => {},
): Promise<readonly PageProblem[]> {
  const file = await disk.open(path);
  try {
    const { newest, problems } = await readMetas(file);
    if (newest === undefined || problems.length > 0) return problems;
    const walk = new LmdbWalk(file, newest, breathe);
    return await walk.findProblems();
  } finally {
    await file.close();
  }
}

class LmdbWalk {
  readonly #file: DiskFile;
  readonly #meta: Meta;
  readonly #breathe: () => Promise<void>;
  readonly #problems: PageProblem[] = [];
  /** A bit a page. */
  readonly #used: Uint8Array;

  constructor(file: DiskFile, meta: Meta, breathe: () => Promise<void>) {
    this.#file = file;
    this.#meta = meta;
    this.#breathe = breathe;
    this.#used = new Uint8Array(Math.ceil((meta.lastPage + 1) / 8));
  }

  async findProblems(): Promise<readonly PageProblem[]> {
    const { main, free } = this.#meta;
    await this.#walkTree(main, 'the database', compareBytes, () => {});
    const freePages: [page: number, inPage: number][] = [];
    await this.#walkTree(free, 'the free list', compareNumbers, (page, { key, data }) => {
      for (const number of pagesOfList(key, data)) freePages.push([number, page]);
    });
    for (const [number, page] of freePages) {
      if (number < 2 || number > this.#meta.lastPage) {
        this.#problem(page, `it lists page ${number} of ${this.#meta.lastPage} as free`);
      } else if (this.#isUsed(number)) {
        this.#problem(page, `it lists page ${number} as free, which is in use`);
      }
    }
    return this.#problems;
  }

  async #walkTree(
    tree: Tree,
    name: string,
    compare: (one: Buffer, other: Buffer) => number,
    onLeafNode: (page: number, node: Node) => void,
  ): Promise<void> {
    if (tree.root === undefined) return;
    const counts = { branch: 0, leaf: 0, overflow: 0, entries: 0 };
    const before = this.#problems.length;
    const transaction = this.#meta.transaction;
    const toDo: Expected[] = [
      { page: tree.root, level: 1, transaction, from: undefined, to: undefined },
    ];
    for (let next = toDo.pop(); next !== undefined; next = toDo.pop()) {
      if (this.#problems.length >= MAX_PROBLEMS) return;
      await this.#breathe();
      const isLeaf = next.level === tree.depth;
      const read = await this.#readPage(next, isLeaf, compare);
      if (read === undefined) continue;
      const { nodes, written } = read;
      if (!isLeaf) {
        counts.branch++;
        // Backwards, so that they are looked at forwards.
        for (let at = nodes.length - 1; at >= 0; at--) {
          const node = nodes[at];
          if (node === undefined) continue;
          toDo.push({
            page: node.number,
            level: next.level + 1,
            transaction: written,
            from: at === 0 ? next.from : node.key,
            to: nodes[at + 1]?.key ?? next.to,
          });
        }
        continue;
      }
      counts.leaf++;
      counts.entries += nodes.length;
      for (const node of nodes) {
        let whole = node;
        if (node.flags === BIG_DATA) {
          const data = await this.#readOverflow(next.page, node, written, tree === this.#meta.free);
          if (data === undefined) continue;
          counts.overflow += data.pages;
          whole = { ...node, data: data.content };
        }
        onLeafNode(next.page, whole);
      }
    }
    // Of what could not be followed the counts are wrong anyway.
    if (this.#problems.length > before) return;
    for (const [what, counted, kept] of [
      ['branch pages', counts.branch, tree.branchPages],
      ['leaf pages', counts.leaf, tree.leafPages],
      ['overflow pages', counts.overflow, tree.overflowPages],
      ['entries', counts.entries, tree.entries],
    ] as const) {
      if (counted !== kept) {
        const page = this.#meta.transaction % 2;
        this.#problem(page, `${name} has ${counted} ${what}, ${kept} were counted`);
      }
    }
  }

  /** A page's nodes and the transaction that wrote it; undefined when they cannot be relied on. */
  async #readPage(
    { page, transaction, from, to }: Expected,
    isLeaf: boolean,
    compare: (one: Buffer, other: Buffer) => number,
  ): Promise<{ readonly nodes: readonly Node[]; readonly written: number } | undefined> {
    if (!this.#use(page, page, 1)) return undefined;
    const { pageBytes } = this.#meta;
    const bytes = await readAt(this.#file, pageBytes, page * pageBytes);
    const header = readPageHeader(bytes);
    const fail = (what: string): undefined => this.#problem(page, what);
    if (header.number !== page) return fail(`it says it is page ${header.number}`);
    if (header.transaction > transaction) {
      return fail(`transaction ${header.transaction} wrote it, what names it is of ${transaction}`);
    }
    if (header.flags !== (isLeaf ? LEAF_PAGE : BRANCH_PAGE)) {
      return fail(`it has the flags 0x${header.flags.toString(16)}`);
    }
    const nodes = nodesOf(bytes, isLeaf);
    if (typeof nodes === 'string') return fail(nodes);
    for (const [at, { key }] of nodes.entries()) {
      // The first key of a branch page is not used, and may be empty.
      const isBound = isLeaf || at > 0;
      const previous = isLeaf || at > 1 ? nodes[at - 1]?.key : undefined;
      if (isBound && key.length === 0) return fail(`key ${at} is empty`);
      if (previous !== undefined && compare(previous, key) >= 0)
        return fail(`key ${at} is out of order`);
      if (isBound && from !== undefined && compare(key, from) < 0)
        return fail(`key ${at} is too small`);
      if (isBound && to !== undefined && compare(key, to) >= 0)
        return fail(`key ${at} is too great`);
    }
    return { nodes, written: header.transaction };
  }

  /** A value on pages of its own; its content only where it is wanted. */
  async #readOverflow(
    leaf: number,
    { data, number: length }: Node,
    written: number,
    wanted: boolean,
  ): Promise<{ readonly pages: number; readonly content: Buffer } | undefined> {
    const page = Number(data.readBigUInt64LE(0));
    const transaction = Number(data.readBigUInt64LE(8));
    const pages = Number(data.readBigUInt64LE(16));
    const { pageBytes } = this.#meta;
    if (pages !== Math.ceil((PAGE_HEADER_BYTES + length) / pageBytes)) {
      return this.#problem(leaf, `a value of ${length} bytes has ${pages} pages`);
    }
    if (!this.#use(leaf, page, pages)) return undefined;
    const begin = page * pageBytes;
    const header = readPageHeader(await readAt(this.#file, PAGE_HEADER_BYTES, begin));
    if (header.number !== page) return this.#problem(page, `it says it is page ${header.number}`);
    if (header.flags !== OVERFLOW_PAGE || header.pages !== pages) {
      return this.#problem(page, `it is not the first of the ${pages} pages of a value`);
    }
    if (header.transaction !== transaction || transaction > written) {
      const what = `transaction ${header.transaction} wrote it, what names it says ${transaction}`;
      return this.#problem(page, what);
    }
    const content = wanted
      ? await readAt(this.#file, length, begin + PAGE_HEADER_BYTES)
      : Buffer.alloc(0);
    return { pages, content };
  }

  /** Marks pages as used; false when they are not there, or used already. */
  #use(by: number, page: number, pages: number): boolean {
    const { lastPage } = this.#meta;
    if (!(page >= 2 && page + pages - 1 <= lastPage)) {
      this.#problem(by, `page ${page} of ${lastPage} is named`);
      return false;
    }
    for (let at = page; at < page + pages; at++) {
      if (this.#isUsed(at)) {
        this.#problem(by, `page ${at} is used twice`);
        return false;
      }
      this.#used[at >> 3] = (this.#used[at >> 3] ?? 0) | (1 << (at & 7));
    }
    return true;
  }

  #isUsed(page: number): boolean {
    return ((this.#used[page >> 3] ?? 0) & (1 << (page & 7))) !== 0;
  }

  #problem(page: number, what: string): undefined {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ page, what });
  }
}

/** The nodes of a page, in order; or what is wrong with where they are. */
function nodesOf(bytes: Buffer, isLeaf: boolean): Node[] | string {
  const { lower, upper } = readPageHeader(bytes);
  const space = bytes.length - PAGE_HEADER_BYTES;
  const count = lower / 2;
  if (lower % 2 !== 0 || lower > upper || upper > space || count < (isLeaf ? 1 : 2)) {
    return `its space is from ${lower} to ${upper} of ${space}`;
  }
  const nodes: Node[] = [];
  const extents: [start: number, end: number][] = [];
  for (let i = 0; i < count; i++) {
    const start = bytes.readUInt16LE(PAGE_HEADER_BYTES + 2 * i);
    if (start < upper || start + NODE_HEADER_BYTES > space) return `node ${i} is at ${start}`;
    const at = PAGE_HEADER_BYTES + start;
    const flags = bytes.readUInt16LE(at + 4);
    const keyBytes = bytes.readUInt16LE(at + 6);
    const number = bytes.readUInt32LE(at) + (isLeaf ? 0 : flags * 2 ** 32);
    if (isLeaf && flags !== 0 && flags !== BIG_DATA) return `node ${i} has the flags ${flags}`;
    const dataBytes = isLeaf ? (flags === BIG_DATA ? OVERFLOW_REFERENCE_BYTES : number) : 0;
    const end = start + NODE_HEADER_BYTES + keyBytes + dataBytes;
    if (end > space) return `node ${i} goes beyond the page`;
    const keyAt = at + NODE_HEADER_BYTES;
    nodes.push({
      key: bytes.subarray(keyAt, keyAt + keyBytes),
      flags: isLeaf ? flags : 0,
      number,
      data: bytes.subarray(keyAt + keyBytes, keyAt + keyBytes + dataBytes),
    });
    // Nodes begin at even places.
    extents.push([start, end + (end % 2)]);
  }
  extents.sort(([one], [other]) => one - other);
  let filled = upper;
  for (const [start, end] of extents) {
    if (start !== filled) return `its nodes leave a gap, or lie on each other, at ${filled}`;
    filled = end;
  }
  return filled === space ? nodes : `its nodes end at ${filled}, not at ${space}`;
}

/** The pages that an entry of the free list names: their number, then each. */
function pagesOfList(key: Buffer, data: Buffer): number[] {
  if (key.length !== 8 || data.length < 8 || data.length % 8 !== 0) return [];
  const count = Number(data.readBigUInt64LE(0));
  const pages: number[] = [];
  // lmdb-js leaves room, and puts the negative length of a run before its first page.
  for (let at = 1; at <= count && 8 * at < data.length; at++) {
    const page = Number(data.readBigInt64LE(8 * at));
    if (page > 0) pages.push(page);
  }
  return pages;
}

const compareBytes = (one: Buffer, other: Buffer): number => Buffer.compare(one, other);

/** The free list's keys are numbers of transactions in the machine's order. */
function compareNumbers(one: Buffer, other: Buffer): number {
  if (one.length !== 8 || other.length !== 8) return 0;
  const difference = one.readBigUInt64LE(0) - other.readBigUInt64LE(0);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
