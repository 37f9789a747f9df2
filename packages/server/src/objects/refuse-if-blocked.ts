import type { Directory } from '@openoss/directory';
import { type ErrorKind, OssError } from '@openoss/protocol';
import { isPublicAccessBlocked, type PublicAccessFacts } from '../stages/public-access.js';

/**
 * Refuses to open something to the public while Block Public Access is on. Should it be turned on
 * meanwhile, what was opened counts as closed all the same.
 */
export async function refuseIfBlocked(
  directory: Directory,
  of: PublicAccessFacts,
  refusal: ErrorKind,
): Promise<void> {
  if (await isPublicAccessBlocked(directory, of)) throw new OssError(refusal);
}

/** Whether an ACL opens anything. */
export function isPublicAcl(acl: string | undefined): boolean {
  return acl === 'public-read' || acl === 'public-read-write';
}
