import { ClientError } from '../errors/client-error.js';
import { UsageError } from '../errors/usage-error.js';
import type { FetchedCredentials, FetchedMode } from './fetched-credentials.js';

/** Credentials that stand there to be used. */
export type KeyCredentials =
  | { readonly mode: 'AK'; readonly accessKeyId: string; readonly accessKeySecret: string }
  | {
      readonly mode: 'StsToken';
      readonly accessKeyId: string;
      readonly accessKeySecret: string;
      readonly securityToken: string;
    };

/** What signs a request, or that nothing does. */
export type Credentials = { readonly mode: 'Anonymous' } | KeyCredentials | FetchedCredentials;

/** The keys one source gives. */
export interface GivenKeys {
  readonly accessKeyId?: string | undefined;
  readonly accessKeySecret?: string | undefined;
  readonly stsToken?: string | undefined;
  /** How messages call them: `-i and -k`. */
  readonly source: string;
}

/** Everything that was said about credentials. */
export interface CredentialInput {
  /** `--mode`. */
  readonly mode?: string | undefined;
  /** `mode` of the profile, in its canonical spelling. */
  readonly profileMode?: string | undefined;
  /** From the strongest source to the weakest: command line, environment, profile. */
  readonly sources: readonly GivenKeys[];
}

const fetchedModes: readonly FetchedMode[] = [
  'RamRoleArn',
  'oidcRoleArn',
  'EcsRamRole',
  'Ali-EcsRamRole',
  'Process',
  'Uri',
];

/** What was said of a role to assume, besides the profile's `role-arn`. */
export interface GivenRole {
  /** Whether `--role-arn` or `OSS_ROLE_ARN` names one. */
  readonly isNamed: boolean;
  /** The flags that were given and mean nothing without a role: `session-policy`. */
  readonly flags: readonly string[];
}

/**
 * The mode, if its credentials have to be got from somewhere; undefined leaves it to
 * `resolveCredentials`.
 *
 * The profile's `mode` describes the profile's keys, and is not asked when the AccessKey ID comes from
 * the command line or the environment; but for RamRoleArn, where the keys say who assumes the role. A
 * role given for this call is assumed with whatever keys there are: to pass over it, or over what it is
 * to be held to, would be to act with more rights than were asked for.
 *
 * @throws UsageError for flags about a role where none is assumed
 */
export function fetchedMode(
  { mode, profileMode, sources }: CredentialInput,
  role: GivenRole,
): FetchedMode | undefined {
  const idAt = sources.findIndex(({ accessKeyId }) => accessKeyId !== undefined);
  const fromProfile = idAt < 0 || idAt === sources.length - 1;
  const asked = mode ?? (fromProfile || profileMode === 'RamRoleArn' ? profileMode : undefined);
  const given = fetchedModes.find((name) => name === asked);
  const isSettled = mode !== undefined || given !== undefined || asked === 'Anonymous';
  const chosen = isSettled || !role.isNamed ? given : 'RamRoleArn';
  const [flag] = role.flags;
  if (flag === undefined || chosen === 'RamRoleArn' || chosen === 'oidcRoleArn') return chosen;
  throw new UsageError(
    isSettled
      ? `--${flag} goes with the modes RamRoleArn and oidcRoleArn, not with ${asked}`
      : `--${flag} goes with a role, and there is none`,
    isSettled ? {} : { advice: 'name the role with --role-arn' },
  );
}

/**
 * No key begins or ends with white space or has a control character in it: a line
 * break at the end is what is left of a file, and would make for a signature that does not match.
 */
function refuseStrayCharacters(source: GivenKeys | undefined, name: string, text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!/^\s|\s$|[\x00-\x1f\x7f]/.test(text)) return;
  throw new ClientError(
    `${source?.source}: the ${name} has a line break or a space where none belongs`,
  );
}

const missing = () =>
  new ClientError('no credentials: SigningContext.Credentials is null or empty.', {
    advice:
      'give -i and -k, set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, or run "ossutil config"; --mode Anonymous sends unsigned requests',
  });

/**
 * Decides who signs, where the keys stand there to be used.
 *
 * ossutil's precedence (command line, environment, file) holds for each key. What its documentation
 * leaves open is a half given by one source. An AccessKey ID names an identity, so:
 *
 * - an ID is never put together with a weaker source's secret or token that stands beside *another*
 *   ID: the result could only be a refused signature or somebody else's session. A stray
 *   `OSS_ACCESS_KEY_ID` is therefore an error that names it, not a silent mixture and not ignored;
 * - a secret or token given by a stronger source joins the ID of the next weaker one, which is how
 *   one keeps the secret out of the file.
 *
 * The profile's `mode` describes the profile's keys: it is not asked when the ID comes from the
 * command line or the environment.
 *
 * @throws ClientError when nothing, or only half, is there
 */
export function resolveCredentials(
  input: CredentialInput,
): Exclude<Credentials, FetchedCredentials> {
  const { sources } = input;
  const idAt = sources.findIndex(({ accessKeyId }) => accessKeyId !== undefined);
  const fromProfile = idAt < 0 || idAt === sources.length - 1;
  const mode = input.mode ?? (fromProfile ? input.profileMode : undefined);
  if (mode === 'Anonymous') return { mode };
  return keyCredentials(input);
}

/** As {@link resolveCredentials}, where there have to be keys: also those that a role is assumed with. */
export function keyCredentials(input: CredentialInput): KeyCredentials {
  const { sources } = input;
  const idAt = sources.findIndex(({ accessKeyId }) => accessKeyId !== undefined);
  const fromProfile = idAt < 0 || idAt === sources.length - 1;
  const mode = input.mode ?? (fromProfile ? input.profileMode : undefined);
  const accessKeyId = sources[idAt]?.accessKeyId;
  const anySecret = sources.find(({ accessKeySecret }) => accessKeySecret !== undefined);
  if (accessKeyId === undefined) {
    if (anySecret === undefined) throw missing();
    throw new ClientError(`${anySecret.source}: an AccessKey secret without its AccessKey ID`);
  }
  /** Whether what stands in a source may go with the ID that was chosen. */
  const belongs = (source: GivenKeys, at: number): boolean =>
    at <= idAt || source.accessKeyId === undefined || source.accessKeyId === accessKeyId;

  const secretSource = sources.find(
    (source, at) => source.accessKeySecret !== undefined && belongs(source, at),
  );
  const accessKeySecret = secretSource?.accessKeySecret;
  if (accessKeySecret === undefined) {
    const elsewhere =
      anySecret === undefined
        ? ''
        : ` (the secret of ${anySecret.source} belongs to another AccessKey ID)`;
    throw new ClientError(
      `${sources[idAt]?.source ?? ''}: an AccessKey ID without its AccessKey secret${elsewhere}`,
      { advice: 'give both, or leave both out' },
    );
  }
  refuseStrayCharacters(sources[idAt], 'AccessKey ID', accessKeyId);
  refuseStrayCharacters(secretSource, 'AccessKey secret', accessKeySecret);
  if (mode === 'AK' && input.mode !== undefined) return { mode, accessKeyId, accessKeySecret };

  const tokenAt = sources.findIndex(
    (source, at) =>
      source.stsToken !== undefined && (belongs(source, at) || input.mode === 'StsToken'),
  );
  // `mode=AK` in the profile turns its own token off, not one that was given for this call.
  const turnedOff = mode === 'AK' && tokenAt === sources.length - 1;
  const securityToken = turnedOff ? undefined : sources[tokenAt]?.stsToken;
  if (securityToken !== undefined) {
    refuseStrayCharacters(sources[tokenAt], 'STS token', securityToken);
    return { mode: 'StsToken', accessKeyId, accessKeySecret, securityToken };
  }
  if (mode === 'StsToken') {
    throw new ClientError('the mode StsToken needs an STS token', {
      advice: 'give it with -t or OSS_SESSION_TOKEN',
    });
  }
  return { mode: 'AK', accessKeyId, accessKeySecret };
}
