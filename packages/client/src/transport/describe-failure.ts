import type { TLSSocket } from 'node:tls';
import { CertificateError } from '../errors/certificate-error.js';
import { ClientError } from '../errors/client-error.js';
import { NetworkError } from '../errors/network-error.js';
import { ProxyError } from '../errors/proxy-error.js';
import { isTlsSocket } from './is-tls-socket.js';

/**
 * Codes of failures that may pass (ossutil-2.md, 1.8): what Go calls a reset or refused connection, a
 * broken pipe, an (unexpected) EOF, a timeout or a temporary error. A host that does not exist or
 * cannot be routed to is none of them, nor is one that does not speak HTTP or TLS: it will not learn.
 */
const PASSING: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'EAGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EMFILE',
  'ENFILE',
  'EPIPE',
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
  'HPE_INVALID_EOF_STATE',
]);

const notTls = (host: string): string => `${host} does not speak TLS as it should`;

const SENTENCES: Readonly<Record<string, (host: string) => string>> = {
  ECONNREFUSED: (host) => `the connection to ${host} was refused`,
  ENOTFOUND: (host) => `the host of ${host} is not known`,
  EAI_AGAIN: (host) => `the host of ${host} could not be looked up, the resolver did not answer`,
  ECONNRESET: (host) => `the connection to ${host} was broken off`,
  EPIPE: (host) => `the connection to ${host} was broken off`,
  ETIMEDOUT: (host) => `the connection to ${host} timed out`,
  EHOSTUNREACH: (host) => `there is no route to ${host}`,
  ENETUNREACH: (host) => `there is no route to ${host}`,
  EPROTO: notTls,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
};

/** What went wrong between us and `host`, as the error to throw; one of our own is left as it is. */
export function describeFailure(error: unknown, host: string, socket: unknown): ClientError {
  if (error instanceof ClientError) return error;
  const code = codeOf(error);
  const reason = messageOf(error);
  if (isTlsSocket(socket) && isCertificateFailure(socket, code)) {
    return new CertificateError(`the certificate of ${host} is not trusted: ${reason}`, {
      code,
      retryable: false,
      cause: error,
    });
  }
  const sentence = code === undefined ? undefined : SENTENCES[code]?.(host);
  const retryable = code !== undefined && PASSING.has(code);
  return new NetworkError(
    sentence === undefined ? `the request to ${host} failed: ${reason}` : `${sentence} (${reason})`,
    { code, retryable, cause: error },
  );
}

/**
 * The same where it is the proxy `host` that we talk to. An untrusted certificate stays a
 * `CertificateError`, and a time limit that ran out a `TimeoutError`.
 */
export function describeProxyFailure(error: unknown, host: string, socket?: unknown): ClientError {
  const described = describeFailure(error, `the proxy ${host}`, socket);
  if (described === error || !(described instanceof NetworkError)) return described;
  if (described instanceof CertificateError) return described;
  const { message, code, retryable } = described;
  return new ProxyError(message, { code, retryable, cause: error });
}

function isCertificateFailure(socket: TLSSocket, code: string | undefined): boolean {
  // Typed as an Error, but Node.js puts the code of the error there.
  const refused: unknown = socket.authorizationError;
  return code !== undefined && (refused === code || codeOf(refused) === code);
}

/** Connecting to several addresses of one host throws an `AggregateError`; its first error tells. */
function innermost(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
}

function codeOf(error: unknown): string | undefined {
  const cause = innermost(error);
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : undefined;
}

/**
 * The reason in what OpenSSL says, `80FC…:error:0A00010B:SSL routines:ssl3_get_record:wrong version
 * number:../deps/openssl/…/ssl3_record.c:350:` and a line break.
 */
const OPENSSL_REASON = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:\n]+)/;

function messageOf(error: unknown): string {
  const cause = innermost(error);
  const message = cause instanceof Error ? cause.message : String(cause);
  return OPENSSL_REASON.exec(message)?.[1] ?? message;
}
