import { ClientError } from './client-error.js';

/** A failed connection in words: what happened, and what to do about it where that is plain. */
export interface NetworkFailure {
  readonly message: string;
  readonly advice?: string | undefined;
}

const untrustedCertificate =
  'the certificate is not trusted here; add its authority with NODE_EXTRA_CA_CERTS, or (only on a network you trust) use --skip-verify-cert';

/** Codes of Node.js and OpenSSL that say the server's certificate was refused. */
const certificateCodes: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Codes that mean one side spoke TLS and the other did not. */
const notTlsCodes: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
]);

/**
 * The error at the bottom of `error`: happy-eyeballs connects throw an `AggregateError` with one
 * error an address, wrappers carry a `cause`; the code and the address stand in the innermost.
 */
function rootCause(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AggregateError && error.errors.length > 0) {
    return rootCause(error.errors[0]) ?? error;
  }
  return rootCause(error.cause) ?? error;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * Puts a failed connection to `url` (the request's URL) into words.
 *
 * @param error what the socket, the resolver or TLS threw
 */
export function describeNetworkFailure(error: unknown, url: string): NetworkFailure {
  const cause = rootCause(error);
  if (cause === undefined) return { message: `the request failed: ${String(error)}` };
  const code = codeOf(cause);
  const { host, hostname, protocol } = new URL(url);
  const unreachable =
    'check --endpoint (or --region), and that nothing between here and there blocks it';

  if (certificateCodes.has(code)) {
    return {
      message: `the certificate of ${host} was refused: ${cause.message}`,
      advice: untrustedCertificate,
    };
  }
  if (notTlsCodes.has(code) || /wrong version number|packet length too long/i.test(cause.message)) {
    return {
      message: `${host} does not speak TLS: ${cause.message}`,
      advice: `if it is a plain HTTP endpoint, write it with its scheme: -e http://${host}`,
    };
  }
  if (code === 'HPE_INVALID_CONSTANT' && protocol === 'http:') {
    return {
      message: `${host} did not answer in HTTP: ${cause.message}`,
      advice: `if it is a TLS endpoint, write it with its scheme: -e https://${host}`,
    };
  }
  switch (code) {
    case 'ECONNREFUSED':
      return {
        message: `the connection to ${host} was refused`,
        advice: `nothing listens there; ${unreachable}`,
      };
    case 'ENOTFOUND':
    case 'EAI_NONAME':
      return { message: `the host ${hostname} is not known`, advice: unreachable };
    case 'EAI_AGAIN':
      return {
        message: `the host ${hostname} could not be looked up: the resolver did not answer`,
      };
    case 'ECONNRESET':
    case 'EPIPE':
      return { message: `the connection to ${host} was broken off: ${cause.message}` };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { message: `there is no route to ${host}`, advice: unreachable };
    case 'ETIMEDOUT':
      return { message: `${host} did not answer in time`, advice: unreachable };
    default:
      return { message: `the request to ${host} failed: ${cause.message}` };
  }
}

/** A failed connection as the error to report; exit status 3. */
export function networkError(error: unknown, url: string, operation?: string): ClientError {
  const { message, advice } = describeNetworkFailure(error, url);
  return new ClientError(message, { operation, advice, cause: error });
}
