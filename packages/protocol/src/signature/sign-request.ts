import type { HeaderFields } from './header-fields.js';
import type { SignableRequest } from './signable-request.js';
import type { SigningOptions } from './signing-options.js';
import { signHeadersV1 } from './v1/sign-headers.js';
import { signHeadersV2 } from './v2/sign-headers.js';
import { signHeadersV4 } from './v4/sign-headers.js';

/**
 * Signs a request in its headers. Returns the headers to set on it, in place of any it has under the
 * same names: `authorization`, `date`, `x-oss-date`, with temporary credentials
 * `x-oss-security-token`, and for version 4 `x-oss-content-sha256`. The header values of `request`
 * are byte strings, as they will be sent (`utf8Bytes`).
 */
export function signRequest(request: SignableRequest, options: SigningOptions): HeaderFields {
  switch (options.version) {
    case 'v1':
      return signHeadersV1(request, options);
    case 'v2':
      return signHeadersV2(request, options);
    case 'v4':
      return signHeadersV4(request, options);
  }
}
