import { isIP } from 'node:net';
import { invalidField } from './errors/invalid-field-error.js';

/** Where the service is. */
export interface Endpoint {
  readonly protocol: 'http:' | 'https:';
  /** A name or an IP address, without brackets or port. */
  readonly hostname: string;
  readonly port: number;
  /** As a Host header has it: brackets around IPv6, the port only where it is not the scheme's own. */
  readonly host: string;
  /** Whether the host is an IP address: then buckets can only be named in the path. */
  readonly isIp: boolean;
}

const REGION = /^[a-z0-9-]+$/;
const SCHEME = /^[^:/?#]+:\/\//;

/**
 * The endpoint that is set, `https://` put before it where it has no scheme, or else the public one
 * of the region. Throws `invalid field, Endpoint.` where neither gives one (ossutil-2.md, 1.7; Go
 * SDK v2 `resolveEndpoint`). A path, query or user in an endpoint, which the SDK drops in silence,
 * is refused: whoever wrote it meant something by it.
 */
export function resolveEndpoint(
  endpoint: string | undefined,
  region: string | undefined,
): Endpoint {
  if (endpoint === undefined || endpoint === '') {
    if (region === undefined || !REGION.test(region)) {
      throw invalidField(
        'Endpoint',
        'without an endpoint a region of the characters a-z, 0-9 and - is needed',
      );
    }
    return resolveEndpoint(`https://oss-${region}.aliyuncs.com`, undefined);
  }
  let url: URL;
  try {
    url = new URL(SCHEME.test(endpoint) ? endpoint : `https://${endpoint}`);
  } catch {
    throw invalidField('Endpoint', `${JSON.stringify(endpoint)} is not a URL`);
  }
  const { protocol } = url;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw invalidField(
      'Endpoint',
      `its scheme must be http or https, not ${protocol.slice(0, -1)}`,
    );
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw invalidField('Endpoint', 'it must be a host, with a scheme and a port at most');
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return {
    protocol,
    hostname,
    port: url.port === '' ? (protocol === 'http:' ? 80 : 443) : Number(url.port),
    host: url.host,
    isIp: isIP(hostname) !== 0,
  };
}
