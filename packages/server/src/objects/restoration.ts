import { needsRestore } from '@openoss/protocol';
import type { ObjectSummary } from '@openoss/storage';

/** Where the restoration of an archived object stands. */
export type Restoration = 'none' | 'ongoing' | 'restored';

/** Where the restoration of an object stands now. */
export function restorationOf(
  record: Pick<ObjectSummary, 'restoration'>,
  now: number,
): Restoration {
  const { restoration } = record;
  if (restoration === undefined || now >= restoration.expiresAt) return 'none';
  return now < restoration.readyAt ? 'ongoing' : 'restored';
}

/** Whether an object's bytes can be read now. */
export function isReadable(
  record: Pick<ObjectSummary, 'restoration' | 'storageClass'>,
  now: number,
): boolean {
  return !needsRestore(record.storageClass) || restorationOf(record, now) === 'restored';
}

/** The `x-oss-restore` header of an archived object; undefined where nobody asked for a restoration. */
export function restorationHeader(
  record: Pick<ObjectSummary, 'restoration'>,
  now: number,
): string | undefined {
  switch (restorationOf(record, now)) {
    case 'none':
      return undefined;
    case 'ongoing':
      return 'ongoing-request="true"';
    case 'restored':
      return `ongoing-request="false", expiry-date="${new Date(record.restoration?.expiresAt ?? 0).toUTCString()}"`;
  }
}
