import { createHash, createHmac } from 'node:crypto';
import { utf8Text } from '../byte-string.js';
import { equalInConstantTime } from '../equal-in-constant-time.js';
import { canonicalHeaderLines, type HeaderFields } from '../header-fields.js';
import { escapeQueryComponent } from '../percent-encoding.js';

/** The algorithm that this signs and verifies with; there are others, for certificates and SM3. */
export const ACS3_HMAC_SHA256 = 'ACS3-HMAC-SHA256';

/** What an ACS3 Authorization header says. */
export interface Acs3Claim {
  /** Such as `ACS3-HMAC-SHA256`. */
  readonly algorithm: string;
  readonly accessKeyId: string;
  /** Names in lower case. */
  readonly signedHeaders: readonly string[];
  /** Hex. */
  readonly signature: string;
}

/** A call, as far as its ACS3 signature covers it. */
export interface Acs3Request {
  readonly method: string;
  /** As it stands in the request line, without the query. */
  readonly path: string;
  readonly query: Iterable<readonly [name: string, value: string]>;
  readonly headers: HeaderFields;
  readonly signedHeaders: readonly string[];
  /** SHA-256 of the body, in hex. */
  readonly payloadHash: string;
}

const PARTS = /^Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([^,\s]+)$/;

/**
 * Reads an Authorization header; undefined for one that is not of this signature, or has not its form.
 */
export function parseAcs3Authorization(header: string): Acs3Claim | undefined {
  const space = header.indexOf(' ');
  const algorithm = header.slice(0, space);
  if (!algorithm.startsWith('ACS3-')) return undefined;
  const parts = PARTS.exec(header.slice(space + 1).trim());
  if (parts === null) return undefined;
  const [, accessKeyId = '', signedHeaders = '', signature = ''] = parts;
  return {
    algorithm,
    accessKeyId,
    signedHeaders: signedHeaders.toLowerCase().split(';'),
    signature,
  };
}

/** https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature */
export function acs3CanonicalRequest(request: Acs3Request): string {
  const query = [...request.query].map(
    ([name, value]) => [escapeQueryComponent(name), escapeQueryComponent(value)] as const,
  );
  query.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  const signed = new Set(request.signedHeaders);
  return [
    request.method,
    request.path,
    query.map(([name, value]) => `${name}=${value}`).join('&'),
    utf8Text(canonicalHeaderLines(request.headers, (name) => signed.has(name))),
    [...signed].sort().join(';'),
    request.payloadHash,
  ].join('\n');
}

/** The text that is signed, of a canonical request. */
export function acs3StringToSign(canonicalRequest: string): string {
  return `${ACS3_HMAC_SHA256}\n${createHash('sha256').update(canonicalRequest).digest('hex')}`;
}

/** The signature over a text, in hex. */
export function acs3Signature(accessKeySecret: string, stringToSign: string): string {
  return createHmac('sha256', accessKeySecret).update(stringToSign).digest('hex');
}

/** Whether a signature is the one over a text; takes the same time whichever it is. */
export function verifyAcs3Signature(
  accessKeySecret: string,
  stringToSign: string,
  signature: string,
): boolean {
  return equalInConstantTime(acs3Signature(accessKeySecret, stringToSign), signature);
}
