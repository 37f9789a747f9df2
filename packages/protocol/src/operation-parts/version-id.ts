import { BadValue, type Codec } from '../operation/codec.js';
import { query } from '../operation/field.js';

const VERSION_ID = /^(?:null|CAE[A-Za-z0-9._-]{5,125})$/;

/**
 * A version id as OSS makes them: `null`, or opaque text that begins with `CAE`. Anything else can
 * never have been given out.
 */
const versionIdText: Codec<string> = {
  type: 'string',
  decode(value) {
    if (VERSION_ID.test(value)) return value;
    throw new BadValue();
  },
  encode: (value) => value,
};

/** The `versionId` parameter of operations on one version of an object. */
export const versionId = query('versionId', versionIdText, 'The version of the object.', {
  invalid: 'VersionIdInvalid',
  empty: 'VersionIdEmpty',
});
