import { operation } from '../operation/operation.js';
import { objectAnswer } from '../operation-parts/object-answer.js';
import { readConditions } from '../operation-parts/read-conditions.js';
import { versionId } from '../operation-parts/version-id.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/headobject */
export const HeadObject = operation({
  name: 'HeadObject',
  doc: 'Answers what is known of an object, without its bytes.',
  match: { on: 'object', method: 'HEAD' },
  input: { ...readConditions, versionId },
  output: objectAnswer,
  actions: [{ action: 'oss:GetObject' }],
  errors: [
    'NoSuchKey',
    'NoSuchVersion',
    'NotModified',
    'PreconditionFailed',
    'VersionIdInvalid',
    'VersionIdEmpty',
  ],
  examples: [
    {
      doc: 'Show the headers of an object as JSON.',
      command:
        'ossutil api head-object --bucket examplebucket --key exampleobject --output-format json',
    },
  ],
});
