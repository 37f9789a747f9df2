import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { publicAccessBlockConfiguration } from '../operation-parts/public-access-block-configuration.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/putpublicaccessblock */
export const PutPublicAccessBlock = operation({
  name: 'PutPublicAccessBlock',
  doc: 'Turns Block Public Access on or off for all that the account owns: what ACLs and policies open to the public is closed while it is on, and nothing more can be opened.',
  match: { on: 'service', method: 'PUT', query: { publicAccessBlock: null } },
  input: {
    publicAccessBlockConfiguration: xmlBody(
      publicAccessBlockConfiguration,
      'Whether it is on, as XML or JSON.',
      { required: true },
    ),
  },
  output: {},
  actions: [{ action: 'oss:PutPublicAccessBlock' }],
  errors: ['MalformedXml'],
  examples: [
    {
      doc: 'Turn it on.',
      command: `ossutil api put-public-access-block --public-access-block-configuration '{"BlockPublicAccess":"true"}'`,
    },
  ],
});
