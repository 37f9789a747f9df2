import { checkObjectTags, PutObjectTagging } from '@openoss/protocol';
import { handler } from '../handler.js';
import { changeObject } from '../objects/change-object.js';
import { tagPairs } from '../objects/tag-pairs.js';

/** Answers PutObjectTagging. */
export const putObjectTagging = handler(
  PutObjectTagging,
  async ({ input, bucket, store, admit }) => {
    const { tags } = input.tagging;
    checkObjectTags(tags);
    await changeObject(store, bucket, input, (record) => {
      admit(record);
      return { ...record, tags: tagPairs(tags) };
    });
    return { output: {} };
  },
);
