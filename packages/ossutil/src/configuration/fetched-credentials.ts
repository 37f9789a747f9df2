import { ClientError } from '../errors/client-error.js';
import { absolutePath, type PathContext } from './configuration-path.js';
import type { KeyCredentials } from './credentials.js';
import type { Environment } from './environment-variables.js';

/** A session of a role: which, as what, until when, held to what. */
export interface SessionSettings {
  /** The address of STS. */
  readonly stsEndpoint: URL;
  readonly roleArn: string;
  /** Undefined leaves it to ossutil. */
  readonly roleSessionName: string | undefined;
  readonly policy: string | undefined;
  readonly durationSeconds: number;
}

/** Credentials that are got from somewhere when a request is to be signed, and again before they expire. */
export type FetchedCredentials =
  | ({
      readonly mode: 'RamRoleArn';
      /** Who assumes the role. */
      readonly signer: KeyCredentials;
      readonly externalId: string | undefined;
    } & SessionSettings)
  | ({
      readonly mode: 'oidcRoleArn';
      readonly providerArn: string;
      /** Absolute. */
      readonly tokenFile: string;
    } & SessionSettings)
  | {
      readonly mode: 'EcsRamRole' | 'Ali-EcsRamRole';
      /** Undefined is the role that the instance has. */
      readonly roleName: string | undefined;
      /** The metadata service is never asked without a token of its own. */
      readonly hardened: boolean;
    }
  | {
      readonly mode: 'Process';
      readonly command: string;
      /** Milliseconds. */
      readonly timeout: number;
    }
  | { readonly mode: 'Uri'; readonly uri: URL };

/** A mode whose credentials are got from somewhere. */
export type FetchedMode = FetchedCredentials['mode'];

/** What fetched credentials are resolved from. */
export interface FetchedInput extends PathContext {
  /** What command line, environment (`OSS_`) and profile say of a key, in this order. */
  readonly read: (key: string) => string | undefined;
  readonly environment: Environment;
  /** Who assumes a role; throws when nobody can. */
  readonly signer: () => KeyCredentials;
}

/**
 * The variables of Alibaba Cloud's credentials packages, which count where nothing else says it: they
 * are what a cluster hands its containers. None of them chooses a mode.
 */
const sharedVariables: Readonly<Record<string, string>> = {
  'credential-uri': 'ALIBABA_CLOUD_CREDENTIALS_URI',
  'ecs-role-name': 'ALIBABA_CLOUD_ECS_METADATA',
  'oidc-provider-arn': 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN',
  'oidc-token-file-path': 'ALIBABA_CLOUD_OIDC_TOKEN_FILE',
  'role-arn': 'ALIBABA_CLOUD_ROLE_ARN',
  'role-session-name': 'ALIBABA_CLOUD_ROLE_SESSION_NAME',
  'sts-region': 'ALIBABA_CLOUD_STS_REGION',
};

/** Where else than in the profile a key can be given. */
const otherPlaces: Readonly<Record<string, readonly string[]>> = {
  'role-arn': ['--role-arn', 'OSS_ROLE_ARN'],
};

const DEFAULT_SESSION_SECONDS = 3600;
const DEFAULT_PROCESS_SECONDS = 15;

/**
 * What a mode needs to get its credentials; nothing is got yet.
 *
 * @throws ClientError naming what is missing, and where it can be given, or what cannot be
 */
export async function fetchedCredentials(
  mode: FetchedMode,
  input: FetchedInput,
): Promise<FetchedCredentials> {
  const settings = new ModeSettings(mode, input);
  switch (mode) {
    case 'RamRoleArn':
      return {
        mode,
        ...(await settings.session()),
        signer: input.signer(),
        externalId: settings.optional('external-id'),
      };
    case 'oidcRoleArn':
      return {
        mode,
        ...(await settings.session()),
        providerArn: settings.required('oidc-provider-arn', 'the ARN of an OIDC provider'),
        tokenFile: absolutePath(
          settings.required('oidc-token-file-path', 'a file with an OIDC token'),
          input,
        ),
      };
    case 'EcsRamRole':
    case 'Ali-EcsRamRole':
      if (isOn(input.environment.ALIBABA_CLOUD_ECS_METADATA_DISABLED)) {
        throw new ClientError(
          `the mode ${mode} asks the instance's metadata, which ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids`,
        );
      }
      return {
        mode,
        roleName: settings.optional('ecs-role-name'),
        hardened:
          mode === 'Ali-EcsRamRole' || isOn(input.environment.ALIBABA_CLOUD_IMDSV1_DISABLED),
      };
    case 'Process':
      return {
        mode,
        command: settings.required('credential-process', 'a command'),
        timeout: settings.seconds('credential-process-timeout', DEFAULT_PROCESS_SECONDS) * 1000,
      };
    case 'Uri':
      return { mode, uri: settings.credentialUri() };
  }
}

/** What is said of the keys of one mode. */
class ModeSettings {
  readonly #mode: FetchedMode;
  readonly #input: FetchedInput;

  constructor(mode: FetchedMode, input: FetchedInput) {
    this.#mode = mode;
    this.#input = input;
  }

  optional(key: string): string | undefined {
    const { read, environment } = this.#input;
    const given = read(key);
    if (given !== undefined) return given;
    const variable = sharedVariables[key];
    return variable === undefined ? undefined : environment[variable];
  }

  required(key: string, what: string): string {
    const given = this.optional(key);
    if (given !== undefined) return given;
    const places = [...(otherPlaces[key] ?? []), `${key} in the profile`, sharedVariables[key]];
    const named = places.filter((place) => place !== undefined);
    const last = named.pop();
    throw new ClientError(`the mode ${this.#mode} needs ${what}`, {
      advice: `give it with ${named.length === 0 ? last : `${named.join(', ')} or ${last}`}`,
    });
  }

  seconds(key: string, otherwise: number): number {
    const given = this.optional(key);
    return given === undefined ? otherwise : Number(given);
  }

  async session(): Promise<SessionSettings> {
    return {
      roleArn: this.required('role-arn', "the role's ARN"),
      roleSessionName: this.optional('role-session-name'),
      policy: await this.#policy(),
      durationSeconds: this.seconds('token-timeout', DEFAULT_SESSION_SECONDS),
      stsEndpoint: this.#stsEndpoint(),
    };
  }

  credentialUri(): URL {
    const text = this.required('credential-uri', 'a URI');
    const uri = URL.canParse(text) ? new URL(text) : undefined;
    if (uri?.protocol === 'http:' || uri?.protocol === 'https:') return uri;
    // It is not shown: there may be a secret in it.
    throw new ClientError('credential-uri is neither an http nor an https URL');
  }

  async #policy(): Promise<string | undefined> {
    const text = this.optional('session-policy');
    const path = /^file:\/\/(.+)$/s.exec(text ?? '')?.[1];
    if (path === undefined) return text;
    const { readFile } = await import('node:fs/promises');
    const file = absolutePath(path, this.#input);
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      const { fileFailure } = await import('../values/file-failure.js');
      throw fileFailure('session-policy', file, error);
    }
  }

  #stsEndpoint(): URL {
    const given = this.optional('sts-endpoint');
    if (given !== undefined) return endpointOf(given);
    const region = this.optional('sts-region');
    if (region === undefined) return new URL('https://sts.aliyuncs.com');
    if (!/^[a-z0-9-]+$/.test(region)) throw new ClientError(`sts-region: "${region}" is no region`);
    const vpc = isOn(this.#input.environment.ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED) ? '-vpc' : '';
    return new URL(`https://sts${vpc}.${region}.aliyuncs.com`);
  }
}

/** As of OSS itself: https unless it says http, a host and at most a port. */
function endpointOf(text: string): URL {
  const withScheme = /^[^:/?#]+:\/\//.test(text) ? text : `https://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  const isAddress =
    (url?.protocol === 'http:' || url?.protocol === 'https:') &&
    `${url.pathname}${url.search}${url.hash}${url.username}` === '/';
  if (url !== undefined && isAddress) return url;
  throw new ClientError(`sts-endpoint: "${text}" is not a host, with a scheme and a port at most`);
}

function isOn(variable: string | undefined): boolean {
  return variable?.toLowerCase() === 'true';
}
