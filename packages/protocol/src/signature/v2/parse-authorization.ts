import type { ErrorKind } from '../../errors/catalogue.js';
import { OssError } from '../../errors/oss-error.js';
import { isAccessKeyId } from '../access-key-id.js';
import { utf8Text } from '../byte-string.js';
import type { V2HeaderClaim } from '../claim.js';
import { readDateLine } from '../date-line.js';
import type { HeaderFields } from '../header-fields.js';
import { type AdditionalHeadersFault, parseAdditionalHeaders } from '../v4/additional-headers.js';
import { V2_ALGORITHM } from './string-to-sign.js';

/** How an Authorization header of version 2 begins. */
export const V2_SCHEME = `${V2_ALGORITHM} `;

const ADDITIONAL_HEADERS_FAULTS: Readonly<Record<AdditionalHeadersFault, ErrorKind>> = {
  empty: 'AuthorizationV2AdditionalHeadersEmpty',
  emptyName: 'AuthorizationV2AdditionalHeaderEmpty',
  missing: 'AuthorizationV2AdditionalHeaderMissing',
};

/**
 * The claim of an `Authorization: OSS2 AccessKeyId:…,Signature:…` header, with or without
 * AdditionalHeaders, in any order, a space after the comma or none (Java writes one). Throws
 * `OssError` with the cause that the pages of EC 0002-00000102 to -112 and -502, -503 name.
 */
export function parseV2Authorization(
  authorization: string,
  headers: HeaderFields,
  securityToken: string | undefined,
): V2HeaderClaim {
  const malformed = (kind: ErrorKind): OssError =>
    new OssError(kind, { details: { Authorization: utf8Text(authorization) } });
  const fields = authorization.slice(V2_SCHEME.length).split(',');
  // An empty one does not count: `AccessKeyId:ak,` is the example of the page.
  const isCounted = fields.length === 2 || fields.length === 3;
  if (!isCounted || fields.some((field) => field.trim() === '')) {
    throw malformed('AuthorizationV2FieldCount');
  }
  let accessKeyId: string | undefined;
  let signature: string | undefined;
  let additional: string | undefined;
  for (const each of fields) {
    const field = each.trim();
    const colon = field.indexOf(':');
    if (colon === -1) throw malformed('AuthorizationV2FieldMalformed');
    const value = field.slice(colon + 1);
    switch (field.slice(0, colon)) {
      case 'AccessKeyId':
        if (accessKeyId !== undefined) throw malformed('AuthorizationV2FieldMalformed');
        accessKeyId = value;
        break;
      case 'Signature':
        if (signature !== undefined) throw malformed('AuthorizationV2FieldMalformed');
        signature = value;
        break;
      case 'AdditionalHeaders':
        if (additional !== undefined) throw malformed('AuthorizationV2FieldMalformed');
        additional = value;
        break;
      default:
        throw malformed('AuthorizationV2FieldUnknown');
    }
  }
  if (accessKeyId === undefined) throw malformed('AuthorizationV2AccessKeyIdMissing');
  if (accessKeyId === '') throw malformed('AuthorizationV2AccessKeyIdEmpty');
  if (!isAccessKeyId(accessKeyId)) throw malformed('AuthorizationV2AccessKeyIdInvalid');
  if (signature === undefined) throw malformed('AuthorizationV2SignatureMissing');
  if (signature === '') throw malformed('AuthorizationV2SignatureEmpty');
  const additionalHeaders =
    additional === undefined ? [] : parseAdditionalHeaders(additional, headers);
  if (typeof additionalHeaders === 'string') {
    throw malformed(ADDITIONAL_HEADERS_FAULTS[additionalHeaders]);
  }
  // Date comes before x-oss-date, the other way round than with version 1: every SDK that signs with
  // version 2 signs Date, also where it was told an x-oss-date; that one is signed with its kind.
  const { dateLine, signedAt } = readDateLine(headers.get('date') ?? headers.get('x-oss-date'));
  return {
    version: 'v2',
    place: 'header',
    accessKeyId,
    securityToken,
    signature,
    dateLine,
    signedAt,
    additionalHeaders,
  };
}
