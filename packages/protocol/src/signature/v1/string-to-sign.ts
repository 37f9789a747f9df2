import { canonicalHeaderLines } from '../header-fields.js';
import type { SignableRequest } from '../signable-request.js';
import { canonicalResource } from './canonical-resource.js';

/**
 * The string that a version 1 signature is reckoned over, as a byte string. `dateLine` is the
 * x-oss-date or Date header as sent, or the Expires parameter of a signed URL.
 */
export function stringToSignV1(request: SignableRequest, dateLine: string): string {
  const { method, headers } = request;
  const md5 = headers.get('content-md5') ?? '';
  const type = headers.get('content-type') ?? '';
  const ossHeaders = canonicalHeaderLines(headers, isOssHeader);
  return `${method}\n${md5}\n${type}\n${dateLine}\n${ossHeaders}${canonicalResource(request)}`;
}

function isOssHeader(name: string): boolean {
  return name.startsWith('x-oss-');
}
