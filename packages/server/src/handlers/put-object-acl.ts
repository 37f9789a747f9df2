import { PutObjectAcl } from '@openoss/protocol';
import { handler } from '../handler.js';
import { changeObject } from '../objects/change-object.js';

/** Answers PutObjectAcl. */
export const putObjectAcl = handler(PutObjectAcl, async ({ input, store, admit }) => {
  await changeObject(store, input, (record) => {
    admit(record);
    return { ...record, acl: input.objectAcl };
  });
  return { output: {} };
});
