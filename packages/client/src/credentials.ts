import type { SigningCredentials } from '@openoss/protocol';
import { CredentialsError, NO_CREDENTIALS } from './errors/credentials-error.js';

/** An access key, and with temporary ones the security token of STS. */
export type Credentials = SigningCredentials;

/**
 * Says with what to sign, anew before each attempt; undefined leaves the request unsigned
 * (anonymous). It may throw; the operation then fails with a `CredentialsError`.
 *
 * `refused` are credentials whose token the service has just said is no longer good: whoever can get
 * others does, whoever cannot answers the same again.
 */
export type CredentialsProvider = (refused?: Credentials) => Promise<Credentials | undefined>;

/** Always the same credentials; with an empty id or secret, always the error that there are none. */
export function staticCredentials(credentials: Credentials): CredentialsProvider {
  return async () => {
    if (credentials.accessKeyId === '' || credentials.accessKeySecret === '') {
      throw new CredentialsError(NO_CREDENTIALS);
    }
    return credentials;
  };
}

/** Signs nothing: every request is anonymous. */
export const anonymousCredentials: CredentialsProvider = async () => undefined;

/** Whether two credentials are the same; of temporary ones it is the token that changes. */
export function areSameCredentials(one: Credentials, other: Credentials): boolean {
  return (
    one.accessKeyId === other.accessKeyId &&
    one.accessKeySecret === other.accessKeySecret &&
    one.securityToken === other.securityToken
  );
}
