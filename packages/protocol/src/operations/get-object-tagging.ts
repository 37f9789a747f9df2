import { text } from '../operation/codec.js';
import { header, xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { tagging } from '../operation-parts/tagging.js';
import { versionId } from '../operation-parts/version-id.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getobjecttagging */
export const GetObjectTagging = operation({
  name: 'GetObjectTagging',
  doc: 'Answers the tags of an object.',
  match: { on: 'object', method: 'GET', query: { tagging: null } },
  input: {
    versionId,
    requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
  },
  output: {
    result: xmlBody(tagging, 'The tags; an empty set where there are none.', { required: true }),
  },
  actions: [
    {
      action: 'oss:GetObjectTagging',
      when: 'no version is named',
      applies: ({ versionId }) => versionId === undefined,
    },
    {
      action: 'oss:GetObjectVersionTagging',
      when: 'a version is named',
      applies: ({ versionId }) => versionId !== undefined,
    },
  ],
  errors: ['NoSuchKey', 'NoSuchVersion', 'VersionIdInvalid', 'VersionIdEmpty'],
  examples: [
    {
      doc: 'Show the tags of an object.',
      command: `ossutil api get-object-tagging --bucket examplebucket --key exampleobject --output-format json`,
    },
  ],
});
