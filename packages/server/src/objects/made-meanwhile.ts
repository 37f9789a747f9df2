import { OssError } from '@openoss/protocol';
import type { BucketRecord } from '@openoss/storage';
import type { Caller } from '../stages/authenticate.js';
import { accountOf } from './account-of.js';

/**
 * Throws unless a bucket that was not there when a request was authorized, and is now, may be taken for one
 * that the request made: nobody was asked who may what to it. An account may everything to its own as long as no
 * policy speaks, so that of several that make one at once all succeed; everybody else is told that it is there.
 */
export function refuseMadeMeanwhile(record: BucketRecord, caller: Caller): void {
  const details = { BucketName: record.name };
  if (record.owner !== accountOf(caller)) throw new OssError('BucketAlreadyExists', { details });
  if (caller.principal.kind !== 'account' || record.policy !== undefined) {
    throw new OssError('BucketAlreadyOwned', { details });
  }
}
