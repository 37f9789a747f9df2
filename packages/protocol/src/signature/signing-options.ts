/** What a signer signs with. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The token of temporary credentials. */
  readonly securityToken?: string | undefined;
}

interface OptionsOfAnyVersion {
  readonly credentials: SigningCredentials;
  /** The date of the request: milliseconds since the epoch. */
  readonly now: number;
}

/** How to sign with version 1. */
export interface V1SigningOptions extends OptionsOfAnyVersion {
  readonly version: 'v1';
}

/** How to sign with version 2, which only older clients do: prefer version 4. */
export interface V2SigningOptions extends OptionsOfAnyVersion {
  readonly version: 'v2';
  /** Names of headers to sign besides content-type, content-md5 and x-oss-*; absent ones are passed over. */
  readonly additionalHeaders?: readonly string[] | undefined;
}

/** How to sign with version 4. */
export interface V4SigningOptions extends OptionsOfAnyVersion {
  readonly version: 'v4';
  /** A region id, such as `cn-hangzhou` (not `oss-cn-hangzhou`). */
  readonly region: string;
  /** `oss` unless said; `oss-cloudbox` for CloudBox. */
  readonly product?: string | undefined;
  /** Names of headers to sign besides content-type, content-md5 and x-oss-*; absent ones are passed over. */
  readonly additionalHeaders?: readonly string[] | undefined;
}

/** How to sign. */
export type SigningOptions = V1SigningOptions | V2SigningOptions | V4SigningOptions;
