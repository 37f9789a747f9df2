import type { ErrorKind } from '../../errors/catalogue.js';
import { OssError } from '../../errors/oss-error.js';
import type { QueryParameter } from '../../wire/request-target.js';
import { utf8Bytes, utf8Text } from '../byte-string.js';
import type { V4UrlClaim } from '../claim.js';
import { type HeaderFields, trimFieldValue } from '../header-fields.js';
import { queryValue } from '../query-value.js';
import { parseBasicDate } from '../signed-date.js';
import {
  type AdditionalHeadersFault,
  isSignedByDefault,
  parseAdditionalHeaders,
} from './additional-headers.js';
import { UNSIGNED_PAYLOAD } from './canonical-request.js';
import { type CredentialFault, parseCredential } from './credential.js';

/**
 * The longest that a signed URL may be good for: seven days, in seconds. With a token, too, although OSS's page on
 * these URLs gives 43,200 for STS: that is the longest a session can last, and the page of EC 0002-00000232 knows
 * no bound but this one. Of a URL and its token the one that ends sooner counts (OSS's page on temporary
 * access), so that a longer `x-oss-expires` gains nothing, and to refuse it would break who always asks for a day.
 */
export const MAX_URL_LIFETIME = 604_800;

const CREDENTIAL_FAULTS: Readonly<Record<CredentialFault, ErrorKind>> = {
  form: 'UrlV4CredentialInvalid',
  accessKeyId: 'UrlV4AccessKeyIdInvalid',
  date: 'UrlSigningDateInvalid',
};

const ADDITIONAL_HEADERS_FAULTS: Readonly<Record<AdditionalHeadersFault, ErrorKind>> = {
  empty: 'UrlAdditionalHeadersEmpty',
  emptyName: 'UrlAdditionalHeaderEmpty',
  missing: 'UrlAdditionalHeaderMissing',
};

/**
 * The claim of a URL signed with version 4. Throws `OssError` with the cause that the pages of EC
 * 0002-00000215 to -224, -232 and -076 to -078 name.
 */
export function parseV4UrlSignature(
  query: readonly QueryParameter[],
  headers: HeaderFields,
  securityToken: string | undefined,
): V4UrlClaim {
  const lifetime = required(query, 'x-oss-expires', 'UrlV4Incomplete', 'UrlV4ExpiresEmpty');
  const credential = required(
    query,
    'x-oss-credential',
    'UrlV4CredentialMissing',
    'UrlV4CredentialEmpty',
  );
  const signature = required(
    query,
    'x-oss-signature',
    'UrlV4SignatureMissing',
    'UrlV4SignatureEmpty',
  );
  const list = queryValue(query, 'x-oss-additional-headers');
  const additionalHeaders = list === undefined ? [] : parseAdditionalHeaders(list, headers);
  if (typeof additionalHeaders === 'string') {
    const kind = ADDITIONAL_HEADERS_FAULTS[additionalHeaders];
    throw invalid(kind, 'x-oss-additional-headers', list ?? '');
  }
  const parsed = parseCredential(credential);
  if (typeof parsed === 'string') {
    throw invalid(CREDENTIAL_FAULTS[parsed], 'x-oss-credential', credential);
  }
  const { accessKeyId, scope } = parsed;
  const timestamp = required(query, 'x-oss-date', 'UrlV4Incomplete', 'UrlV4Incomplete');
  const signedAt = parseBasicDate(timestamp);
  if (signedAt === undefined) throw invalid('UrlV4DateInvalid', 'x-oss-date', timestamp);
  if (!timestamp.startsWith(scope.date)) {
    throw invalid('UrlSigningDateInvalid', 'x-oss-credential', credential);
  }
  const seconds = /^\d{1,6}$/.test(lifetime) ? Number(lifetime) : 0;
  if (seconds < 1 || seconds > MAX_URL_LIFETIME) {
    throw invalid('UrlV4ExpiresInvalid', 'x-oss-expires', lifetime);
  }
  const payload = headers.get('x-oss-content-sha256');
  if (payload !== undefined && payload !== UNSIGNED_PAYLOAD) {
    throw invalid('ContentSha256Invalid', 'x-oss-content-sha256', utf8Text(payload));
  }
  refuseConflicts(query, headers, additionalHeaders);
  return {
    version: 'v4',
    place: 'url',
    accessKeyId,
    securityToken,
    signature,
    scope,
    timestamp,
    signedAt,
    expiresAt: signedAt + seconds * 1000,
    additionalHeaders,
  };
}

function required(
  query: readonly QueryParameter[],
  name: string,
  missing: ErrorKind,
  empty: ErrorKind,
): string {
  const value = queryValue(query, name);
  if (value === undefined) throw new OssError(missing);
  if (value === '') throw new OssError(empty);
  return value;
}

/**
 * Refuses a query parameter that says something else than the signed header of its name
 * (https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls).
 */
function refuseConflicts(
  query: readonly QueryParameter[],
  headers: HeaderFields,
  additionalHeaders: readonly string[],
): void {
  const listed = new Set(additionalHeaders);
  for (const [name, value] of query) {
    const field = headers.get(name);
    if (field === undefined) continue;
    if (!isSignedByDefault(name) && !listed.has(name)) continue;
    if (trimFieldValue(field) !== utf8Bytes(value ?? '')) {
      throw invalid('UrlHeaderConflict', name, value ?? '');
    }
  }
}

function invalid(kind: ErrorKind, name: string, value: string): OssError {
  return new OssError(kind, { details: { ArgumentName: name, ArgumentValue: value } });
}
