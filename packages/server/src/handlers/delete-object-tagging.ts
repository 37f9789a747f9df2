import { DeleteObjectTagging } from '@openoss/protocol';
import { handler } from '../handler.js';
import { changeObject } from '../objects/change-object.js';

/** Answers DeleteObjectTagging. */
export const deleteObjectTagging = handler(
  DeleteObjectTagging,
  async ({ input, bucket, store, admit }) => {
    await changeObject(store, bucket, input, (record) => {
      admit(record);
      return { ...record, tags: [] };
    });
    return { output: {} };
  },
);
