import { utf8Bytes } from '../byte-string.js';
import type { HeaderFields } from '../header-fields.js';
import type { SignableRequest } from '../signable-request.js';
import { formatBasicDate, formatHttpDate } from '../signed-date.js';
import type { V4SigningOptions } from '../signing-options.js';
import { chooseAdditionalHeaders } from './additional-headers.js';
import { canonicalRequest, UNSIGNED_PAYLOAD } from './canonical-request.js';
import { OSS_PRODUCT, scopeText } from './credential.js';
import { V4_SCHEME } from './parse-authorization.js';
import { signatureV4 } from './signature.js';
import { stringToSignV4 } from './string-to-sign.js';

/** The headers that sign a request with version 4, `Authorization: OSS4-HMAC-SHA256 …`. */
export function signHeadersV4(request: SignableRequest, options: V4SigningOptions): HeaderFields {
  const { accessKeyId, accessKeySecret, securityToken } = options.credentials;
  const timestamp = formatBasicDate(options.now);
  const added = new Map([
    ['date', formatHttpDate(options.now)],
    ['x-oss-date', timestamp],
    ['x-oss-content-sha256', UNSIGNED_PAYLOAD],
  ]);
  if (securityToken !== undefined) added.set('x-oss-security-token', utf8Bytes(securityToken));
  const headers = new Map([...request.headers, ...added]);
  const additional = chooseAdditionalHeaders(options.additionalHeaders ?? [], headers);
  const scope = {
    date: timestamp.slice(0, 8),
    region: options.region,
    product: options.product ?? OSS_PRODUCT,
  };
  const stringToSign = stringToSignV4(
    timestamp,
    scope,
    canonicalRequest({ ...request, headers }, additional),
  );
  const list = additional.length === 0 ? '' : `AdditionalHeaders=${additional.join(';')},`;
  const signature = signatureV4(accessKeySecret, scope, stringToSign);
  added.set(
    'authorization',
    `${V4_SCHEME}Credential=${accessKeyId}/${scopeText(scope)},${list}Signature=${signature}`,
  );
  return added;
}
