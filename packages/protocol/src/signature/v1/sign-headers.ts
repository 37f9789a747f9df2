import { utf8Bytes } from '../byte-string.js';
import type { HeaderFields } from '../header-fields.js';
import type { SignableRequest } from '../signable-request.js';
import { formatHttpDate } from '../signed-date.js';
import type { V1SigningOptions } from '../signing-options.js';
import { V1_SCHEME } from './parse-authorization.js';
import { signatureV1 } from './signature.js';
import { stringToSignV1 } from './string-to-sign.js';

/** The headers that sign a request with version 1, `Authorization: OSS <access key id>:<signature>`. */
export function signHeadersV1(request: SignableRequest, options: V1SigningOptions): HeaderFields {
  const { accessKeyId, accessKeySecret, securityToken } = options.credentials;
  const date = formatHttpDate(options.now);
  const added = new Map([
    ['date', date],
    ['x-oss-date', date],
  ]);
  if (securityToken !== undefined) added.set('x-oss-security-token', utf8Bytes(securityToken));
  const signed = { ...request, headers: new Map([...request.headers, ...added]) };
  const signature = signatureV1(accessKeySecret, stringToSignV1(signed, date));
  added.set('authorization', `${V1_SCHEME}${accessKeyId}:${signature}`);
  return added;
}
