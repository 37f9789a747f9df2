import type { BodySource } from '../body/body-source.js';

/** A request ready to be put on the wire: signed, every byte of its head decided. */
export interface OutgoingRequest {
  readonly protocol: 'http:' | 'https:';
  /** The host to connect to, without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** As the Host header has it. */
  readonly host: string;
  readonly method: string;
  /** Path and query, percent-encoded; sent as it is. */
  readonly target: string;
  /** By lower-case name: the name as it is written, and the value as a byte string. */
  readonly headers: ReadonlyMap<string, readonly [name: string, value: string]>;
  readonly body: BodySource | undefined;
  /** The most bytes a body without a known size may have. */
  readonly maxBodyBytes: number | undefined;
}
