import { utf8Bytes } from '../byte-string.js';
import type { HeaderFields } from '../header-fields.js';
import type { SignableRequest } from '../signable-request.js';
import { formatHttpDate } from '../signed-date.js';
import type { V2SigningOptions } from '../signing-options.js';
import { chooseAdditionalHeaders } from '../v4/additional-headers.js';
import { V2_SCHEME } from './parse-authorization.js';
import { signatureV2 } from './signature.js';
import { stringToSignV2 } from './string-to-sign.js';

/** The headers that sign a request with version 2, `Authorization: OSS2 AccessKeyId:…,Signature:…`. */
export function signHeadersV2(request: SignableRequest, options: V2SigningOptions): HeaderFields {
  const { accessKeyId, accessKeySecret, securityToken } = options.credentials;
  const date = formatHttpDate(options.now);
  const added = new Map([['date', date]]);
  if (securityToken !== undefined) added.set('x-oss-security-token', utf8Bytes(securityToken));
  const headers = new Map([...request.headers, ...added]);
  const additional = chooseAdditionalHeaders(options.additionalHeaders ?? [], headers);
  const stringToSign = stringToSignV2({ ...request, headers }, date, additional);
  const list = additional.length === 0 ? '' : `AdditionalHeaders:${additional.join(';')},`;
  const signature = signatureV2(accessKeySecret, stringToSign);
  added.set(
    'authorization',
    `${V2_SCHEME}AccessKeyId:${accessKeyId},${list}Signature:${signature}`,
  );
  return added;
}
