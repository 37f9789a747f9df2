import type { BucketRecord, BucketSpecification } from '../bucket-record.js';
import type { CommitOutcome } from '../engine/metadata-engine.js';

/** The kinds of frames between a worker and the primary; the answer to each bears its number. */
export const FRAME = {
  /** To the primary: a commit in its binary form. */
  commit: 1,
  /** Back: what came of it, no payload. */
  committed: 2,
  conflict: 3,
  /** To the primary: a {@link Call} in JSON. */
  call: 4,
  /** Back: what it returned, in JSON. */
  returned: 5,
  /** Back, for either: a `CarriedError` in JSON. */
  failed: 6,
  /** To every worker, unasked: how the disk stands, a `SpaceState` in text. */
  space: 7,
  /** To the primary, not answered: the worker has seen that little is left on the disk. */
  short: 8,
} as const;

/** A condition or change of a room's commit, its value in base 64. */
export type CarriedRoomCondition =
  | { readonly absent: string }
  | { readonly equals: string; readonly value: string };
export type CarriedRoomChange =
  | { readonly put: string; readonly value: string }
  | { readonly delete: string };

/** What a worker has the primary do besides commits to buckets' partitions: it happens seldom. */
export type Call =
  | { readonly call: 'createBucket'; readonly specification: BucketSpecification }
  | {
      readonly call: 'updateBucket';
      readonly name: string;
      /** What the worker took the record for; RecordChanged when it is another. */
      readonly before: BucketRecord;
      readonly after: BucketRecord;
    }
  | { readonly call: 'deleteBucket'; readonly name: string; readonly incarnation: string }
  | {
      readonly call: 'commitRoom';
      readonly room: string;
      readonly conditions: readonly CarriedRoomCondition[];
      readonly changes: readonly CarriedRoomChange[];
    };

/** What each call returns. */
export interface Returned {
  readonly createBucket: { readonly record: BucketRecord; readonly created: boolean };
  readonly updateBucket: BucketRecord;
  readonly deleteBucket: null;
  readonly commitRoom: CommitOutcome;
}
