import { storageClasses } from '../model/storage-class.js';
import { httpDate, integer, oneOf, quotedEtag, text, uint64 } from '../operation/codec.js';
import { header, headerMap } from '../operation/field.js';
import { encryptionAnswer } from './encryption-headers.js';
import { persistentAnswer } from './persistent-answer.js';

/** The headers that describe an object when it is read (oss-protocol.md, 7.3), in the order OSS writes them. */
export const objectAnswer = {
  contentType: header('Content-Type', text, 'The MIME type of the object.'),
  contentLength: header('Content-Length', integer(), 'The number of bytes that the body has.'),
  acceptRanges: header('Accept-Ranges', text, 'That byte ranges can be asked for.'),
  etag: header(
    'ETag',
    quotedEtag,
    'The ETag of the object; of one put in one piece, its upper-case hex MD5.',
  ),
  lastModified: header('Last-Modified', httpDate, 'When the object was written.'),
  objectType: header('x-oss-object-type', text, 'How the object was made, such as Normal.'),
  crc64: header('x-oss-hash-crc64ecma', uint64, 'The CRC-64 of the whole object.'),
  storageClass: header(
    'x-oss-storage-class',
    oneOf(storageClasses),
    'The storage class of the object.',
  ),
  contentMd5: header('Content-MD5', text, 'The base64-encoded MD5 of the whole object.'),
  cacheControl: header('Cache-Control', text, 'The caching behavior of the object.'),
  contentDisposition: header(
    'Content-Disposition',
    text,
    'How the object is presented when downloaded.',
  ),
  contentEncoding: header('Content-Encoding', text, 'The encoding format of the object content.'),
  contentLanguage: header('Content-Language', text, 'The language of the object content.'),
  expires: header('Expires', text, 'The expiration time of the object in caches.'),
  versionId: header('x-oss-version-id', text, 'The version of the object, in a versioned bucket.'),
  taggingCount: header(
    'x-oss-tagging-count',
    integer(),
    'How many tags the object has, to callers that may read them.',
  ),
  restore: header('x-oss-restore', text, 'The state of the restoration of an archived object.'),
  ...encryptionAnswer,
  metadata: headerMap('x-oss-meta-', 'The metadata of the object.'),
  persistent: persistentAnswer,
};
