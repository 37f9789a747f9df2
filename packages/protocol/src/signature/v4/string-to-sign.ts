import { hash } from 'node:crypto';
import { isAscii } from '../byte-string.js';
import { type CredentialScope, scopeText } from './credential.js';

/** The name of the V4 algorithm: its Authorization scheme and its x-oss-signature-version. */
export const V4_ALGORITHM = 'OSS4-HMAC-SHA256';

/** The string that a V4 signature is reckoned over. `timestamp` is `YYYYMMDDTHHMMSSZ`. */
export function stringToSignV4(
  timestamp: string,
  scope: CredentialScope,
  canonicalRequest: string,
): string {
  return `${V4_ALGORITHM}\n${timestamp}\n${scopeText(scope)}\n${sha256Hex(canonicalRequest)}`;
}

function sha256Hex(bytes: string): string {
  // hash() takes a string as UTF-8, which for ASCII is the same and saves the copy.
  return hash('sha256', isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1'), 'hex');
}
