import { objectAcls } from '../model/access-control-list.js';
import { tagHeader } from '../model/object-tags.js';
import { persistentHeaders } from '../model/persistent-headers.js';
import { storageClasses } from '../model/storage-class.js';
import { checkUserMetadata } from '../model/user-metadata.js';
import { boolean, oneOf, quotedEtag, text, uint64 } from '../operation/codec.js';
import { header, headerMap, payload, query } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { encryptionAnswer, encryptionRequest } from '../operation-parts/encryption-headers.js';
import { kmsErrors } from '../operation-parts/kms-errors.js';

/** The largest object one request can upload: 5 GiB. */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;

/** https://www.alibabacloud.com/help/en/oss/developer-reference/putobject */
export const PutObject = operation({
  name: 'PutObject',
  doc: 'Uploads an object to a bucket. An object of the same name that the caller may write is overwritten.',
  match: { on: 'object', method: 'PUT' },
  input: {
    body: payload('The request body.', { maxBytes: MAX_PUT_BYTES }),
    cacheControl: header(
      'Cache-Control',
      text,
      'The caching behavior of the object when it is downloaded.',
    ),
    contentDisposition: header(
      'Content-Disposition',
      text,
      'How the object is presented when it is downloaded, such as its file name.',
    ),
    contentEncoding: header('Content-Encoding', text, 'The encoding format of the object content.'),
    contentLanguage: header('Content-Language', text, 'The language of the object content.', {
      flag: false,
    }),
    contentType: header('Content-Type', text, 'The MIME type of the object.'),
    expires: header('Expires', text, 'The expiration time of the object in caches, in GMT.'),
    forbidOverwrite: header(
      'x-oss-forbid-overwrite',
      boolean,
      'Whether to refuse the upload when an object of the same name exists.',
      { invalid: 'ForbidOverwriteNotBoolean', empty: 'ForbidOverwriteNotBoolean' },
    ),
    metadata: headerMap('x-oss-meta-', 'The metadata of the object, as name=value.', {
      check: checkUserMetadata,
    }),
    objectAcl: header(
      'x-oss-object-acl',
      oneOf(objectAcls),
      'The access control list (ACL) of the object.',
      {
        invalid: 'ObjectAclInvalid',
        empty: 'ObjectAclEmpty',
      },
    ),
    ...encryptionRequest,
    storageClass: header(
      'x-oss-storage-class',
      oneOf(storageClasses),
      'The storage class of the object.',
      {
        invalid: 'StorageClassInvalid',
        empty: 'StorageClassEmpty',
      },
    ),
    tagging: header('x-oss-tagging', tagHeader, 'The tags of the object, such as TagA=A&TagB=B.'),
    contentMd5: header(
      'Content-MD5',
      text,
      'The base64-encoded MD5 of the body, for the server to check.',
      {
        flag: false,
      },
    ),
    crc64: header(
      'x-oss-hash-crc64ecma',
      uint64,
      'The CRC-64 of the body, for the server to check.',
      {
        flag: false,
        invalid: 'Crc64Malformed',
      },
    ),
    persistentHeaders: header(
      'x-oss-persistent-headers',
      persistentHeaders,
      'Headers of your own to be answered with the object, as name:base64(value),….',
      { flag: false },
    ),
    requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
    copySource: header(
      'x-oss-copy-source',
      text,
      'The object to copy: what makes it a CopyObject.',
      {
        notImplemented: true,
        flag: false,
      },
    ),
    callback: header('x-oss-callback', text, 'The callback to make after the upload.', {
      notImplemented: true,
      flag: false,
    }),
    callbackVar: header('x-oss-callback-var', text, 'The variables of the callback.', {
      notImplemented: true,
      flag: false,
    }),
    callbackParameter: query('callback', text, 'The callback to make after the upload.', {
      notImplemented: true,
      flag: false,
    }),
    callbackVarParameter: query('callback-var', text, 'The variables of the callback.', {
      notImplemented: true,
      flag: false,
    }),
    trafficLimit: header(
      'x-oss-traffic-limit',
      text,
      'The bandwidth limit of the upload, in bit/s.',
      {
        notImplemented: true,
        flag: false,
      },
    ),
    trafficLimitParameter: query(
      'x-oss-traffic-limit',
      text,
      'The bandwidth limit of the upload, in bit/s.',
      {
        notImplemented: true,
        flag: false,
      },
    ),
    wormMode: header('x-oss-object-worm-mode', text, 'The retention mode of the object.', {
      notImplemented: true,
      flag: false,
    }),
    wormRetainUntilDate: header(
      'x-oss-object-worm-retain-until-date',
      text,
      'Until when the object is retained.',
      {
        notImplemented: true,
        flag: false,
      },
    ),
    wormLegalHold: header(
      'x-oss-object-worm-legal-hold',
      text,
      'Whether the object is under legal hold.',
      {
        notImplemented: true,
        flag: false,
      },
    ),
    ifMatch: header('If-Match', text, 'A condition, which OSS does not support on uploads.', {
      notImplemented: true,
      flag: false,
    }),
    ifNoneMatch: header(
      'If-None-Match',
      text,
      'A condition, which OSS does not support on uploads.',
      {
        notImplemented: true,
        flag: false,
      },
    ),
    ifModifiedSince: header(
      'If-Modified-Since',
      text,
      'A condition, which OSS does not support on uploads.',
      {
        notImplemented: true,
        flag: false,
      },
    ),
    ifUnmodifiedSince: header(
      'If-Unmodified-Since',
      text,
      'A condition, which OSS does not support on uploads.',
      {
        notImplemented: true,
        flag: false,
      },
    ),
  },
  output: {
    contentMd5: header('Content-MD5', text, 'The base64-encoded MD5 of the stored body.'),
    etag: header('ETag', quotedEtag, 'The upper-case hex MD5 of the stored body.'),
    crc64: header('x-oss-hash-crc64ecma', uint64, 'The CRC-64 of the stored body.'),
    versionId: header(
      'x-oss-version-id',
      text,
      'The version the upload made, in a versioned bucket.',
    ),
    ...encryptionAnswer,
  },
  actions: [
    { action: 'oss:PutObject' },
    {
      action: 'oss:PutObjectTagging',
      when: 'the request sets tags',
      applies: ({ tagging }) => tagging !== undefined,
    },
  ],
  keyActions: ['kms:GenerateDataKey', 'kms:Decrypt'],
  errors: [
    'PublicObjectAclBlocked',
    'MissingContentLength',
    'ContentLengthNotInteger',
    'EntityTooLarge',
    'IncompleteBody',
    'RequestTimeout',
    'ContentMd5Malformed',
    'ContentMd5Mismatch',
    'Crc64Malformed',
    'Crc64Mismatch',
    'ForbidOverwriteNotBoolean',
    'ObjectExists',
    'ObjectAclInvalid',
    'ObjectAclEmpty',
    'StorageClassInvalid',
    'StorageClassEmpty',
    'MetadataTooLarge',
    'MetadataNameInvalid',
    'TagHeaderMalformed',
    'TagKeyInvalid',
    'TagValueInvalid',
    'TagKeyTooLong',
    'TooManyObjectTags',
    'PersistentHeadersInvalid',
    'EncryptionAlgorithmInvalid',
    'DataEncryptionAlgorithmInvalid',
    'EncryptionKeyIdEmpty',
    'EncryptionKeyIdNotApplicable',
    'EncryptionContextInvalid',
    'EncryptionContextNotApplicable',
    'CipherNotAvailable',
    ...kmsErrors,
    'KmsKeyIdInvalid',
    'KmsAliasNotFound',
    'HeaderNotImplemented',
    'ParameterNotImplemented',
  ],
  examples: [
    {
      doc: 'Upload an object from a string.',
      command: 'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss"',
    },
    {
      doc: 'Upload an object from a local file.',
      command:
        'ossutil api put-object --bucket examplebucket --key exampleobject --body file://uploadFile',
    },
    {
      doc: 'Upload what another program writes, and show the headers of the answer.',
      command:
        'tar c . | ossutil api put-object --bucket examplebucket --key backup.tar --body - --output-format json',
    },
    {
      doc: 'Upload an object with metadata of your own.',
      command:
        'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss" --metadata user=aliyun --metadata team=storage',
    },
    {
      doc: 'Upload an object with tags.',
      command:
        'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss" --tagging "TagA=A&TagB=B"',
    },
    {
      doc: 'Upload an object only if there is none of that name.',
      command:
        'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss" --forbid-overwrite true',
    },
    {
      doc: 'Upload an object to be encrypted with SM4 under a key of KMS.',
      command:
        'ossutil api put-object --bucket examplebucket --key exampleobject --body "hi oss" --server-side-encryption KMS --server-side-data-encryption SM4 --server-side-encryption-key-id 9468da86-3509-4f8d-a61e-6eab1eac****',
    },
  ],
});
