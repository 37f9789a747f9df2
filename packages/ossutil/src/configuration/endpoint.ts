import { isIP } from 'node:net';
import { ClientError } from '../errors/client-error.js';
import { UsageError } from '../errors/usage-error.js';
import { type AddressingStyle, type LocationSettings, placeOf } from './location.js';

/** Where the requests of one call go. */
export interface ResolvedEndpoint {
  /** Scheme, host and port: `https://oss-cn-hangzhou.aliyuncs.com`. */
  readonly origin: string;
  /** For the signature; absent only where none is needed. */
  readonly region: string | undefined;
  readonly addressingStyle: AddressingStyle;
}

/** What resolving an endpoint depends on besides the location. */
export interface EndpointNeeds {
  /** The bucket the call is about, if any. */
  readonly bucket?: string | undefined;
  readonly signVersion: 'v1' | 'v4';
  /** Unsigned requests need no region. */
  readonly anonymous: boolean;
}

const malformed = (what: string, advice?: string): ClientError =>
  new ClientError(`invalid field, Endpoint. ${what}`, { advice });

/**
 * An endpoint as it is given, with or without scheme (https where there is none), as a URL.
 *
 * @throws ClientError when it is not the address of a service
 */
export function parseEndpoint(endpoint: string): URL {
  const withScheme = /^[^:/?#]+:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
  const shown = `"${endpoint}"`;
  if (!URL.canParse(withScheme)) {
    throw malformed(`${shown} is neither a host name nor an http or https URL`);
  }
  const url = new URL(withScheme);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw malformed(`${shown} has the scheme ${url.protocol}// instead of http:// or https://`);
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw malformed(`${shown} has a path or a query; an endpoint is a host and at most a port`);
  }
  if (url.username !== '' || url.password !== '') {
    throw malformed('it has a user name or password in it; credentials are given with -i and -k');
  }
  return url;
}

/** The region in the name of a public or internal endpoint of Alibaba Cloud. */
const regionInHost = /^oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/;

function checkRegion(region: string): void {
  if (/^[a-z0-9-]+$/.test(region)) return;
  throw malformed(
    `the region "${region}" is not a region id (lower-case letters, digits and hyphens)`,
    'a region id looks like cn-hangzhou',
  );
}

function addressingStyleAt(
  hostname: string,
  style: AddressingStyle | undefined,
  suffixes: readonly string[],
): AddressingStyle {
  // As in the Go SDK: a bucket cannot be put before an IP address, whatever was asked for.
  if (isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0) return 'path';
  return style ?? (suffixes.some((suffix) => hostname.endsWith(suffix)) ? 'path' : 'virtual');
}

/**
 * Decides where the requests of a call go: the endpoint that is set, else
 * `https://oss-<region>.aliyuncs.com`.
 *
 * @throws UsageError `region must be set in sign version 4.`
 * @throws ClientError when region or endpoint are malformed, or neither is set
 */
export function resolveEndpoint(
  location: LocationSettings,
  { bucket, signVersion, anonymous }: EndpointNeeds,
): ResolvedEndpoint {
  const { region, endpoint, addressingStyle } = placeOf(location, bucket);
  const url = endpoint === undefined ? undefined : parseEndpoint(endpoint);
  if (region === undefined && signVersion === 'v4' && !anonymous) {
    const [, guess] = regionInHost.exec(url?.hostname ?? '') ?? [];
    throw new UsageError('region must be set in sign version 4.', {
      advice: `give --region ${guess ?? 'cn-hangzhou (or whichever it is)'}, set OSS_REGION, or run "ossutil config"`,
    });
  }
  if (region !== undefined) checkRegion(region);
  if (url === undefined && region === undefined) {
    throw malformed('neither an endpoint nor a region is set', 'give --endpoint or --region');
  }
  const { origin, hostname } = url ?? new URL(`https://oss-${region}.aliyuncs.com`);
  return {
    origin,
    region,
    addressingStyle: addressingStyleAt(hostname, addressingStyle, location.pathStyleSuffixes),
  };
}
