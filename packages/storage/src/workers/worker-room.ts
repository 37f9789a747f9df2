import type { DamageNotes } from '../damage-notes.js';
import type { CommitOutcome } from '../engine/metadata-engine.js';
import { EngineRoomStore, type RoomChange, type RoomCondition } from '../room-store.js';
import type { CarriedRoomChange, CarriedRoomCondition } from './messages.js';
import type { PrimaryLink } from './primary-link.js';
import type { WorkerMetadata } from './worker-metadata.js';

/** The state of another room as a worker has it: read here, changed by the primary. */
export class WorkerRoomStore extends EngineRoomStore {
  readonly #primary: PrimaryLink;
  readonly #name: string;

  constructor(metadata: WorkerMetadata, primary: PrimaryLink, name: string, damage: DamageNotes) {
    super(metadata, name, damage);
    this.#primary = primary;
    this.#name = name;
  }

  protected override get isOnlyWriter(): boolean {
    return false;
  }

  override commit(
    conditions: readonly RoomCondition[],
    changes: readonly RoomChange[],
  ): Promise<CommitOutcome> {
    return this.#primary.call({
      call: 'commitRoom',
      room: this.#name,
      conditions: conditions.map(carriedCondition),
      changes: changes.map(carriedChange),
    });
  }
}

function carriedCondition(condition: RoomCondition): CarriedRoomCondition {
  return 'absent' in condition ? condition : { ...condition, value: base64(condition.value) };
}

function carriedChange(change: RoomChange): CarriedRoomChange {
  return 'delete' in change ? change : { ...change, value: base64(change.value) };
}

export function uncarriedCondition(condition: CarriedRoomCondition): RoomCondition {
  return 'absent' in condition
    ? condition
    : { ...condition, value: Buffer.from(condition.value, 'base64') };
}

export function uncarriedChange(change: CarriedRoomChange): RoomChange {
  return 'delete' in change ? change : { ...change, value: Buffer.from(change.value, 'base64') };
}

const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');
