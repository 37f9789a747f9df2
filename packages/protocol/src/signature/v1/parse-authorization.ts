import type { ErrorKind } from '../../errors/catalogue.js';
import { OssError } from '../../errors/oss-error.js';
import { isAccessKeyId } from '../access-key-id.js';
import { utf8Text } from '../byte-string.js';
import type { V1HeaderClaim } from '../claim.js';
import { readDateLine } from '../date-line.js';
import type { HeaderFields } from '../header-fields.js';

/** How an Authorization header of version 1 begins. */
export const V1_SCHEME = 'OSS ';

/**
 * The claim of an `Authorization: OSS <access key id>:<signature>` header. Throws `OssError` with
 * the cause that the pages of EC 0002-00000062 to -065 and -502, -503 name.
 */
export function parseV1Authorization(
  authorization: string,
  headers: HeaderFields,
  securityToken: string | undefined,
): V1HeaderClaim {
  const credentials = authorization.slice(V1_SCHEME.length);
  const colon = credentials.indexOf(':');
  if (colon === -1) throw malformed('AuthorizationColonMissing', authorization);
  const accessKeyId = credentials.slice(0, colon);
  const signature = credentials.slice(colon + 1);
  if (accessKeyId.trim() === '') throw malformed('AuthorizationAccessKeyIdEmpty', authorization);
  if (!isAccessKeyId(accessKeyId)) {
    throw malformed('AuthorizationAccessKeyIdInvalid', authorization);
  }
  if (signature === '') throw malformed('AuthorizationSignatureEmpty', authorization);
  // x-oss-date comes before Date, for a browser does not let a page set Date. The SDKs write an
  // HTTP date into it.
  const { dateLine, signedAt } = readDateLine(headers.get('x-oss-date') ?? headers.get('date'));
  return {
    version: 'v1',
    place: 'header',
    accessKeyId,
    securityToken,
    signature,
    dateLine,
    signedAt,
  };
}

function malformed(kind: ErrorKind, authorization: string): OssError {
  return new OssError(kind, { details: { Authorization: utf8Text(authorization) } });
}
