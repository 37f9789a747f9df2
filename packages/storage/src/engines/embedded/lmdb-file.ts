import type { Disk } from '../../engine/disk.js';
import { readFully } from './read-fully.js';

/** LMDB's page, the smallest; a meta page's contents do not depend on its size. */
const PAGE_BYTES = 4096;

// Offsets in a meta page of LMDB's data format 2 (`MDB_page`, `MDB_meta` in its mdb.c).
const FLAGS_AT = 18;
const META_FLAG = 0x08;
const MAGIC_AT = 24;
const MAGIC = 0xbeefc0de;
const VERSION_AT = 28;
const DATA_VERSION = 2;

/**
 * Whether a file begins as LMDB's files do. It has to be asked beforehand: lmdb-js does not refuse
 * another file, it takes the process with it (a segmentation fault in `open`, lmdb 3.5.6).
 */
export async function isLmdbFile(disk: Disk, path: string): Promise<boolean> {
  const file = await disk.open(path);
  try {
    const page = Buffer.alloc(PAGE_BYTES);
    if ((await readFully(file, page, 0)) < PAGE_BYTES || (await file.size()) < 2 * PAGE_BYTES)
      return false;
    return (
      (page.readUInt16LE(FLAGS_AT) & META_FLAG) !== 0 &&
      page.readUInt32LE(MAGIC_AT) === MAGIC &&
      page.readUInt16LE(VERSION_AT) === DATA_VERSION
    );
  } finally {
    await file.close();
  }
}
