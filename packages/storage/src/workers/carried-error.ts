import { type ErrorDetails, type ErrorKind, errorCatalogue, OssError } from '@openoss/protocol';
import { StorageFull } from '../engine/blob-engine.js';
import { EngineFailed, StoreClosed } from '../engine/metadata-engine.js';
import { StorageExhausted } from '../engine/storage-space.js';
import { RecordChanged } from './record-changed.js';

/** An error on its way to another process: what the code there tells errors apart by, and the story. */
export type CarriedError =
  | {
      readonly type: 'refusal';
      readonly kind: ErrorKind;
      readonly message: string;
      readonly details: ErrorDetails;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly type: keyof typeof KNOWN | 'other'; readonly message: string };

/** Errors that are told apart by their class, made anew with the cause that could be carried. */
const KNOWN = {
  EngineFailed: (message: string) => new EngineFailed(new Error(message)),
  StoreClosed: () => new StoreClosed(),
  StorageFull: (message: string) => new StorageFull(new Error(message)),
  // The primary's log has said so, once.
  StorageExhausted: () => new StorageExhausted(undefined),
  RecordChanged: () => new RecordChanged(),
} as const;

export function carriedError(error: unknown): CarriedError {
  if (error instanceof OssError && error.kind !== undefined) {
    const { kind, message, details, headers } = error;
    return { type: 'refusal', kind, message, details, headers };
  }
  if (!(error instanceof Error)) return { type: 'other', message: String(error) };
  const type = isKnown(error.name) ? error.name : 'other';
  return { type, message: error.message };
}

export function uncarriedError(carried: CarriedError): Error {
  if (carried.type === 'refusal') {
    const { kind, message, details, headers } = carried;
    if (!Object.hasOwn(errorCatalogue, kind)) return new Error(message);
    return new OssError(kind, { message, details, headers });
  }
  return carried.type === 'other'
    ? new Error(carried.message)
    : KNOWN[carried.type](carried.message);
}

function isKnown(name: string): name is keyof typeof KNOWN {
  return Object.hasOwn(KNOWN, name);
}
