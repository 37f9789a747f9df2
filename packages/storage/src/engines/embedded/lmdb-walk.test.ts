import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FailStop } from '../../engine/fail-stop.js';
import { type Change, put, remove } from '../../engine/metadata-engine.js';
import { nodeDisk } from '../../engine/node-disk.js';
import { temporaryDirectory } from '../../testing/temporary-directory.js';
import { LmdbMetadata } from './lmdb-metadata.js';
import { findPageProblems } from './lmdb-walk.js';

const key = (i: number): Buffer => Buffer.from(`key ${i * 7919}`);

async function openFile() {
  const path = join(await temporaryDirectory(), 'metadata.mdb');
  writeFileSync(path, '');
  return { path, metadata: new LmdbMetadata(path, new FailStop(() => {})) };
}

/** Keys and values of many sizes, deleted and replaced, so that pages are split, merged and freed. */
async function fill(metadata: LmdbMetadata, rounds: number): Promise<void> {
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % below;
  };
  for (let round = 0; round < rounds; round++) {
    const changes: Change[] = [];
    for (let i = 0; i < 40; i++) {
      const at = key(random(2000));
      const size = random(10) === 0 ? random(80_000) : random(900);
      changes.push(random(3) === 0 ? remove(at) : put(at, Buffer.alloc(size, 'v')));
    }
    await metadata.commit(round % 5 === 0 ? 'other' : 'p', [], changes);
  }
}

describe("the walk through LMDB's pages", () => {
  it('finds nothing wrong with what LMDB writes, also while it writes', async () => {
    const { path, metadata } = await openFile();
    expect(await findPageProblems(nodeDisk, path)).toEqual([]);
    for (let i = 0; i < 20; i++) {
      await fill(metadata, 5 * i);
      expect(await findPageProblems(nodeDisk, path)).toEqual([]);
    }
    let done = false;
    const writing = fill(metadata, 300).then(() => {
      done = true;
    });
    let walks = 0;
    while (!done) {
      const snapshot = metadata.snapshot();
      expect(await findPageProblems(nodeDisk, path)).toEqual([]);
      snapshot.close();
      walks++;
    }
    await writing;
    expect(walks).toBeGreaterThan(3);
    await metadata.close();
    expect(await findPageProblems(nodeDisk, path)).toEqual([]);
  });

  it('finds every flipped bit of the meta pages that matters, and of the headers of pages in use', async () => {
    const { path, metadata } = await openFile();
    await fill(metadata, 60);
    await metadata.close();
    const bytes = readFileSync(path);
    const pageBytes = bytes.readUInt32LE(48);
    const newest =
      bytes.readBigUInt64LE(152) % 2n === 0n &&
      bytes.readBigUInt64LE(152) > bytes.readBigUInt64LE(pageBytes + 152)
        ? 0
        : pageBytes;
    const found = async (at: number, bit: number): Promise<number> => {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
      writeFileSync(path, damaged);
      return (await findPageProblems(nodeDisk, path)).length;
    };
    // Padding, the size of the map, the id of the machine's start, and a last page that is behind the
    // last one, do no harm.
    const harmless = new Set<number>();
    for (const [from, to] of [
      [8, 18],
      [20, 24],
      [40, 48],
      [145, 149],
      [96, 100],
      [160, 168],
    ] as const) {
      for (let at = from; at < to; at++) harmless.add(at);
    }
    for (let at = 0; at < 160; at++) {
      if (harmless.has(at)) continue;
      expect(await found(newest + at, at % 8), `byte ${at} of the meta page`).toBeGreaterThan(0);
    }
    const root = Number(bytes.readBigUInt64LE(newest + 136));
    for (const at of [0, 1, 7, 8, 15, 18, 20, 21, 22, 23, 24, 25, 26]) {
      expect(await found(root * pageBytes + at, 3), `byte ${at} of the root`).toBeGreaterThan(0);
    }
    writeFileSync(path, bytes);
    expect(await findPageProblems(nodeDisk, path)).toEqual([]);
  });
});
