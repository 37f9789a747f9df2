import { parseResource } from '@openoss/access';
import { RpcError } from '@openoss/rpc';

/** What a request names. */
export interface InquiredResource {
  /** Undefined for the service itself. */
  readonly bucket: string | undefined;
  readonly key: string | undefined;
}

/**
 * Reads `acs:oss:region:account:bucket/key`, or its last part alone; `*` is the service. A key is taken as it
 * stands: a request names one object, no pattern. Throws RpcError.
 */
export function inquiredResource(
  text: string,
  here: { readonly region: string; readonly account: string },
): InquiredResource {
  const relativeId = text.startsWith('acs:') ? inThisService(text, here) : text;
  if (relativeId === '*') return { bucket: undefined, key: undefined };
  const slash = relativeId.indexOf('/');
  if (slash === -1) return { bucket: relativeId, key: undefined };
  return { bucket: relativeId.slice(0, slash), key: relativeId.slice(slash + 1) || undefined };
}

function inThisService(
  text: string,
  here: { readonly region: string; readonly account: string },
): string {
  const resource = parseResource(text);
  if (resource?.service !== 'oss') {
    throw RpcError.invalid('Resource', 'write bucket, bucket/key, or acs:oss:*:*:bucket/key');
  }
  const { region, account, relativeId } = resource;
  if (!['', '*', here.region, `oss-${here.region}`].includes(region)) {
    throw RpcError.invalid('Resource', `this server is in ${here.region}`);
  }
  if (!['', '*', here.account].includes(account)) {
    throw RpcError.invalid('Resource', 'it is of another account');
  }
  return relativeId;
}
