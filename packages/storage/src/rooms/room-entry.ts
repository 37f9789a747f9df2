import { CorruptRecord } from '../engine/corrupt-record.js';

declare const value: unique symbol;

/** A key of a room under which there is an `Entry`. */
export type EntryKey<Entry> = string & { readonly [value]: Entry };

/** The key of a room under which there is an `Entry`. */
export const entryKey = <Entry>(text: string): EntryKey<Entry> => text as EntryKey<Entry>;

const FORMAT = 1;

/** An entry as it is kept: a format byte and JSON. */
export function encodeEntry(entry: unknown): Buffer {
  return Buffer.concat([Buffer.of(FORMAT), Buffer.from(JSON.stringify(entry))]);
}

/** An entry of a key; throws CorruptRecord, which names the room, for what a newer version wrote. */
export function decodeEntry<Entry>(room: string, key: EntryKey<Entry>, stored: Buffer): Entry {
  const format = stored[0];
  if (format !== FORMAT) {
    throw new CorruptRecord(
      `${room} record ${key}`,
      `unknown format ${format} (this version knows ${FORMAT})`,
    );
  }
  return JSON.parse(stored.toString('utf8', 1)) as Entry;
}
