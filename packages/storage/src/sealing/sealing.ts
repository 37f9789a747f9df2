import type { SealingCipher } from '../../threads/chunk-cipher.mjs';
import type { Awaitable } from '../engine/metadata-engine.js';
import type { ObjectRecord } from '../object-record.js';

export type { SealingCipher };

/** What a body is encrypted with, and what is kept so that it can be read again. */
export interface Sealing {
  readonly cipher: SealingCipher;
  /**
   * Random, of this object alone: 32 bytes for AES256, 16 for SM4. It is kept nowhere; storage derives
   * from it what it needs, and changes nothing in it.
   */
  readonly dataKey: Uint8Array;
  /** What the data key can be had from again, such as the key encrypted; 1 to 65,535 bytes of any form. */
  readonly envelope: Uint8Array;
}

/** What a record says of the encryption of its body. */
export interface RecordSealing {
  readonly cipher: SealingCipher;
  readonly envelope: Buffer;
  /**
   * Binds data key, envelope and body to bucket and key; made with a key derived from the data key.
   * Storage makes and checks it.
   */
  readonly seal: Buffer;
}

/** The record of an object whose body is encrypted. */
export type SealedRecord = ObjectRecord & { readonly sealing: RecordSealing };

/**
 * Gives the data key of a record whose body is encrypted. Nothing of the body has been read then: it
 * throws to refuse, an OssError or anything else.
 */
export type OpenEnvelope = (record: SealedRecord) => Awaitable<Uint8Array>;

export const isSealed = (record: ObjectRecord): record is SealedRecord =>
  record.sealing !== undefined;
