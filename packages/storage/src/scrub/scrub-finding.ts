/** What a scrub can find. */
export type FindingKind = keyof typeof FINDINGS;

/**
 * `damage`: something that was acknowledged may be lost or cannot be read. `waste`: nothing is lost;
 * something is kept that nobody needs, or is counted wrongly.
 */
export type Severity = 'damage' | 'waste';

/** One thing that a scrub found. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly bucket?: string | undefined;
  /** The object's key, or whatever else names the thing. */
  readonly key?: string | undefined;
  /** What is wrong, exactly. */
  readonly what: string;
  /** What that means for those who use the server. */
  readonly meaning: string;
  /** What the operator can do. */
  readonly advice: string;
  /** It was put right. */
  readonly repaired: boolean;
}

interface Explanation {
  readonly severity: Severity;
  readonly meaning: string;
  readonly advice: string;
}

const PUT_AGAIN = 'delete the object, put it again, or restore it from a backup';
const RESTORE = 'restore the data directory from a backup';

/** Each kind of finding, and what is to be said of it. */
export const FINDINGS = {
  'damaged-page': {
    severity: 'damage',
    meaning:
      "LMDB's own pages do not hold together: keys may be gone, and using them may end the server",
    advice: `${RESTORE}; until then do not write to it`,
  },
  'damaged-bucket': {
    severity: 'damage',
    meaning: 'the bucket and its objects cannot be used',
    advice: RESTORE,
  },
  'bucket-lost': {
    severity: 'damage',
    meaning: 'the record of a bucket vanished, changed or came back by itself',
    advice: `see which bucket is missing or too many, and ${RESTORE}`,
  },
  'records-lost': {
    severity: 'damage',
    meaning: "records of the bucket's objects vanished, changed or came back by themselves",
    advice:
      'compare the listing with what should be there, and put or restore what is missing; then `openoss fsck --accept-loss` counts anew',
  },
  'damaged-record': {
    severity: 'damage',
    meaning: 'the object cannot be read, replaced or deleted, and no listing passes it',
    advice:
      'remove the record with `openoss fsck --accept-loss`, then put the object again or restore it',
  },
  'missing-body': {
    severity: 'damage',
    meaning: 'the object cannot be read: its bytes are gone',
    advice: PUT_AGAIN,
  },
  'damaged-body': {
    severity: 'damage',
    meaning: 'the object cannot be read whole: reading it fails where it is damaged',
    advice: PUT_AGAIN,
  },
  'damaged-setting': {
    severity: 'damage',
    meaning: 'a record of accounts or keys cannot be used',
    advice: RESTORE,
  },
  'settings-lost': {
    severity: 'damage',
    meaning: 'records of accounts or keys vanished, changed or came back by themselves',
    advice: RESTORE,
  },
  'damaged-counter': {
    severity: 'damage',
    meaning: 'puts and deletions in the bucket are refused as InternalError',
    advice: 'a scrub or `openoss fsck --repair` counts anew, where the records are whole',
  },
  'wrong-counter': {
    severity: 'waste',
    meaning: "the bucket's statistics are wrong; no object is",
    advice: 'a scrub or `openoss fsck --repair` counts anew, where the records are whole',
  },
  'damaged-queue-entry': {
    severity: 'waste',
    meaning:
      'a blob that nobody needs may be kept for ever, and a deleted bucket may not be cleared away',
    advice: 'remove the entry with `openoss fsck --accept-loss`',
  },
  'missing-owner-entry': {
    severity: 'waste',
    meaning: 'the bucket is missing in the listing of buckets; it can be used',
    advice: 'a scrub or `openoss fsck --repair` enters it again',
  },
  'stray-owner-entry': {
    severity: 'waste',
    meaning: 'a bucket is listed for an account that does not own it',
    advice: 'a scrub or `openoss fsck --repair` removes the entry',
  },
  'orphan-body': {
    severity: 'waste',
    meaning: 'space is used by bytes that no object has',
    advice: 'a scrub or `openoss fsck --repair` deletes it, where the records are whole',
  },
  'orphan-blob': {
    severity: 'waste',
    meaning: 'space is used by a file that no object has, left by a server that was killed',
    advice: 'a scrub or `openoss fsck --repair` deletes it, where the records are whole',
  },
} as const satisfies Readonly<Record<string, Explanation>>;
