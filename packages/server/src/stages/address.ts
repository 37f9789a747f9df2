import {
  type Addressed,
  addressOfHost,
  addressOfPath,
  checkBucketName,
  checkObjectKey,
  type Match,
  OssError,
  parseRequestTarget,
  type QueryParameter,
  type RequestHeaders,
} from '@openoss/protocol';
import type { ServerSettings } from '../settings.js';

/** What a request is addressed to. */
export interface RequestAddress extends Addressed {
  readonly on: Match['on'];
  readonly query: readonly QueryParameter[];
}

/** Reads from Host and request target what a request is about; refuses names that OSS does not allow. */
export function addressOf(
  target: string,
  headers: RequestHeaders,
  settings: ServerSettings,
): RequestAddress {
  const host = headers.get('host');
  const { path, query } = parseRequestTarget(target);
  const hostAddress = addressOfHost(host, settings.hostSuffixes);
  if (hostAddress.style === 'foreign') throw foreignHost(host ?? '', settings);
  const { bucket, key } = addressOfPath(hostAddress, path);
  if (bucket === undefined) return { on: 'service', bucket, key, query };
  checkBucketName(bucket);
  if (key === undefined) return { on: 'bucket', bucket, key, query };
  checkObjectKey(key);
  return { on: 'object', bucket, key, query };
}

const OSS_HOST = /(?:^|\.)oss-[a-z0-9-]+\.aliyuncs\.com(?::\d+)?$/i;

function foreignHost(host: string, settings: ServerSettings): OssError {
  // A host of another region of OSS: OSS names the right endpoint.
  if (OSS_HOST.test(host)) {
    return new OssError('EndpointMismatch', {
      details: { Endpoint: `oss-${settings.region}.aliyuncs.com` },
    });
  }
  return new OssError('NonStandardHostForbidden', {
    message: `The host ${host} does not belong to this service. Start it with --host-suffix to serve buckets under a host name of yours.`,
    details: { Host: host },
  });
}
