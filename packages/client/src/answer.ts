import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { WireHeader } from '@openoss/protocol';
import type { RawAnswer } from './transport/attempt.js';

/** What an answer says before its body. */
export interface AnswerHead {
  /** The operation's name, `PutObject`. */
  readonly operation: string;
  readonly method: string;
  /** The URL that was asked, query included. */
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  /** As received: order, case and repetitions. Values as text: UTF-8 where they are, else latin1. */
  readonly rawHeaders: readonly WireHeader[];
  /** By lower-case name; repeated ones joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** `x-oss-request-id`. */
  readonly requestId: string | undefined;
  /** `Date`. */
  readonly serverDate: Date | undefined;
  /** How many times the request was tried. */
  readonly attempts: number;
}

/** An answer of success with its body unread. */
export interface Answer extends AnswerHead {
  /**
   * The bytes as sent. It fails rather than end short, with a wrong checksum (a whole object has one),
   * or past the read timeout. Destroying it closes the connection; read to its end it is kept.
   */
  readonly body: Readable;
}

/** The head of an answer to a request. */
export function answerHead(
  raw: RawAnswer,
  request: {
    readonly operation: string;
    readonly method: string;
    readonly url: string;
    readonly attempts: number;
  },
): AnswerHead {
  const rawHeaders: WireHeader[] = [];
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < raw.rawHeaders.length; at += 2) {
    const name = raw.rawHeaders[at] ?? '';
    const value = textOf(raw.rawHeaders[at + 1] ?? '');
    rawHeaders.push([name, value]);
    const earlier = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), earlier === undefined ? value : `${earlier}, ${value}`);
  }
  const date = Date.parse(headers.get('date') ?? '');
  return {
    ...request,
    status: raw.status,
    statusText: raw.statusText,
    rawHeaders,
    headers,
    requestId: headers.get('x-oss-request-id'),
    serverDate: Number.isNaN(date) ? undefined : new Date(date),
  };
}

/** The text of a byte string: UTF-8 where the bytes are, else latin1. */
function textOf(bytes: string): string {
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : bytes;
}
