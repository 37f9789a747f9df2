import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorKind, OssError, writeErrorDocument } from '@openoss/protocol';
import { lingeringClose } from './lingering-close.js';

/**
 * The refusal for an error that Node's HTTP parser met: what the client did, in OSS's words.
 * undefined where nothing can be said any more, because it is the connection that failed.
 * `inBody` tells whether the parser was reading a body.
 */
export function refusalOfParserError(
  error: Error & { code?: string },
  inBody: boolean,
): OssError | undefined {
  const kind = kindOfParserError(error.code ?? '', inBody);
  return kind === undefined ? undefined : new OssError(kind, { cause: error });
}

function kindOfParserError(code: string, inBody: boolean): ErrorKind | undefined {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'RequestHeadersTooLarge';
    case 'HPE_INVALID_CONTENT_LENGTH':
      return 'ContentLengthNotInteger';
    case 'HPE_INVALID_EOF_STATE':
      return inBody ? 'IncompleteBody' : 'MalformedRequest';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'RequestTimeout';
    default:
      // Anything else comes from the socket: a reset, a failed TLS handshake.
      return code.startsWith('HPE_') ? 'MalformedRequest' : undefined;
  }
}

/** Answers a refusal on a connection that carries no request we could answer, and ends it. */
export function refuseSocket(
  socket: Socket,
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
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}`,
    'Server: AliyunOSS',
    `Date: ${date}`,
    'Content-Type: application/xml',
    `Content-Length: ${Buffer.byteLength(document)}`,
    'Connection: close',
    `x-oss-request-id: ${requestId}`,
    ...(error.ec === undefined ? [] : [`x-oss-ec: ${error.ec}`]),
    'x-oss-server-time: 0',
    '',
    '',
  ];
  socket.write(head.join('\r\n') + document);
  lingeringClose(socket, socket);
}
