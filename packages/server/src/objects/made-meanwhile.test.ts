import { OssError } from '@openoss/protocol';
import type { BucketRecord } from '@openoss/storage';
import { expect, it } from 'vitest';
import type { Caller } from '../stages/authenticate.js';
import { refuseMadeMeanwhile } from './made-meanwhile.js';

const made: BucketRecord = {
  ...{ name: 'examplebucket', owner: '1', acl: 'private', incarnation: 'i', epoch: 1 },
  ...{ createdAt: 0, storageClass: 'Standard', redundancy: 'LRS' },
};
const account: Caller = {
  principal: { kind: 'account', account: '1' },
  accessKeyId: 'k',
  hasLooked: false,
};
const user: Caller = {
  principal: { kind: 'user', account: '1', user: '2', name: 'alice' },
  accessKeyId: 'k',
  hasLooked: false,
};
const other: Caller = {
  principal: { kind: 'account', account: '9' },
  accessKeyId: 'k',
  hasLooked: false,
};

function refusalOf(record: BucketRecord, caller: Caller): string | undefined {
  try {
    refuseMadeMeanwhile(record, caller);
    return undefined;
  } catch (error) {
    return error instanceof OssError ? error.kind : String(error);
  }
}

it('lets the account have what it made twice at once, where no policy could say anything else', () => {
  expect(refusalOf(made, account)).toBeUndefined();
  expect(refusalOf({ ...made, policy: '{}' }, account)).toBe('BucketAlreadyOwned');
});

it('refuses everybody else, of whom nobody knows whether they may', () => {
  expect(refusalOf(made, user)).toBe('BucketAlreadyOwned');
  expect(refusalOf(made, other)).toBe('BucketAlreadyExists');
});
