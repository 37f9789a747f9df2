/**
 * @module Buckets and objects, durable, on an engine.
 */
export {
  type BackUpOptions,
  backUpOffline,
  backUpOnline,
  type HandedMetadata,
} from './backup/back-up.js';
export type { CopyProgress, Damage } from './backup/fill-directory.js';
export { type RestoreOptions, restoreBackup } from './backup/restore-backup.js';
export type { BucketRecord, BucketSpecification, Redundancy } from './bucket-record.js';
export type { Amount, BucketStatistics } from './bucket-statistics.js';
export type { ListBucketsRequest, ListedBuckets } from './buckets.js';
export { type CheckOptions, checkDataDirectory } from './check-data-directory.js';
export { BlobGone, CorruptBlob, StorageFull } from './engine/blob-engine.js';
export { CorruptRecord } from './engine/corrupt-record.js';
export type { DirectoryEntry, Disk, DiskFile } from './engine/disk.js';
export {
  type Awaitable,
  type CommitOutcome,
  EngineFailed,
  StoreClosed,
} from './engine/metadata-engine.js';
export { nodeDisk } from './engine/node-disk.js';
export { DataDirectoryRefused } from './engines/embedded/data-directory.js';
export { DataDirectoryInUse } from './engines/embedded/directory-lock.js';
export type { SpaceReport } from './engines/embedded/disk-space.js';
export { type ProbeResult, probeMetadata } from './engines/embedded/metadata-probe.js';
export { type Snapshot, SnapshotRefused } from './engines/embedded/snapshots.js';
export { isOpenToAll } from './files/is-open-to-all.js';
export { isWithin } from './files/is-within.js';
export { writeNewFile } from './files/write-new-file.js';
export { fullDiskRefusal } from './full-disk-refusal.js';
export type { ListKeysRequest } from './list-keys.js';
export type { ListedObjects, ListObjectsRequest } from './list-objects.js';
export type { Log } from './log.js';
export type {
  ObjectAttributes,
  ObjectBody,
  ObjectRecord,
  ObjectSummary,
  ObjectType,
  Pair,
  Restoration,
} from './object-record.js';
export type {
  Admission,
  ByteRange,
  ObjectStore,
  OpenedObject,
  PutObjectRequest,
  PutObjectResult,
} from './object-store.js';
export {
  DEFAULT_INLINE_LIMIT,
  type EmbeddedStore,
  type EmbeddedStoreOptions,
  EXIT_STORAGE_FAILED,
  openEmbeddedStore,
} from './open-embedded-store.js';
export type { Reseal } from './reseal-object.js';
export type { RoomChange, RoomCondition, RoomEntry, RoomStore } from './room-store.js';
export { after, FreshMap, GenerationWatch } from './rooms/fresh-map.js';
export { decodeEntry, type EntryKey, encodeEntry, entryKey } from './rooms/room-entry.js';
export { type Draft, type EntryReader, RoomLedger } from './rooms/room-ledger.js';
export { isSameBody } from './same-body.js';
export type { Finding, FindingKind, Severity } from './scrub/scrub-finding.js';
export type {
  RepairLevel,
  ScrubOptions,
  ScrubProgress,
  ScrubSummary,
} from './scrub/scrub-run.js';
export { ScrubInProgress } from './scrub/scrubber.js';
export { CipherUnavailable, isCipherAvailable } from './sealing/data-key.js';
export type {
  OpenEnvelope,
  RecordSealing,
  SealedRecord,
  Sealing,
  SealingCipher,
} from './sealing/sealing.js';
export type { StoreCounters } from './store-counters.js';
export {
  openWorkerStore,
  type WorkerStore,
  type WorkerStoreOptions,
} from './workers/open-worker-store.js';
export type { WorkerSession, WorkerSessions } from './workers/worker-sessions.js';
