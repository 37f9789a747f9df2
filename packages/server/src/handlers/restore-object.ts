import { needsRestore, OssError, RestoreObject } from '@openoss/protocol';
import { handler } from '../handler.js';
import { changeObject } from '../objects/change-object.js';
import { restorationOf } from '../objects/restoration.js';

const DAY = 24 * 60 * 60 * 1000;

/**
 * Answers RestoreObject: 202 when a restoration begins, 409 while it runs, 200 when the object is
 * readable already, which then stays so for the days asked from now.
 */
export const restoreObject = handler(
  RestoreObject,
  async ({ input, bucket, store, settings, admit }) => {
    const days = input.restoreRequest?.days ?? 1;
    const now = settings.now();
    let status = 202;
    await changeObject(store, bucket, input, (record) => {
      admit(record);
      if (!needsRestore(record.storageClass)) throw new OssError('RestoreNotApplicable');
      switch (restorationOf(record, now)) {
        case 'ongoing':
          throw new OssError('RestoreAlreadyInProgress');
        case 'restored':
          status = 200;
          return {
            ...record,
            restoration: { requestedAt: now, readyAt: now, expiresAt: now + days * DAY },
          };
        case 'none': {
          status = 202;
          const readyAt = now + settings.restoreDelay;
          return {
            ...record,
            restoration: { requestedAt: now, readyAt, expiresAt: readyAt + days * DAY },
          };
        }
      }
    });
    return { status, output: {} };
  },
);
