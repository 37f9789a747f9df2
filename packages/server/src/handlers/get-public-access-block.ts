import { GetPublicAccessBlock } from '@openoss/protocol';
import { handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';

/** Answers GetPublicAccessBlock. */
export const getPublicAccessBlock = handler(GetPublicAccessBlock, async ({ caller, directory }) => {
  const blockPublicAccess = await directory.blocksPublicAccess(accountOf(caller));
  return { output: { result: { blockPublicAccess } } };
});
