import { OssError } from '../errors/oss-error.js';
import type { Codec } from '../operation/codec.js';
import { isAscii, utf8Text } from '../signature/byte-string.js';

/** The tags of an object, in the order they were given. */
export type TagSet = readonly { readonly key: string; readonly value: string }[];

/** How many tags one object can have. */
export const MAX_OBJECT_TAGS = 10;
const MAX_TAG_KEY = 128;
const MAX_TAG_VALUE = 256;

// Letters and digits of any script, space, and + - = . _ : /
// (https://www.alibabacloud.com/help/en/oss/developer-reference/putobjecttagging).
const TAG_TEXT = /^[\p{L}\p{M}\p{N} +\-=._:/]*$/u;

/** Refuses tags that an object cannot have, naming the fault; lengths are in characters. */
export function checkObjectTags(tags: TagSet): void {
  if (tags.length > MAX_OBJECT_TAGS) throw new OssError('TooManyObjectTags');
  const seen = new Set<string>();
  for (const { key, value } of tags) {
    if (length(key) > MAX_TAG_KEY)
      throw new OssError('TagKeyTooLong', { details: { TagKey: key } });
    if (key === '' || !TAG_TEXT.test(key)) {
      throw new OssError('TagKeyInvalid', { details: { TagKey: key } });
    }
    if (length(value) > MAX_TAG_VALUE || !TAG_TEXT.test(value)) {
      throw new OssError('TagValueInvalid', { details: { TagValue: value } });
    }
    if (seen.has(key)) throw new OssError('TagsRepeated', { details: { TagKey: key } });
    seen.add(key);
  }
}

function length(text: string): number {
  return [...text].length;
}

/**
 * The header form of a tag set, `k=v&k2=v2`, each part URL-encoded UTF-8; a key without `=` has the
 * empty value. Two `=` in one pair, a broken encoding or none is `TagHeaderMalformed`.
 */
export const tagHeader: Codec<TagSet> = {
  type: 'string',
  decode(header) {
    // Bytes beyond ASCII were not URL-encoded, and what they mean is anybody's guess.
    if (!isAscii(header)) throw malformed(header);
    const tags = header.split('&').map((pair) => {
      const [key = '', value = '', ...more] = pair.split('=');
      if (more.length > 0) throw malformed(header);
      return { key: decodePart(key, header), value: decodePart(value, header) };
    });
    // In the header a repeated name is part of this fault; in an XML body it is `TagsRepeated`.
    if (new Set(tags.map(({ key }) => key)).size < tags.length) throw malformed(header);
    checkObjectTags(tags);
    return tags;
  },
  encode: (tags) =>
    tags
      .map(({ key, value }) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
      .join('&'),
};

function decodePart(part: string, header: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    throw malformed(header);
  }
}

function malformed(header: string): OssError {
  return new OssError('TagHeaderMalformed', {
    details: { ArgumentName: 'x-oss-tagging', ArgumentValue: utf8Text(header) },
  });
}
