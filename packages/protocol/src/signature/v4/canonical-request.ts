import { canonicalHeaderLines } from '../header-fields.js';
import { escapePath } from '../percent-encoding.js';
import { type SignableRequest, signedResource } from '../signable-request.js';
import { isSignedByDefault } from './additional-headers.js';
import { canonicalQuery, type EmptyValueForm } from './canonical-query.js';

/** The only hash of the payload that OSS defines: none, the body is not signed. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/**
 * The canonical request of V4, as a byte string
 * (https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4).
 * `additionalHeaders` are lower case and sorted.
 */
export function canonicalRequest(
  request: SignableRequest,
  additionalHeaders: readonly string[],
  emptyValues?: EmptyValueForm,
): string {
  const uri = escapePath(signedResource(request));
  const query = canonicalQuery(request.query, emptyValues);
  const headers = canonicalHeaderLines(request.headers, signedNames(additionalHeaders));
  return `${request.method}\n${uri}\n${query}\n${headers}\n${additionalHeaders.join(';')}\n${UNSIGNED_PAYLOAD}`;
}

/** A set, for the list may be as long as a header can be, and is held against every header there is. */
function signedNames(additionalHeaders: readonly string[]): (name: string) => boolean {
  if (additionalHeaders.length === 0) return isSignedByDefault;
  const listed = new Set(additionalHeaders);
  return (name) => isSignedByDefault(name) || listed.has(name);
}
