import { type Operation, operation } from '../operation/operation.js';
import { OPENOSS } from '../product.js';
import { onlyRoot } from './only-root.js';

/** The root access key, which RAM knows nothing of; an operation of our own (docs/decisions/0008). */
export const rootKeyOperations: readonly Operation[] = [
  operation({
    product: OPENOSS,
    name: 'RotateRootAccessKey',
    doc: 'Puts a new root access key in the place of the old one, which is refused from then on.',
    parameters: {},
    run: onlyRoot(async (_input, { directory }) => {
      const { accessKeyId, accessKeySecret } = await directory.rotateRoot();
      return { AccessKey: { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret } };
    }),
  }),
];
