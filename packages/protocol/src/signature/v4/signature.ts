import type { CredentialScope } from './credential.js';
import { SigningKeyCache } from './signing-key.js';

const signingKeys = new SigningKeyCache(512);

/** A V4 signature: 64 lower-case hex digits of HMAC-SHA256 under the signing key of the scope. */
export function signatureV4(secret: string, scope: CredentialScope, stringToSign: string): string {
  return signingKeys.mac(secret, scope).hex(stringToSign);
}
