import type { ErrorKind } from '../errors/catalogue.js';
import { OssError } from '../errors/oss-error.js';
import type { Claim, V4HeaderClaim, V4UrlClaim } from './claim.js';
import { OSS_PRODUCT, scopeText } from './v4/credential.js';

/** How far the clock of a signer may be off, in milliseconds. */
export const MAX_SKEW = 15 * 60 * 1000;

/** What a server knows of itself when it checks a claim. */
export interface ClaimConditions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The region id that V4 signatures must be for, such as `cn-hangzhou`. */
  readonly region: string;
  /** The product that V4 signatures must be for; `oss` unless said. */
  readonly product?: string | undefined;
}

/**
 * Checks all of a claim that needs no secret: region, product, and that now is within the time that
 * the signature is good for. To be called before the access key is looked up, so that these refusals
 * are the same whether the key exists or not. Throws `OssError`.
 */
export function checkClaim(claim: Claim, conditions: ClaimConditions): void {
  if (claim.version === 'v4') checkScope(claim, conditions);
  const { now } = conditions;
  if (claim.place === 'header') {
    if (Math.abs(now - claim.signedAt) > MAX_SKEW) throw skewed(claim.signedAt, now);
    return;
  }
  if (claim.version === 'v4' && now < claim.signedAt - MAX_SKEW) {
    throw outsideValidity('UrlNotYetValid', claim.expiresAt, now);
  }
  if (now > claim.expiresAt) {
    const kind = claim.version === 'v4' ? 'UrlV4Expired' : 'UrlExpired';
    throw outsideValidity(kind, claim.expiresAt, now);
  }
}

function checkScope(claim: V4HeaderClaim | V4UrlClaim, conditions: ClaimConditions): void {
  const inHeader = claim.place === 'header';
  if (claim.scope.region !== conditions.region) {
    throw outOfScope(inHeader ? 'SigningRegionInvalid' : 'UrlSigningRegionInvalid', claim);
  }
  if (claim.scope.product !== (conditions.product ?? OSS_PRODUCT)) {
    throw outOfScope(inHeader ? 'SigningProductInvalid' : 'UrlSigningProductInvalid', claim);
  }
}

function outOfScope(kind: ErrorKind, claim: V4HeaderClaim | V4UrlClaim): OssError {
  return new OssError(kind, {
    details: {
      ArgumentName: claim.place === 'header' ? 'Credential' : 'x-oss-credential',
      ArgumentValue: `${claim.accessKeyId}/${scopeText(claim.scope)}`,
    },
  });
}

function skewed(requestTime: number, now: number): OssError {
  return new OssError('RequestTimeTooSkewed', {
    details: {
      MaxAllowedSkewMilliseconds: String(MAX_SKEW),
      RequestTime: isoTime(requestTime),
      ServerTime: isoTime(now),
    },
  });
}

function outsideValidity(kind: ErrorKind, expiresAt: number, now: number): OssError {
  return new OssError(kind, {
    details: { Expires: isoTime(expiresAt), ServerTime: isoTime(now) },
  });
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
