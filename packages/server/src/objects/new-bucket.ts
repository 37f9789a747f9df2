import type { BucketSpecification } from '@openoss/storage';
import type { ServerSettings } from '../settings.js';

/** A bucket as it starts where nothing else is asked for. */
export function newBucket(
  name: string,
  owner: string,
  { blocksPublicAccess }: Pick<ServerSettings, 'blocksPublicAccess'>,
): BucketSpecification {
  return {
    name,
    owner,
    storageClass: 'Standard',
    redundancy: 'LRS',
    acl: 'private',
    ...(blocksPublicAccess && { blocksPublicAccess }),
  };
}
