import { OssError, type QueryParameter, type RequestHeaders } from '@openoss/protocol';

/** What the names of the restrictions begin with, in a header or in the query. */
const RESTRICTION = 'x-oss-ac-';

/**
 * Refuses requests that say from where they may come (`x-oss-ac-source-ip`, `x-oss-ac-subnet-mask`,
 * `x-oss-ac-vpc-id`, …): whoever signed such a URL trusts that it works nowhere else, and this server
 * does not keep that promise yet.
 */
export function refuseAccessRestrictions(
  headers: RequestHeaders,
  query: readonly QueryParameter[],
): void {
  for (const name of headers.keys()) {
    if (name.startsWith(RESTRICTION)) {
      throw new OssError('HeaderNotImplemented', { details: { Header: name } });
    }
  }
  for (const [name] of query) {
    if (name.startsWith(RESTRICTION)) {
      throw new OssError('ParameterNotImplemented', { details: { Parameter: name } });
    }
  }
}
