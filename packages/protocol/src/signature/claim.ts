import type { CredentialScope } from './v4/credential.js';

interface SignedClaim {
  readonly accessKeyId: string;
  /** The token of temporary credentials, where one came with the signature. */
  readonly securityToken: string | undefined;
  /** The signature as it was given: base64 (V1, V2) or 64 hex digits (V4) if it is well-formed at all. */
  readonly signature: string;
}

/** `Authorization: OSS <access key id>:<signature>`. */
export interface V1HeaderClaim extends SignedClaim {
  readonly version: 'v1';
  readonly place: 'header';
  /** What stands in the Date line of the string to sign: the x-oss-date header, or else Date. */
  readonly dateLine: string;
  /** The same in milliseconds since the epoch. */
  readonly signedAt: number;
}

/** `?OSSAccessKeyId=…&Expires=…&Signature=…`. */
export interface V1UrlClaim extends SignedClaim {
  readonly version: 'v1';
  readonly place: 'url';
  /** What stands in the Date line of the string to sign: Expires as given. */
  readonly dateLine: string;
  /** Until when the URL is good, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface V2Claim extends SignedClaim {
  readonly version: 'v2';
  /** Names of the headers signed besides the x-oss- ones: lower case, sorted. */
  readonly additionalHeaders: readonly string[];
}

/** `Authorization: OSS2 AccessKeyId:…,Signature:…`. */
export interface V2HeaderClaim extends V2Claim {
  readonly place: 'header';
  /** What stands in the Date line of the string to sign: the Date header, or else x-oss-date. */
  readonly dateLine: string;
  /** The same in milliseconds since the epoch. */
  readonly signedAt: number;
}

/** `?x-oss-signature-version=OSS2&x-oss-expires=…&x-oss-access-key-id=…&x-oss-signature=…`. */
export interface V2UrlClaim extends V2Claim {
  readonly place: 'url';
  /** What stands in the Date line of the string to sign: x-oss-expires as given. */
  readonly dateLine: string;
  /** Until when the URL is good, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface V4Claim extends SignedClaim {
  readonly version: 'v4';
  readonly scope: CredentialScope;
  /** The second line of the string to sign, `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string;
  /** The same in milliseconds since the epoch. */
  readonly signedAt: number;
  /** Names of the headers signed besides the default ones: lower case, sorted. */
  readonly additionalHeaders: readonly string[];
}

/** `Authorization: OSS4-HMAC-SHA256 Credential=…,Signature=…`. */
export interface V4HeaderClaim extends V4Claim {
  readonly place: 'header';
}

/** `?x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-credential=…&x-oss-signature=…`. */
export interface V4UrlClaim extends V4Claim {
  readonly place: 'url';
  /** Until when the URL is good, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Who a request says it is from, and the proof it offers: well-formed, but not yet verified. */
export type Claim =
  | V1HeaderClaim
  | V1UrlClaim
  | V2HeaderClaim
  | V2UrlClaim
  | V4HeaderClaim
  | V4UrlClaim;
