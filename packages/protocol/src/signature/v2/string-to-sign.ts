import { canonicalHeaderLines } from '../header-fields.js';
import { escapeQueryComponent } from '../percent-encoding.js';
import { type SignableRequest, signedResource } from '../signable-request.js';
import { canonicalQuery } from '../v4/canonical-query.js';

/** The name of version 2: its Authorization scheme and its x-oss-signature-version. */
export const V2_ALGORITHM = 'OSS2';

/**
 * The string that a version 2 signature is reckoned over, as a byte string: that of version 1 with
 * the names of the additional headers in a line of their own, the resource percent-encoded, `/` as
 * well, and every query parameter, not only sub-resources (`oss2/auth.py`, `SignV2Utils.java`).
 * `dateLine` is the Date header as sent, or the x-oss-expires parameter of a signed URL;
 * `additionalHeaders` are lower case and sorted.
 */
export function stringToSignV2(
  request: SignableRequest,
  dateLine: string,
  additionalHeaders: readonly string[],
): string {
  const { method, headers } = request;
  const md5 = headers.get('content-md5') ?? '';
  const type = headers.get('content-type') ?? '';
  const listed = new Set(additionalHeaders);
  const lines = canonicalHeaderLines(
    headers,
    (name) => name.startsWith('x-oss-') || listed.has(name),
  );
  const resource = escapeQueryComponent(signedResource(request));
  const query = canonicalQuery(request.query);
  const ofQuery = query === '' ? '' : `?${query}`;
  return `${method}\n${md5}\n${type}\n${dateLine}\n${lines}${additionalHeaders.join(';')}\n${resource}${ofQuery}`;
}
