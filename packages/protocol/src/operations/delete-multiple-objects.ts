import { boolean, oneOf, text } from '../operation/codec.js';
import { header, query, xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { child, list, xmlShape } from '../operation/xml-shape.js';

/** The most objects that one request can delete. */
export const MAX_DELETED_OBJECTS = 1000;

/** https://www.alibabacloud.com/help/en/oss/developer-reference/deletemultipleobjects */
export const DeleteMultipleObjects = operation({
  name: 'DeleteMultipleObjects',
  doc: 'Deletes up to 1000 objects of one bucket.',
  match: { on: 'bucket', method: 'POST', query: { delete: null } },
  input: {
    encodingType: query(
      'encoding-type',
      oneOf(['url']),
      'How names are encoded in the answer: url.',
      {
        invalid: 'EncodingTypeInvalid',
        empty: 'EncodingTypeInvalid',
      },
    ),
    contentMd5: header('Content-MD5', text, 'The base64-encoded MD5 of the body; always needed.', {
      flag: false,
    }),
    requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
    delete: xmlBody(
      xmlShape('Delete', {
        quiet: child('Quiet', boolean, { optional: true }),
        objects: list('Object', {
          key: child('Key', text),
          versionId: child('VersionId', text, { optional: true }),
        }),
      }),
      'The objects to delete, and whether to answer without naming them.',
      { required: true },
    ),
  },
  output: {
    result: xmlBody(
      xmlShape('DeleteResult', {
        encodingType: child('EncodingType', text, { optional: true }),
        deleted: list('Deleted', {
          key: child('Key', text),
          versionId: child('VersionId', text, { optional: true }),
        }),
      }),
      'The objects that are gone; nothing in quiet mode.',
    ),
  },
  actions: [{ action: 'oss:DeleteObject', when: 'on each object that is named' }],
  errors: [
    'MalformedXml',
    'MissingContentLength',
    'ContentMd5Missing',
    'ContentMd5Malformed',
    'ContentMd5Mismatch',
    'EncodingTypeInvalid',
    'VersionIdInvalid',
    'ObjectNameEmpty',
    'ObjectNameTooLong',
  ],
  examples: [
    {
      doc: 'Delete two objects.',
      command:
        'ossutil api delete-multiple-objects --bucket examplebucket --delete \'{"Quiet":"false","Object":[{"Key":"a"},{"Key":"b"}]}\'',
    },
  ],
});
