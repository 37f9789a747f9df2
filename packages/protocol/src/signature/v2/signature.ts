import { createHmac } from 'node:crypto';

/** A version 2 signature: the base64 HMAC-SHA256 of a string to sign, a byte string. */
export function signatureV2(secret: string, stringToSign: string): string {
  return createHmac('sha256', secret).update(stringToSign, 'latin1').digest('base64');
}
