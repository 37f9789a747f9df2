import { type Here, relativeIdOf } from './relative-id.js';

/** What a request names. */
export interface InquiredResource {
  /** Undefined for the service itself. */
  readonly bucket: string | undefined;
  readonly key: string | undefined;
}

const FORMS = 'bucket, bucket/key, or acs:oss:*:*:bucket/key';

/**
 * Reads `acs:oss:region:account:bucket/key`, or its last part alone; `*` is the service. A key is taken as it
 * stands: a request names one object, no pattern. Throws RpcError.
 */
export function inquiredResource(text: string, here: Here): InquiredResource {
  const relativeId = relativeIdOf(text, { service: 'oss', forms: FORMS, ...here });
  if (relativeId === '*') return { bucket: undefined, key: undefined };
  const slash = relativeId.indexOf('/');
  if (slash === -1) return { bucket: relativeId, key: undefined };
  return { bucket: relativeId.slice(0, slash), key: relativeId.slice(slash + 1) || undefined };
}
