import type { OutgoingHttpHeader } from 'node:http';
import { type OssError, type WireHeader, writeErrorDocument } from '@openoss/protocol';
import type { Exchange } from './exchange.js';
import { hasBody } from './incoming-body.js';

/** What is to be answered: headers exactly as they will stand on the wire, and a body. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly WireHeader[];
  readonly body?: string | Buffer | AsyncIterable<Buffer> | undefined;
}

/** How much of an unwanted body is read after its refusal, so that a client that is sending sees the answer. */
const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MILLISECONDS = 3_000;

/** Writes answers; the only place that knows the common headers. */
export class AnswerWriter {
  readonly #date: () => string;
  readonly #elapsed: () => number;
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
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
      // Never as a string: Node would write it together with the head, and both as UTF-8.
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      this.#writeWhole(exchange, answer.status, answer.headers, bytes);
      return;
    }
    await this.#writeStream(exchange, answer.status, answer.headers, body);
  }

  /** Writes a refusal in OSS's form; `hostId` is the host that the client asked. */
  writeError(exchange: Exchange, error: OssError, hostId: string): void {
    const headers: WireHeader[] = Object.entries(error.headers);
    if (error.ec !== undefined) headers.push(['x-oss-ec', error.ec]);
    if (error.status === 304) {
      this.#writeWhole(exchange, 304, headers, undefined);
      return;
    }
    const document = Buffer.from(writeErrorDocument(error, exchange.id, hostId));
    if (exchange.request.method === 'HEAD') {
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
    const closes = exchange.closes || this.closing;
    const flat: string[] = [
      'Server',
      'AliyunOSS',
      'Date',
      this.#date(),
      'Connection',
      closes ? 'close' : 'keep-alive',
      'x-oss-request-id',
      exchange.id,
    ];
    let hasLength = false;
    for (const [name, value] of headers) {
      if (name === 'Content-Length') hasLength = true;
      flat.push(name, value);
    }
    if (!hasLength && length !== undefined) flat.push('Content-Length', String(length));
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
    const unread = !request.complete && hasBody(exchange);
    if (unread) exchange.closes = true;
    const noBody = status === 304 || status === 204;
    const length = noBody ? undefined : (body?.length ?? 0);
    response.sendDate = false;
    response.writeHead(status, this.#head(exchange, headers, length));
    if (!unread) {
      response.end(request.method === 'HEAD' ? undefined : body);
      return;
    }
    if (body !== undefined && request.method !== 'HEAD') response.write(body);
    else response.flushHeaders();
    linger(exchange);
  }

  async #writeStream(
    exchange: Exchange,
    status: number,
    headers: readonly WireHeader[],
    body: AsyncIterable<Buffer>,
  ): Promise<void> {
    const { request, response } = exchange;
    const chunks = body[Symbol.asyncIterator]();
    try {
      // The first block is verified before the head is sent: if it is bad, the client gets a 500.
      let next = await chunks.next();
      if (response.destroyed) return;
      response.sendDate = false;
      if (!request.complete && hasBody(exchange)) exchange.closes = true;
      response.writeHead(status, this.#head(exchange, headers, undefined));
      if (!next.done) response.cork();
      let corked = !next.done;
      while (!next.done) {
        const goesOn = response.write(next.value);
        if (corked) {
          response.uncork();
          corked = false;
        }
        if (!goesOn) await drained(exchange);
        if (response.destroyed) return;
        next = await chunks.next();
      }
      if (!request.complete && hasBody(exchange)) linger(exchange);
      else response.end();
    } finally {
      await chunks.return?.();
    }
  }
}

function drained({ response }: Exchange): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/**
 * Ends the connection after an answer whose request is still being sent. The client is told at once
 * that nothing more follows the answer (FIN), but what it goes on sending is read and dropped, up to
 * the limits: closing under its hands makes its kernel drop the answer unread.
 */
function linger({ request, parserFailed }: Exchange): void {
  const { socket } = request;
  let dropped = 0;
  const source = parserFailed ? socket : request;
  const finish = () => {
    clearTimeout(timer);
    source.off('data', onData).off('end', finish).off('close', finish);
    socket.off('end', finish);
    socket.destroySoon();
  };
  const onData = (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > DRAIN_BYTES) finish();
  };
  const timer = setTimeout(finish, DRAIN_MILLISECONDS);
  request.on('error', () => {});
  source.on('data', onData).on('end', finish).on('close', finish);
  socket.on('end', finish);
  source.resume();
  // TLS has no half-closed connection that Node would let us read from.
  if (!('encrypted' in socket)) socket.end();
  if (socket.readableEnded || socket.destroyed) finish();
}
