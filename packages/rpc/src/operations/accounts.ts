import type { Account } from '@openoss/directory';
import type { Answer } from '../answer/answer-value.js';
import { type Operation, operation } from '../operation/operation.js';
import { integer, optional, required, text } from '../operation/parameter.js';
import { OPENOSS } from '../product.js';
import { onlyRoot } from './only-root.js';
import { shownDate, shownPage } from './shown.js';

const accountId = required('AccountId', text);

const shownAccount = ({ account, name, createDate }: Account): Answer => ({
  AccountId: account,
  AccountName: name,
  CreateDate: shownDate(createDate),
});

/**
 * Accounts besides the first, and the access keys of each as a whole; operations of our own
 * (docs/decisions/0008), for RAM knows its own account only. Whoever has the root access key makes them,
 * and no policy allows it: an account is nobody's but its own in everything else.
 */
export const accountOperations: readonly Operation[] = [
  operation({
    product: OPENOSS,
    name: 'CreateAccount',
    doc: 'Makes an account, which has no access key yet.',
    parameters: { accountName: required('AccountName', text) },
    run: onlyRoot(async (input, { accounts }) => ({
      Account: shownAccount(await accounts.create(input.accountName)),
    })),
  }),
  operation({
    product: OPENOSS,
    name: 'ListAccounts',
    doc: 'Lists the accounts besides the first.',
    parameters: { marker: optional('Marker', text), maxItems: optional('MaxItems', integer) },
    run: onlyRoot(async (input, { accounts }) => {
      const page = await accounts.list(input);
      return { ...shownPage(page), Accounts: { Account: page.items.map(shownAccount) } };
    }),
  }),
  operation({
    product: OPENOSS,
    name: 'CreateAccountAccessKey',
    doc: 'Makes an access key of an account as a whole, whose secret is shown this once.',
    parameters: { accountId },
    run: onlyRoot(async (input, { ramOf }) => {
      const key = await ramOf(input.accountId).accessKeys.create(undefined);
      return {
        AccessKey: {
          AccessKeyId: key.accessKeyId,
          AccessKeySecret: key.accessKeySecret,
          Status: key.status,
          CreateDate: shownDate(key.createDate),
        },
      };
    }),
  }),
  operation({
    product: OPENOSS,
    name: 'ListAccountAccessKeys',
    doc: 'Lists the access keys of an account as a whole.',
    parameters: { accountId },
    run: onlyRoot(async (input, { ramOf }) => {
      const keys = await ramOf(input.accountId).accessKeys.list(undefined);
      const AccessKey = keys.map(({ accessKeyId: AccessKeyId, status: Status, createDate }) => ({
        AccessKeyId,
        Status,
        CreateDate: shownDate(createDate),
      }));
      return { AccessKeys: { AccessKey } };
    }),
  }),
  operation({
    product: OPENOSS,
    name: 'DeleteAccountAccessKey',
    doc: 'Deletes an access key of an account as a whole.',
    parameters: { accountId, userAccessKeyId: required('UserAccessKeyId', text) },
    run: onlyRoot(async (input, { ramOf }) => {
      await ramOf(input.accountId).accessKeys.delete(undefined, input.userAccessKeyId);
      return {};
    }),
  }),
];
