import { OssError } from '../../errors/oss-error.js';
import type { QueryParameter } from '../../wire/request-target.js';
import { isAccessKeyId } from '../access-key-id.js';
import type { V1UrlClaim } from '../claim.js';
import { parseExpirySeconds } from '../expiry-seconds.js';
import { queryValue } from '../query-value.js';

/**
 * The claim of a URL signed with version 1. Throws `OssError` with the cause that the pages of EC
 * 0002-00000067 to -075 name.
 */
export function parseV1UrlSignature(
  query: readonly QueryParameter[],
  securityToken: string | undefined,
): V1UrlClaim {
  const expires = queryValue(query, 'Expires');
  if (expires === undefined) throw new OssError('UrlSignatureIncomplete');
  if (expires === '') throw new OssError('UrlExpiresEmpty');
  const accessKeyId = queryValue(query, 'OSSAccessKeyId');
  if (accessKeyId === undefined) throw new OssError('UrlAccessKeyIdMissing');
  if (accessKeyId === '') throw new OssError('UrlAccessKeyIdEmpty');
  if (!isAccessKeyId(accessKeyId)) {
    throw new OssError('UrlAccessKeyIdInvalid', {
      details: { ArgumentName: 'OSSAccessKeyId', ArgumentValue: accessKeyId },
    });
  }
  const signature = queryValue(query, 'Signature');
  if (signature === undefined) throw new OssError('UrlSignatureMissing');
  if (signature === '') throw new OssError('UrlSignatureEmpty');
  const expiresAt = parseExpirySeconds(expires);
  if (expiresAt === undefined) throw new OssError('UrlExpiresNotNumber');
  return {
    version: 'v1',
    place: 'url',
    accessKeyId,
    securityToken,
    signature,
    dateLine: expires,
    expiresAt,
  };
}
