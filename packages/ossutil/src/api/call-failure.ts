import {
  BodyError,
  CertificateError,
  CredentialsError,
  InvalidFieldError,
  NetworkError,
  ProxyError,
  ServiceError as Refusal,
  ClientError as RequestFailure,
  TimeoutError,
  TruncatedAnswerError,
} from '@openoss/client';
import type { Settings } from '../configuration/settings.js';
import { ClientError } from '../errors/client-error.js';
import { ServiceError } from '../errors/service-error.js';

/**
 * What a call failed with, as the program reports it: a refusal of the service in the Go SDK's eight
 * lines (exit status 2), anything that failed on this side with the operation's name (exit status 3).
 */
export function callFailure(
  error: unknown,
  settings: Pick<Settings, 'credentials'>,
  bucket: string | undefined,
): unknown {
  if (error instanceof Refusal) {
    const { method, url, serverDate, operation } = error.request;
    return new ServiceError(
      {
        operation,
        status: error.status,
        code: error.code,
        requestId: error.requestId ?? '',
        message: error.message,
        ec: error.ec ?? '',
        date: serverDate,
        method,
        url: url ?? '',
      },
      { anonymous: settings.credentials.mode === 'Anonymous', bucket },
    );
  }
  if (error instanceof RequestFailure) {
    const advice =
      error instanceof CredentialsError
        ? adviceOnCredentials(error, settings.credentials.mode)
        : adviceOn(error, bucket);
    return new ClientError(error.message, {
      operation: error.request?.operation,
      ...(advice === undefined ? {} : { advice }),
      cause: error,
    });
  }
  return error;
}

const onInstance = 'this mode works on an ECS instance that has a RAM role, and nowhere else';

type Mode = Settings['credentials']['mode'];

function adviceOnCredentials({ message }: CredentialsError, mode: Mode): string | undefined {
  const refused = mode === 'RamRoleArn' ? adviceOnRefusals : [];
  return refused.find(([refusal]) => refusal.test(message))?.[1] ?? adviceOnModes[mode];
}

/** What STS refuses AssumeRole with, where more can be said than what the mode needs. */
const adviceOnRefusals: readonly (readonly [refusal: RegExp, advice: string])[] = [
  [
    /Roles may not be assumed by root accounts/,
    'this is the key of the account itself; give that of a RAM user who may assume the role (-i and -k)',
  ],
  [
    /InvalidParameter\.Policy(Grammar|Size)/,
    '--session-policy takes a policy as JSON, or file://PATH, of 2048 characters at most; its statements have no Principal',
  ],
];

/** The obvious next step where a mode gives no credentials. */
const adviceOnModes: Readonly<Partial<Record<Mode, string>>> = {
  RamRoleArn:
    'check the role ARN, that the trust policy of the role names who assumes it, that a policy allows the caller sts:AssumeRole, and --sts-endpoint',
  oidcRoleArn:
    'check role-arn, oidc-provider-arn and oidc-token-file-path of the profile, and --sts-endpoint',
  EcsRamRole: onInstance,
  'Ali-EcsRamRole': onInstance,
  Process:
    'credential-process has to print JSON with AccessKeyId, AccessKeySecret and, for temporary ones, SecurityToken and Expiration',
  Uri: 'credential-uri has to answer JSON with AccessKeyId, AccessKeySecret, SecurityToken and Expiration',
};

const CHECK_ENDPOINT =
  'check --endpoint (or --region), and that nothing between here and there blocks it';

/** The obvious next step after a failure on this side, where there is one. */
function adviceOn(error: RequestFailure, bucket: string | undefined): string | undefined {
  if (error instanceof CertificateError) {
    return 'the certificate is not trusted here; add its authority with NODE_EXTRA_CA_CERTS, or (only on a network you trust) use --skip-verify-cert';
  }
  if (error instanceof ProxyError) return adviceOnProxy(error);
  if (error instanceof TimeoutError && error.phase === 'read-write') {
    return 'a service or network that is that slow needs a longer --read-timeout';
  }
  // An answer had begun: it is no matter of the endpoint.
  if (error instanceof TruncatedAnswerError) return undefined;
  if (error instanceof NetworkError) return adviceOnConnection(error, bucket);
  if (error instanceof BodyError && error.fault === 'too-large') {
    return 'larger objects are uploaded in parts (multipart upload)';
  }
  if (error instanceof InvalidFieldError) return error.reason;
  return undefined;
}

function adviceOnProxy({ status }: ProxyError): string {
  if (status === 407) {
    return 'give it with its user and password: --proxy http://USER:PASSWORD@HOST:PORT';
  }
  return 'check --proxy; without it the service is asked directly';
}

function adviceOnConnection(error: NetworkError, bucket: string | undefined): string | undefined {
  const { code, message } = error;
  const { host, protocol } = new URL(error.request?.url ?? 'https://HOST');
  // The endpoint is the host without the bucket, which virtual-hosted addressing puts before it.
  const endpoint = host.startsWith(`${bucket}.`) ? host.slice(`${bucket}.`.length) : host;
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens there; ${CHECK_ENDPOINT}`;
    case 'EAI_AGAIN':
    case 'ENOTFOUND':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return CHECK_ENDPOINT;
    default:
      if (protocol === 'https:') {
        return NOT_TLS.test(message) ? otherScheme('plain HTTP', `http://${endpoint}`) : undefined;
      }
      // What a TLS server does with plain HTTP is to close, or to answer what is no HTTP.
      return code === 'ECONNRESET' || code?.startsWith('HPE_') === true
        ? otherScheme('TLS', `https://${endpoint}`)
        : undefined;
  }
}

/** How it reads when the other end does not speak TLS: it answers something else, or closes. */
const NOT_TLS = /wrong version number|packet length too long|before secure TLS connection/i;

const otherScheme = (kind: string, url: string): string =>
  `if it is a ${kind} endpoint, write it with its scheme: -e ${url}`;
