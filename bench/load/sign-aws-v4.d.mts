export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly region: string;
}

export function signAwsV4(
  request: {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly headers: ReadonlyMap<string, string>;
  },
  credentials: AwsCredentials,
): string;
