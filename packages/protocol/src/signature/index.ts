/**
 * @module OSS signatures, versions 1, 2 and 4, in the header and in the URL, and those of the calls of other
 * products (RPC, ACS3): pure functions over one canonical form, for who signs and for who verifies.
 */

export { isTemporaryAccessKeyId } from './access-key-id.js';
export * from './api/acs3-signature.js';
export * from './api/rpc-signature.js';
export { utf8Bytes, utf8Text } from './byte-string.js';
export { type ClaimConditions, checkClaim, MAX_SKEW } from './check-claim.js';
export type * from './claim.js';
export { formatQuery } from './format-query.js';
export { type HeaderFields, headerFields } from './header-fields.js';
export { parseClaim } from './parse-claim.js';
export { escapePath, escapeQueryComponent } from './percent-encoding.js';
export { presignUrl } from './presign-url.js';
export { signRequest } from './sign-request.js';
export type { SignableRequest } from './signable-request.js';
export {
  formatBasicDate,
  formatHttpDate,
  parseBasicDate,
  parseHttpDate,
} from './signed-date.js';
export type * from './signing-options.js';
export { isSubResource } from './v1/sub-resource.js';
export { type CredentialScope, OSS_PRODUCT } from './v4/credential.js';
export { MAX_URL_LIFETIME } from './v4/parse-url-signature.js';
export { verifyClaim } from './verify-claim.js';
export { verifySignature } from './verify-signature.js';
