import type { EncryptionRule } from '@openoss/protocol';

/** A bucket's rule of encryption as documents have it; elements that say nothing are left out. */
export function encryptionDefaultOf({ method, keyId, dataEncryption }: EncryptionRule): {
  sseAlgorithm: string;
  kmsMasterKeyId?: string | undefined;
  kmsDataEncryption?: string | undefined;
} {
  return { sseAlgorithm: method, kmsMasterKeyId: keyId, kmsDataEncryption: dataEncryption };
}
