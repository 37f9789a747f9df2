import type { OutgoingHttpHeader } from 'node:http';
import { type OssError, type WireHeader, writeErrorDocument } from '@openoss/protocol';
import type { Exchange } from './exchange.js';
import { hasBody } from './incoming-body.js';
import { lingeringClose } from './lingering-close.js';
import { ReadyAnswers } from './ready-answers.js';

/** What is to be answered: headers exactly as they will stand on the wire, and a body. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly WireHeader[];
  readonly body?: string | Buffer | AsyncIterable<Buffer> | undefined;
}

/**
 * The longest error document that a HEAD answers in a header. Clients bound the header of an answer
 * (Node: 16 KiB in all); past this only what names the error is told, without its details.
 */
const MAX_DOCUMENT_IN_HEADER = 8 * 1024;

/** Up to so many bytes of a body that nobody wants are read rather than give the connection up. */
const SHORT_REST = 64 * 1024;

/** An answer whose head is made, with all of its body. */
interface WholeAnswer {
  readonly exchange: Exchange;
  readonly body: Buffer | undefined;
}

/** Writes answers; the only place that knows the common headers. */
export class AnswerWriter {
  readonly #date: () => string;
  readonly #elapsed: () => number;
  readonly #ready = new ReadyAnswers<WholeAnswer>((answer) => this.#send(answer));
  /** Set while the server shuts down: every answer then ends its connection. */
  closing = false;

  /** `date` gives the Date header, `elapsed` the milliseconds of a monotonic clock. */
  constructor(date: () => string, elapsed: () => number) {
    this.#date = date;
    this.#elapsed = elapsed;
  }

  /** Writes a success. Resolves when the body has been handed over; throws when its bytes cannot be read. */
  async write(exchange: Exchange, answer: Answer): Promise<void> {
    const { body } = answer;
    if (isStillSending(exchange)) await dropShortRest(exchange);
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
      // Never as a string: Node would write it together with the head, and both as UTF-8.
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      this.#writeWhole(exchange, answer.status, answer.headers, bytes);
      return;
    }
    await this.#writeStream(exchange, answer.status, answer.headers, body);
  }

  /** Writes a refusal in OSS's form; `hostId` is the host that the client asked. */
  async writeError(exchange: Exchange, error: OssError, hostId: string): Promise<void> {
    if (isStillSending(exchange)) await dropShortRest(exchange);
    const headers: WireHeader[] = Object.entries(error.headers);
    if (error.ec !== undefined) headers.push(['x-oss-ec', error.ec]);
    if (error.status === 304) {
      this.#writeWhole(exchange, 304, headers, undefined);
      return;
    }
    let document = Buffer.from(writeErrorDocument(error, exchange.id, hostId));
    if (exchange.request.method === 'HEAD') {
      if (document.length > MAX_DOCUMENT_IN_HEADER) {
        const { code, message, ec } = error;
        const brief = { code, message, ec, details: {}, groups: {} };
        document = Buffer.from(writeErrorDocument(brief, exchange.id, hostId));
      }
      headers.push(['x-oss-err', document.toString('base64')]);
      this.#writeWhole(exchange, error.status, headers, undefined);
      return;
    }
    headers.push(['Content-Type', 'application/xml']);
    this.#writeWhole(exchange, error.status, headers, document);
  }

  #head(
    exchange: Exchange,
    headers: readonly WireHeader[],
    length: number | undefined,
  ): OutgoingHttpHeader[] {
    // A client that has said its last word (FIN) will not ask again; what it has asked is answered first.
    exchange.closes ||=
      this.closing || (exchange.request.socket.readableEnded && !exchange.connection.hasWaiting);
    const flat: string[] = [
      'Server',
      'AliyunOSS',
      'Date',
      this.#date(),
      'Connection',
      exchange.closes ? 'close' : 'keep-alive',
      'x-oss-request-id',
      exchange.id,
    ];
    let contentLength = length === undefined ? undefined : String(length);
    for (const [name, value] of headers) {
      if (name === 'Content-Length') contentLength = value;
      else flat.push(name, value);
    }
    // Last: once Node.js knows a length, it makes of a Content-Disposition's byte string one that it
    // then refuses where there is UTF-8 in it (nodejs/node#46528).
    if (contentLength !== undefined) flat.push('Content-Length', contentLength);
    flat.push('x-oss-server-time', String(Math.round(this.#elapsed() - exchange.startedAt)));
    return flat;
  }

  #writeWhole(
    exchange: Exchange,
    status: number,
    headers: readonly WireHeader[],
    body: Buffer | undefined,
  ): void {
    const { request, response } = exchange;
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (isStillSending(exchange)) exchange.closes = true;
    const noBody = status === 304 || status === 204;
    const length = noBody ? undefined : (body?.length ?? 0);
    response.sendDate = false;
    response.writeHead(status, this.#head(exchange, headers, length));
    this.#ready.add({ exchange, body: request.method === 'HEAD' ? undefined : body });
  }

  /** Sends a whole answer, whose turn may have brought something new since its head was made. */
  #send({ exchange, body }: WholeAnswer): void {
    const { request, response } = exchange;
    exchange.bytesOut = body === undefined ? 0 : body.length;
    // The parser may have met bytes that are no HTTP.
    if (isStillSending(exchange)) {
      if (body === undefined) response.flushHeaders();
      else response.write(body);
      linger(exchange);
      return;
    }
    // The server may have been told to stop, and have passed this connection over as one in use.
    if (this.closing && !exchange.closes) {
      exchange.closes = true;
      response.once('finish', () => request.socket.destroySoon());
    }
    response.end(body);
  }

  async #writeStream(
    exchange: Exchange,
    status: number,
    headers: readonly WireHeader[],
    body: AsyncIterable<Buffer>,
  ): Promise<void> {
    const { response } = exchange;
    const chunks = body[Symbol.asyncIterator]();
    try {
      // The first block is verified before the head is sent: if it is bad, the client gets a 500.
      let next = await chunks.next();
      if (response.destroyed) return;
      response.sendDate = false;
      if (isStillSending(exchange)) exchange.closes = true;
      response.writeHead(status, this.#head(exchange, headers, undefined));
      if (!next.done) response.cork();
      let corked = !next.done;
      while (!next.done) {
        const { length } = next.value;
        const taken = writtenOut(exchange, next.value);
        if (corked) {
          response.uncork();
          corked = false;
        }
        // Only then may the next bytes be asked for: they may come in the same memory.
        await taken;
        if (response.destroyed) return;
        exchange.bytesOut += length;
        next = await chunks.next();
      }
      if (isStillSending(exchange)) linger(exchange);
      else response.end();
    } finally {
      await chunks.return?.();
    }
  }
}

/** Writes bytes of a body; resolves when the system has taken them, or nobody will any more. */
function writtenOut({ response }: Exchange, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    // The client may have gone while the disk was read: then no event comes any more.
    if (response.destroyed) {
      resolve();
      return;
    }
    const done = () => {
      response.off('close', done);
      resolve();
    };
    response.on('close', done);
    response.write(bytes, done);
  });
}

/** Whether more of the request may come: the rest of a body that nobody read, or what the parser gave up on. */
function isStillSending(exchange: Exchange): boolean {
  return exchange.parserFailed || (!exchange.request.complete && hasBody(exchange));
}

/**
 * Drops a short body that nobody wants. It has mostly come with its head, but the parser tells of
 * its end only a moment later; waiting for that moment saves the connection for the next request.
 */
async function dropShortRest({ request, headers, parserFailed, expects }: Exchange) {
  const length = Number(headers.get('content-length') ?? 0);
  // A client that waits for 100 may send the body or not: what comes next could be either.
  if (parserFailed || expects !== undefined || !(length <= SHORT_REST)) return;
  request.resume();
  await new Promise((resolve) => setImmediate(resolve));
}

function linger(exchange: Exchange): void {
  const { request, parserFailed } = exchange;
  exchange.ending = 'lingering';
  lingeringClose(request.socket, parserFailed ? request.socket : request);
}
