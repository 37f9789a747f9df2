import { CredentialsError } from '../errors/credentials-error.js';
import {
  type ExchangeOptions,
  exchange,
  isPassing,
  NETWORK_LIMITS,
  placeOf,
  withExchangeRetries,
} from './credentials-exchange.js';
import { type CredentialsSource, jsonObject, readCredentials } from './temporary-credentials.js';

/**
 * Credentials from a URI: a GET answers 200 and JSON with `AccessKeyId`, `AccessKeySecret`,
 * `SecurityToken` and `Expiration`, as the credentials packages of Alibaba Cloud have it. A `Code`, which
 * some answer too, has to be `Success`.
 */
export function credentialsUri(uri: URL, options: ExchangeOptions): CredentialsSource {
  const place = placeOf(uri);
  const where = `the answer of ${place}`;
  return () =>
    withExchangeRetries(async () => {
      const request = { method: 'GET', url: uri, headers: { Accept: 'application/json' } } as const;
      const { status, text } = await exchange(request, NETWORK_LIMITS, options);
      if (status !== 200) {
        throw new CredentialsError(`${place} answered ${status}`, { retryable: isPassing(status) });
      }
      const document = jsonObject(text, where);
      if (document.Code !== undefined && document.Code !== 'Success') {
        throw new CredentialsError(`Code is not Success in ${where}`);
      }
      return readCredentials(document, where, { needsToken: true });
    }, options);
}
