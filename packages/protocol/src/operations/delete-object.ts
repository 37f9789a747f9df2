import { text } from '../operation/codec.js';
import { header } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { versionId } from '../operation-parts/version-id.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/deleteobject */
export const DeleteObject = operation({
  name: 'DeleteObject',
  doc: 'Deletes an object. That there is none of the name is no error.',
  match: { on: 'object', method: 'DELETE' },
  input: {
    versionId,
    requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
  },
  output: {},
  success: [204],
  actions: [
    {
      action: 'oss:DeleteObject',
      when: 'no version is named',
      applies: ({ versionId }) => versionId === undefined,
    },
    {
      action: 'oss:DeleteObjectVersion',
      when: 'a version is named',
      applies: ({ versionId }) => versionId !== undefined,
    },
  ],
  errors: ['VersionIdInvalid', 'VersionIdEmpty'],
  examples: [
    {
      doc: 'Delete an object.',
      command: 'ossutil api delete-object --bucket examplebucket --key exampleobject',
    },
  ],
});
