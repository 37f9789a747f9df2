import { headerText, text } from '../operation/codec.js';
import { header, payload, query } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { kmsErrors } from '../operation-parts/kms-errors.js';
import { objectAnswer } from '../operation-parts/object-answer.js';
import { readConditions } from '../operation-parts/read-conditions.js';
import { versionId } from '../operation-parts/version-id.js';

const override = (name: string) =>
  query(
    `response-${name}`,
    headerText,
    `The ${name} header to answer with instead of the object's own.`,
  );

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getobject */
export const GetObject = operation({
  name: 'GetObject',
  doc: 'Downloads an object, or a range of its bytes.',
  match: { on: 'object', method: 'GET' },
  input: {
    range: header('Range', text, 'The bytes to answer, as bytes=first-last.'),
    rangeBehavior: header(
      'x-oss-range-behavior',
      text,
      'With standard, a range that cannot be satisfied is an error.',
    ),
    ...readConditions,
    responseContentType: override('content-type'),
    responseContentLanguage: override('content-language'),
    responseExpires: override('expires'),
    responseCacheControl: override('cache-control'),
    responseContentDisposition: override('content-disposition'),
    responseContentEncoding: override('content-encoding'),
    versionId,
    process: query('x-oss-process', text, 'The processing to apply to the object.', {
      notImplemented: true,
      flag: false,
    }),
    trafficLimit: header(
      'x-oss-traffic-limit',
      text,
      'The bandwidth limit of the download, in bit/s.',
      {
        notImplemented: true,
        flag: false,
      },
    ),
    trafficLimitParameter: query(
      'x-oss-traffic-limit',
      text,
      'The bandwidth limit of the download, in bit/s.',
      {
        notImplemented: true,
        flag: false,
      },
    ),
  },
  output: {
    ...objectAnswer,
    contentRange: header('Content-Range', text, 'Which bytes of how many the body has.'),
    body: payload('The bytes of the object.'),
  },
  success: [200, 206],
  actions: [
    {
      action: 'oss:GetObject',
      when: 'no version is named',
      applies: ({ versionId }) => versionId === undefined,
    },
    {
      action: 'oss:GetObjectVersion',
      when: 'a version is named',
      applies: ({ versionId }) => versionId !== undefined,
    },
  ],
  keyActions: ['kms:Decrypt'],
  errors: [
    'NoSuchKey',
    'NoSuchVersion',
    'NotModified',
    'PreconditionFailed',
    'InvalidRange',
    'ObjectArchived',
    'ResponseHeaderOverrideAnonymous',
    'VersionIdInvalid',
    'VersionIdEmpty',
    'CipherNotAvailable',
    ...kmsErrors,
    'HeaderNotImplemented',
    'ParameterNotImplemented',
  ],
  examples: [
    {
      doc: 'Write an object to a file. Without -q the time it took follows the bytes.',
      command: 'ossutil api get-object --bucket examplebucket --key exampleobject -q > localfile',
    },
    {
      doc: 'Read the first 100 bytes.',
      command:
        'ossutil api get-object --bucket examplebucket --key exampleobject --range bytes=0-99 -q',
    },
  ],
});
