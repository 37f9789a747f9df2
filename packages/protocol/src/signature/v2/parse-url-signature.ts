import type { ErrorKind } from '../../errors/catalogue.js';
import { OssError } from '../../errors/oss-error.js';
import type { QueryParameter } from '../../wire/request-target.js';
import { isAccessKeyId } from '../access-key-id.js';
import type { V2UrlClaim } from '../claim.js';
import { parseExpirySeconds } from '../expiry-seconds.js';
import type { HeaderFields } from '../header-fields.js';
import { queryValue } from '../query-value.js';
import { type AdditionalHeadersFault, parseAdditionalHeaders } from '../v4/additional-headers.js';

const ADDITIONAL_HEADERS_FAULTS: Readonly<Record<AdditionalHeadersFault, ErrorKind>> = {
  empty: 'UrlAdditionalHeadersEmpty',
  emptyName: 'UrlAdditionalHeaderEmpty',
  missing: 'UrlAdditionalHeaderMissing',
};

/**
 * The claim of a URL signed with version 2. Throws `OssError` with the cause that the pages of EC
 * 0002-00000113 to -118, -070 and -076 to -078 name.
 */
export function parseV2UrlSignature(
  query: readonly QueryParameter[],
  headers: HeaderFields,
  securityToken: string | undefined,
): V2UrlClaim {
  const expires = queryValue(query, 'x-oss-expires');
  if (expires === undefined) throw new OssError('UrlV2ExpiresMissing');
  if (expires === '') throw new OssError('UrlV2ExpiresEmpty');
  const accessKeyId = queryValue(query, 'x-oss-access-key-id');
  if (accessKeyId === undefined) throw new OssError('UrlV2AccessKeyIdMissing');
  if (accessKeyId === '') throw new OssError('UrlV2AccessKeyIdEmpty');
  if (!isAccessKeyId(accessKeyId)) {
    throw new OssError('UrlV2AccessKeyIdInvalid', {
      details: { ArgumentName: 'x-oss-access-key-id', ArgumentValue: accessKeyId },
    });
  }
  const signature = queryValue(query, 'x-oss-signature');
  if (signature === undefined) throw new OssError('UrlV2SignatureMissing');
  if (signature === '') throw new OssError('UrlV2SignatureEmpty');
  const list = queryValue(query, 'x-oss-additional-headers');
  const additionalHeaders = list === undefined ? [] : parseAdditionalHeaders(list, headers);
  if (typeof additionalHeaders === 'string') {
    throw new OssError(ADDITIONAL_HEADERS_FAULTS[additionalHeaders], {
      details: { ArgumentName: 'x-oss-additional-headers', ArgumentValue: list ?? '' },
    });
  }
  const expiresAt = parseExpirySeconds(expires);
  if (expiresAt === undefined) throw new OssError('UrlExpiresNotNumber');
  return {
    version: 'v2',
    place: 'url',
    accessKeyId,
    securityToken,
    signature,
    dateLine: expires,
    expiresAt,
    additionalHeaders,
  };
}
