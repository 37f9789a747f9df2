import type { Credentials } from '../credentials.js';
import { CredentialsError } from '../errors/credentials-error.js';

/** Credentials, and until when they are good. */
export interface TemporaryCredentials extends Credentials {
  /** Milliseconds since the epoch; undefined where nobody said: they are good until they are refused. */
  readonly expiration: number | undefined;
}

/** Gets new credentials from where they are made. Rejects with a `ClientError`. */
export type CredentialsSource = () => Promise<TemporaryCredentials>;

/** RFC 3339, which is what STS, instance metadata and credential processes write. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** What no key and no token has in it: they go into header lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const STRAY = /[\x00-\x20\x7f]|[^\x00-\x7f]/;

/**
 * A JSON document as an object. What is no JSON is never shown, nor what the parser says of it: it
 * may well be somebody's secret.
 *
 * @param where the document's name in messages: `process output`
 */
export function jsonObject(text: string, where: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new CredentialsError(`there is no JSON in ${where}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new CredentialsError(`there is no JSON object in ${where}`);
  }
  return parsed as Readonly<Record<string, unknown>>;
}

/**
 * The credentials in a document: `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and `Expiration`,
 * as STS, instance metadata, credential URIs and credential processes all call them.
 *
 * @param where the document's name in messages
 * @param options.needsToken whether there have to be a token
 */
export function readCredentials(
  document: Readonly<Record<string, unknown>>,
  where: string,
  { needsToken }: { readonly needsToken: boolean },
): TemporaryCredentials {
  const text = (name: string): string => {
    const value = document[name];
    if (value === undefined || value === null) return '';
    if (typeof value !== 'string') throw new CredentialsError(`${name} is no text in ${where}`);
    if (STRAY.test(value)) {
      throw new CredentialsError(`${name} has a character that does not belong there in ${where}`);
    }
    return value;
  };
  const accessKeyId = text('AccessKeyId');
  const accessKeySecret = text('AccessKeySecret');
  if (accessKeyId === '' || accessKeySecret === '') {
    throw new CredentialsError(`missing AccessKeyId or AccessKeySecret in ${where}`);
  }
  const securityToken = text('SecurityToken');
  if (securityToken === '' && needsToken) {
    throw new CredentialsError(`missing SecurityToken in ${where}`);
  }
  const expiration = text('Expiration');
  if (expiration !== '' && !TIME.test(expiration)) {
    throw new CredentialsError(`Expiration is no time as in 2026-01-02T15:04:05Z in ${where}`);
  }
  return {
    accessKeyId,
    accessKeySecret,
    ...(securityToken === '' ? {} : { securityToken }),
    expiration: expiration === '' ? undefined : Date.parse(expiration),
  };
}
