import { type ClaimConditions, checkClaim } from './check-claim.js';
import type { Claim } from './claim.js';
import type { SignableRequest } from './signable-request.js';
import { verifySignature } from './verify-signature.js';

/**
 * Checks a claim and verifies its signature in one go, for who has the secret at hand; a server calls
 * `checkClaim`, looks the access key up, and then calls `verifySignature`. Throws `OssError`.
 */
export function verifyClaim(
  claim: Claim,
  request: SignableRequest,
  conditions: ClaimConditions & { readonly secret: string },
): void {
  checkClaim(claim, conditions);
  verifySignature(claim, request, conditions.secret);
}
