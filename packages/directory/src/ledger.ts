import { type Draft, RoomLedger, type RoomStore, StorageFull } from '@openoss/storage';
import { RamError } from './ram-error.js';

export type { Draft, EntryReader } from '@openoss/storage';

/** The directory's entries; a full disk is refused as RAM refuses. */
export class Ledger extends RoomLedger {
  constructor(room: RoomStore) {
    super(room, 'directory');
  }

  override async change<T>(make: (draft: Draft) => Promise<T>): Promise<T> {
    try {
      return await super.change(make);
    } catch (error) {
      throw error instanceof StorageFull ? RamError.storageFull(error) : error;
    }
  }
}
