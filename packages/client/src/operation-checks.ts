import type { Operation } from '@openoss/protocol';
import type { AnswerHead } from './answer.js';
import type { UnsignedRequest } from './request/unsigned-request.js';

const CRC_HEADER = 'x-oss-hash-crc64ecma';

/**
 * The CRC-64 that the service has of the body we sent, in decimal; undefined where it answers none
 * or speaks of something else: only operations that take a payload and answer its checksum count.
 */
export function crcOfUpload(operation: Operation, head: AnswerHead): string | undefined {
  const takesPayload = Object.values(operation.input).some(({ kind }) => kind === 'payload');
  return takesPayload && answersCrc(operation) ? crcHeader(head) : undefined;
}

/**
 * The CRC-64 that the body of an answer must have. The header speaks of the whole object as stored,
 * so a range or a processed image cannot be held to it.
 */
export function crcOfDownload(request: UnsignedRequest, head: AnswerHead): string | undefined {
  const { operation, method, query } = request;
  const streams = Object.values(operation.output).some(({ kind }) => kind === 'payload');
  const isWhole = head.status === 200 && !head.headers.has('content-range');
  const isProcessed = query.some(([name]) => name === 'x-oss-process');
  if (!streams || method !== 'GET' || !isWhole || isProcessed) return undefined;
  return answersCrc(operation) ? crcHeader(head) : undefined;
}

/** Whether a 203 says that the callback after an upload failed: an error with a status of success (oss-protocol.md, 2.3). */
export function isFailedCallback(request: UnsignedRequest, status: number): boolean {
  return (
    status === 203 &&
    (request.headers.has('x-oss-callback') || request.query.some(([name]) => name === 'callback'))
  );
}

function answersCrc(operation: Operation): boolean {
  return Object.values(operation.output).some(
    (field) => field.kind === 'header' && field.name.toLowerCase() === CRC_HEADER,
  );
}

function crcHeader(head: AnswerHead): string | undefined {
  const value = head.headers.get(CRC_HEADER)?.trim();
  return value === '' ? undefined : value;
}
