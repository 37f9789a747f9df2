import { headerMap } from '../operation/field.js';

/** The headers of the uploader's own naming; to a client, all headers of the answer. */
export const persistentAnswer = headerMap(
  '',
  'Headers that the upload asked to be answered with the object.',
);
