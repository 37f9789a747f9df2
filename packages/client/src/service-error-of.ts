import type { AnswerHead } from './answer.js';
import { CanceledError } from './errors/canceled-error.js';
import type { FailedRequest } from './errors/failed-request.js';
import { ServiceError } from './errors/service-error.js';
import type { AnswerBody } from './transport/answer-body.js';

/** The most that is read of an error's body, in bytes; a document of OSS has a few hundred. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;

/**
 * The error that an answer of no success carries: in its body or, where it can have none (HEAD), in
 * base64 in `x-oss-err` (oss-protocol.md, 2.3). A body that breaks off counts as far as it came, for
 * the status alone says that the service refused.
 */
export async function serviceErrorOf(
  head: AnswerHead,
  body: AnswerBody,
  request: FailedRequest,
): Promise<ServiceError> {
  const document = await readDocument(body);
  const inHeader = head.headers.get('x-oss-err');
  // Loaded when it is needed: reading XML takes a library that most runs of a program do without.
  const { readErrorAnswer } = await import('@openoss/protocol');
  const answered = readErrorAnswer({
    status: head.status,
    document:
      document === '' && inHeader !== undefined
        ? Buffer.from(inHeader, 'base64').toString('utf8')
        : document,
    requestId: head.requestId,
    ec: head.headers.get('x-oss-ec'),
  });
  return new ServiceError(answered, request, head.headers);
}

async function readDocument(body: AnswerBody): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  body.begin({});
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_DOCUMENT_BYTES) break;
    }
  } catch (error) {
    if (error instanceof CanceledError) throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
}
