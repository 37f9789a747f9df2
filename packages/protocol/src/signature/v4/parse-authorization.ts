import type { ErrorKind } from '../../errors/catalogue.js';
import { OssError } from '../../errors/oss-error.js';
import { utf8Text } from '../byte-string.js';
import type { V4HeaderClaim } from '../claim.js';
import type { HeaderFields } from '../header-fields.js';
import { formatBasicDate, parseBasicDate, parseHttpDate } from '../signed-date.js';
import { type AdditionalHeadersFault, parseAdditionalHeaders } from './additional-headers.js';
import { UNSIGNED_PAYLOAD } from './canonical-request.js';
import { type CredentialFault, parseCredential } from './credential.js';
import { V4_ALGORITHM } from './string-to-sign.js';

/** How an Authorization header of version 4 begins. */
export const V4_SCHEME = `${V4_ALGORITHM} `;

const CREDENTIAL_FAULTS: Readonly<Record<CredentialFault, ErrorKind>> = {
  form: 'AuthorizationV4CredentialInvalid',
  accessKeyId: 'AuthorizationV4AccessKeyIdInvalid',
  date: 'SigningDateInvalid',
};

const ADDITIONAL_HEADERS_FAULTS: Readonly<Record<AdditionalHeadersFault, ErrorKind>> = {
  empty: 'AdditionalHeadersInvalid',
  emptyName: 'AdditionalHeaderEmpty',
  missing: 'AdditionalHeaderMissing',
};

/**
 * The claim of an `Authorization: OSS4-HMAC-SHA256 …` header. Throws `OssError` with the cause that
 * the pages of EC 0002-00000202 to -214 and -502, -503 name.
 */
export function parseV4Authorization(
  authorization: string,
  headers: HeaderFields,
  securityToken: string | undefined,
): V4HeaderClaim {
  const malformed = (kind: ErrorKind): OssError =>
    new OssError(kind, { details: { Authorization: utf8Text(authorization) } });
  const fields = authorization.slice(V4_SCHEME.length).split(',');
  if (fields.length !== 2 && fields.length !== 3) throw malformed('AuthorizationV4FieldCount');
  let credential: string | undefined;
  let signature: string | undefined;
  let additional: string | undefined;
  for (const each of fields) {
    const field = each.trim();
    const equals = field.indexOf('=');
    if (equals === -1) throw malformed('AuthorizationV4FieldMalformed');
    const value = field.slice(equals + 1);
    switch (field.slice(0, equals)) {
      case 'Credential':
        if (credential !== undefined) throw malformed('AuthorizationV4FieldMalformed');
        credential = value;
        break;
      case 'Signature':
        if (signature !== undefined) throw malformed('AuthorizationV4FieldMalformed');
        signature = value;
        break;
      case 'AdditionalHeaders':
        if (additional !== undefined) throw malformed('AuthorizationV4FieldMalformed');
        additional = value;
        break;
      default:
        throw malformed('AuthorizationV4FieldUnknown');
    }
  }
  if (credential === undefined) throw malformed('AuthorizationV4CredentialMissing');
  if (signature === undefined) throw malformed('AuthorizationV4SignatureMissing');
  if (signature === '') throw malformed('AuthorizationV4SignatureEmpty');
  const additionalHeaders =
    additional === undefined ? [] : parseAdditionalHeaders(additional, headers);
  if (typeof additionalHeaders === 'string') {
    throw malformed(ADDITIONAL_HEADERS_FAULTS[additionalHeaders]);
  }
  const parsed = parseCredential(credential);
  if (typeof parsed === 'string') throw malformed(CREDENTIAL_FAULTS[parsed]);
  const payload = headers.get('x-oss-content-sha256');
  if (payload !== UNSIGNED_PAYLOAD) {
    throw new OssError('ContentSha256Invalid', {
      details: { ArgumentName: 'x-oss-content-sha256', ArgumentValue: utf8Text(payload ?? '') },
    });
  }
  const { signedAt, timestamp } = whenSigned(headers);
  const { accessKeyId, scope } = parsed;
  if (!timestamp.startsWith(scope.date)) throw malformed('SigningDateInvalid');
  return {
    version: 'v4',
    place: 'header',
    accessKeyId,
    securityToken,
    signature,
    scope,
    timestamp,
    signedAt,
    additionalHeaders,
  };
}

/**
 * When a request was signed: x-oss-date in ISO form, or else Date in HTTP form (EC 0002-00000502),
 * which is signed in ISO form all the same.
 */
function whenSigned(headers: HeaderFields): { signedAt: number; timestamp: string } {
  const ossDate = headers.get('x-oss-date');
  if (ossDate !== undefined) {
    const signedAt = parseBasicDate(ossDate);
    if (signedAt === undefined) throw new OssError('DateInvalid');
    return { signedAt, timestamp: ossDate };
  }
  const date = headers.get('date');
  if (date === undefined) throw new OssError('DateMissing');
  const signedAt = parseHttpDate(date);
  if (signedAt === undefined) throw new OssError('DateInvalid');
  return { signedAt, timestamp: formatBasicDate(signedAt) };
}
