import {
  headerFields,
  presignUrl,
  type QueryParameter,
  type SigningCredentials,
  type SigningOptions,
  signRequest,
} from '@openoss/protocol';
import type { WireRequest } from './http.js';

export type SignatureVersion = 'v1' | 'v2' | 'v4';
export const SIGNATURE_VERSIONS: readonly SignatureVersion[] = ['v1', 'v2', 'v4'];

/** How a request is signed. */
export interface Signing {
  readonly version: SignatureVersion;
  readonly by: SigningCredentials;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What version 4 signs for; `cn-hangzhou` unless said. */
  readonly region?: string | undefined;
  readonly product?: string | undefined;
  readonly additionalHeaders?: readonly string[] | undefined;
  /** How long a URL is good for, in seconds; a minute unless said. */
  readonly lifetime?: number | undefined;
}

const signable = ({ method = 'GET', bucket, key, query = [], headers = {} }: WireRequest) => ({
  method,
  bucket,
  key,
  query,
  headers: headerFields(Object.entries(headers).flat()),
});

function optionsOf({
  version,
  by,
  at,
  region = 'cn-hangzhou',
  product,
  additionalHeaders,
}: Signing): SigningOptions {
  const options = { credentials: by, now: at };
  switch (version) {
    case 'v1':
      return { version, ...options };
    case 'v2':
      return { version, ...options, additionalHeaders };
    case 'v4':
      return { version, ...options, region, product, additionalHeaders };
  }
}

/** A request with its signature in its headers. */
export function signedInHeader(
  request: WireRequest,
  signing: Signing,
): WireRequest & { readonly headers: Record<string, string> } {
  const added = signRequest(signable(request), optionsOf(signing));
  return { ...request, headers: { ...request.headers, ...Object.fromEntries(added) } };
}

/** A request with its signature in its URL. */
export function signedInUrl(
  request: WireRequest,
  signing: Signing,
): WireRequest & { readonly query: readonly QueryParameter[] } {
  const added = presignUrl(signable(request), optionsOf(signing), signing.lifetime ?? 60);
  return { ...request, query: [...(request.query ?? []), ...added] };
}

type Changes = Readonly<Record<string, string | undefined>>;

/** The same with other headers; undefined takes one away. */
export const withHeaders = (request: WireRequest, changes: Changes): WireRequest => ({
  ...request,
  headers: Object.fromEntries(
    Object.entries({ ...request.headers, ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  ),
});

/** The same with other query parameters; undefined takes one away. */
export const withQuery = (request: WireRequest, changes: Changes): WireRequest => ({
  ...request,
  query: [
    ...(request.query ?? []).filter(([name]) => !(name in changes)),
    ...Object.entries(changes).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  ],
});
