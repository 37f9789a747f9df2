import type { Directory } from '@openoss/directory';
import type { Awaitable, BucketRecord } from '@openoss/storage';

/** What tells whether public access is blocked. */
export type PublicAccessFacts = Pick<BucketRecord, 'owner' | 'blocksPublicAccess'>;

/** Whether Block Public Access is on for a bucket: its own, or its owner's for all. */
export function isPublicAccessBlocked(
  directory: Directory,
  { owner, blocksPublicAccess }: PublicAccessFacts,
  hasLooked = false,
): Awaitable<boolean> {
  return blocksPublicAccess === true || directory.blocksPublicAccess(owner, hasLooked);
}
