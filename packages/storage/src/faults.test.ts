/**
 * Every call to the disk goes wrong once, in every way: the first of an operation, the second, and so
 * on until the operation gets through without meeting the fault.
 */
import { randomBytes } from 'node:crypto';
import { OssError } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { EngineFailed } from './engine/metadata-engine.js';
import { type EmbeddedStore, openEmbeddedStore } from './open-embedded-store.js';
import { canMeet, type Fault, FaultyDisk } from './testing/faulty-disk.js';
import type { DiskCall } from './testing/hooked-disk.js';
import {
  BUCKET,
  blobFiles,
  bucketSpecification,
  openStore,
  pieces,
  putRequest,
  RecordingLog,
  readBody,
} from './testing/open-store.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { testSealing } from './testing/test-sealing.js';

const INLINE = randomBytes(4_000);
const ONE_SLAB = randomBytes(200_000);
const MANY_SLABS = randomBytes(2_300_000);
const OLD = randomBytes(150_000);

/** What stands under the key: a body, or nothing. */
type State = Buffer | undefined;

interface Scenario {
  readonly name: string;
  /** What stands under the key before. */
  readonly before: State;
  /** Whether that is encrypted. */
  readonly isEncrypted?: boolean;
  /** And after, if it happens. */
  readonly after: State;
  /** What is done on the faulty disk. */
  act(store: EmbeddedStore): Promise<unknown>;
}

const KEY = 'key';

const scenarios: readonly Scenario[] = [
  {
    name: 'a put of a small object',
    before: undefined,
    after: INLINE,
    act: ({ objects }) => objects.putObject(putRequest(KEY, INLINE)),
  },
  {
    name: 'a put of one slab',
    before: undefined,
    after: ONE_SLAB,
    act: ({ objects }) => objects.putObject(putRequest(KEY, ONE_SLAB, { size: ONE_SLAB.length })),
  },
  {
    name: 'a put of several slabs',
    before: undefined,
    after: MANY_SLABS,
    act: ({ objects }) => objects.putObject(putRequest(KEY, pieces(MANY_SLABS, 700_000))),
  },
  {
    name: 'a put of several slabs that are encrypted',
    before: undefined,
    after: MANY_SLABS,
    act: ({ objects }) =>
      objects.putObject(
        putRequest(KEY, pieces(MANY_SLABS, 700_000), { sealing: testSealing('AES256') }),
      ),
  },
  {
    name: 'an overwrite of a blob by an encrypted one',
    before: OLD,
    after: ONE_SLAB,
    act: ({ objects }) =>
      objects.putObject(
        putRequest(KEY, ONE_SLAB, { size: ONE_SLAB.length, sealing: testSealing('SM4') }),
      ),
  },
  {
    name: 'an overwrite of a blob by a small object that is encrypted',
    before: OLD,
    after: INLINE,
    act: ({ objects }) =>
      objects.putObject(putRequest(KEY, INLINE, { sealing: testSealing('AES256') })),
  },
  {
    name: 'a deletion',
    before: OLD,
    after: undefined,
    act: ({ objects }) => objects.deleteObject(BUCKET, KEY),
  },
  {
    name: 'a read',
    before: MANY_SLABS,
    after: MANY_SLABS,
    act: readManySlabs,
  },
  {
    name: 'a read of an encrypted object',
    before: MANY_SLABS,
    isEncrypted: true,
    after: MANY_SLABS,
    act: readManySlabs,
  },
];

async function readManySlabs(store: EmbeddedStore): Promise<void> {
  const body = await readBody(store, KEY);
  // Whatever happens, it is never other bytes.
  expect(body?.equals(MANY_SLABS)).toBe(true);
}

const faults: readonly Fault[] = [
  'EIO',
  'ENOSPC',
  'EDQUOT',
  'EMFILE',
  'short',
  'nothing',
  'partial ENOSPC',
];

/** A flush that failed is never tried again; a directory that could not be opened was not flushed. */
function isFatal({ operation }: DiskCall, fault: Fault): boolean {
  if (operation === 'flush') return /^E[A-Z]+$/.test(fault);
  return operation === 'flushDirectory' && /^E[A-Z]+$/.test(fault) && fault !== 'EMFILE';
}

/** What the one who asked must be told; undefined where the operation gets through all the same. */
function isFullness({ operation }: DiskCall, fault: Fault): boolean {
  if (fault === 'partial ENOSPC') return operation === 'write';
  return (
    (fault === 'ENOSPC' || fault === 'EDQUOT') &&
    (operation === 'create' || operation === 'makeDirectory' || operation === 'write')
  );
}

const show = (state: State): string => (state === undefined ? 'nothing' : `${state.length} bytes`);

function isSame(one: State, other: State): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

const blobsOf = (...states: readonly State[]): number =>
  states.filter((state) => state !== undefined && state.length > 64 * 1024).length;

/** A store on a disk that can be made to fail, and what it said of failing for good. */
async function openFaulty(
  directory: string,
  disk: FaultyDisk,
): Promise<{ store: EmbeddedStore; fatal: Error[]; log: RecordingLog }> {
  const fatal: Error[] = [];
  const log = new RecordingLog();
  const store = await openEmbeddedStore({
    directory,
    disk,
    log,
    minFreeBytes: 0,
    onFatal: (error) => fatal.push(error),
  });
  return { store, fatal, log };
}

describe.each(scenarios)('$name', ({ before, isEncrypted, after, act }) => {
  it.each(faults)('that meets %s at any of its calls to the disk', async (fault) => {
    for (let n = 1; ; n++) {
      const directory = await temporaryDirectory();
      const disk = new FaultyDisk();
      const { store, fatal } = await openFaulty(directory, disk);
      await store.objects.createBucket(bucketSpecification);
      if (before !== undefined) {
        const sealing = isEncrypted === true ? testSealing('AES256') : undefined;
        await store.objects.putObject(putRequest(KEY, before, { sealing }));
      }
      const other = randomBytes(90_000);
      disk.arm(n, fault);
      const error: unknown = await act(store).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      await store.swept();
      disk.disarm();
      const { met } = disk;
      const where = `call ${n}, ${met?.operation} of ${met?.path}: ${error}`;
      if (met !== undefined && isFatal(met, fault)) {
        // Told exactly once; from then on every change is refused, and nothing is cleaned up.
        expect(fatal, where).toHaveLength(1);
        if (error !== undefined) expect(error, where).toBeInstanceOf(EngineFailed);
        await expect(store.objects.putObject(putRequest('o', other)), where).rejects.toThrow(
          EngineFailed,
        );
        await expect(store.objects.putObject(putRequest('o', 'small')), where).rejects.toThrow(
          EngineFailed,
        );
      } else {
        expect(fatal, where).toEqual([]);
        if (met === undefined) expect(error, where).toBeUndefined();
        if (met !== undefined && error !== undefined) {
          expect(error, where).not.toBeInstanceOf(EngineFailed);
          if (isFullness(met, fault)) expect(error, where).toMatchObject({ kind: 'StorageFull' });
          // Anything else becomes InternalError, with the cause in the log.
          else expect(error, where).not.toBeInstanceOf(OssError);
        }
        // The store goes on, and what stands under the key is wholly the old or wholly the new.
        const state = await readBody(store, KEY);
        expect(
          isSame(state, error === undefined ? after : before),
          `${where}: ${show(state)}`,
        ).toBe(true);
        // Nothing is left of what failed, except what could not be removed: that is tried again later.
        if (met?.operation !== 'remove') {
          expect(blobFiles(directory), where).toHaveLength(blobsOf(state));
        }
        await store.objects.putObject(putRequest('o', other));
        expect((await readBody(store, 'o'))?.equals(other), where).toBe(true);
      }
      await store.close();
      expect(disk.descriptors, where).toBe(0);

      // On a sound disk again: acknowledged, and it is there; refused, and it is not; unknown, either.
      const again = await openStore({ directory });
      const state = await readBody(again, KEY);
      const unknown = fatal.length > 0 && error !== undefined;
      const allowed = unknown ? [before, after] : [error === undefined ? after : before];
      expect(
        allowed.some((right) => isSame(right, state)),
        `${where}, opened again: ${show(state)}`,
      ).toBe(true);
      await again.swept();
      const kept = fatal.length > 0 ? blobsOf(state) : blobsOf(state, other);
      expect(blobFiles(directory), where).toHaveLength(kept);
      const objects = (state === undefined ? 0 : 1) + (fatal.length > 0 ? 0 : 1);
      expect(await again.objects.bucketStatistics(BUCKET), where).toMatchObject({ objects });
      await again.close();
      if (met === undefined) return;
    }
  });
});

describe('a start that sweeps what a failure left', () => {
  // The deletion queue is worked on beside the search for orphans: only calls of one kind come in an
  // order that is certain.
  const kinds = [
    'open',
    'read',
    'size',
    'close',
    'readDirectory',
    'remove',
    'removeDirectory',
    'flushDirectory',
  ] as const;
  const cases = faults.flatMap((fault) =>
    kinds.filter((kind) => canMeet(kind, fault)).map((kind) => [fault, kind] as const),
  );

  it.each(cases)('and meets %s at any %s', async (fault, kind) => {
    for (let n = 1; ; n++) {
      const directory = await temporaryDirectory();
      const disk = new FaultyDisk();
      const first = await openFaulty(directory, disk);
      await first.store.objects.createBucket(bucketSpecification);
      await first.store.objects.putObject(putRequest(KEY, OLD));
      await first.store.objects.putObject(putRequest('gone', OLD));
      const opened = await first.store.objects.openObject(BUCKET, 'gone');
      // A reader holds the blob, so it stays in the queue; a flush that fails leaves an orphan.
      await first.store.objects.deleteObject(BUCKET, 'gone');
      disk.arm(2, 'EIO');
      await first.store.objects.putObject(putRequest('orphan', OLD)).catch(() => {});
      expect(first.fatal, `${disk.met?.operation}`).toHaveLength(1);
      await opened?.close();
      await first.store.close();
      expect(blobFiles(directory)).toHaveLength(3);

      disk.arm(n, fault, kind);
      const start = await openFaulty(directory, disk).catch((error: unknown) => ({ error }));
      if ('store' in start) await start.store.swept();
      disk.disarm();
      const { met } = disk;
      const where = `call ${n}, ${met?.operation} of ${met?.path}`;
      if ('store' in start) {
        expect((await readBody(start.store, KEY))?.equals(OLD), where).toBe(true);
        const failed = met !== undefined && isFatal(met, fault);
        expect(start.fatal, where).toHaveLength(failed ? 1 : 0);
        await start.store.close();
        if (met === undefined) expect(blobFiles(directory)).toHaveLength(1);
      }
      expect(disk.descriptors, where).toBe(0);
      const again = await openStore({ directory });
      await again.swept();
      expect((await readBody(again, KEY))?.equals(OLD), where).toBe(true);
      expect(await again.objects.getObject(BUCKET, 'orphan'), where).toBeUndefined();
      expect(blobFiles(directory), where).toHaveLength(1);
      await again.close();
      if (met === undefined) return;
    }
  });
});
