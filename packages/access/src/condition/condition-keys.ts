/**
 * The condition keys that OSS documents (oss-protocol.md, 4.4), and what a request's context answers for
 * them. Empty text and no answer are different: a positive operator never holds for a key without an
 * answer, but `StringLike` with `*` holds for empty text.
 */
export const conditionKeys = {
  /** The address the request came from. */
  'acs:SourceIp': 'the address of the client, IPv4 or IPv6',
  /** Published policies tell requests from the Internet by `StringLike` with `*` and `StringNotLike` with `vpc-*`. */
  'acs:SourceVpc': 'the id of the VPC it came through; empty text where it came through none',
  'acs:SourceVpcId': 'the same as acs:SourceVpc',
  'acs:SourceVpcIp': 'the address inside the VPC it came through; no answer without one',
  'acs:UserAgent': 'the User-Agent header; no answer without one',
  'acs:CurrentTime': 'when the request arrived, ISO 8601 with a zone',
  'acs:SecureTransport': 'true over TLS, false otherwise',
  'acs:AccessId': 'the access key id that signed; no answer for an anonymous request',
  'acs:MFAPresent': 'true or false; no answer where it cannot be known',
  'oss:x-oss-acl': 'the bucket ACL a PutBucket or PutBucketAcl asks for; no answer elsewhere',
  'oss:x-oss-object-acl': 'the object ACL a request asks for; no answer without one',
  'oss:Prefix': 'the prefix of a listing, empty text where it has none; no answer elsewhere',
  'oss:Delimiter': 'the delimiter of a listing, empty text where it has none; no answer elsewhere',
  'oss:object-remaining-retention-days':
    'the days an object is still retained; no answer otherwise',
  'oss:ClassicIntranet': 'true or false; no answer where there is no such network',
  'oss:DataAccessPointArn': 'the access point; no answer without one',
  'oss:DataAccessPointAccount': 'the account of the access point; no answer without one',
  'oss:AccessPointNetworkOrigin': 'the network of the access point; no answer without one',
} as const satisfies Readonly<Record<string, string>>;

/** The condition keys that are followed by the key of a tag: `oss:ExistingObjectTag/project`. */
export const tagConditionKeys = {
  'oss:BucketTag/': "the value of the bucket's tag; no answer without it",
  'oss:ExistingObjectTag/': 'the value of the tag the object has; no answer without it',
  'oss:RequestObjectTag/': 'the value of the tag the request sets; no answer without it',
} as const satisfies Readonly<Record<string, string>>;

export type TagKeyPrefix = keyof typeof tagConditionKeys;

const SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.keys(conditionKeys).map((key) => [key.toLowerCase(), key]),
);
const TAG_PREFIXES = Object.keys(tagConditionKeys);

const KEY_FORM = /^[A-Za-z][A-Za-z0-9-]*:[^\s:]/;

/** Whether a text has the form of a condition key: a service, a colon, a name. */
export function isConditionKey(text: string): boolean {
  return KEY_FORM.test(text);
}

/**
 * The spelling a context is asked with. The case of a known key's name does not matter, lest
 * `acs:sourceip` in a Deny silently deny nothing; the key of a tag is kept as it is.
 */
export function canonicalConditionKey(key: string): string {
  const lower = key.toLowerCase();
  const known = SPELLINGS.get(lower);
  if (known !== undefined) return known;
  const prefix = TAG_PREFIXES.find((name) => lower.startsWith(name.toLowerCase()));
  return prefix === undefined ? key : prefix + key.slice(prefix.length);
}

/** Whether OSS documents a key (in its canonical spelling); of any other a context knows nothing. */
export function isKnownConditionKey(key: string): boolean {
  return Object.hasOwn(conditionKeys, key) || TAG_PREFIXES.some((prefix) => key.startsWith(prefix));
}
