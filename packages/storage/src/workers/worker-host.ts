import type { Duplex } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { unnamedBlob } from '../bucket-partition.js';
import type { BucketRecord } from '../bucket-record.js';
import type { MetadataEngine } from '../engine/metadata-engine.js';
import type { DiskSpace } from '../engines/embedded/disk-space.js';
import type { ObjectStore } from '../object-store.js';
import type { RoomStore } from '../room-store.js';
import { carriedError } from './carried-error.js';
import { readCommit } from './commit-frame.js';
import { type Frame, FrameStream } from './frames.js';
import { type Call, FRAME, type Returned } from './messages.js';
import { RecordChanged } from './record-changed.js';
import { uncarriedChange, uncarriedCondition } from './worker-room.js';

export interface WorkerHostParts {
  readonly metadata: Pick<MetadataEngine, 'commit'>;
  readonly objects: ObjectStore;
  room(name: string): RoomStore;
  /** Decides for all of the service how the disk stands. */
  readonly space: Pick<DiskSpace, 'tell' | 'followerIsShort'>;
  /** Hears of each blob that a worker's commit has put into a deletion queue. */
  readonly onUnnamed: (incarnation: string, blobId: string) => void;
}

/** The primary's side of one worker's link: does what it asks for and answers. */
export class WorkerHost {
  readonly #parts: WorkerHostParts;
  readonly #frames: FrameStream;
  #underWay = 0;
  #ended = false;
  #settled: (() => void) | undefined;

  constructor(stream: Duplex, parts: WorkerHostParts) {
    this.#parts = parts;
    this.#frames = new FrameStream(
      stream,
      (frame) => this.#serve(frame),
      () => {
        this.#ended = true;
        untell();
        if (this.#underWay === 0) this.#settled?.();
      },
    );
    const untell = parts.space.tell((state) => this.#frames.sendText(FRAME.space, 0, state));
  }

  /** Resolves when the worker has gone and what it had asked for has been done. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#settled = resolve;
      if (this.#ended && this.#underWay === 0) resolve();
    });
  }

  #serve({ kind, request, payload }: Frame): void {
    if (kind === FRAME.short) {
      this.#parts.space.followerIsShort();
      return;
    }
    this.#underWay++;
    const serving =
      kind === FRAME.commit ? this.#commit(request, payload) : this.#answer(request, payload);
    serving
      .catch((error: unknown) =>
        this.#frames.sendText(FRAME.failed, request, JSON.stringify(carriedError(error))),
      )
      .finally(() => {
        this.#underWay--;
        if (this.#ended && this.#underWay === 0) this.#settled?.();
      });
  }

  async #answer(request: number, payload: Buffer): Promise<void> {
    const result = await this.#call(JSON.parse(payload.toString()));
    this.#frames.sendText(FRAME.returned, request, JSON.stringify(result));
  }

  async #commit(request: number, payload: Buffer): Promise<void> {
    const { partition, conditions, changes } = readCommit(payload);
    const outcome = await this.#parts.metadata.commit(partition, conditions, changes);
    this.#frames.send(outcome === 'committed' ? FRAME.committed : FRAME.conflict, request, 0);
    if (outcome === 'conflict') return;
    for (const change of changes) {
      const blobId = unnamedBlob(change);
      if (blobId !== undefined) this.#parts.onUnnamed(partition, blobId);
    }
  }

  async #call(call: Call): Promise<Returned[Call['call']]> {
    const { objects, room } = this.#parts;
    switch (call.call) {
      case 'createBucket':
        return objects.createBucket(call.specification);
      case 'updateBucket':
        return objects.updateBucket(call.name, (record) => {
          if (!isDeepStrictEqual(carried(record), call.before)) throw new RecordChanged();
          return call.after;
        });
      case 'deleteBucket':
        await objects.deleteBucket(call);
        return null;
      case 'commitRoom':
        return room(call.room).commit(
          call.conditions.map(uncarriedCondition),
          call.changes.map(uncarriedChange),
        );
    }
  }
}

/** A record as it is when it has been on the way. */
const carried = (record: BucketRecord): unknown => JSON.parse(JSON.stringify(record));
