import type { Duplex } from 'node:stream';
import { type ErrorKind, OssError, writeErrorDocument } from '@openoss/protocol';

/**
 * The refusal for an error that Node's HTTP parser met: what the client did, in OSS's words.
 * undefined where nothing can be said any more, because the connection is gone.
 */
export function refusalOfParserError(error: Error & { code?: string }): OssError | undefined {
  const kind = kindOfParserError(error.code);
  return kind === undefined ? undefined : new OssError(kind, { cause: error });
}

function kindOfParserError(code: string | undefined): ErrorKind | undefined {
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return 'RequestHeadersTooLarge';
    case 'HPE_INVALID_CONTENT_LENGTH':
    case 'HPE_UNEXPECTED_CONTENT_LENGTH':
      return 'ContentLengthNotInteger';
    case 'HPE_INVALID_EOF_STATE':
      return 'IncompleteBody';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'RequestTimeout';
    default:
      return 'MalformedRequest';
  }
}

const REASONS: Readonly<Record<number, string>> = { 400: 'Bad Request', 408: 'Request Timeout' };

/** Answers a refusal on a connection that carries no request we could answer, and ends it. */
export function refuseSocket(
  socket: Duplex,
  error: OssError,
  requestId: string,
  date: string,
): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const document = writeErrorDocument(error, requestId, '');
  const head = [
    `HTTP/1.1 ${error.status} ${REASONS[error.status] ?? 'Error'}`,
    'Server: AliyunOSS',
    `Date: ${date}`,
    'Content-Type: application/xml',
    `Content-Length: ${Buffer.byteLength(document)}`,
    'Connection: close',
    `x-oss-request-id: ${requestId}`,
    ...(error.ec === undefined ? [] : [`x-oss-ec: ${error.ec}`]),
    '',
    '',
  ];
  socket.end(head.join('\r\n') + document);
}
