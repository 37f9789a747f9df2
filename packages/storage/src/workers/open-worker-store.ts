import type { Duplex } from 'node:stream';
import { Crc64Engine } from '@openoss/protocol';
import { BodyThreads } from '../body/body-threads.js';
import { DamageNotes } from '../damage-notes.js';
import type { Disk } from '../engine/disk.js';
import { FailStop } from '../engine/fail-stop.js';
import { nodeDisk } from '../engine/node-disk.js';
import { EngineObjectStore } from '../engine-object-store.js';
import { placesIn } from '../engines/embedded/data-directory.js';
import { DiskSpace } from '../engines/embedded/disk-space.js';
import { FileBlobs } from '../engines/embedded/file-blobs.js';
import { LmdbReader } from '../engines/embedded/lmdb-reader.js';
import { IdSequence } from '../id-sequence.js';
import { type Log, silentLog } from '../log.js';
import { SlabPool } from '../memory/slab-pool.js';
import { TransferMemory } from '../memory/transfer-memory.js';
import { ObjectCommits } from '../object-commits.js';
import type { ObjectStore } from '../object-store.js';
import { DEFAULT_INLINE_LIMIT } from '../open-embedded-store.js';
import { OperationGate } from '../operation-gate.js';
import type { RoomStore } from '../room-store.js';
import { newStoreCounters, type StoreCounters } from '../store-counters.js';
import { PrimaryLink } from './primary-link.js';
import { WorkerBuckets } from './worker-buckets.js';
import { WorkerMetadata } from './worker-metadata.js';
import { WorkerRoomStore } from './worker-room.js';

export interface WorkerStoreOptions {
  /** The data directory that the primary has open, as an absolute path. */
  readonly directory: string;
  /** The id of the session that the primary began for this worker. */
  readonly session: string;
  /** The other end of what the primary's session was connected to. */
  readonly primary: Duplex;
  readonly clock: () => number;
  readonly log: Log;
  readonly disk?: Disk;
  /** Bytes of the file system that puts leave free, as the primary has it. */
  readonly minFreeBytes?: number | undefined;
  /** Bytes of buffers that large transfers of this worker may hold before they get small ones. */
  readonly transferMemory?: number;
  /**
   * Called when the disk failed in a way that leaves unknown what is on it: this process, and the
   * primary with it, should end.
   */
  readonly onFatal: (error: Error) => void;
  /**
   * Called when the primary is gone, unless the store was closed: nobody commits any more, and
   * somebody else may have the directory. The process should end at once.
   */
  readonly onPrimaryLost: () => void;
}

/** A store in a data directory that another process has open; as good as its own. */
export interface WorkerStore {
  readonly objects: ObjectStore;
  room(name: string): RoomStore;
  readonly counters: StoreCounters;
  /** Bytes of buffers that transfers under way hold, for metrics. */
  readonly transferMemory: number;
  /** Refuses what comes, waits for what is under way, and lets go. May be called again. */
  close(): Promise<void>;
}

/**
 * Opens the store in a worker process. Reads go to LMDB and to the files at once; what changes
 * metadata goes through the primary; blobs are written here, under this worker's session. What is
 * to be deleted the primary deletes.
 */
export async function openWorkerStore(options: WorkerStoreOptions): Promise<WorkerStore> {
  const { directory, session, clock, log, disk = nodeDisk } = options;
  const places = placesIn(directory);
  const failStop = new FailStop(options.onFatal);
  const crc64 = Crc64Engine.shared();
  const reader = new LmdbReader(places.metadata);
  let closing: Promise<void> | undefined;
  const primary = new PrimaryLink(options.primary, {
    onLost() {
      if (closing === undefined) options.onPrimaryLost();
    },
    onSpace: (state) => space.follow(state),
  });
  const metadata = new WorkerMetadata(reader, primary);
  const memory = new TransferMemory(options.transferMemory);
  const slabs = new SlabPool(memory);
  // Not started: the reserve is the primary's, and so is it to say when puts return, and to tell the log.
  const space = new DiskSpace({
    disk,
    directory,
    minFree: options.minFreeBytes,
    log: silentLog,
    reusable: () => reader.reusableBytes,
    onShort: () => primary.reportShort(),
  });
  const blobs = new FileBlobs({
    directory: places.blobs,
    session,
    disk,
    failStop,
    log,
    memory,
    slabs,
    space,
  });
  const counters = newStoreCounters();
  const damage = new DamageNotes(counters, log);
  const gate = new OperationGate();
  const bodyThreads = new BodyThreads(crc64);
  // The primary derives from the commits themselves what its sweeper has to do.
  const nothing = (): void => {};
  return {
    objects: new EngineObjectStore({
      metadata,
      blobs,
      registry: new WorkerBuckets(reader, primary),
      commits: new ObjectCommits(metadata, new IdSequence(session), nothing),
      sweeper: { bucketDeleted: nothing },
      gate,
      damage,
      clock,
      inlineLimit: DEFAULT_INLINE_LIMIT,
      crc64,
      bodyThreads,
      slabs,
      space,
    }),
    room: (name) => new WorkerRoomStore(metadata, primary, name, damage),
    counters,
    get transferMemory() {
      return memory.held;
    },
    close() {
      closing ??= (async () => {
        await gate.close();
        await blobs.close();
        await metadata.close();
        primary.close();
      })();
      return closing;
    },
  };
}
