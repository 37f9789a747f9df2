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
import { StorageFull, StoreClosed } from '@openoss/storage';
import { AnswerWriter } from './http/answer.js';
import type { Exchange } from './http/exchange.js';
import { httpDates } from './http/http-date.js';
import { refusalOfParserError, refuseSocket } from './http/refuse-socket.js';
import { requestIds } from './http/request-id.js';
import type { Metrics } from './metrics.js';
import { Pipeline, type PipelineParts } from './pipeline.js';

/** The most that the header of one request can have, in bytes (ten legal tags in Chinese are 34 KB). */
export const MAX_HEADER_BYTES = 64 * 1024;
/** How long a connection may stand idle between requests, in milliseconds. */
const KEEP_ALIVE = 60_000;
/** How long the head of a request may take, in milliseconds. */
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
  /** The exchange that a connection is busy with: what a parser error in its body belongs to. */
  readonly #current = new WeakMap<Duplex, Exchange>();
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
      tls === undefined ? createHttpServer(options) : createHttpsServer({ ...options, ...tls });
    this.#server.on('request', (request, response) => this.#serve(request, response, false));
    this.#server.on('checkContinue', (request, response) => this.#serve(request, response, true));
    this.#server.on('checkExpectation', (request, response) =>
      this.#refuseExpectation(request, response),
    );
    this.#server.on('clientError', (error, socket) => this.#clientError(error, socket));
    // `CONNECT` and `Upgrade` are not spoken here; without a listener Node just closes.
    this.#server.on('connect', (request, socket) => this.#refuseTunnel(request, socket));
    this.#server.setTimeout(0);
  }

  /** Begins to listen; resolves with the address, or rejects with the system's error. */
  listen(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(error);
      this.#server.once('error', fail);
      this.#server.listen({ host, port, backlog: 1024 }, () => {
        this.#server.off('error', fail);
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
    const timer = setTimeout(() => this.#server.closeAllConnections(), grace);
    await closed;
    clearTimeout(timer);
  }

  #exchange(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ): Exchange {
    const exchange: Exchange = {
      id: this.#nextId(),
      request,
      response,
      headers: headerFields(request.rawHeaders),
      startedAt: performance.now(),
      expectsContinue,
      parserFailed: false,
      closes: !response.shouldKeepAlive,
      operation: undefined,
    };
    this.#current.set(request.socket, exchange);
    return exchange;
  }

  #serve(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const exchange = this.#exchange(request, response, expectsContinue);
    // An answer that cannot be delivered is the client's loss; its error is seen as `close`.
    response.on('error', () => {});
    this.#metrics.requestBegan();
    let code: string | undefined;
    response.on('close', () => {
      this.#metrics.requestFinished({
        operation: exchange.operation,
        status: response.headersSent ? response.statusCode : 0,
        code,
        milliseconds: performance.now() - exchange.startedAt,
      });
    });
    this.#answer(exchange).catch((error: unknown) => {
      code = this.#refuse(exchange, error).code;
    });
  }

  async #answer(exchange: Exchange): Promise<void> {
    await this.#answers.write(exchange, await this.#pipeline.serve(exchange));
  }

  /** Answers a refusal; what is no `OssError` is a fault of ours: told to the log, hidden from the client. */
  #refuse(exchange: Exchange, error: unknown): OssError {
    const { request, response } = exchange;
    let refusal: OssError;
    if (error instanceof OssError) refusal = error;
    else if (error instanceof StorageFull) {
      refusal = new OssError('StorageFull');
      this.#settings.log.error({ err: error, requestId: exchange.id }, 'the disk is full');
    } else if (error instanceof StoreClosed) refusal = new OssError('ServiceStopping');
    else {
      refusal = new OssError('InternalError');
      this.#settings.log.error(
        {
          err: error,
          requestId: exchange.id,
          operation: exchange.operation,
          method: request.method,
        },
        response.headersSent ? 'an answer was cut short' : 'a request failed',
      );
    }
    if (response.headersSent) {
      // Part of the answer is out: only a body shorter than its Content-Length can tell the client.
      response.destroy();
    } else {
      this.#answers.writeError(
        exchange,
        refusal,
        hostWithoutPort(exchange.headers.get('host') ?? ''),
      );
    }
    return refusal;
  }

  #refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
    const exchange = this.#exchange(request, response, false);
    response.on('error', () => {});
    this.#refuse(
      exchange,
      new OssError('UnknownExpectation', { details: { Expect: request.headers.expect ?? '' } }),
    );
  }

  #refuseTunnel(request: IncomingMessage, socket: Duplex): void {
    const error = new OssError('MethodNotAllowed', {
      details: { Method: request.method ?? '', ResourceType: 'Service' },
    });
    refuseSocket(socket, error, this.#nextId(), this.#date());
  }

  #clientError(error: Error & { code?: string }, socket: Duplex): void {
    const refusal = refusalOfParserError(error);
    if (refusal === undefined) {
      socket.destroy();
      return;
    }
    const exchange = this.#current.get(socket);
    if (exchange === undefined || exchange.response.writableFinished) {
      refuseSocket(socket, refusal, this.#nextId(), this.#date());
      return;
    }
    exchange.closes = true;
    exchange.parserFailed = true;
    if (exchange.request.complete) {
      // The fault is in bytes after a whole request (a body longer than its Content-Length): that
      // request is still answered, and what follows it is dropped with the connection.
      exchange.response.on('finish', () => (socket as Socket).destroySoon());
      if (exchange.response.headersSent) exchange.response.end();
      return;
    }
    // The fault is in the body being read: its reader fails, and the refusal is the answer.
    exchange.request.emit('error', refusal);
  }
}

function hostWithoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
