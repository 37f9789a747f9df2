import { httpDate, integer, quotedEtag, text, uint64 } from '../operation/codec.js';
import { header } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { versionId } from '../operation-parts/version-id.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getobjectmeta */
export const GetObjectMeta = operation({
  name: 'GetObjectMeta',
  doc: 'Answers the ETag, size and time of an object, and no more.',
  match: { on: 'object', method: 'HEAD', query: { objectMeta: null } },
  input: {
    versionId,
    requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
  },
  output: {
    contentLength: header('Content-Length', integer(), 'The size of the object in bytes.'),
    etag: header('ETag', quotedEtag, 'The ETag of the object.'),
    lastModified: header('Last-Modified', httpDate, 'When the object was written.'),
    crc64: header('x-oss-hash-crc64ecma', uint64, 'The CRC-64 of the whole object.'),
    versionId: header(
      'x-oss-version-id',
      text,
      'The version of the object, in a versioned bucket.',
    ),
  },
  actions: [{ action: 'oss:GetObject' }],
  errors: ['NoSuchKey', 'NoSuchVersion', 'VersionIdInvalid', 'VersionIdEmpty'],
  examples: [
    {
      doc: 'Show the size and the ETag of an object.',
      command:
        'ossutil api get-object-meta --bucket examplebucket --key exampleobject --output-format json',
    },
  ],
});
