/** What the server says, a line of JSON each, while it holds one moment for a backup. */
export type BackupEvent =
  | { readonly event: 'copying' | 'alive' }
  /** The metadata is in the handover directory, and blobs stay until the connection ends. */
  | {
      readonly event: 'held';
      /** The file's name in the handover directory. */
      readonly metadata: string;
      readonly bytes: number;
      /** Milliseconds since 1970: what was acknowledged before is in the copy. */
      readonly takenAt: number;
    }
  | { readonly event: 'failed'; readonly reason: string };
