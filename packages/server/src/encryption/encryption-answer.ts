import type { DataEncryption, EncryptionMethod } from '@openoss/protocol';
import type { RecordSealing } from '@openoss/storage';
import { decodeEnvelopeHead } from './envelope.js';

/** What answers tell of an object's encryption. */
export interface EncryptionAnswer {
  readonly serverSideEncryption?: EncryptionMethod | undefined;
  readonly serverSideDataEncryption?: DataEncryption | undefined;
  readonly serverSideEncryptionKeyId?: string | undefined;
}

const NOT_ENCRYPTED: EncryptionAnswer = {};

/** What answers tell of how an object is encrypted; nothing, where it is not. */
export function encryptionAnswerOf(sealing: RecordSealing | undefined): EncryptionAnswer {
  if (sealing === undefined) return NOT_ENCRYPTED;
  const { method, keyId } = decodeEnvelopeHead(sealing.envelope);
  if (method !== 'KMS') return { serverSideEncryption: method };
  return {
    serverSideEncryption: method,
    serverSideDataEncryption: sealing.cipher === 'SM4' ? 'SM4' : undefined,
    serverSideEncryptionKeyId: keyId,
  };
}
