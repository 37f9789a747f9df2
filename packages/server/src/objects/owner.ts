/** An account as answers name it; OSS too shows the UID as the display name. */
export function ownerOf(account: string): { id: string; displayName: string } {
  return { id: account, displayName: account };
}
