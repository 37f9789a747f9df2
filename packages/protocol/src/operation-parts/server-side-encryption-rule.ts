import { text } from '../operation/codec.js';
import { child, struct, xmlShape } from '../operation/xml-shape.js';

/** How a bucket's objects are encrypted unless told otherwise. The values have refusals of their own (`checkEncryptionRule`). */
export const encryptionDefault = {
  sseAlgorithm: child('SSEAlgorithm', text),
  kmsMasterKeyId: child('KMSMasterKeyID', text, { optional: true }),
  kmsDataEncryption: child('KMSDataEncryption', text, { optional: true }),
};

/** The encryption rule of a bucket as a document. */
export const serverSideEncryptionRule = xmlShape('ServerSideEncryptionRule', {
  applyServerSideEncryptionByDefault: struct(
    'ApplyServerSideEncryptionByDefault',
    encryptionDefault,
  ),
});
