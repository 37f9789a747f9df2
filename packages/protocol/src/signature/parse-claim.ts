import { OssError } from '../errors/oss-error.js';
import type { QueryParameter } from '../wire/request-target.js';
import { isTemporaryAccessKeyId } from './access-key-id.js';
import { utf8Text } from './byte-string.js';
import type { Claim } from './claim.js';
import type { HeaderFields } from './header-fields.js';
import { queryValue } from './query-value.js';
import type { SignableRequest } from './signable-request.js';
import { parseV1Authorization, V1_SCHEME } from './v1/parse-authorization.js';
import { parseV1UrlSignature } from './v1/parse-url-signature.js';
import { parseV2Authorization, V2_SCHEME } from './v2/parse-authorization.js';
import { parseV2UrlSignature } from './v2/parse-url-signature.js';
import { V2_ALGORITHM } from './v2/string-to-sign.js';
import { parseV4Authorization, V4_SCHEME } from './v4/parse-authorization.js';
import { parseV4UrlSignature } from './v4/parse-url-signature.js';
import { V4_ALGORITHM } from './v4/string-to-sign.js';

const TOKEN_HEADER = 'x-oss-security-token';
/** Where a signed URL has its token: with version 2 where version 1 has it, as the SDKs do. */
const TOKEN_PARAMETERS = {
  v1: 'security-token',
  v2: 'security-token',
  v4: 'x-oss-security-token',
} as const;

/**
 * Reads who a request says it is from: its claim, or undefined where it claims nothing and so is
 * anonymous. Throws `OssError` for every claim that is not well-formed; a request with an
 * Authorization header of whatever kind is never anonymous. The proof is not looked at yet: that is
 * `checkClaim` and `verifySignature`.
 */
export function parseClaim(request: Pick<SignableRequest, 'headers' | 'query'>): Claim | undefined {
  const { headers, query } = request;
  const authorization = headers.get('authorization');
  const version = urlSignatureVersion(query);
  if (authorization !== undefined) {
    if (version !== undefined) throw new OssError('AuthorizationTwice');
    const token = tokenInHeader(headers, query);
    return withTokenIfTemporary(parseAuthorization(authorization, headers, token));
  }
  if (version === undefined) return undefined;
  if (version === 'unclear') throw unclearVersion(query);
  const token = tokenInUrl(headers, query, TOKEN_PARAMETERS[version]);
  return withTokenIfTemporary(parseUrlSignature(version, query, headers, token));
}

function parseUrlSignature(
  version: 'v1' | 'v2' | 'v4',
  query: readonly QueryParameter[],
  headers: HeaderFields,
  securityToken: string | undefined,
): Claim {
  switch (version) {
    case 'v1':
      return parseV1UrlSignature(query, securityToken);
    case 'v2':
      return parseV2UrlSignature(query, headers, securityToken);
    case 'v4':
      return parseV4UrlSignature(query, headers, securityToken);
  }
}

function parseAuthorization(
  authorization: string,
  headers: HeaderFields,
  securityToken: string | undefined,
): Claim {
  if (authorization.startsWith(V4_SCHEME)) {
    return parseV4Authorization(authorization, headers, securityToken);
  }
  if (authorization.startsWith(V1_SCHEME)) {
    return parseV1Authorization(authorization, headers, securityToken);
  }
  if (authorization.startsWith(V2_SCHEME)) {
    return parseV2Authorization(authorization, headers, securityToken);
  }
  throw new OssError('AuthorizationSchemeInvalid', {
    details: { Authorization: utf8Text(authorization) },
  });
}

/**
 * The version that a URL is signed with; undefined where it bears no signature. What names a version
 * is x-oss-signature-version; only a URL of version 1 has none. `Expires` alone is no attempt at a
 * signature, for other query strings have it too. Parameters of another version beside those of the
 * one that is named are parameters like all others, and signed like them.
 */
function urlSignatureVersion(
  query: readonly QueryParameter[],
): 'v1' | 'v2' | 'v4' | 'unclear' | undefined {
  let claimsV1 = false;
  let claimsLater = false;
  let named: string | undefined;
  for (const [name, value] of query) {
    switch (name) {
      case 'OSSAccessKeyId':
      case 'Signature':
        claimsV1 = true;
        break;
      case 'x-oss-signature-version':
        named ??= value ?? '';
        break;
      case 'x-oss-signature':
      case 'x-oss-credential':
      case 'x-oss-access-key-id':
        claimsLater = true;
    }
  }
  if (named === V4_ALGORITHM) return 'v4';
  if (named === V2_ALGORITHM) return 'v2';
  if (named !== undefined || claimsLater) return 'unclear';
  return claimsV1 ? 'v1' : undefined;
}

function unclearVersion(query: readonly QueryParameter[]): OssError {
  const named = queryValue(query, 'x-oss-signature-version');
  if (named === undefined) return new OssError('UrlV4Incomplete');
  return new OssError('UrlSignatureVersionInvalid', {
    details: { ArgumentName: 'x-oss-signature-version', ArgumentValue: named },
  });
}

function tokenInHeader(
  headers: HeaderFields,
  query: readonly QueryParameter[],
): string | undefined {
  const token = headers.get(TOKEN_HEADER);
  if (token === undefined || token === '') return undefined;
  if (
    queryValue(query, TOKEN_PARAMETERS.v1) !== undefined ||
    queryValue(query, TOKEN_PARAMETERS.v4) !== undefined
  ) {
    throw new OssError('SecurityTokenTwice');
  }
  return utf8Text(token);
}

function tokenInUrl(
  headers: HeaderFields,
  query: readonly QueryParameter[],
  parameter: string,
): string | undefined {
  const token = queryValue(query, parameter);
  if (headers.has(TOKEN_HEADER)) {
    throw new OssError(token === undefined ? 'SecurityTokenNotInUrl' : 'SecurityTokenTwice');
  }
  return token === '' ? undefined : token;
}

function withTokenIfTemporary(claim: Claim): Claim {
  if (claim.securityToken === undefined && isTemporaryAccessKeyId(claim.accessKeyId)) {
    throw new OssError('SecurityTokenMissing', { details: { OSSAccessKeyId: claim.accessKeyId } });
  }
  return claim;
}
