import type { FlagDefinition } from '../arguments/flag-definition.js';

/**
 * The flags every command takes, in order of name.
 *
 * Environment and configuration file stand between the command line and the defaults given here:
 * who reads one of these goes through `configuration/settings.ts`.
 */
export const globalFlags: readonly FlagDefinition[] = [
  {
    name: 'access-key-id',
    shorthand: 'i',
    type: 'string',
    help: 'The AccessKey ID that signs the requests',
  },
  {
    name: 'access-key-secret',
    shorthand: 'k',
    type: 'string',
    help: 'The AccessKey secret that belongs to the AccessKey ID',
  },
  {
    name: 'addressing-style',
    type: 'string',
    help: 'Where the bucket stands in the URL of a request',
    defaultValue: 'virtual',
    validValues: ['virtual', 'path', 'cname'],
  },
  {
    name: 'config-file',
    shorthand: 'c',
    type: 'string',
    help: 'The configuration file',
    defaultValue: '~/.ossutilconfig',
    completesFiles: true,
  },
  {
    name: 'connect-timeout',
    type: 'int',
    help: 'How long to wait for a connection, in seconds; 0 waits without end',
    defaultValue: '10',
    minimum: 0,
  },
  {
    name: 'dry-run',
    shorthand: 'n',
    type: 'bool',
    help: 'Show what would be done and change nothing',
  },
  {
    name: 'endpoint',
    shorthand: 'e',
    type: 'string',
    help: 'The address of the service, with or without its scheme (https where it has none)',
  },
  {
    name: 'external-id',
    type: 'string',
    help: 'What the trust policy of the role to assume may ask for (RamRoleArn)',
  },
  {
    name: 'help',
    shorthand: 'h',
    type: 'bool',
    help: 'Show the help of this command',
  },
  {
    name: 'ignore-env-var',
    type: 'bool',
    help: 'Ignore every environment variable whose name begins with OSS_',
  },
  {
    name: 'language',
    type: 'string',
    help: 'The language of help and messages; English is the only one',
    hidden: true,
  },
  {
    name: 'log-file',
    type: 'string',
    help: 'Where log lines go: a file, or - for standard output',
    defaultValue: 'ossutil.log',
    completesFiles: true,
  },
  {
    name: 'loglevel',
    type: 'string',
    help: 'How much is logged',
    defaultValue: 'off',
    validValues: ['off', 'info', 'debug'],
  },
  {
    name: 'mode',
    type: 'string',
    help: 'The kind of credentials; without it, the kind that the given keys are',
    validValues: [
      'AK',
      'StsToken',
      'RamRoleArn',
      'EcsRamRole',
      'Ali-EcsRamRole',
      'oidcRoleArn',
      'Process',
      'Uri',
      'Anonymous',
    ],
  },
  {
    name: 'output-format',
    type: 'string',
    help: 'The form of the output',
    defaultValue: 'raw',
    validValues: ['raw', 'json', 'yaml', 'xml'],
  },
  {
    name: 'output-query',
    type: 'string',
    help: 'A JMESPath expression that selects from the output (api commands)',
  },
  {
    name: 'profile',
    type: 'string',
    help: 'The profile of the configuration file to use',
  },
  {
    name: 'proxy',
    type: 'string',
    help: 'The proxy to go through, http://… or https://…, or env for HTTP_PROXY and HTTPS_PROXY',
  },
  {
    name: 'quiet',
    shorthand: 'q',
    type: 'bool',
    help: 'Print as little as possible: no elapsed line, no progress, no hints',
  },
  {
    name: 'read-timeout',
    type: 'int',
    help: 'How long to wait for the next bytes in either direction, in seconds; 0 waits without end',
    defaultValue: '20',
    minimum: 0,
  },
  {
    name: 'region',
    type: 'string',
    help: 'The region id, such as cn-hangzhou',
  },
  {
    name: 'retry-times',
    type: 'int',
    help: 'How often a failed request is tried again',
    defaultValue: '10',
    minimum: 0,
  },
  {
    name: 'role-arn',
    type: 'string',
    help: 'The ARN of a role to assume with the given keys',
  },
  {
    name: 'role-session-name',
    type: 'string',
    help: 'What audit logs call the session of the role',
  },
  {
    name: 'session-policy',
    type: 'string',
    help: 'A policy that the session of the role is held to, as JSON or file://PATH',
  },
  {
    name: 'sign-version',
    type: 'string',
    help: 'The version of the request signature',
    defaultValue: 'v4',
    validValues: ['v1', 'v4'],
  },
  {
    name: 'skip-verify-cert',
    type: 'bool',
    help: "Accept any certificate of the server's",
  },
  {
    name: 'sts-endpoint',
    type: 'string',
    help: 'The address of STS, where roles are assumed (https://sts.aliyuncs.com unless said)',
  },
  {
    name: 'sts-token',
    shorthand: 't',
    type: 'string',
    help: 'The STS token of temporary credentials',
  },
  {
    name: 'token-timeout',
    type: 'int',
    help: 'How long the session of the role lasts, in seconds; 3600 unless said',
    minimum: 900,
  },
  {
    name: 'user-agent',
    type: 'string',
    help: 'A text to add to the User-Agent header',
  },
];
