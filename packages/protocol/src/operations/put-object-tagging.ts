import { text } from '../operation/codec.js';
import { header, xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { tagging } from '../operation-parts/tagging.js';
import { versionId } from '../operation-parts/version-id.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/putobjecttagging */
export const PutObjectTagging = operation({
  name: 'PutObjectTagging',
  doc: 'Gives an object these tags in place of those it had.',
  match: { on: 'object', method: 'PUT', query: { tagging: null } },
  input: {
    versionId,
    requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
    tagging: xmlBody(tagging, 'The tags, as XML or JSON.', { required: true }),
  },
  output: {},
  actions: [
    {
      action: 'oss:PutObjectTagging',
      when: 'no version is named',
      applies: ({ versionId }) => versionId === undefined,
    },
    {
      action: 'oss:PutObjectVersionTagging',
      when: 'a version is named',
      applies: ({ versionId }) => versionId !== undefined,
    },
  ],
  errors: [
    'MalformedXml',
    'TagKeyInvalid',
    'TagValueInvalid',
    'TagKeyTooLong',
    'TagsRepeated',
    'TooManyObjectTags',
    'NoSuchKey',
    'NoSuchVersion',
    'VersionIdInvalid',
    'VersionIdEmpty',
  ],
  examples: [
    {
      doc: 'Tag an object.',
      command: `ossutil api put-object-tagging --bucket examplebucket --key exampleobject --tagging '{"TagSet":{"Tag":[{"Key":"TagA","Value":"A"}]}}'`,
    },
  ],
});
