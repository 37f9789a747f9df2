import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { publicAccessBlockConfiguration } from '../operation-parts/public-access-block-configuration.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getpublicaccessblock */
export const GetPublicAccessBlock = operation({
  name: 'GetPublicAccessBlock',
  doc: 'Answers whether Block Public Access is on for all that the account owns.',
  match: { on: 'service', method: 'GET', query: { publicAccessBlock: null } },
  input: {},
  output: {
    result: xmlBody(publicAccessBlockConfiguration, 'Whether it is on.', { required: true }),
  },
  actions: [{ action: 'oss:GetPublicAccessBlock' }],
  errors: [],
  examples: [{ doc: 'See whether it is on.', command: 'ossutil api get-public-access-block' }],
});
