import type { KeyMetadata, KeyState } from '../key-service.js';
import type { KeyEntry, KeyScope } from './entries.js';
import { arnOf } from './key-name.js';

/** What is told of a key that is kept here. */
export function shownKey(key: KeyEntry, scope: KeyScope): KeyMetadata {
  const { id, deletion, rotated, rotationInterval } = key;
  const state = stateOf(key);
  return {
    keyId: id,
    arn: arnOf(scope, `key/${id}`),
    state,
    spec: 'Aliyun_AES_256',
    usage: 'ENCRYPT/DECRYPT',
    origin: 'Aliyun_KMS',
    protectionLevel: 'SOFTWARE',
    description: key.description,
    creator: key.service ?? scope.account,
    created: key.created,
    deletion,
    primaryVersionId: key.primary,
    lastRotation: rotated,
    automaticRotation:
      rotationInterval === undefined ? 'Disabled' : state === 'Enabled' ? 'Enabled' : 'Suspended',
    rotationInterval,
    nextRotation: rotationInterval === undefined ? undefined : rotated + rotationInterval * 1000,
  };
}

function stateOf({ enabled, deletion }: KeyEntry): KeyState {
  if (deletion !== undefined) return 'PendingDeletion';
  return enabled ? 'Enabled' : 'Disabled';
}
