import { DeletePublicAccessBlock } from '@openoss/protocol';
import { handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';

/** Answers DeletePublicAccessBlock. */
export const deletePublicAccessBlock = handler(
  DeletePublicAccessBlock,
  async ({ caller, directory }) => {
    await directory.blockPublicAccess(accountOf(caller), false);
    return { output: {} };
  },
);
