import { OssError } from '../errors/oss-error.js';

/** The longest object key, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1023;

/**
 * Refuses a key that OSS does not take: empty, longer than 1,023 bytes of UTF-8, or beginning with
 * `/` or `\` (https://www.alibabacloud.com/help/en/oss/user-guide/object-naming-conventions). That
 * the key is valid UTF-8 is seen to where its bytes are decoded.
 */
export function checkObjectKey(key: string): void {
  if (key === '') throw new OssError('ObjectNameEmpty');
  // A UTF-16 unit is at most three bytes of UTF-8: short keys need no count.
  if (key.length > MAX_KEY_BYTES / 3 && Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new OssError('ObjectNameTooLong', { details: { ObjectName: key } });
  }
  if (key.startsWith('/') || key.startsWith('\\')) {
    throw new OssError('ObjectNameLeadingSlash', { details: { ObjectName: key } });
  }
}
