import { OssError } from '../errors/oss-error.js';
import { utf8Text } from './byte-string.js';
import type {
  Claim,
  V1HeaderClaim,
  V1UrlClaim,
  V2HeaderClaim,
  V2UrlClaim,
  V4HeaderClaim,
  V4UrlClaim,
} from './claim.js';
import { equalInConstantTime } from './equal-in-constant-time.js';
import type { SignableRequest } from './signable-request.js';
import { signatureV1 } from './v1/signature.js';
import { stringToSignV1 } from './v1/string-to-sign.js';
import { signatureV2 } from './v2/signature.js';
import { stringToSignV2 } from './v2/string-to-sign.js';
import { EMPTY_VALUE_FORMS } from './v4/canonical-query.js';
import { canonicalRequest } from './v4/canonical-request.js';
import { signatureV4 } from './v4/signature.js';
import { stringToSignV4 } from './v4/string-to-sign.js';

/**
 * Verifies that the signature of a claim was made with a secret over this very request. The claim is
 * what `parseClaim` made of the same request, and `checkClaim` has been called. Throws
 * `SignatureDoesNotMatch` with what we signed, so that a client can compare.
 */
export function verifySignature(claim: Claim, request: SignableRequest, secret: string): void {
  switch (claim.version) {
    case 'v1':
      verifyV1(claim, request, secret);
      return;
    case 'v2':
      verifyV2(claim, request, secret);
      return;
    case 'v4':
      verifyV4(claim, request, secret);
  }
}

function verifyV1(
  claim: V1HeaderClaim | V1UrlClaim,
  request: SignableRequest,
  secret: string,
): void {
  const stringToSign = stringToSignV1(request, claim.dateLine);
  if (equalInConstantTime(claim.signature, signatureV1(secret, stringToSign))) return;
  throw new OssError('SignatureMismatchV1', { details: mismatch(claim, stringToSign) });
}

function verifyV2(
  claim: V2HeaderClaim | V2UrlClaim,
  request: SignableRequest,
  secret: string,
): void {
  const stringToSign = stringToSignV2(request, claim.dateLine, claim.additionalHeaders);
  if (equalInConstantTime(claim.signature, signatureV2(secret, stringToSign))) return;
  throw new OssError('SignatureMismatchV2', { details: mismatch(claim, stringToSign) });
}

function verifyV4(
  claim: V4HeaderClaim | V4UrlClaim,
  request: SignableRequest,
  secret: string,
): void {
  const { scope, timestamp, additionalHeaders, signature } = claim;
  const expected = canonicalRequest(request, additionalHeaders);
  const stringToSign = stringToSignV4(timestamp, scope, expected);
  if (equalInConstantTime(signature, signatureV4(secret, scope, stringToSign))) return;
  const hasEmptyValue = request.query.some(([, value]) => value === null || value === '');
  if (hasEmptyValue) {
    for (const form of EMPTY_VALUE_FORMS.slice(1)) {
      const other = stringToSignV4(
        timestamp,
        scope,
        canonicalRequest(request, additionalHeaders, form),
      );
      if (equalInConstantTime(signature, signatureV4(secret, scope, other))) return;
    }
  }
  throw new OssError('SignatureMismatchV4', {
    details: { ...mismatch(claim, stringToSign), CanonicalRequest: utf8Text(expected) },
  });
}

const HEX_DIGITS = '0123456789ABCDEF';

function mismatch(claim: Claim, stringToSign: string): Record<string, string> {
  return {
    OSSAccessKeyId: claim.accessKeyId,
    SignatureProvided: claim.signature,
    StringToSign: utf8Text(stringToSign),
    StringToSignBytes: hexBytes(stringToSign),
  };
}

/** `50 55 54 0A `: upper case, a space after each, the last one too, as OSS itself writes it. */
function hexBytes(bytes: string): string {
  // Into one buffer: what is signed may be as long as a head, and a text that grows takes ten times as long.
  const hex = Buffer.alloc(bytes.length * 3, ' ');
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes.charCodeAt(at);
    hex[at * 3] = HEX_DIGITS.charCodeAt((byte >>> 4) & 15);
    hex[at * 3 + 1] = HEX_DIGITS.charCodeAt(byte & 15);
  }
  return hex.toString('latin1');
}
