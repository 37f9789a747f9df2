import { arnOf } from '@openoss/directory';
import type { AccessInquiry, ExplainedPrincipal } from '@openoss/rpc';

/** Whether somebody is of another account than the one that asks. */
export function isForeign(principal: ExplainedPrincipal, account: string): boolean {
  return principal.kind !== 'anonymous' && principal.account !== account;
}

/** Somebody by the ARN, or by the UID where that is all that was told. */
export function shownPrincipal(principal: ExplainedPrincipal): string {
  if (principal.kind === 'anonymous') return 'anonymous';
  if (principal.kind === 'user' && principal.account === '') return principal.user;
  return arnOf(principal);
}

/**
 * What whoever asks about somebody of another account has to know of the answer, as sentences; none for others.
 */
export function foreignNotes({ principal, account }: AccessInquiry): readonly string[] {
  if (!isForeign(principal, account)) return [];
  const notes = [
    'This is somebody of another account, whose RAM policies do not count for this bucket and are not shown: the bucket policy and the ACLs decide.',
  ];
  if (principal.kind === 'session' && principal.sessionPolicy === undefined) {
    notes.push(
      'A session may be held to a session policy besides, which only whoever assumed the role can tell.',
    );
  }
  if (principal.kind === 'session' || (principal.kind === 'user' && principal.account !== '')) {
    notes.push(
      `Whether that account has such a ${principal.kind === 'user' ? 'user' : 'role'} is not told.`,
    );
  }
  return notes;
}
