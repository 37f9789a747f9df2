import {
  dataEncryptions,
  encryptionContext,
  encryptionMethods,
} from '../model/server-side-encryption.js';
import { oneOf, text } from '../operation/codec.js';
import { header } from '../operation/field.js';

/** What an upload says of encryption (oss-protocol.md, 5.1). */
export const encryptionRequest = {
  serverSideDataEncryption: header(
    'x-oss-server-side-data-encryption',
    oneOf(dataEncryptions),
    'The algorithm that encrypts the object under a KMS-managed key.',
    { invalid: 'DataEncryptionAlgorithmInvalid', empty: 'DataEncryptionAlgorithmInvalid' },
  ),
  serverSideEncryption: header(
    'x-oss-server-side-encryption',
    oneOf(encryptionMethods),
    'The server-side encryption method.',
    { invalid: 'EncryptionAlgorithmInvalid', empty: 'EncryptionAlgorithmInvalid' },
  ),
  serverSideEncryptionKeyId: header(
    'x-oss-server-side-encryption-key-id',
    text,
    'The ID of the customer master key (CMK) managed by KMS.',
    { empty: 'EncryptionKeyIdEmpty' },
  ),
  serverSideEncryptionContext: header(
    'x-oss-server-side-encryption-context',
    encryptionContext,
    'The encryption context handed to KMS, as JSON.',
    { invalid: 'EncryptionContextInvalid', empty: 'EncryptionContextInvalid', flag: false },
  ),
};

/** What is answered of an encrypted object, wherever it is put or read. */
export const encryptionAnswer = {
  serverSideEncryption: header(
    'x-oss-server-side-encryption',
    oneOf(encryptionMethods),
    'The method that the object is encrypted with.',
  ),
  serverSideDataEncryption: header(
    'x-oss-server-side-data-encryption',
    oneOf(dataEncryptions),
    'The algorithm that the object is encrypted with under a key of KMS, where it is not AES-256.',
  ),
  serverSideEncryptionKeyId: header(
    'x-oss-server-side-encryption-key-id',
    text,
    'The ID of the key of KMS that the object is encrypted with.',
  ),
};
