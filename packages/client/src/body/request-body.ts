import type { Readable } from 'node:stream';

/** A file on this machine; it is opened anew for each attempt. */
export interface FileBody {
  /** Its path. */
  readonly file: string;
}

/** Bytes that can be read again from the start as often as needed. */
export interface ReplayableBody {
  /** How many bytes every reading gives, exactly. */
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

/**
 * What can be uploaded. Text is sent as UTF-8. A stream can be read only once: it is sent in chunks
 * as it comes, and a request with it is never tried again.
 */
export type RequestBody =
  | Uint8Array
  | string
  | FileBody
  | ReplayableBody
  | Readable
  | AsyncIterable<Uint8Array | string>;
