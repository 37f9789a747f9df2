import type { QueryParameter } from '../wire/request-target.js';
import type { HeaderFields } from './header-fields.js';

/** What a signature covers of a request; the same for who signs and for who verifies. */
export interface SignableRequest {
  readonly method: string;
  readonly bucket?: string | undefined;
  /** The object key, decoded: a text, whose bytes are its UTF-8. */
  readonly key?: string | undefined;
  /** Decoded; null where a name stands without `=`. */
  readonly query: readonly QueryParameter[];
  readonly headers: HeaderFields;
}

/**
 * The resource that is signed, not encoded: `/bucket/key`, `/bucket/` or `/`, however the request
 * is addressed (a bucket in the host name is put into the path all the same).
 */
export function signedResource(request: SignableRequest): string {
  if (request.bucket === undefined) return `/${request.key ?? ''}`;
  return `/${request.bucket}/${request.key ?? ''}`;
}
