import { parseGoBoolean } from '../arguments/go-boolean.js';
import type { ParsedArguments } from '../arguments/parsed-arguments.js';
import { ClientError } from '../errors/client-error.js';
import { UsageError } from '../errors/usage-error.js';
import { nearestNames } from '../suggest.js';
import { type ConfigurationFile, profileNames } from './configuration-file.js';
import { credentialModes, valueProblem } from './configuration-key.js';
import { configurationPath } from './configuration-path.js';
import {
  type CredentialInput,
  type Credentials,
  fetchedMode,
  type GivenKeys,
  keyCredentials,
  resolveCredentials,
} from './credentials.js';
import {
  configurationVariables,
  type Environment,
  effectiveEnvironment,
  settingVariables,
} from './environment-variables.js';
import { type AddressingStyle, type LocationSettings, resolveLocation } from './location.js';
import { hasProfile, type Profile, resolveProfile } from './profile.js';
import { readConfiguration } from './read-configuration.js';

export type SignVersion = 'v1' | 'v4';
export type OutputFormat = 'raw' | 'json' | 'yaml' | 'xml';
export type LogLevel = 'off' | 'info' | 'debug';

/** Everything a call to the service depends on, merged from flags, environment and file. */
export interface Settings {
  /** The profile in use. */
  readonly profile: string;
  /** Region, endpoint and addressing style, for each bucket: see `resolveEndpoint`. */
  readonly location: LocationSettings;
  readonly signVersion: SignVersion;
  readonly credentials: Credentials;
  /** Milliseconds; 0 waits without end. */
  readonly connectTimeout: number;
  /** Milliseconds without a byte in either direction; 0 waits without end. */
  readonly readTimeout: number;
  /** How often a failed request is sent again. */
  readonly retryTimes: number;
  readonly skipVerifyCert: boolean;
  /** As given: a URL or `env`; see `proxyFor`. */
  readonly proxy: string | undefined;
  /** To be added to the User-Agent header. */
  readonly userAgent: string | undefined;
  readonly outputFormat: OutputFormat;
  readonly outputQuery: string | undefined;
  readonly logLevel: LogLevel;
  /** `-` or a path, as given. */
  readonly logFile: string;
  readonly quiet: boolean;
  readonly dryRun: boolean;
}

/** What settings are made from. */
export interface SettingsInput {
  /** Parsed with the global flags. */
  readonly arguments: ParsedArguments;
  readonly environment: Environment;
  readonly workingDirectory: string;
  readonly homeDirectory: string | undefined;
}

/** The text given for a flag; a flag given as empty counts as absent. */
function flagText(parsed: ParsedArguments, name: string): string | undefined {
  if (!parsed.isSet(name)) return undefined;
  const text = parsed.string(name);
  return text === '' ? undefined : text;
}

/** The flags that say which role is assumed, or what its session may. */
const roleFlags = ['role-arn', 'session-policy', 'external-id', 'token-timeout'] as const;

/** As {@link flagText}, also where there is no such flag, or one that takes a number. */
function anyFlagText(parsed: ParsedArguments, name: string): string | undefined {
  if (!parsed.has(name) || !parsed.isSet(name)) return undefined;
  return name === 'token-timeout' ? String(parsed.integer(name)) : flagText(parsed, name);
}

const isSettingVariable = (key: string): key is keyof typeof settingVariables =>
  Object.hasOwn(settingVariables, key);

function chooseProfile(
  file: ConfigurationFile,
  flag: string | undefined,
  variable: string | undefined,
): Profile {
  const name = flag ?? variable ?? 'default';
  if (hasProfile(file, name)) return resolveProfile(file, name);
  const message = `the profile "${name}" is not in the configuration file ${file.path}`;
  const candidates = profileNames(file).map((known) => ({ name: known }));
  const [nearest] = nearestNames(name, candidates, 1);
  const advice = nearest === undefined ? undefined : `did you mean "${nearest}"?`;
  // A name typed in this call is an argument that is wrong; one from the environment is not.
  throw flag === undefined
    ? new ClientError(`${configurationVariables.profile}: ${message}`, { advice })
    : new UsageError(message, { advice });
}

/** The profile's value of a key, checked. */
function profileText(file: ConfigurationFile, profile: Profile, key: string): string | undefined {
  const entry = profile.entry(key);
  if (entry === undefined) return undefined;
  const problem = valueProblem(key, entry.value);
  if (problem === undefined) return entry.value;
  throw new ClientError(`${file.path}:${entry.line}: ${key} ${problem}, not "${entry.value}"`);
}

/**
 * Merges command line, environment and configuration file, in this order of precedence, into the
 * settings of one call.
 *
 * @throws UsageError for a profile that was asked for and is not there
 * @throws ClientError when the file cannot be read or is malformed (with file and line), a value in
 * it is wrong, or credentials are missing
 */
export async function resolveSettings(input: SettingsInput): Promise<Settings> {
  const parsed = input.arguments;
  const environment = effectiveEnvironment(input.environment, parsed.boolean('ignore-env-var'));
  const flag = (name: string) => flagText(parsed, name);
  const variable = (name: keyof typeof settingVariables) => environment[settingVariables[name]];

  const path = configurationPath(
    flag('config-file'),
    environment[configurationVariables.configFile],
    input,
  );
  const file = await readConfiguration(path);
  const profile = chooseProfile(file, flag('profile'), environment[configurationVariables.profile]);
  const fromProfile = (key: string) => profileText(file, profile, key);

  const text = (key: string) => flag(key) ?? fromProfile(key);
  const choice = <T extends string>(key: string, values: readonly T[], otherwise: T): T => {
    const chosen = text(key);
    return values.find((value) => value === chosen) ?? otherwise;
  };
  const number = (key: string): number => {
    const fromFile = parsed.isSet(key) ? undefined : fromProfile(key);
    return fromFile === undefined ? (parsed.integer(key) ?? 0) : Number(fromFile);
  };

  const keysOf = (
    source: string,
    read: (key: keyof typeof settingVariables) => string | undefined,
  ): GivenKeys => ({
    source,
    accessKeyId: read('access-key-id'),
    accessKeySecret: read('access-key-secret'),
    stsToken: read('sts-token'),
  });
  const mode = fromProfile('mode')?.toLowerCase();
  const given: CredentialInput = {
    mode: flag('mode'),
    profileMode: mode === undefined ? undefined : credentialModes[mode],
    sources: [
      keysOf('the command line', flag),
      keysOf('the environment (OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET)', variable),
      keysOf(`profile "${profile.name}" of ${file.path}`, fromProfile),
    ],
  };
  const fetched = fetchedMode(given, {
    isNamed: (flag('role-arn') ?? variable('role-arn')) !== undefined,
    flags: roleFlags.filter((name) => parsed.isSet(name)),
  });
  const credentials =
    fetched === undefined
      ? resolveCredentials(given)
      : await (await import('./fetched-credentials.js')).fetchedCredentials(fetched, {
          ...input,
          environment,
          read: (key) =>
            anyFlagText(parsed, key) ??
            (isSettingVariable(key) ? variable(key) : undefined) ??
            fromProfile(key),
          signer: () => keyCredentials({ sources: given.sources }),
        });

  const styles: readonly AddressingStyle[] = ['virtual', 'path', 'cname'];
  const skip = fromProfile('skip-verify-cert');
  return {
    profile: profile.name,
    location: resolveLocation(file, profile, fromProfile, {
      region: flag('region') ?? variable('region'),
      endpoint: flag('endpoint') ?? variable('endpoint'),
      addressingStyle: styles.find((style) => style === flag('addressing-style')),
    }),
    signVersion: choice('sign-version', ['v1', 'v4'], 'v4'),
    credentials,
    connectTimeout: number('connect-timeout') * 1000,
    readTimeout: number('read-timeout') * 1000,
    retryTimes: number('retry-times'),
    skipVerifyCert: parsed.isSet('skip-verify-cert')
      ? parsed.boolean('skip-verify-cert')
      : skip !== undefined && parseGoBoolean(skip),
    proxy: text('proxy'),
    userAgent: text('user-agent'),
    outputFormat: choice('output-format', ['raw', 'json', 'yaml', 'xml'], 'raw'),
    outputQuery: flag('output-query'),
    logLevel: choice('loglevel', ['off', 'info', 'debug'], 'off'),
    logFile: parsed.string('log-file') ?? '',
    quiet: parsed.boolean('quiet'),
    dryRun: parsed.boolean('dry-run'),
  };
}
