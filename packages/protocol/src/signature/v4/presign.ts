import type { QueryParameter } from '../../wire/request-target.js';
import type { SignableRequest } from '../signable-request.js';
import { formatBasicDate } from '../signed-date.js';
import type { V4SigningOptions } from '../signing-options.js';
import { chooseAdditionalHeaders } from './additional-headers.js';
import { SIGNATURE_PARAMETER } from './canonical-query.js';
import { canonicalRequest } from './canonical-request.js';
import { OSS_PRODUCT, scopeText } from './credential.js';
import { MAX_URL_LIFETIME } from './parse-url-signature.js';
import { signatureV4 } from './signature.js';
import { stringToSignV4, V4_ALGORITHM } from './string-to-sign.js';

/**
 * The query parameters that sign a URL with version 4
 * (https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls).
 */
export function presignV4(
  request: SignableRequest,
  options: V4SigningOptions,
  lifetime: number,
): readonly QueryParameter[] {
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > MAX_URL_LIFETIME) {
    throw new RangeError(
      `The lifetime of a signed URL must be 1 to ${MAX_URL_LIFETIME} seconds (seven days).`,
    );
  }
  const { accessKeyId, accessKeySecret, securityToken } = options.credentials;
  const timestamp = formatBasicDate(options.now);
  const scope = {
    date: timestamp.slice(0, 8),
    region: options.region,
    product: options.product ?? OSS_PRODUCT,
  };
  const additional = chooseAdditionalHeaders(options.additionalHeaders ?? [], request.headers);
  const added: QueryParameter[] = [
    ['x-oss-credential', `${accessKeyId}/${scopeText(scope)}`],
    ['x-oss-date', timestamp],
    ['x-oss-expires', String(lifetime)],
    ['x-oss-signature-version', V4_ALGORITHM],
  ];
  if (additional.length > 0) added.push(['x-oss-additional-headers', additional.join(';')]);
  if (securityToken !== undefined) added.push(['x-oss-security-token', securityToken]);
  const signed = { ...request, query: [...request.query, ...added] };
  const stringToSign = stringToSignV4(timestamp, scope, canonicalRequest(signed, additional));
  added.push([SIGNATURE_PARAMETER, signatureV4(accessKeySecret, scope, stringToSign)]);
  return added;
}
