import { PutPublicAccessBlock } from '@openoss/protocol';
import { handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';

/** Answers PutPublicAccessBlock: for all that the caller's account owns. */
export const putPublicAccessBlock = handler(
  PutPublicAccessBlock,
  async ({ input, caller, directory }) => {
    const { blockPublicAccess } = input.publicAccessBlockConfiguration;
    await directory.blockPublicAccess(accountOf(caller), blockPublicAccess);
    return { output: {} };
  },
);
