import { utf8Bytes } from '../byte-string.js';
import { type SignableRequest, signedResource } from '../signable-request.js';
import { isSubResource } from './sub-resource.js';

/**
 * The CanonicalizedResource of version 1, as a byte string: the resource as it is, not encoded, then
 * the sub-resources of the query, sorted by name, `name=value` or `name` where the value is empty
 * (https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header).
 */
export function canonicalResource(request: SignableRequest): string {
  const resource = utf8Bytes(signedResource(request));
  const parameters: [name: string, text: string][] = [];
  for (const [name, value] of request.query) {
    if (!isSubResource(name)) continue;
    const bytes = utf8Bytes(name);
    parameters.push([
      bytes,
      value === null || value === '' ? bytes : `${bytes}=${utf8Bytes(value)}`,
    ]);
  }
  if (parameters.length === 0) return resource;
  // By name before text: `a=1` comes before `a-b`, though `-` is below `=`.
  parameters.sort(([oneName, one], [otherName, other]) =>
    oneName === otherName ? (one < other ? -1 : 1) : oneName < otherName ? -1 : 1,
  );
  return `${resource}?${parameters.map(([, text]) => text).join('&')}`;
}
