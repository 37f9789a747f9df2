import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { headerFields, OssError } from '@openoss/protocol';
import { StoreClosed } from '@openoss/storage';
import { AnswerWriter } from './http/answer.js';
import { Connection } from './http/connection.js';
import type { Exchange } from './http/exchange.js';
import { httpDates } from './http/http-date.js';
import { lingeringClose } from './http/lingering-close.js';
import { refusalOfParserError, refuseSocket } from './http/refuse-socket.js';
import { requestIds } from './http/request-id.js';
import type { Metrics } from './metrics.js';
import { Pipeline, type PipelineParts } from './pipeline.js';

/** The most that the header of one request can have, in bytes (ten legal tags in Chinese are 34 KB). */
export const MAX_HEADER_BYTES = 64 * 1024;
/** How long a connection may stand idle between requests, in milliseconds. */
const KEEP_ALIVE = 60_000;
/** How long a TLS handshake, and the head of a request, may take, in milliseconds. */
const HEAD_TIMEOUT = 60_000;

/** What a server is made of. */
export interface OssServerParts extends PipelineParts {
  readonly metrics: Metrics;
  /** PEM; with them the server speaks HTTPS. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
}

/** The OSS service on one address. */
export class OssServer {
  readonly #server: Server;
  readonly #pipeline: Pipeline;
  readonly #answers: AnswerWriter;
  readonly #metrics: Metrics;
  readonly #settings: PipelineParts['settings'];
  readonly #nextId = requestIds();
  readonly #date: () => string;
  readonly #connections = new WeakMap<Duplex, Connection>();
  /** Every open socket: also those that Node's HTTP server does not know (yet, or any more). */
  readonly #sockets = new Set<Socket>();
  readonly #secure: boolean;

  constructor(parts: OssServerParts) {
    const { settings, metrics, tls } = parts;
    this.#settings = settings;
    this.#metrics = metrics;
    this.#pipeline = new Pipeline(parts);
    this.#date = httpDates(settings.now);
    this.#answers = new AnswerWriter(this.#date, () => performance.now());
    this.#secure = tls !== undefined;
    const options = {
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: KEEP_ALIVE,
      headersTimeout: HEAD_TIMEOUT,
      // A body may take hours; one that stands still is given up by the reader of the body.
      requestTimeout: 0,
      // HTTP/1.0 clients may leave Host out, and a refusal must be in OSS's form.
      requireHostHeader: false,
      noDelay: true,
    };
    this.#server =
      tls === undefined
        ? createHttpServer(options)
        : createHttpsServer({ ...options, ...tls, handshakeTimeout: HEAD_TIMEOUT });
    this.#server.on('request', (request, response) => this.#receive(request, response));
    this.#server.on('checkContinue', (request, response) =>
      this.#receive(request, response, 'continue'),
    );
    this.#server.on('checkExpectation', (request, response) =>
      this.#receive(request, response, 'unknown'),
    );
    this.#server.on('clientError', (error, socket) => this.#clientError(error, socket as Socket));
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    // `CONNECT` and `Upgrade` are not spoken here; without a listener Node just closes.
    this.#server.on('connect', (request, socket) => this.#refuseTunnel(request, socket as Socket));
    this.#server.setTimeout(0);
    // Node would drop, silently, what comes after the thousandth; their size is bounded as it is.
    this.#server.maxHeadersCount = 0;
    // A client may end its side of the connection when it has asked, and still wants the answer.
    Object.assign(this.#server, { httpAllowHalfOpen: true });
  }

  /** Begins to listen; resolves with the address, or rejects with the system's error. */
  listen(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(error);
      this.#server.once('error', fail);
      this.#server.listen({ host, port, backlog: 1024 }, () => {
        this.#server.off('error', fail);
        // A connection that could not be accepted is no reason to end the service.
        this.#server.on('error', (error) => {
          this.#settings.log.error({ err: error }, 'a connection could not be accepted');
        });
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  get protocol(): 'http' | 'https' {
    return this.#secure ? 'https' : 'http';
  }

  /**
   * Stops: no new connection, no further request on open ones; requests under way are finished, at
   * most `grace` milliseconds long.
   */
  async close(grace: number): Promise<void> {
    this.#answers.closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, grace);
    await closed;
    clearTimeout(timer);
  }

  #receive(
    request: IncomingMessage,
    response: ServerResponse,
    expects?: Exchange['expects'],
  ): void {
    const { socket } = request;
    let connection = this.#connections.get(socket);
    if (connection === undefined) {
      connection = new Connection(socket, (exchange) => this.#serve(exchange));
      this.#connections.set(socket, connection);
    }
    connection.receive({
      id: this.#nextId(),
      request,
      response,
      headers: headerFields(request.rawHeaders),
      startedAt: performance.now(),
      expects,
      parserFailed: false,
      bodyFault: undefined,
      closes: !response.shouldKeepAlive,
      operation: undefined,
      refusedWith: undefined,
    });
  }

  #serve(exchange: Exchange): void {
    const { request, response } = exchange;
    // An answer that cannot be delivered is the client's loss; its error is seen as `close`.
    response.on('error', () => {});
    this.#metrics.requestBegan();
    response.on('close', () => {
      this.#metrics.requestFinished({
        operation: exchange.operation,
        status: response.headersSent ? response.statusCode : 0,
        code: exchange.refusedWith,
        milliseconds: performance.now() - exchange.startedAt,
      });
      this.#connections.get(request.socket)?.served(exchange);
    });
    this.#answer(exchange).catch((error: unknown) => {
      // Not even the refusal could be written.
      this.#settings.log.error({ err: error, requestId: exchange.id }, 'a request got no answer');
      response.destroy();
    });
  }

  async #answer(exchange: Exchange): Promise<void> {
    try {
      if (exchange.expects === 'unknown') {
        throw new OssError('UnknownExpectation', {
          details: { Expect: exchange.headers.get('expect') ?? '' },
        });
      }
      await this.#answers.write(exchange, await this.#pipeline.serve(exchange));
    } catch (error) {
      await this.#refuse(exchange, error);
    }
  }

  /** Answers a refusal. What is our own fault, or our disk's, is told to the log as well. */
  async #refuse(exchange: Exchange, error: unknown): Promise<void> {
    const { request, response } = exchange;
    const refusal = refusalOf(error);
    if (refusal.status >= 500) {
      this.#settings.log.error(
        {
          err: refusal === error ? (refusal.cause ?? refusal) : error,
          code: refusal.code,
          requestId: exchange.id,
          operation: exchange.operation,
          method: request.method,
        },
        response.headersSent ? 'an answer was cut short' : 'a request failed',
      );
    }
    exchange.refusedWith = refusal.code;
    if (response.headersSent) {
      // Part of the answer is out: only a body shorter than its Content-Length can tell the client.
      response.destroy();
      return;
    }
    await this.#answers.writeError(
      exchange,
      refusal,
      hostWithoutPort(exchange.headers.get('host') ?? ''),
    );
  }

  #refuseTunnel(request: IncomingMessage, socket: Socket): void {
    const error = new OssError('MethodNotAllowed', {
      details: { Method: request.method ?? '', ResourceType: 'Service' },
    });
    this.#refuseSocket(socket, error);
  }

  /** Answers on a connection that carries no request which could be answered, and ends it. */
  #refuseSocket(socket: Socket, refusal: OssError): void {
    this.#metrics.requestBegan();
    this.#metrics.requestFinished({
      operation: undefined,
      status: refusal.status,
      code: refusal.code,
      milliseconds: 0,
    });
    refuseSocket(socket, refusal, this.#nextId(), this.#date());
  }

  #clientError(error: Error & { code?: string }, socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection?.broken) return;
    const exchange = connection?.latest;
    const inBody = exchange !== undefined && !exchange.request.complete;
    const refusal = refusalOfParserError(error, inBody);
    if (refusal === undefined) {
      socket.destroy();
      return;
    }
    if (connection !== undefined) connection.broken = true;
    if (exchange === undefined) {
      this.#refuseSocket(socket, refusal);
      return;
    }
    exchange.closes = true;
    exchange.parserFailed = true;
    if (inBody) {
      // Its reader fails, now or when it comes to read, and the refusal is the answer.
      exchange.bodyFault = refusal;
      if (exchange.request.listenerCount('error') > 0) exchange.request.emit('error', refusal);
    } else if (exchange.response.writableEnded) {
      exchange.response.on('close', () => lingeringClose(socket, socket));
    }
    // What follows a whole request (a body longer than its Content-Length) is dropped with the
    // connection, when that request has been answered.
  }
}

function hostWithoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}

/** What a client is told of an error: a refusal as it is, anything else without its story. */
function refusalOf(error: unknown): OssError {
  if (error instanceof OssError) return error;
  return new OssError(error instanceof StoreClosed ? 'ServiceStopping' : 'InternalError');
}
