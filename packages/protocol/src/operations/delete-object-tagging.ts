import { text } from '../operation/codec.js';
import { header } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { versionId } from '../operation-parts/version-id.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/deleteobjecttagging */
export const DeleteObjectTagging = operation({
  name: 'DeleteObjectTagging',
  doc: 'Takes all tags off an object.',
  match: { on: 'object', method: 'DELETE', query: { tagging: null } },
  input: {
    versionId,
    requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
  },
  output: {},
  success: [204],
  actions: [
    {
      action: 'oss:DeleteObjectTagging',
      when: 'no version is named',
      applies: ({ versionId }) => versionId === undefined,
    },
    {
      action: 'oss:DeleteObjectVersionTagging',
      when: 'a version is named',
      applies: ({ versionId }) => versionId !== undefined,
    },
  ],
  errors: ['NoSuchKey', 'NoSuchVersion', 'VersionIdInvalid', 'VersionIdEmpty'],
  examples: [
    {
      doc: 'Take the tags off an object.',
      command: `ossutil api delete-object-tagging --bucket examplebucket --key exampleobject`,
    },
  ],
});
