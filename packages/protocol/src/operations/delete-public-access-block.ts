import { operation } from '../operation/operation.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/deletepublicaccessblock */
export const DeletePublicAccessBlock = operation({
  name: 'DeletePublicAccessBlock',
  doc: 'Turns Block Public Access off for all that the account owns.',
  match: { on: 'service', method: 'DELETE', query: { publicAccessBlock: null } },
  input: {},
  output: {},
  success: [204],
  actions: [{ action: 'oss:DeletePublicAccessBlock' }],
  errors: [],
  examples: [{ doc: 'Turn it off.', command: 'ossutil api delete-public-access-block' }],
});
