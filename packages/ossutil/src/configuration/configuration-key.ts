import { parseGoBoolean } from '../arguments/go-boolean.js';
import { nearestNames } from '../suggest.js';

/**
 * The form in which keys are compared: they may be written in lower case, lowerCamel, kebab or snake
 * (`accesskeyid`, `accessKeyId`, `access-key-id`, `access_key_id`), in any case.
 */
export function normalizeKey(key: string): string {
  const plain = key.toLowerCase().replace(/[-_]/g, '');
  return otherNames[plain] ?? plain;
}

/**
 * Names under which documents call a key too: `ram-role-arn` is ossutil 1's and stands in the table of
 * environment variables, `credentials-uri` is aliyun-cli's, `oidc-token-file` that of the variable.
 */
const otherNames: Readonly<Record<string, string>> = {
  ramrolearn: 'rolearn',
  credentialsuri: 'credentialuri',
  oidctokenfile: 'oidctokenfilepath',
};

/** What a value of a key has to be; undefined says it is fine, a text says what is wrong. */
type ValueCheck = (value: string) => string | undefined;

const anything: ValueCheck = () => undefined;

const oneOf =
  (...values: string[]): ValueCheck =>
  (value) =>
    values.includes(value) ? undefined : `must be one of ${values.join(', ')}`;

const wholeNumber: ValueCheck = (value) =>
  /^\d{1,9}$/.test(value) ? undefined : 'must be a whole number, 0 or more';

const secondsFrom =
  (least: number, most: number): ValueCheck =>
  (value) =>
    wholeNumber(value) === undefined && Number(value) >= least && Number(value) <= most
      ? undefined
      : `must be a whole number of seconds from ${least} to ${most}`;

const boolean: ValueCheck = (value) => {
  try {
    parseGoBoolean(value);
    return undefined;
  } catch {
    return 'must be true or false';
  }
};

/** The credential modes of the configuration file, in lower case, and how ossutil spells them. */
export const credentialModes: Readonly<Record<string, string>> = {
  ak: 'AK',
  ststoken: 'StsToken',
  ramrolearn: 'RamRoleArn',
  ecsramrole: 'EcsRamRole',
  'ali-ecsramrole': 'Ali-EcsRamRole',
  oidcrolearn: 'oidcRoleArn',
  // So aliyun-cli calls it.
  oidc: 'oidcRoleArn',
  process: 'Process',
  uri: 'Uri',
  credentialsuri: 'Uri',
  anonymous: 'Anonymous',
};

const credentialMode: ValueCheck = (value) =>
  Object.hasOwn(credentialModes, value.toLowerCase())
    ? undefined
    : `must be one of ${[...new Set(Object.values(credentialModes))].join(', ')}`;

/**
 * The keys of a profile that ossutil 2 documents, in their kebab spelling. `proxy` and `user-agent`
 * are documented as flags only; a proxy belongs to a place rather than to a call, so they are read
 * here too. `token-timeout` and `sts-region` are ossutil 1's; `external-id`, `session-policy` and
 * `sts-endpoint` are what else AssumeRole takes, and where.
 */
const knownKeys: Readonly<Record<string, ValueCheck>> = {
  'access-key-id': anything,
  'access-key-secret': anything,
  'addressing-style': oneOf('virtual', 'path', 'cname'),
  'bigfile-threshold': anything,
  buckets: anything,
  'connect-timeout': wholeNumber,
  'credential-process': anything,
  'credential-process-timeout': secondsFrom(1, 600),
  'credential-uri': anything,
  'ecs-role-name': anything,
  endpoint: anything,
  'endpoint-suffix-list-path-style': anything,
  'external-id': anything,
  job: wholeNumber,
  language: anything,
  loglevel: oneOf('off', 'info', 'debug'),
  mode: credentialMode,
  'oidc-provider-arn': anything,
  'oidc-token-file-path': anything,
  'output-format': oneOf('raw', 'json', 'yaml', 'xml'),
  parallel: wholeNumber,
  'part-size': anything,
  proxy: anything,
  'read-timeout': wholeNumber,
  region: anything,
  'retry-times': wholeNumber,
  'role-arn': anything,
  'role-session-name': anything,
  'session-policy': anything,
  'sign-version': oneOf('v1', 'v4'),
  'skip-verify-cert': boolean,
  'source-profile': anything,
  'sts-endpoint': anything,
  'sts-region': anything,
  'sts-token': anything,
  'token-timeout': secondsFrom(900, 43_200),
  'user-agent': anything,
  'write-buffer-size': anything,
};

const spellings: ReadonlyMap<string, string> = new Map(
  Object.keys(knownKeys).map((name) => [normalizeKey(name), name]),
);

/** The kebab spelling of a known key, however it is written; undefined for any other. */
export function knownKey(key: string): string | undefined {
  return spellings.get(normalizeKey(key));
}

/** The known key nearest to an unknown one. */
export function nearestKey(key: string): string | undefined {
  return nearestNames(
    key,
    Object.keys(knownKeys).map((name) => ({ name })),
    1,
  )[0];
}

/** What is wrong with `value` for `key`, or undefined; unknown keys take anything. */
export function valueProblem(key: string, value: string): string | undefined {
  const name = knownKey(key);
  return name === undefined ? undefined : knownKeys[name]?.(value);
}
