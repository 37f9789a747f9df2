import { OssError } from '../errors/oss-error.js';
import { utf8Text } from '../signature/byte-string.js';

/** The most bytes of user metadata one object can have, names and values together. */
export const MAX_METADATA_BYTES = 8 * 1024;

const METADATA_NAME = /^[a-z0-9-]+$/;

/**
 * Refuses user metadata that OSS does not take: names of other characters than `a-z 0-9 -`
 * (EC 0011-00000005), more than 8 KiB in all (EC 0011-00000002; that names and values are both
 * counted is our reading of it). Names without their prefix, values as byte strings.
 */
export function checkUserMetadata(entries: Readonly<Record<string, string>>): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(entries)) {
    if (!METADATA_NAME.test(name)) {
      throw new OssError('MetadataNameInvalid', {
        details: { ArgumentName: `x-oss-meta-${name}`, ArgumentValue: utf8Text(value) },
      });
    }
    bytes += name.length + value.length;
  }
  if (bytes > MAX_METADATA_BYTES) throw new OssError('MetadataTooLarge');
}
