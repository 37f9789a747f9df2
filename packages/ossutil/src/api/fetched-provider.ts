import {
  assumeRole,
  assumeRoleWithOidc,
  type ConnectionOptions,
  type Credentials,
  type CredentialsProvider,
  type CredentialsSource,
  credentialsProcess,
  credentialsUri,
  type ExchangeOptions,
  ecsRamRole,
  type Log,
  refreshingCredentials,
  staticCredentials,
  systemClock,
} from '@openoss/client';
import type { FetchedCredentials } from '../configuration/fetched-credentials.js';

/** What credentials are fetched with. */
export interface FetchingNeeds {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly log: Log;
  /** Each aborts what is under way: Ctrl-C, and the end of the command. */
  readonly signals: readonly AbortSignal[];
  /** How an address on a network is reached, as the call's own requests reach theirs. */
  readonly connectionTo: (url: URL) => Promise<ConnectionOptions>;
  /** Told of credentials before they are used: they may stand in no log. */
  readonly onCredentials: (credentials: Credentials) => void;
}

/** The provider of credentials that are got from somewhere, and kept fresh. */
export async function fetchedProvider(
  credentials: FetchedCredentials,
  needs: FetchingNeeds,
): Promise<CredentialsProvider> {
  const { log, onCredentials } = needs;
  const source = await sourceOf(credentials, needs);
  return refreshingCredentials(source, { name: nameOf(credentials), log, onCredentials });
}

async function sourceOf(
  credentials: FetchedCredentials,
  needs: FetchingNeeds,
): Promise<CredentialsSource> {
  const { log, environment, workingDirectory } = needs;
  const signal = AbortSignal.any([...needs.signals]);
  const options: ExchangeOptions = { clock: systemClock, log, signal };
  const reaching = async (url: URL): Promise<ExchangeOptions> => ({
    ...options,
    connection: await needs.connectionTo(url),
  });
  switch (credentials.mode) {
    case 'RamRoleArn':
      return assumeRole({
        ...(await reaching(credentials.stsEndpoint)),
        ...sessionOf(credentials),
        externalId: credentials.externalId,
        credentials: staticCredentials(credentials.signer),
      });
    case 'oidcRoleArn':
      return assumeRoleWithOidc({
        ...(await reaching(credentials.stsEndpoint)),
        ...sessionOf(credentials),
        providerArn: credentials.providerArn,
        tokenFile: credentials.tokenFile,
      });
    case 'EcsRamRole':
    case 'Ali-EcsRamRole': {
      // One hop away, and no proxy is on the way.
      const { roleName, hardened } = credentials;
      return ecsRamRole({ ...options, roleName, hardened });
    }
    case 'Process': {
      const { command, timeout: timeoutMs } = credentials;
      return credentialsProcess({
        ...{ command, timeoutMs, environment, workingDirectory, log, signal },
      });
    }
    case 'Uri': {
      const { uri } = credentials;
      // What is on this machine is no proxy's to ask, or it would ask its own.
      const isHere = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(uri.hostname);
      return credentialsUri(uri, isHere ? options : await reaching(uri));
    }
  }
}

type Session = Extract<FetchedCredentials, { readonly roleArn: string }>;

function sessionOf({ stsEndpoint, roleArn, roleSessionName, policy, durationSeconds }: Session) {
  return {
    endpoint: stsEndpoint,
    roleArn,
    // Sessions that nobody named can be told apart in an audit log.
    roleSessionName: roleSessionName ?? `ossutil-${systemClock.now()}`,
    policy,
    durationSeconds,
  };
}

function nameOf(credentials: FetchedCredentials): string {
  switch (credentials.mode) {
    case 'RamRoleArn':
    case 'oidcRoleArn':
      return `the role ${credentials.roleArn}`;
    case 'EcsRamRole':
    case 'Ali-EcsRamRole':
      return "this instance's RAM role";
    case 'Process':
      return 'the credential process';
    case 'Uri':
      return 'the credential URI';
  }
}
