import {
  BodyError,
  CertificateError,
  InvalidFieldError,
  NetworkError,
  ServiceError as Refusal,
  ClientError as RequestFailure,
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
  settings: Settings,
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
    const advice = adviceOn(error);
    return new ClientError(error.message, {
      operation: error.request?.operation,
      ...(advice === undefined ? {} : { advice }),
      cause: error,
    });
  }
  return error;
}

const CHECK_ENDPOINT =
  'check --endpoint (or --region), and that nothing between here and there blocks it';

/** The obvious next step after a failure on this side, where there is one. */
function adviceOn(error: RequestFailure): string | undefined {
  if (error instanceof CertificateError) {
    return 'the certificate is not trusted here; add its authority with NODE_EXTRA_CA_CERTS, or (only on a network you trust) use --skip-verify-cert';
  }
  if (error instanceof NetworkError) return adviceOnConnection(error);
  if (error instanceof BodyError && error.fault === 'too-large') {
    return 'larger objects are uploaded in parts (multipart upload)';
  }
  if (error instanceof InvalidFieldError) return error.reason;
  return undefined;
}

function adviceOnConnection({ code, message, request }: NetworkError): string | undefined {
  const host = request?.url === undefined ? 'HOST' : new URL(request.url).host;
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens there; ${CHECK_ENDPOINT}`;
    case 'ENOTFOUND':
    case 'EAI_NONAME':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return CHECK_ENDPOINT;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'ERR_SSL_HTTP_REQUEST':
      return `if it is a plain HTTP endpoint, write it with its scheme: -e http://${host}`;
    default:
      if (/wrong version number|packet length too long/i.test(message)) {
        return `if it is a plain HTTP endpoint, write it with its scheme: -e http://${host}`;
      }
      if (code?.startsWith('HPE_') === true) {
        return `if it is a TLS endpoint, write it with its scheme: -e https://${host}`;
      }
      return undefined;
  }
}
