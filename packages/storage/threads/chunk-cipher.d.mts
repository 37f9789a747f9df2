export type SealingCipher = 'AES256' | 'SM4';

/** What the chunks of one body are sealed with. */
export interface BodyKey {
  readonly cipher: SealingCipher;
  /** The body's id. */
  readonly id: string;
  /** {@link bodyKeyBytes} of them. */
  readonly key: Uint8Array;
}

export const CHUNK_BYTES: number;
export function tagBytes(cipher: SealingCipher): number;
export function bodyKeyBytes(cipher: SealingCipher): number;

export function sealAesGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  plain: Uint8Array,
): { readonly sealed: Buffer; readonly tag: Buffer };
export function openAesGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  sealed: Uint8Array,
  tag: Uint8Array,
): Buffer | undefined;
export function applySm4Ctr(key: Uint8Array, counter: Uint8Array, bytes: Uint8Array): Buffer;
export function macSm3(key: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Buffer;

export class ChunkCipher {
  constructor(bodyKey: BodyKey);
  /** Plain bytes of a chunk that is not the last. */
  readonly plainBytes: number;
  sealAll(buffer: Buffer, plainBytes: number, first: number, isEnd: boolean): number;
  openAll(buffer: Buffer, sealedBytes: number, first: number, isEnd: boolean): number;
}
