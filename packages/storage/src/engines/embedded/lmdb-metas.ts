import type { Disk, DiskFile } from '../../engine/disk.js';

/**
 * LMDB's two meta pages (data format 2 of its 1.0 line, which lmdb-js builds: `MDB_page_header`,
 * `MDB_meta` and `MDB_db` in its mdb.c), read without LMDB: it believes them, so one flipped bit in
 * them makes the last commit undone, or the process end.
 *
 * Transaction N writes its pages where neither N-1 nor N-2 has any, flushes them, and then writes the
 * meta page N mod 2. So at all times, also after a crash, the two are of transactions that follow each
 * other, and each one's roots are whole and tell which transaction wrote them.
 */

/** Bytes of a page's header; in LMDB's words, `PAGEHDRSZ`. */
export const PAGE_HEADER_BYTES = 24;
export const BRANCH_PAGE = 0x01;
export const LEAF_PAGE = 0x02;
export const OVERFLOW_PAGE = 0x04;
const META_PAGE = 0x08;

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
/** `MDB_NOSUBDIR` of the environment, `MDB_INTEGERKEY` of the free list. */
const FLAGS = 0x4008;
/** Enough of a meta page for all that is in it, and of the first pages of a file of any page size. */
const META_BYTES = 168;
const NO_ROOT = 2n ** 64n - 1n;

/** Something in LMDB's file that cannot be as LMDB wrote it. */
export interface PageProblem {
  readonly page: number;
  readonly what: string;
}

/** What a page's header says. */
export interface PageHeader {
  readonly number: number;
  /** The transaction that wrote it. */
  readonly transaction: number;
  readonly flags: number;
  /** For pages with nodes: where the free space begins and ends, counted from the header's end. */
  readonly lower: number;
  readonly upper: number;
  /** For overflow pages: how many there are. */
  readonly pages: number;
}

/** One B-tree, as a meta page describes it. */
export interface Tree {
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** Undefined for a tree without pages. */
  readonly root: number | undefined;
}

export interface Meta {
  readonly transaction: number;
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly free: Tree;
  readonly main: Tree;
}

export function readPageHeader(bytes: Buffer): PageHeader {
  return {
    number: Number(bytes.readBigUInt64LE(0)),
    transaction: Number(bytes.readBigUInt64LE(8)),
    flags: bytes.readUInt16LE(18),
    lower: bytes.readUInt16LE(20),
    upper: bytes.readUInt16LE(22),
    pages: bytes.readUInt32LE(20),
  };
}

/** What is wrong with a file's meta pages. */
export async function metaProblems(disk: Disk, path: string): Promise<readonly PageProblem[]> {
  const file = await disk.open(path);
  try {
    return (await readMetas(file)).problems;
  } finally {
    await file.close();
  }
}

/** The newer of a file's meta pages, and what is wrong with both. */
export async function readMetas(
  file: DiskFile,
): Promise<{ readonly newest: Meta | undefined; readonly problems: readonly PageProblem[] }> {
  const problems: PageProblem[] = [];
  const first = await readAt(file, META_BYTES, 0);
  const pageBytes = first.readUInt32LE(48);
  if (pageBytes < 4096 || pageBytes > 65536 || (pageBytes & (pageBytes - 1)) !== 0) {
    return { newest: undefined, problems: [{ page: 0, what: `its page size is ${pageBytes}` }] };
  }
  const metas: Meta[] = [];
  for (const [page, bytes] of [first, await readAt(file, META_BYTES, pageBytes)].entries()) {
    const what = whatIsWrong(bytes, page, pageBytes);
    if (what !== undefined) problems.push({ page, what });
    metas.push(metaOf(bytes, pageBytes));
  }
  const [zero, one] = metas;
  if (zero === undefined || one === undefined || problems.length > 0) {
    return { newest: undefined, problems };
  }
  const [older, newest] = zero.transaction > one.transaction ? [one, zero] : [zero, one];
  const isNew = newest.transaction === 0;
  if (!isNew && newest.transaction !== older.transaction + 1) {
    const what = `the meta pages are of transactions ${zero.transaction} and ${one.transaction}`;
    problems.push({ page: newest.transaction % 2, what });
  }
  if (older.lastPage > newest.lastPage) {
    const what = `its last page is ${newest.lastPage}, before it was ${older.lastPage}`;
    problems.push({ page: newest.transaction % 2, what });
  }
  for (const meta of isNew ? [] : [newest, older]) {
    const what = await whatIsWrongWithRoots(file, meta);
    if (what !== undefined) problems.push({ page: meta.transaction % 2, what });
  }
  return { newest, problems };
}

function whatIsWrong(bytes: Buffer, page: number, pageBytes: number): string | undefined {
  const { number, flags } = readPageHeader(bytes);
  const transaction = bytes.readBigUInt64LE(152);
  if (number !== page) return `it says it is page ${number}`;
  if (flags !== META_PAGE)
    return `it has the flags 0x${flags.toString(16)}, not those of a meta page`;
  if (bytes.readUInt32LE(24) !== MAGIC) return "it does not begin as LMDB's files do";
  if (bytes.readUInt32LE(28) !== DATA_VERSION) return `its version is ${bytes.readUInt32LE(28)}`;
  if (bytes.readBigUInt64LE(32) !== 0n) return 'it asks for an address in memory';
  if (bytes.readUInt32LE(48) !== pageBytes) return 'its page size is another';
  if (bytes.readUInt16LE(52) !== FLAGS) return 'its flags are not those this store opens with';
  if (bytes.readUInt16LE(100) !== 0) return 'the flags of its database are not 0';
  if (transaction > Number.MAX_SAFE_INTEGER) return `its transaction is ${transaction}`;
  if (transaction !== 0n && Number(transaction % 2n) !== page) {
    return `transaction ${transaction} does not belong there`;
  }
  if ((bytes.readBigUInt64LE(144) + 1n) * BigInt(pageBytes) > bytes.readBigUInt64LE(40)) {
    return 'its last page is beyond what it may map';
  }
  return undefined;
}

async function whatIsWrongWithRoots(file: DiskFile, meta: Meta): Promise<string | undefined> {
  const { transaction, pageBytes, lastPage } = meta;
  let newest = 0;
  for (const [name, { root, depth }] of [
    ['database', meta.main],
    ['free list', meta.free],
  ] as const) {
    if (root === undefined) {
      if (depth !== 0) return `its ${name} has a depth and no root`;
      continue;
    }
    if (root < 2 || root > lastPage)
      return `the root of its ${name} is page ${root} of ${lastPage}`;
    if (depth < 1) return `its ${name} has a root and no depth`;
    const header = readPageHeader(await readAt(file, PAGE_HEADER_BYTES, root * pageBytes));
    if (header.number !== root) return `the root of its ${name}, page ${root}, is not that page`;
    if (header.flags !== (depth === 1 ? LEAF_PAGE : BRANCH_PAGE)) {
      return `the root of its ${name} has the flags 0x${header.flags.toString(16)}`;
    }
    newest = Math.max(newest, header.transaction);
  }
  // Every commit writes the database's root anew, and no later one has touched it.
  if (newest === transaction) return undefined;
  return `it is of transaction ${transaction}, its roots of ${newest}`;
}

function metaOf(bytes: Buffer, pageBytes: number): Meta {
  return {
    transaction: Number(bytes.readBigUInt64LE(152)),
    pageBytes,
    lastPage: Number(bytes.readBigUInt64LE(144)),
    free: treeOf(bytes, 48),
    main: treeOf(bytes, 96),
  };
}

function treeOf(bytes: Buffer, at: number): Tree {
  const root = bytes.readBigUInt64LE(at + 40);
  return {
    depth: bytes.readUInt16LE(at + 6),
    branchPages: Number(bytes.readBigUInt64LE(at + 8)),
    leafPages: Number(bytes.readBigUInt64LE(at + 16)),
    overflowPages: Number(bytes.readBigUInt64LE(at + 24)),
    entries: Number(bytes.readBigUInt64LE(at + 32)),
    root: root === NO_ROOT ? undefined : Number(root),
  };
}

/** Bytes of a file; zeros behind its end. */
export async function readAt(file: DiskFile, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = await file.read(bytes.subarray(done), position + done);
    if (read === 0) break;
    done += read;
  }
  return bytes;
}
