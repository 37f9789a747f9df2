import type { Operation } from '../operation/operation.js';
import { KMS, OPENOSS, type Product, RAM, STS } from '../product.js';
import { RpcError } from '../rpc-error.js';
import { accessKeyOperations } from './access-keys.js';
import { accountOperations } from './accounts.js';
import { attachmentOperations } from './attachments.js';
import { explainOperations } from './explain-access.js';
import { groupOperations } from './groups.js';
import { kmsAliasOperations } from './kms/aliases.js';
import { kmsCryptoOperations } from './kms/crypto.js';
import { kmsKeyOperations } from './kms/keys.js';
import { kmsVersionOperations } from './kms/versions.js';
import { policyOperations } from './policies.js';
import { reencryptOperations } from './reencrypt-objects.js';
import { roleOperations } from './roles.js';
import { rootKeyOperations } from './root-access-key.js';
import { stsOperations } from './sts.js';
import { userOperations } from './users.js';

/** Everything that is served. */
export const operations: readonly Operation[] = [
  ...userOperations,
  ...groupOperations,
  ...accessKeyOperations,
  ...policyOperations,
  ...attachmentOperations,
  ...roleOperations,
  ...stsOperations,
  ...kmsKeyOperations,
  ...kmsVersionOperations,
  ...kmsAliasOperations,
  ...kmsCryptoOperations,
  ...explainOperations,
  ...rootKeyOperations,
  ...accountOperations,
  ...reencryptOperations,
];

/** What policies call the operations of KMS; one that has a source and a destination asks about each. */
export const kmsActions: readonly string[] = operations
  .filter(({ product }) => product === KMS)
  .flatMap(({ name }) => (name === 'ReEncrypt' ? [`${name}From`, `${name}To`] : [name]))
  .map((name) => `${KMS.service}:${name}`);

const PRODUCTS: readonly Product[] = [RAM, STS, KMS, OPENOSS];

const BY_VERSION: ReadonlyMap<string, ReadonlyMap<string, Operation>> = new Map(
  PRODUCTS.map((product) => [
    product.version,
    new Map(operations.filter((one) => one.product === product).map((one) => [one.name, one])),
  ]),
);

/** The operation of a version and a name; throws RpcError. */
export function findOperation(version: string, action: string): Operation {
  const ofProduct = BY_VERSION.get(version);
  if (ofProduct === undefined) throw RpcError.of('VersionUnknown');
  const found = ofProduct.get(action);
  if (found === undefined) throw RpcError.of('NoSuchApi');
  return found;
}

/** The product of a version; undefined if none has it. */
export const findProduct = (version: string): Product | undefined =>
  PRODUCTS.find((product) => product.version === version);
