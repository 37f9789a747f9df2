import { Crc64Engine } from '@openoss/protocol';
import { BlobSweeper } from './blob-sweeper.js';
import { BodyThreads } from './body/body-threads.js';
import { BucketRegistry } from './bucket-registry.js';
import { DamageNotes } from './damage-notes.js';
import type { BlobEngine } from './engine/blob-engine.js';
import { type Disk, hasErrorCode } from './engine/disk.js';
import { FailStop } from './engine/fail-stop.js';
import { put } from './engine/metadata-engine.js';
import { nodeDisk } from './engine/node-disk.js';
import { EngineObjectStore } from './engine-object-store.js';
import { checkPages } from './engines/embedded/check-pages.js';
import {
  DataDirectoryRefused,
  makeDataDirectory,
  prepareDataDirectory,
  refuseNewerFormat,
  sealFormat,
} from './engines/embedded/data-directory.js';
import { type DirectoryLock, lockDirectory } from './engines/embedded/directory-lock.js';
import { DiskSpace, type SpaceReport } from './engines/embedded/disk-space.js';
import { FileBlobs } from './engines/embedded/file-blobs.js';
import { LmdbMetadata } from './engines/embedded/lmdb-metadata.js';
import { type Snapshot, Snapshots } from './engines/embedded/snapshots.js';
import { NEXT_TO_NOTHING_BYTES } from './engines/embedded/space-limits.js';
import { IdSequence, newSessionId } from './id-sequence.js';
import { type Log, silentLog } from './log.js';
import { SlabPool } from './memory/slab-pool.js';
import { TransferMemory } from './memory/transfer-memory.js';
import { ObjectCommits } from './object-commits.js';
import type { ObjectStore } from './object-store.js';
import { OperationGate } from './operation-gate.js';
import { EngineRoomStore, ROOMS, type RoomStore } from './room-store.js';
import type { ScrubOptions, ScrubRun, ScrubSummary } from './scrub/scrub-run.js';
import { Scrubber } from './scrub/scrubber.js';
import { newStoreCounters, type StoreCounters } from './store-counters.js';
import { WorkerSessions } from './workers/worker-sessions.js';

/** The exit status of a process whose disk failed it: EX_IOERR of sysexits(3). */
export const EXIT_STORAGE_FAILED = 74;

/** Bodies of up to so many bytes are committed with their records. */
export const DEFAULT_INLINE_LIMIT = 64 * 1024;

export interface EmbeddedStoreOptions {
  /** Made when it is missing (mode 0700), with what leads to it. */
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly log?: Log;
  /** How blobs and the directory's own files reach the file system. */
  readonly disk?: Disk;
  /**
   * Sees to it that nobody else has the directory; a lock in the file system unless told. Only for a
   * {@link EmbeddedStoreOptions.disk} that nobody else can reach: two stores on one directory destroy it.
   */
  readonly lock?: (path: string) => Promise<DirectoryLock>;
  /**
   * Called once when the disk failed in a way that leaves unknown what is on it. The store refuses
   * everything from then on; the process should end. By default it does, with
   * {@link EXIT_STORAGE_FAILED}.
   */
  readonly onFatal?: (error: Error) => void;
  readonly inlineLimit?: number;
  /**
   * Bytes of the file system that puts leave free: below that they are refused with StorageFull, while
   * reads and deletions go on. A quarter of it, at most 32 MiB, is kept besides in a file that is given
   * up when deletions have no other room. 512 MiB unless told, or a tenth of a small file system; 0
   * watches nothing and keeps nothing.
   */
  readonly minFreeBytes?: number | undefined;
  /**
   * Called when the directory is this process's and of a format it knows, before LMDB opens it:
   * what it throws, refuses the start.
   */
  readonly beforeOpening?: (path: string) => Promise<void>;
  /** Bytes of buffers that large transfers may hold, all together, before they get small ones. */
  readonly transferMemory?: number;
}

/** A store in one data directory, which is this process's alone until it is closed. */
export interface EmbeddedStore {
  readonly objects: ObjectStore;
  /** The state of another room of the server (`directory`, `kms`), kept beside the objects. */
  room(name: string): RoomStore;
  readonly counters: StoreCounters;
  /** Durable commits so far and the flushes they shared, for metrics. */
  readonly work: { readonly commits: number; readonly flushes: number };
  /** Bytes of buffers that transfers under way hold, for metrics. */
  readonly transferMemory: number;
  /** How full the file system is that the directory lies on. */
  space(): SpaceReport;
  /**
   * Holds one moment of the store for a backup that goes on elsewhere (see `snapshots.ts`).
   * `handover` names a directory in the data directory that the one who asks has made for it.
   */
  snapshot(handover: string): Promise<Snapshot>;
  /**
   * Looks at everything there is, while the store is used (docs/durability.md, "Rot"). One at a time:
   * throws {@link ScrubInProgress}. What it finds is logged and counted as well.
   */
  scrub(options?: ScrubOptions): Promise<ScrubSummary>;
  /** Lets other processes serve from the same directory. */
  readonly workers: WorkerSessions;
  /** Resolves when the sweeper has nothing to do that can be done now. */
  swept(): Promise<void>;
  /** Refuses what comes, waits for what is under way, and lets go. May be called again. */
  close(): Promise<void>;
}

/**
 * Opens the store in a data directory, new or used. Throws DataDirectoryInUse when another server
 * has it, and DataDirectoryRefused when it is not one of ours or of a newer version.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const { clock = Date.now, log = silentLog, disk = nodeDisk } = options;
  await refuseNewerFormat(disk, options.directory);
  const path = await makeDataDirectory(disk, options.directory);
  const onFatal = options.onFatal ?? ((error) => endProcess(log, error, disk.space(path).free));
  const failStop = new FailStop(onFatal);
  const lock = await (options.lock?.(path) ??
    lockDirectory(path, { log, onLost: (error) => failStop.trip(error) }));
  try {
    const directory = await prepareDataDirectory(disk, path);
    await options.beforeOpening?.(path);
    const metadata = new LmdbMetadata(directory.metadata, failStop, () => space.beforeCommit());
    const space = new DiskSpace({
      disk,
      directory: path,
      minFree: options.minFreeBytes,
      log,
      reusable: () => metadata.reusableBytes,
    });
    try {
      await sealWhenWhole(disk, directory, metadata);
      await space.start();
      const session = newSessionId(clock());
      const livingSessions = new Set<string>();
      const memory = new TransferMemory(options.transferMemory);
      const slabs = new SlabPool(memory);
      const crc64 = Crc64Engine.shared();
      if (!crc64.isCompiled) {
        log.warn({}, 'no WebAssembly with vectors here: every CRC-64 takes ten times as long');
      }
      const blobs = new FileBlobs({
        directory: directory.blobs,
        session,
        livingSessions,
        disk,
        failStop,
        log,
        memory,
        slabs,
        space,
      });
      return await assemble({
        livingSessions,
        failStop,
        metadata,
        blobs,
        session,
        clock,
        log,
        inlineLimit: options.inlineLimit ?? DEFAULT_INLINE_LIMIT,
        crc64,
        work: () => metadata.work,
        space,
        slabs,
        snapshots: new Snapshots({ path, disk, metadata, blobs, clock }),
        transferMemory: () => memory.held,
        release: () => lock.release(),
        checkEngine: (run) => checkPages(run, disk, directory.metadata),
      });
    } catch (error) {
      await space.close();
      await metadata.close();
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The partition that says that the metadata is what belongs to the directory. */
const STORE = 'store';
const CREATED = Buffer.from('created');

/** The value under it: the version of what the metadata holds. */
const STORE_VERSION = Buffer.of(1);

async function sealWhenWhole(
  disk: Disk,
  { path, isNew }: { readonly path: string; readonly isNew: boolean },
  metadata: LmdbMetadata,
): Promise<void> {
  const version = metadata.get(STORE, CREATED);
  const isOurs = version !== undefined;
  if (isOurs && !version.equals(STORE_VERSION)) {
    throw new DataDirectoryRefused(
      path,
      `its metadata is of version ${version.toString('hex')}, which a newer OpenOSS wrote (this version knows ${STORE_VERSION.toString('hex')})`,
    );
  }
  if (!isNew) {
    if (!isOurs) throw new DataDirectoryRefused(path, 'its metadata is empty or not ours');
    return;
  }
  if (!isOurs) await metadata.commit(STORE, [], [put(CREATED, STORE_VERSION)]);
  // LMDB made the file large and flushed it, but nobody has flushed its directory since.
  await disk.flushDirectory(path);
  await sealFormat(disk, path);
}

interface StoreParts {
  readonly metadata: LmdbMetadata;
  readonly livingSessions: Set<string>;
  readonly failStop: FailStop;
  readonly blobs: BlobEngine;
  readonly session: string;
  readonly clock: () => number;
  readonly log: Log;
  readonly inlineLimit: number;
  readonly crc64: Crc64Engine;
  readonly work: () => EmbeddedStore['work'];
  readonly space: DiskSpace;
  readonly slabs: SlabPool;
  readonly snapshots: Snapshots;
  readonly transferMemory: () => number;
  readonly release: () => Promise<void>;
  readonly checkEngine: (run: ScrubRun) => Promise<boolean>;
}

async function assemble(parts: StoreParts): Promise<EmbeddedStore> {
  const { metadata, blobs, session, clock, log, space, inlineLimit, crc64 } = parts;
  const ids = new IdSequence(session);
  const counters = newStoreCounters();
  const damage = new DamageNotes(counters, log);
  const gate = new OperationGate();
  const bodyThreads = new BodyThreads(crc64);
  const registry = new BucketRegistry(metadata, ids, clock);
  const sweeper = new BlobSweeper({ metadata, blobs, registry, log, counters });
  const commits = new ObjectCommits(metadata, ids, (incarnation, blobId) =>
    sweeper.blobUnnamed(incarnation, blobId),
  );
  await registry.settle();
  sweeper.start();
  const rooms = new Map<string, RoomStore>();
  const scrubber = new Scrubber({
    store: {
      metadata,
      blobs,
      crc64,
      rooms: ROOMS,
      checkEngine: parts.checkEngine,
      onOrphansDeleted: (count) => {
        counters.orphansDeleted += count;
      },
    },
    counters,
    log,
    clock,
  });
  const objects = new EngineObjectStore({
    metadata,
    blobs,
    registry,
    commits,
    sweeper,
    gate,
    damage,
    clock,
    space,
    inlineLimit,
    crc64,
    bodyThreads,
    slabs: parts.slabs,
  });
  const room = (name: string): RoomStore => {
    const known = rooms.get(name) ?? new EngineRoomStore(metadata, name, damage);
    rooms.set(name, known);
    return known;
  };
  let closing: Promise<void> | undefined;
  return {
    objects,
    room,
    workers: new WorkerSessions({
      ...parts,
      objects,
      room,
      onUnnamed: (incarnation, blobId) => sweeper.blobUnnamed(incarnation, blobId),
      onSessionEnded: () => sweeper.sessionEnded(),
    }),
    counters,
    get work() {
      return parts.work();
    },
    get transferMemory() {
      return parts.transferMemory();
    },
    space: () => space.report(),
    snapshot: (handover) => parts.snapshots.take(handover),
    scrub: (scrubOptions = {}) => scrubber.run(scrubOptions),
    swept: () => sweeper.idle(),
    close() {
      closing ??= (async () => {
        await gate.close();
        // The sweeper may be waiting for a backup to let go of its blobs.
        await parts.snapshots.close();
        await scrubber.stop();
        await sweeper.stop();
        await blobs.close();
        await space.close();
        await metadata.close();
        await parts.release();
      })();
      return closing;
    },
  };
}

function endProcess(log: Log, error: Error, free: number): void {
  const isFull = hasErrorCode(error, 'ENOSPC', 'EDQUOT') || free < NEXT_TO_NOTHING_BYTES;
  log.error(
    { err: error, free, exitStatus: EXIT_STORAGE_FAILED },
    isFull
      ? 'the disk is full, and a commit did not fit on it; ending the process. What was acknowledged is kept: make space, then start again'
      : 'the disk failed; ending the process so that nothing is made up. Look at the disk, then start again',
  );
  process.exit(EXIT_STORAGE_FAILED);
}
