import { ClientError } from '../errors/client-error.js';

/** What signs a request, or that nothing does. */
export type Credentials =
  | { readonly mode: 'Anonymous' }
  | { readonly mode: 'AK'; readonly accessKeyId: string; readonly accessKeySecret: string }
  | {
      readonly mode: 'StsToken';
      readonly accessKeyId: string;
      readonly accessKeySecret: string;
      readonly securityToken: string;
    };

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

const supported: ReadonlySet<string> = new Set(['AK', 'StsToken', 'Anonymous']);

function refuseUnsupported(mode: string): void {
  if (supported.has(mode)) return;
  throw new ClientError(`the credential mode "${mode}" is not supported yet`, {
    advice: 'the supported modes are AK, StsToken and Anonymous',
  });
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
 * Decides who signs.
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
 * @throws ClientError when nothing, or only half, is there, or the mode is one not supported yet
 */
export function resolveCredentials(input: CredentialInput): Credentials {
  const { sources } = input;
  if (input.mode !== undefined) refuseUnsupported(input.mode);
  const idAt = sources.findIndex(({ accessKeyId }) => accessKeyId !== undefined);
  const fromProfile = idAt < 0 || idAt === sources.length - 1;
  const mode = input.mode ?? (fromProfile ? input.profileMode : undefined);
  if (mode === 'Anonymous') return { mode };
  if (mode !== undefined) refuseUnsupported(mode);

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
