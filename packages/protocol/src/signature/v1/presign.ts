import type { QueryParameter } from '../../wire/request-target.js';
import type { SignableRequest } from '../signable-request.js';
import type { V1SigningOptions } from '../signing-options.js';
import { signatureV1 } from './signature.js';
import { stringToSignV1 } from './string-to-sign.js';

/**
 * The query parameters that sign a URL with version 1
 * (https://www.alibabacloud.com/help/en/oss/developer-reference/ddd-signatures-to-urls).
 */
export function presignV1(
  request: SignableRequest,
  options: V1SigningOptions,
  lifetime: number,
): readonly QueryParameter[] {
  if (!Number.isInteger(lifetime) || lifetime < 1) {
    throw new RangeError('The lifetime of a signed URL must be a positive number of seconds.');
  }
  const { accessKeyId, accessKeySecret, securityToken } = options.credentials;
  const expires = String(Math.floor(options.now / 1000) + lifetime);
  const token: readonly QueryParameter[] =
    securityToken === undefined ? [] : [['security-token', securityToken]];
  const signed = { ...request, query: [...request.query, ...token] };
  const signature = signatureV1(accessKeySecret, stringToSignV1(signed, expires));
  return [
    ['Expires', expires],
    ['OSSAccessKeyId', accessKeyId],
    ['Signature', signature],
    ...token,
  ];
}
