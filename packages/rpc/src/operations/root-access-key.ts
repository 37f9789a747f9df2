import { NotAllowed } from '../authorize.js';
import { type Operation, operation } from '../operation/operation.js';
import { OPENOSS } from '../product.js';

/** The root access key, which RAM knows nothing of; an operation of our own (docs/decisions/0008). */
export const rootKeyOperations: readonly Operation[] = [
  operation({
    product: OPENOSS,
    name: 'RotateRootAccessKey',
    doc: 'Puts a new root access key in the place of the old one, which is refused from then on.',
    parameters: {},
    // No policy can allow it: whoever has the root access key may do everything, for good.
    run: async (_input, { caller: { principal }, directory }) => {
      if (principal.kind !== 'account' || principal.account !== directory.account) {
        throw new NotAllowed(undefined, undefined);
      }
      const { accessKeyId, accessKeySecret } = await directory.rotateRoot();
      return { AccessKey: { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret } };
    },
  }),
];
