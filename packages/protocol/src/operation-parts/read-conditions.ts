import { text } from '../operation/codec.js';
import { header } from '../operation/field.js';

/** The conditions under which an object is read; a date that is none is passed over, as OSS does. */
export const readConditions = {
  ifModifiedSince: header(
    'If-Modified-Since',
    text,
    'Answer only if the object was written after this time.',
  ),
  ifUnmodifiedSince: header(
    'If-Unmodified-Since',
    text,
    'Answer only if the object was not written after this time.',
  ),
  ifMatch: header('If-Match', text, 'Answer only if the ETag is this one.'),
  ifNoneMatch: header('If-None-Match', text, 'Answer only if the ETag is not this one.'),
  requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
};
