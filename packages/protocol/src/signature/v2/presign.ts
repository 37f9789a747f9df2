import type { QueryParameter } from '../../wire/request-target.js';
import type { SignableRequest } from '../signable-request.js';
import type { V2SigningOptions } from '../signing-options.js';
import { chooseAdditionalHeaders } from '../v4/additional-headers.js';
import { SIGNATURE_PARAMETER } from '../v4/canonical-query.js';
import { signatureV2 } from './signature.js';
import { stringToSignV2, V2_ALGORITHM } from './string-to-sign.js';

/** The query parameters that sign a URL with version 2, as `oss2/auth.py` and `SignV2Utils.java` do. */
export function presignV2(
  request: SignableRequest,
  options: V2SigningOptions,
  lifetime: number,
): readonly QueryParameter[] {
  if (!Number.isInteger(lifetime) || lifetime < 1) {
    throw new RangeError('The lifetime of a signed URL must be a positive number of seconds.');
  }
  const { accessKeyId, accessKeySecret, securityToken } = options.credentials;
  const expires = String(Math.floor(options.now / 1000) + lifetime);
  const additional = chooseAdditionalHeaders(options.additionalHeaders ?? [], request.headers);
  const added: QueryParameter[] = [
    ['x-oss-signature-version', V2_ALGORITHM],
    ['x-oss-expires', expires],
    ['x-oss-access-key-id', accessKeyId],
  ];
  if (additional.length > 0) added.push(['x-oss-additional-headers', additional.join(';')]);
  if (securityToken !== undefined) added.push(['security-token', securityToken]);
  const signed = { ...request, query: [...request.query, ...added] };
  const stringToSign = stringToSignV2(signed, expires, additional);
  added.push([SIGNATURE_PARAMETER, signatureV2(accessKeySecret, stringToSign)]);
  return added;
}
