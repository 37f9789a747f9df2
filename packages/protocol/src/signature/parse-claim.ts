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
import { parseV4Authorization, V4_SCHEME } from './v4/parse-authorization.js';
import { parseV4UrlSignature } from './v4/parse-url-signature.js';
import { V4_ALGORITHM } from './v4/string-to-sign.js';

const TOKEN_HEADER = 'x-oss-security-token';
const TOKEN_PARAMETERS = { v1: 'security-token', v4: 'x-oss-security-token' } as const;

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
  if (version === 'v4') checkAlgorithm(query);
  const token = tokenInUrl(headers, query, TOKEN_PARAMETERS[version]);
  return withTokenIfTemporary(
    version === 'v1'
      ? parseV1UrlSignature(query, token)
      : parseV4UrlSignature(query, headers, token),
  );
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
  if (authorization.startsWith('OSS2 ')) throw new OssError('SignatureV2NotSupported');
  throw new OssError('AuthorizationSchemeInvalid', {
    details: { Authorization: utf8Text(authorization) },
  });
}

/**
 * The version that a URL is signed with; undefined where it bears no signature. `Expires` alone is
 * no attempt at one, for other query strings have it too.
 */
function urlSignatureVersion(query: readonly QueryParameter[]): 'v1' | 'v4' | undefined {
  let version: 'v1' | 'v4' | undefined;
  for (const [name] of query) {
    if (name === 'OSSAccessKeyId' || name === 'Signature') version ??= 'v1';
    else if (
      name === 'x-oss-signature-version' ||
      name === 'x-oss-signature' ||
      name === 'x-oss-credential'
    ) {
      version = 'v4';
    }
  }
  return version;
}

function checkAlgorithm(query: readonly QueryParameter[]): void {
  const named = queryValue(query, 'x-oss-signature-version');
  if (named === V4_ALGORITHM) return;
  if (named === 'OSS2') throw new OssError('SignatureV2NotSupported');
  if (named === undefined) throw new OssError('UrlV4Incomplete');
  throw new OssError('UrlSignatureVersionInvalid', {
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
