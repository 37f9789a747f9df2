import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { headerFields } from '@openoss/protocol';
import { type FinishedCall, newTrace } from './finished-call.js';
import { OpenConnections } from './open-connections.js';
import { PeerAddresses, withoutMapping } from './peer-addresses.js';
import { RpcError } from './rpc-error.js';
import {
  type CallAnswer,
  newRequestId,
  RpcService,
  type RpcServiceOptions,
} from './rpc-service.js';

export interface RpcServerOptions extends RpcServiceOptions {
  /** PEM; with them it speaks HTTPS. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** Told of every call when it is over. */
  readonly onFinished?: ((call: FinishedCall) => void) | undefined;
}

/** A call under way. */
interface CallUnderWay {
  readonly startedAt: number;
  readonly trace: ReturnType<typeof newTrace>;
  bytesIn: number;
  /** Of the answer's body, as far as it was handed over. */
  bytesOut: number;
  answer: CallAnswer | undefined;
  /** The status that it was answered with outside of HTTP's order: its body is no HTTP. */
  brokenOffWith: number | undefined;
}

/**
 * Bytes of a head, and of a body: clients put policy documents into the query or a form, 6,144 characters of up
 * to 12 bytes when encoded, and a session's token.
 */
const MOST_HEAD_BYTES = 128 * 1024;
const MOST_BODY_BYTES = 128 * 1024;
/** With those limits they hold 64 MiB at worst. */
const MOST_CONNECTIONS = 256;
/** Milliseconds. */
const HEAD_TIMEOUT = 20_000;
const REQUEST_TIMEOUT = 30_000;
/** As long as OSS has it: a client must not send a call on a connection that is just being closed. */
const KEEP_ALIVE_TIMEOUT = 60_000;

/** Serves RAM, STS and KMS in Alibaba Cloud's RPC style on an address of its own. */
export class RpcServer {
  readonly #server: Server;
  readonly #service: RpcService;
  readonly #onFinished: RpcServerOptions['onFinished'];
  /** The call that a connection is busy with. */
  readonly #underWay = new WeakMap<Socket, CallUnderWay>();
  readonly #peers = new PeerAddresses();
  readonly #connections = new OpenConnections(MOST_CONNECTIONS);
  /** Tells calls that take long. */
  readonly #stopping = new AbortController();

  constructor({ tls, onFinished, ...options }: RpcServerOptions) {
    this.#service = new RpcService(options);
    this.#onFinished = onFinished;
    const settings = {
      maxHeaderSize: MOST_HEAD_BYTES,
      headersTimeout: HEAD_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
      // Otherwise Node would answer by itself where there is no Host.
      requireHostHeader: false,
    };
    const serve = (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(request, response).catch((error: unknown) => {
        options.log.error({ err: error }, 'an answer of RAM, STS or KMS could not be sent');
        response.destroy();
      });
    };
    this.#server =
      tls === undefined
        ? createServer(settings, serve)
        : createTlsServer({ ...settings, ...tls }, serve);
    this.#server.on('connection', (socket: Socket) => this.#connections.accepted(socket));
    this.#server.on('secureConnection', (socket: Socket) => this.#connections.secured(socket));
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) =>
      this.#peers.note(socket),
    );
    // Whatever else a client expects: it gets its answer, and not one that Node would give by itself.
    this.#server.on('checkExpectation', serve);
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
      this.#refuseConnection(error, socket as Socket),
    );
  }

  /** Begins to listen; resolves with the address, or rejects with the system's error. */
  listen(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** Stops: calls under way are finished, at most `grace` milliseconds long. */
  async close(grace: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    this.#stopping.abort(new Error('the server is stopping'));
    const timer = setTimeout(() => this.#server.closeAllConnections(), grace);
    await closed;
    clearTimeout(timer);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = headerFields(request.rawHeaders);
    const { method = '', url: target = '', socket } = request;
    const isSecure = (socket as Partial<TLSSocket>).encrypted === true;
    const peer = withoutMapping(this.#peers.of(socket));
    // It was reset before anybody could say where it comes from.
    if (peer === undefined) {
      response.destroy();
      return;
    }
    const startedAt = performance.now();
    const underWay: CallUnderWay = {
      startedAt,
      trace: newTrace(),
      bytesIn: 0,
      bytesOut: 0,
      answer: undefined,
      brokenOffWith: undefined,
    };
    this.#underWay.set(socket, underWay);
    this.#connections.used(socket);
    response.once('close', () => {
      if (this.#underWay.get(socket) === underWay) {
        this.#underWay.delete(socket);
        this.#connections.used(socket);
      }
      this.#finished(underWay, { method, headers, peer, isSecure }, response);
    });
    const { trace } = underWay;
    let body: Buffer | undefined;
    try {
      body = await readBody(request, (bytes) => {
        underWay.bytesIn += bytes;
      });
    } catch {
      // The client is gone in the middle of its call.
      response.destroy();
      return;
    }
    this.#connections.busy(socket);
    if (body === undefined) {
      response.setHeader('Connection', 'close');
      underWay.answer = this.#service.refuse(RpcError.of('BodyTooLong'), { headers }, trace);
    } else {
      const received = { method, target, headers, body, peer, isSecure };
      underWay.answer = await this.#service.serve(received, trace);
    }
    await this.#send(response, underWay, underWay.answer);
  }

  async #send(
    response: ServerResponse,
    underWay: CallUnderWay,
    { status, requestId, contentType, body }: CallAnswer,
  ): Promise<void> {
    const headers = {
      'Content-Type': contentType,
      // Answers hold secrets.
      'Cache-Control': 'no-store',
      'X-Acs-Request-Id': requestId,
    };
    if (typeof body === 'string') {
      const length = Buffer.byteLength(body);
      underWay.bytesOut = length;
      response.writeHead(status, { ...headers, 'Content-Length': length });
      response.end(body);
      return;
    }
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, this.#stopping.signal]);
    const hasGone = () => gone.abort(new Error('whoever called has gone'));
    if (response.closed) hasGone();
    else response.once('close', hasGone);
    // It may end because the server does, which would wait for a connection that is kept.
    response.writeHead(status, { ...headers, Connection: 'close' });
    for await (const piece of body(signal)) {
      if (gone.signal.aborted) continue;
      underWay.bytesOut += Buffer.byteLength(piece);
      if (!response.write(piece)) await drained(response, gone.signal);
    }
    response.end();
  }

  #finished(
    { startedAt, trace, bytesIn, bytesOut, answer, brokenOffWith }: CallUnderWay,
    received: Pick<FinishedCall, 'method' | 'headers' | 'peer' | 'isSecure'>,
    response: ServerResponse,
  ): void {
    const { headersSent, writableFinished } = response;
    const isAnswered = writableFinished || brokenOffWith !== undefined;
    this.#onFinished?.({
      ...received,
      requestId: answer?.requestId ?? newRequestId(),
      trace,
      status: brokenOffWith ?? (headersSent ? response.statusCode : 0),
      outcome: isAnswered ? 'answered' : headersSent ? 'cut-short' : 'unanswered',
      bytesIn,
      bytesOut: writableFinished || typeof answer?.body !== 'string' ? bytesOut : 0,
      milliseconds: performance.now() - startedAt,
    });
  }

  /** Answers what is no HTTP, and ends the connection: as Node does where nobody wants to know of it. */
  #refuseConnection({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
    const underWay = this.#underWay.get(socket);
    const status = statusOf(code);
    // A client that is gone, or a handshake that failed: nothing was asked, and nobody hears an answer.
    const isHeard = status !== undefined && socket.writable && underWay?.answer === undefined;
    if (isHeard) {
      const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`;
      if (underWay === undefined) {
        this.#onFinished?.({
          requestId: newRequestId(),
          trace: newTrace(),
          method: undefined,
          headers: new Map(),
          peer: withoutMapping(this.#peers.of(socket)),
          isSecure: (socket as Partial<TLSSocket>).encrypted === true,
          status,
          outcome: 'answered',
          bytesIn: 0,
          bytesOut: 0,
          milliseconds: 0,
        });
      } else underWay.brokenOffWith = status;
      socket.write(head);
    }
    socket.destroySoon();
  }
}

/** What an error of Node's parser is answered with; undefined for one of the connection. */
function statusOf(code: string): number | undefined {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 431;
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 413;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 408;
    default:
      return code.startsWith('HPE_') ? 400 : undefined;
  }
}

/**
 * A body; undefined for one that is too long, of which the rest is read and dropped, so that the client gets
 * its answer. Rejects when the client goes away in the middle.
 */
function readBody(
  request: IncomingMessage,
  onBytes: (count: number) => void,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) resolve(undefined);
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      onBytes(chunk.length);
      if (length <= MOST_BODY_BYTES) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      resolve(undefined);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the connection was closed')));
  });
}

/** Waits until what was written has gone, or nobody is there any more. */
async function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  await once(response, 'drain', { signal: gone }).catch(() => {});
}
