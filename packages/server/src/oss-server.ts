import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { RamError } from '@openoss/directory';
import { headerFields, OssError } from '@openoss/protocol';
import { PeerAddresses } from '@openoss/rpc';
import { CipherUnavailable, fullDiskRefusal, StorageFull, StoreClosed } from '@openoss/storage';
import { Admission } from './admission.js';
import type { Auditor } from './audit/auditor.js';
import { type MasterKeys, ObjectEncryption } from './encryption/object-encryption.js';
import { type Answer, AnswerWriter } from './http/answer.js';
import { Connection, WaitingRequests } from './http/connection.js';
import type { Exchange } from './http/exchange.js';
import { httpDates } from './http/http-date.js';
import { lingeringClose } from './http/lingering-close.js';
import { refusalOfParserError, refuseSocket } from './http/refuse-socket.js';
import { requestIds } from './http/request-id.js';
import { SlowClients, type SlowSide } from './http/slow-clients.js';
import { stopParsing } from './http/stop-parsing.js';
import { type ServerLimits, surplusOf } from './limits.js';
import type { Metrics } from './metrics.js';
import { Pipeline, type PipelineParts } from './pipeline.js';
import { RareWarning } from './rare-warning.js';

/** The most that the header of one request can have, in bytes (ten legal tags in Chinese are 34 KB). */
export const MAX_HEADER_BYTES = 64 * 1024;
/** How long a connection that is one too many may take to ask, and be told so, in milliseconds. */
const SURPLUS_PATIENCE = 5_000;
/** How often, at most, Node looks for heads that take too long, in milliseconds. */
const LONGEST_BETWEEN_CHECKS = 5_000;

/** What a server is made of. */
export interface OssServerParts extends Omit<PipelineParts, 'admission' | 'encryption'> {
  readonly masterKeys: MasterKeys;
  readonly metrics: Metrics;
  readonly limits: ServerLimits;
  /** Told of every request when it is over. */
  readonly auditor?: Auditor | undefined;
  /** PEM; with them the server speaks HTTPS. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
}

/** The OSS service on one address. */
export class OssServer {
  readonly #server: Server;
  readonly #pipeline: Pipeline;
  readonly #answers: AnswerWriter;
  readonly #metrics: Metrics;
  readonly #auditor: Auditor | undefined;
  readonly #settings: PipelineParts['settings'];
  readonly #nextId = requestIds();
  readonly #date: () => string;
  readonly #connections = new WeakMap<Duplex, Connection>();
  /** Every open socket: also those that Node's HTTP server does not know (yet, or any more). */
  readonly #sockets = new Set<Socket>();
  /** Those of them that came when there were enough. */
  readonly #surplus = new WeakSet<Duplex>();
  readonly #limits: ServerLimits;
  readonly #admission: Admission;
  readonly #waiting = new WaitingRequests();
  readonly #peers = new PeerAddresses();
  readonly #slowClients: SlowClients;
  readonly #secure: boolean;

  constructor(parts: OssServerParts) {
    const { settings, metrics, limits, tls } = parts;
    this.#settings = settings;
    this.#metrics = metrics;
    this.#auditor = parts.auditor;
    this.#limits = limits;
    const admission = new Admission(limits, settings.log);
    this.#admission = admission;
    this.#slowClients = new SlowClients({
      window: 2 * limits.idleTimeout,
      minimumRate: limits.minimumRate,
      giveUp: (connection, exchange, side) => this.#giveUp(connection, exchange, side),
    });
    const { masterKeys } = parts;
    const encryption = new ObjectEncryption(masterKeys, waitingForKeys(masterKeys, limits));
    this.#pipeline = new Pipeline({ ...parts, admission, encryption });
    this.#date = httpDates(settings.now);
    this.#answers = new AnswerWriter(this.#date, () => performance.now());
    this.#secure = tls !== undefined;
    const options = {
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: limits.keepAliveTimeout,
      headersTimeout: limits.headTimeout,
      connectionsCheckingInterval: Math.min(LONGEST_BETWEEN_CHECKS, limits.headTimeout / 2),
      // A body may take hours; one that stands still is given up by the reader of the body.
      requestTimeout: 0,
      // HTTP/1.0 clients may leave Host out, and a refusal must be in OSS's form.
      requireHostHeader: false,
      noDelay: true,
    };
    this.#server =
      tls === undefined
        ? createHttpServer(options)
        : createHttpsServer({ ...options, ...tls, handshakeTimeout: limits.headTimeout });
    this.#server.on('request', (request, response) => this.#receive(request, response));
    this.#server.on('checkContinue', (request, response) =>
      this.#receive(request, response, 'continue'),
    );
    this.#server.on('checkExpectation', (request, response) =>
      this.#receive(request, response, 'unknown'),
    );
    this.#server.on('clientError', (error, socket) => this.#clientError(error, socket as Socket));
    this.#server.on('connection', (socket: Socket) => {
      if (tls === undefined) this.#peers.note(socket);
      this.#accept(socket);
    });
    // A TLS connection is another object than the one that was accepted.
    this.#server.on('secureConnection', (socket: Socket) => {
      this.#peers.note(socket);
      if (this.#sockets.size > limits.maxConnections) this.#surplus.add(socket);
    });
    // Those that even the surplus has no room for are closed unanswered.
    this.#server.maxConnections = limits.maxConnections + surplusOf(limits.maxConnections);
    this.#server.on('drop', () => {
      metrics.connectionsRefused += 1;
    });
    metrics.observeGauge('openoss_connections_open', 'Open connections.', () => this.#sockets.size);
    metrics.observeCount(
      'openoss_requests_shed_total',
      'Requests refused with 503 because there were too many.',
      () => admission.shed,
    );
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
        const warning = new RareWarning(this.#settings.log, 'a connection could not be accepted');
        this.#server.on('error', (error) => warning.tell({ err: error }));
        this.#slowClients.start();
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
    this.#slowClients.stop();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    if (this.#sockets.size <= this.#limits.maxConnections) return;
    this.#surplus.add(socket);
    this.#metrics.connectionsRefused += 1;
    socket.setTimeout(SURPLUS_PATIENCE, () => socket.destroy());
  }

  #connectionOf(socket: Socket): Connection {
    let connection = this.#connections.get(socket);
    if (connection === undefined) {
      const made = new Connection(socket, this.#peers.of(socket), this.#waiting, (exchange) =>
        this.#serve(exchange),
      );
      connection = made;
      this.#connections.set(socket, made);
      this.#slowClients.watch(made);
      socket.on('close', () => this.#slowClients.forget(made));
    }
    return connection;
  }

  #receive(
    request: IncomingMessage,
    response: ServerResponse,
    expects?: Exchange['expects'],
  ): void {
    const { socket } = request;
    const connection = this.#connectionOf(socket);
    const isTaken = connection.receive({
      id: this.#nextId(),
      request,
      response,
      connection,
      headers: headerFields(request.rawHeaders),
      startedAt: performance.now(),
      expects,
      parserFailed: false,
      bodyFault: undefined,
      closes: !response.shouldKeepAlive,
      operation: undefined,
      refusedWith: undefined,
      address: undefined,
      caller: undefined,
      authorization: undefined,
      document: undefined,
      bytesIn: 0,
      bytesOut: 0,
      ending: undefined,
    });
    if (isTaken || connection.latest === undefined) return;
    // Who sends so many at once gets the answers to those that are taken, and then the end.
    connection.broken = true;
    stopParsing(socket);
    this.#endAfter(connection.latest, socket);
  }

  #serve(exchange: Exchange): void {
    const { request, response } = exchange;
    // An answer that cannot be delivered is the client's loss; its error is seen as `close`.
    response.on('error', () => {});
    this.#metrics.requestBegan();
    const isAdmitted = !this.#surplus.has(request.socket) && this.#admission.enter();
    response.on('close', () => {
      if (isAdmitted) this.#admission.leave();
      const milliseconds = performance.now() - exchange.startedAt;
      this.#metrics.requestFinished({
        operation: exchange.operation,
        status: response.headersSent ? response.statusCode : 0,
        code: exchange.refusedWith?.code,
        milliseconds,
      });
      // Where the client has gone, what came of its request may be known a little later.
      if (this.#auditor !== undefined) {
        answered.then(() => this.#auditor?.exchange(exchange, milliseconds));
      }
      this.#connections.get(request.socket)?.served(exchange);
    });
    const answered = this.#answer(exchange, isAdmitted).catch((error: unknown) => {
      // Not even the refusal could be written.
      this.#settings.log.error({ err: error, requestId: exchange.id }, 'a request got no answer');
      response.destroy();
    });
  }

  async #answer(exchange: Exchange, isAdmitted: boolean): Promise<void> {
    try {
      if (!isAdmitted) throw this.#tooMany(exchange);
      if (exchange.expects === 'unknown') {
        throw new OssError('UnknownExpectation', {
          details: { Expect: exchange.headers.get('expect') ?? '' },
        });
      }
      const answer = await this.#pipeline.serve(exchange);
      this.#holdWhileSent(exchange, answer);
      await this.#answers.write(exchange, answer);
    } catch (error) {
      await this.#refuse(exchange, error);
    }
  }

  #tooMany(exchange: Exchange): OssError {
    const isSurplus = this.#surplus.has(exchange.request.socket);
    if (isSurplus) exchange.closes = true;
    return this.#admission.refusal(isSurplus ? 'connections' : 'requests');
  }

  /** A long answer stays in memory until its reader has taken it in: there is room for so much. */
  #holdWhileSent({ response }: Exchange, { body }: Answer): void {
    if (typeof body !== 'string' && !Buffer.isBuffer(body)) return;
    const letGo = this.#admission.holdDocument(Buffer.byteLength(body));
    if (letGo !== undefined) response.on('close', letGo);
  }

  /** Answers a refusal. What is our own fault, or our disk's, is told to the log as well. */
  async #refuse(exchange: Exchange, error: unknown): Promise<void> {
    const { request, response } = exchange;
    const refusal = this.#refusalOf(error);
    // Overload is told of in a line of its own, not one for each.
    if (refusal.status >= 500 && refusal.kind !== 'ServiceUnavailable' && !isToldOnce(refusal)) {
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
    exchange.refusedWith = refusal;
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
    const requestId = this.#nextId();
    this.#auditor?.socket(socket, this.#peers.of(socket), refusal, requestId);
    refuseSocket(socket, refusal, requestId, this.#date());
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
    this.#endAfter(exchange, socket);
    // Its reader fails, now or when it comes to read, and the refusal is the answer.
    if (inBody) failBody(exchange, refusal);
    // What follows a whole request (a body longer than its Content-Length) is dropped with the
    // connection, when that request has been answered.
  }

  /** Ends a connection after the answer to this exchange, the last that is served on it. */
  #endAfter(exchange: Exchange, socket: Socket): void {
    exchange.closes = true;
    exchange.parserFailed = true;
    if (exchange.request.complete && exchange.response.writableEnded) {
      exchange.response.on('close', () => lingeringClose(socket, socket));
    }
  }

  /** Gives a client up that has moved next to nothing for a long time. */
  #giveUp({ socket }: Connection, exchange: Exchange, side: SlowSide): void {
    this.#metrics.slowClients[side] += 1;
    this.#settings.log.debug(
      { requestId: exchange.id, operation: exchange.operation, side },
      'a client was too slow',
    );
    if (side === 'sending') {
      exchange.closes = true;
      failBody(exchange, new OssError('RequestTimeout'));
      return;
    }
    exchange.ending = 'given-up';
    // A reset, so that the system does not go on holding what nobody takes in. TLS cannot.
    if ('encrypted' in socket) socket.destroy();
    else socket.resetAndDestroy();
  }

  /** What a client is told of an error: a refusal as it is, anything else without its story. */
  #refusalOf(error: unknown): OssError {
    if (error instanceof OssError) return error;
    // What an account sets for itself is in the directory, on the same disk as the objects.
    if (error instanceof RamError && error.cause instanceof StorageFull) {
      return fullDiskRefusal(error.cause);
    }
    if (isOutOfFiles(error)) return this.#admission.refusal('files');
    if (error instanceof CipherUnavailable) {
      return new OssError('CipherNotAvailable', { cause: error });
    }
    return new OssError(error instanceof StoreClosed ? 'ServiceStopping' : 'InternalError');
  }
}

/** How many requests may wait for the key service: as many as leave room for those that need no key. */
function waitingForKeys({ areElsewhere }: MasterKeys, { maxRequests }: ServerLimits): number {
  return areElsewhere ? Math.max(1, Math.floor(maxRequests / 2)) : maxRequests;
}

/** Whoever reads the body, or comes to read it, fails with this. */
function failBody(exchange: Exchange, refusal: OssError): void {
  exchange.bodyFault = refusal;
  if (exchange.request.listenerCount('error') > 0) exchange.request.emit('error', refusal);
}

/** Whether the process, or the machine, has as many files open as it may. */
function isOutOfFiles(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EMFILE' || code === 'ENFILE';
}

function hostWithoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}

/**
 * What has been said in the log, once and not for each request: a full disk that the store foresaw, a locked
 * keyring. Of a KMS that does not answer, whoever calls it tells.
 */
function isToldOnce({ kind, cause }: OssError): boolean {
  if (kind === 'KeyringLocked' || kind === 'KmsUnavailable') return true;
  return (kind === 'StorageFull' || kind === 'StorageExhausted') && cause === undefined;
}
