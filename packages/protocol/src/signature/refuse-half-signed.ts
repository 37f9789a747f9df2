import { OssError } from '../errors/oss-error.js';
import type { QueryParameter } from '../wire/request-target.js';
import type { HeaderFields } from './header-fields.js';
import { parseV1UrlSignature } from './v1/parse-url-signature.js';

export const TOKEN_HEADER = 'x-oss-security-token';

/**
 * Refuses a request that bears no signature and yet what only signed requests have: whoever sends it means to
 * be somebody, and would otherwise be answered as nobody, which shows only where nobody may. To be asked
 * where neither an Authorization header nor the URL names an access key or a signature. No page tells what OSS
 * does with these; the refusals are those of a URL whose signature is incomplete.
 *
 * `Expires` alone is let through, and so is an empty token: the one stands in the query of other services
 * too, the other is none.
 */
export function refuseHalfSigned(headers: HeaderFields, query: readonly QueryParameter[]): void {
  const token = headers.get(TOKEN_HEADER);
  if (token !== undefined && token !== '') throw new OssError('SecurityTokenUnsigned');
  for (const [name, value] of query) {
    switch (name) {
      case 'security-token':
        // It throws: there is neither an access key id nor a signature.
        if (value !== null && value !== '') parseV1UrlSignature(query, value);
        break;
      case 'x-oss-security-token':
        if (value !== null && value !== '') throw new OssError('UrlV4Incomplete');
        break;
      case 'x-oss-expires':
      case 'x-oss-date':
      case 'x-oss-additional-headers':
        throw new OssError('UrlV4Incomplete');
      // What URLs are signed with for S3, which is not served; its V2 has a `Signature`, too.
      case 'X-Amz-Algorithm':
      case 'X-Amz-Credential':
      case 'X-Amz-Signature':
      case 'AWSAccessKeyId':
        throw new OssError('ParameterNotImplemented', { details: { Parameter: name } });
    }
  }
}
