export interface RequestStyle {
  readonly kind: 'oss-v4' | 'aws-v4' | 'unsigned';
  readonly region: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

export interface BenchRequest {
  readonly method: 'GET' | 'PUT';
  readonly bucket: string;
  readonly key?: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly range?: string;
  readonly bodyBytes?: number;
}

export function signedRequest(
  host: string,
  request: BenchRequest,
  style: RequestStyle,
  now: number,
): { target: string; headers: Map<string, string> };

export function requestHead(
  host: string,
  request: BenchRequest,
  style: RequestStyle,
  now: number,
): string;
