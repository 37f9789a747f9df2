import type { KeyOwner } from '@openoss/directory';
import { type Call, type Operation, operation } from '../operation/operation.js';
import { oneOf, optional, required, text } from '../operation/parameter.js';
import { RAM } from '../product.js';
import { RpcError } from '../rpc-error.js';
import { shownDate } from './shown.js';

interface OfUser {
  readonly userName: string | undefined;
}

const userName = optional('UserName', text);
const userAccessKeyId = required('UserAccessKeyId', text);

/** Whose keys a call is about: without a name, those of the caller. Throws RpcError for who has none. */
function ownerOf(input: OfUser, { caller }: Call): KeyOwner {
  if (input.userName !== undefined && input.userName !== '') return input.userName;
  const { principal } = caller;
  if (principal.kind === 'session') throw RpcError.missing('UserName');
  return principal.kind === 'user' ? principal.name : undefined;
}

const ofOwner = (input: OfUser, call: Call) => [`user/${ownerOf(input, call) ?? '*'}`];

/** https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-dir-access-key-management/ */
export const accessKeyOperations: readonly Operation[] = [
  operation({
    product: RAM,
    name: 'CreateAccessKey',
    doc: 'Makes an access key, whose secret is shown this once.',
    parameters: { userName },
    resources: ofOwner,
    run: async (input, call) => {
      const key = await call.ram.accessKeys.create(ownerOf(input, call));
      return {
        AccessKey: {
          AccessKeyId: key.accessKeyId,
          AccessKeySecret: key.accessKeySecret,
          Status: key.status,
          CreateDate: shownDate(key.createDate),
        },
      };
    },
  }),
  operation({
    product: RAM,
    name: 'UpdateAccessKey',
    doc: 'Makes an access key active or inactive.',
    parameters: {
      userName,
      userAccessKeyId,
      status: required('Status', oneOf('Active', 'Inactive')),
    },
    resources: ofOwner,
    run: async (input, call) => {
      const owner = ownerOf(input, call);
      await call.ram.accessKeys.setStatus(owner, input.userAccessKeyId, input.status);
      return {};
    },
  }),
  operation({
    product: RAM,
    name: 'DeleteAccessKey',
    doc: 'Deletes an access key.',
    parameters: { userName, userAccessKeyId },
    resources: ofOwner,
    run: async (input, call) => {
      await call.ram.accessKeys.delete(ownerOf(input, call), input.userAccessKeyId);
      return {};
    },
  }),
  operation({
    product: RAM,
    name: 'ListAccessKeys',
    doc: 'Lists access keys, without their secrets.',
    parameters: { userName },
    resources: ofOwner,
    run: async (input, call) => {
      const keys = await call.ram.accessKeys.list(ownerOf(input, call));
      return {
        AccessKeys: {
          AccessKey: keys.map((key) => ({
            AccessKeyId: key.accessKeyId,
            Status: key.status,
            CreateDate: shownDate(key.createDate),
          })),
        },
      };
    },
  }),
  operation({
    product: RAM,
    name: 'GetAccessKeyLastUsed',
    doc: 'Tells when an access key was last used; to the hour.',
    parameters: { userName, userAccessKeyId },
    resources: ofOwner,
    run: async (input, call) => {
      const owner = ownerOf(input, call);
      const used = await call.ram.accessKeys.lastUsed(owner, input.userAccessKeyId);
      return {
        AccessKeyLastUsed: {
          LastUsedDate: used === undefined ? '' : shownDate(used.lastUsedDate),
          ServiceName: used?.serviceName ?? 'N/A',
        },
      };
    },
  }),
];
