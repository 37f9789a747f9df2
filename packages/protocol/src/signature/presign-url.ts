import type { QueryParameter } from '../wire/request-target.js';
import type { SignableRequest } from './signable-request.js';
import type { SigningOptions } from './signing-options.js';
import { presignV1 } from './v1/presign.js';
import { presignV2 } from './v2/presign.js';
import { presignV4 } from './v4/presign.js';

/**
 * Signs a request in its URL, for whoever the URL is given to. Returns the query parameters to add
 * to those it has. `lifetime` is how long the URL is good for, in whole seconds from `options.now`:
 * 1 to 604,800 with version 4. The headers that are signed must be sent with the URL as they are
 * here. Throws `RangeError` for another lifetime.
 */
export function presignUrl(
  request: SignableRequest,
  options: SigningOptions,
  lifetime: number,
): readonly QueryParameter[] {
  switch (options.version) {
    case 'v1':
      return presignV1(request, options, lifetime);
    case 'v2':
      return presignV2(request, options, lifetime);
    case 'v4':
      return presignV4(request, options, lifetime);
  }
}
