import { createHmac } from 'node:crypto';

/** A version 1 signature: the base64 HMAC-SHA1 of a string to sign, a byte string. */
export function signatureV1(secret: string, stringToSign: string): string {
  return createHmac('sha1', secret).update(stringToSign, 'latin1').digest('base64');
}
