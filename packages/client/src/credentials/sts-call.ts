import { CredentialsError } from '../errors/credentials-error.js';
import {
  type ExchangeOptions,
  type ExchangeRequest,
  exchange,
  isPassing,
  NETWORK_LIMITS,
  placeOf,
  withExchangeRetries,
} from './credentials-exchange.js';
import { jsonObject, readCredentials, type TemporaryCredentials } from './temporary-credentials.js';

/** Which role is assumed, and as what. */
export interface AssumedRole {
  /** `acs:ram::<account>:role/<name>`. */
  readonly roleArn: string;
  /** What audit logs call the session. */
  readonly roleSessionName: string;
  /** A policy that the session is held to, besides the role's own. */
  readonly policy?: string | undefined;
  /** How long the session lasts. */
  readonly durationSeconds: number;
}

/** The version of STS, the only one there is. */
export const STS_VERSION = '2015-04-01';

/** More of a message of STS is not shown. */
const MAX_MESSAGE_CHARACTERS = 500;

/**
 * Calls STS and reads the credentials it answers. `makeRequest` is asked for each try, for a signature is good
 * once. What STS refuses with is told in its words, but for what it repeats of the request.
 *
 * @param secrets what no message may hold
 */
export async function callSts(
  makeRequest: () => Promise<{
    readonly request: ExchangeRequest;
    readonly secrets: readonly string[];
  }>,
  options: ExchangeOptions,
): Promise<TemporaryCredentials> {
  return await withExchangeRetries(async () => {
    const { request, secrets } = await makeRequest();
    const { status, text } = await exchange(request, NETWORK_LIMITS, options);
    const where = `the answer of ${placeOf(request.url)}`;
    if (status !== 200) throw refusal(request.url, status, text, secrets);
    const { Credentials: credentials } = jsonObject(text, where);
    if (typeof credentials !== 'object' || credentials === null) {
      throw new CredentialsError(`missing Credentials in ${where}`);
    }
    return readCredentials(credentials as Readonly<Record<string, unknown>>, where, {
      needsToken: true,
    });
  }, options);
}

function refusal(
  url: URL,
  status: number,
  text: string,
  secrets: readonly string[],
): CredentialsError {
  const place = placeOf(url);
  let document: Readonly<Record<string, unknown>>;
  try {
    document = jsonObject(text, place);
  } catch {
    return new CredentialsError(`${place} answered ${status}`, { retryable: isPassing(status) });
  }
  const said = (name: string): string => {
    const value = document[name];
    return typeof value === 'string' ? shown(value, secrets) : '';
  };
  const code = said('Code');
  const id = said('RequestId');
  const parts = [
    `${place} refused with ${status}${code === '' ? '' : ` ${code}`}: ${said('Message')}`,
    code.startsWith('InvalidTimeStamp') ? " (this machine's clock may be off)" : '',
    id === '' ? '' : ` (request id ${id})`,
  ];
  return new CredentialsError(parts.join(''), {
    retryable: isPassing(status) || code.startsWith('Throttling'),
  });
}

/** What STS says, without the string to sign, in which a token stands encoded twice. */
function shown(text: string, secrets: readonly string[]): string {
  const [said = ''] = text.split(/\s*server (?:string to sign|canonical request) is/i);
  let safe = said;
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret)]) {
      if (form !== '') safe = safe.replaceAll(form, '…');
    }
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing may move a terminal's cursor
  const plain = safe.replace(/[\x00-\x1f\x7f]+/g, ' ');
  return plain.length > MAX_MESSAGE_CHARACTERS
    ? `${plain.slice(0, MAX_MESSAGE_CHARACTERS)}…`
    : plain;
}
