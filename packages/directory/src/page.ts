import type { RoomStore } from '@openoss/storage';
import { RamError } from './ram-error.js';

/** Which part of a list is asked for. */
export interface PageRequest {
  /** What an earlier, truncated page gave; without it, from the beginning. */
  readonly marker?: string | undefined;
  /** 1 to 1,000; 100 unless told. */
  readonly maxItems?: number | undefined;
}

/** A part of a list; `marker` is there when there is more. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly isTruncated: boolean;
  readonly marker?: string;
}

const DEFAULT_ITEMS = 100;
const MOST_ITEMS = 1000;

/** How many items a request asks for; throws RamError. */
export function itemsWanted({ maxItems = DEFAULT_ITEMS }: PageRequest): number {
  if (!Number.isInteger(maxItems) || maxItems < 1 || maxItems > MOST_ITEMS) {
    throw RamError.wrongValue('MaxItems');
  }
  return maxItems;
}

// A marker says where a page ended; nobody is to make one, so it does not look as if one could.
export const markerFor = (name: string): string => Buffer.from(name).toString('base64url');

/** The name that a request's marker stands for; undefined without one. Throws RamError. */
export function nameBefore({ marker }: PageRequest): string | undefined {
  if (marker === undefined || marker === '') return undefined;
  const name = Buffer.from(marker, 'base64url').toString();
  if (markerFor(name) !== marker) throw RamError.wrongValue('Marker');
  return name;
}

/** A page of the entries below a prefix, in the order of their names, each read by `read`. */
export async function pageOf<T>(
  room: Pick<RoomStore, 'list'>,
  prefix: string,
  request: PageRequest,
  read: (name: string, value: Buffer) => Promise<T | undefined>,
): Promise<Page<T>> {
  const wanted = itemsWanted(request);
  const before = nameBefore(request);
  const after = before === undefined ? {} : { after: prefix + before };
  // One more than wanted tells whether there is more.
  const entries = await room.list({ prefix, ...after, limit: wanted + 1 });
  const shown = entries.slice(0, wanted);
  const items: T[] = [];
  for (const { key, value } of shown) {
    const item = await read(key.slice(prefix.length), value);
    if (item !== undefined) items.push(item);
  }
  const last = shown.at(-1);
  return entries.length > wanted && last !== undefined
    ? { items, isTruncated: true, marker: markerFor(last.key.slice(prefix.length)) }
    : { items, isTruncated: false };
}
