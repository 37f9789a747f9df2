import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { publicAccessBlockConfiguration } from '../operation-parts/public-access-block-configuration.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketpublicaccessblock */
export const PutBucketPublicAccessBlock = operation({
  name: 'PutBucketPublicAccessBlock',
  doc: 'Turns Block Public Access on or off for a bucket: what ACLs and policies open to the public is closed while it is on, and nothing more can be opened.',
  match: { on: 'bucket', method: 'PUT', query: { publicAccessBlock: null } },
  input: {
    publicAccessBlockConfiguration: xmlBody(
      publicAccessBlockConfiguration,
      'Whether it is on, as XML or JSON.',
      { required: true },
    ),
  },
  output: {},
  actions: [{ action: 'oss:PutBucketPublicAccessBlock' }],
  errors: ['MalformedXml'],
  examples: [
    {
      doc: 'Turn it on.',
      command: `ossutil api put-bucket-public-access-block --bucket examplebucket --public-access-block-configuration '{"BlockPublicAccess":"true"}'`,
    },
  ],
});
