/** The environment variables that ossutil 2 reads, by the configuration key they stand for. */
export const settingVariables = {
  'access-key-id': 'OSS_ACCESS_KEY_ID',
  'access-key-secret': 'OSS_ACCESS_KEY_SECRET',
  // OSS_SECURITY_TOKEN, which some SDKs read, is not among ossutil's variables.
  'sts-token': 'OSS_SESSION_TOKEN',
  'role-arn': 'OSS_ROLE_ARN',
  'role-session-name': 'OSS_ROLE_SESSION_NAME',
  // Ours: it goes with OSS_ENDPOINT, where the service is not Alibaba Cloud's.
  'sts-endpoint': 'OSS_STS_ENDPOINT',
  region: 'OSS_REGION',
  endpoint: 'OSS_ENDPOINT',
} as const satisfies Readonly<Record<string, string>>;

/** The variables that choose the configuration file and the profile. */
export const configurationVariables = {
  configFile: 'OSSUTIL_CONFIG_FILE',
  profile: 'OSSUTIL_PROFILE',
} as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment as ossutil is to see it: empty variables count as unset, and with
 * `--ignore-env-var` every variable with the prefix `OSS_` is gone (which, by the letter of its
 * documentation, leaves `OSSUTIL_*`).
 */
export function effectiveEnvironment(environment: Environment, ignoreOss: boolean): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => value !== undefined && value !== '' && !(ignoreOss && /^OSS_/.test(name)),
    ),
  );
}
