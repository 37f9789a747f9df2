import type { Directory } from '@openoss/directory';
import type { BucketRecord } from '@openoss/storage';

/** What tells whether public access is blocked. */
export type PublicAccessFacts = Pick<BucketRecord, 'owner' | 'blocksPublicAccess'>;

/** Whether Block Public Access is on for a bucket: its own, or its owner's for all. */
export async function isPublicAccessBlocked(
  directory: Directory,
  { owner, blocksPublicAccess }: PublicAccessFacts,
): Promise<boolean> {
  return blocksPublicAccess === true || (await directory.blocksPublicAccess(owner));
}
