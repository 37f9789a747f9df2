import { parseClaim, type SignableRequest } from '@openoss/protocol';

/** How a request says who it is from, before anybody has looked whether that holds. */
export interface SignedHow {
  /** `v4-header`, `v1-url`, …; `unknown` for an Authorization header of another kind. */
  readonly auth: string;
  /** What it names as its access key, where it can be read. */
  readonly accessKeyId: string | undefined;
}

const SCHEMES: readonly (readonly [scheme: string, auth: string])[] = [
  ['OSS4-HMAC-SHA256', 'v4-header'],
  ['OSS2 ', 'v2-header'],
  ['OSS ', 'v1-header'],
];

/** Tells how a request was signed, if at all. The signature itself is not told. */
export function signedHow(
  { headers, query }: Pick<SignableRequest, 'headers' | 'query'>,
  verified: string | undefined,
): SignedHow {
  const auth = schemeOf(headers, query);
  return {
    auth,
    accessKeyId: verified ?? (auth === 'anonymous' ? undefined : claimedKey(headers, query)),
  };
}

function schemeOf(
  headers: SignableRequest['headers'],
  query: SignableRequest['query'],
): SignedHow['auth'] {
  const authorization = headers.get('authorization');
  if (authorization !== undefined) {
    const known = SCHEMES.find(([scheme]) => authorization.startsWith(scheme));
    return known === undefined ? 'unknown' : known[1];
  }
  let auth = 'anonymous';
  for (const [name, value] of query) {
    if (name === 'x-oss-signature-version') return value === 'OSS2' ? 'v2-url' : 'v4-url';
    if (name === 'x-oss-signature' || name === 'x-oss-credential') auth = 'v4-url';
    else if (auth === 'anonymous' && (name === 'Signature' || name === 'OSSAccessKeyId')) {
      auth = 'v1-url';
    }
  }
  return auth;
}

function claimedKey(
  headers: SignableRequest['headers'],
  query: SignableRequest['query'],
): string | undefined {
  try {
    return parseClaim({ headers, query })?.accessKeyId;
  } catch {
    return undefined;
  }
}
