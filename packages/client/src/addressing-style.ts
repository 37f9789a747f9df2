import { escapePath } from '@openoss/protocol';
import type { Endpoint } from './endpoint.js';

/** Where a request names its bucket: in the host, in the path, or nowhere for a host that is the bucket's own. */
export type AddressingStyle = 'virtual' | 'path' | 'cname';

/** Whom to ask, and for which path. */
export interface Address {
  /** The host to connect to. */
  readonly hostname: string;
  /** The Host header. */
  readonly host: string;
  /** Percent-encoded, beginning with `/`; sent exactly so, `..` and `//` included. */
  readonly path: string;
}

/**
 * Addresses the service, a bucket or an object (ossutil-2.md, 1.7; Go SDK v2 `buildURL`). An
 * endpoint that is an IP address is always asked in path style.
 */
export function addressOf(
  endpoint: Endpoint,
  style: AddressingStyle,
  bucket: string | undefined,
  key: string | undefined,
): Address {
  const { hostname, host } = endpoint;
  const rest = key === undefined ? '' : escapePath(key);
  if (bucket === undefined) return { hostname, host, path: `/${rest}` };
  if (endpoint.isIp || style === 'path') return { hostname, host, path: `/${bucket}/${rest}` };
  if (style === 'cname') return { hostname, host, path: `/${rest}` };
  return { hostname: `${bucket}.${hostname}`, host: `${bucket}.${host}`, path: `/${rest}` };
}
