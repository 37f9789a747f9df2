import { OssError } from '../errors/oss-error.js';
import { percentDecode } from './request-target.js';

/** How a Host header addresses: a bucket in the host, a bucket in the path, or a host that is not ours. */
export type HostAddress =
  | { readonly style: 'virtual'; readonly bucket: string }
  | { readonly style: 'path' }
  | { readonly style: 'foreign' };

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * What a Host header says. An IP address or a bare suffix is path style, `<bucket>.<suffix>` is
 * virtual-hosted; `suffixes` are host names without port, lower case. A request without a Host
 * header (HTTP/1.0) is path style.
 */
export function addressOfHost(host: string | undefined, suffixes: readonly string[]): HostAddress {
  if (host === undefined || host === '') return { style: 'path' };
  if (host.startsWith('[')) return { style: 'path' };
  const colon = host.indexOf(':');
  let name = (colon === -1 ? host : host.slice(0, colon)).toLowerCase();
  if (name.endsWith('.')) name = name.slice(0, -1);
  // ali-oss, told to use an IP address, asks `.oss-cn-hangzhou.aliyuncs.com` for the list of buckets.
  if (name.startsWith('.')) name = name.slice(1);
  if (IPV4.test(name)) return { style: 'path' };
  let best: string | undefined;
  for (const suffix of suffixes) {
    if (name === suffix) return { style: 'path' };
    if (
      name.length > suffix.length + 1 &&
      name.endsWith(suffix) &&
      name[name.length - suffix.length - 1] === '.' &&
      (best === undefined || suffix.length > best.length)
    ) {
      best = suffix;
    }
  }
  if (best === undefined) return { style: 'foreign' };
  return { style: 'virtual', bucket: name.slice(0, name.length - best.length - 1) };
}

/** What a request names: the service itself, a bucket, or an object in a bucket. */
export interface Addressed {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
}

/** The bucket and key that a host address and a raw path name; `InvalidURI` or `InvalidObjectName` if it cannot be decoded. */
export function addressOfPath(host: HostAddress, path: string): Addressed {
  if (host.style === 'virtual') {
    return { bucket: host.bucket, key: path === '/' ? undefined : decodeKey(path.slice(1)) };
  }
  const rest = path.slice(1);
  if (rest === '') return { bucket: undefined, key: undefined };
  const slash = rest.indexOf('/');
  const rawBucket = slash === -1 ? rest : rest.slice(0, slash);
  const rawKey = slash === -1 ? '' : rest.slice(slash + 1);
  const bucket = percentDecode(rawBucket);
  if (bucket === undefined) throw new OssError('InvalidUri', { details: { URI: path } });
  return { bucket, key: rawKey === '' ? undefined : decodeKey(rawKey) };
}

function decodeKey(raw: string): string {
  const key = percentDecode(raw);
  if (key === undefined) throw new OssError('ObjectNameNotUtf8', { details: { ObjectName: raw } });
  return key;
}
