import { RpcError } from '@openoss/rpc';
import { type Here, relativeIdOf } from './relative-id.js';

const FORMS = 'the id of a key, alias/NAME, acs:kms:*:*:key/ID, or acs:kms:*:*:key for all of them';
const FORM = /^(?:key|alias)(?:$|\/.)/;

/**
 * Reads `acs:kms:region:account:key/id`, or its last part or the id alone, and the same with `alias/name`. What is
 * about no key in particular, such as making one, is about `key` or `alias`. A call names one key, no pattern.
 * Throws RpcError.
 */
export function inquiredKmsResource(text: string, here: Here): string {
  const written = relativeIdOf(text, { service: 'kms', forms: FORMS, ...here });
  const isId = !text.startsWith('acs:') && !written.includes('/') && !FORM.test(written);
  const relativeId = isId ? `key/${written}` : written;
  if (FORM.test(relativeId) && !/[*?]/.test(relativeId)) return relativeId;
  throw RpcError.invalid('Resource', `write ${FORMS}`);
}
