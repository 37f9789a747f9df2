import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import { CanceledError } from '../errors/canceled-error.js';
import { ClientError } from '../errors/client-error.js';
import { InvalidFieldError } from '../errors/invalid-field-error.js';
import { AnswerBody } from './answer-body.js';
import type { Connections } from './connections.js';
import { describeFailure, describeProxyFailure } from './describe-failure.js';
import { holdWriteErrors } from './hold-write-errors.js';
import type { OutgoingRequest } from './outgoing-request.js';
import { secureHttp } from './secure-http.js';
import { SocketDeadlines } from './socket-deadlines.js';
import { Upload } from './upload.js';

/** Tags and metadata of an object come back as headers: more than Node's own 16 KiB may be needed. */
const MAX_ANSWER_HEAD_BYTES = 128 * 1024;

/** What an attempt is made with. */
export interface AttemptOptions {
  readonly connections: Connections;
  readonly connectTimeoutMs: number;
  readonly readWriteTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Called as bytes of the body have been sent, with the sum of them. */
  readonly onProgress: ((sentBytes: number) => void) | undefined;
}

/** The head of an answer, whatever its status, and its body; reading begins with `body.begin`. */
export interface RawAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Names and values by turns, as received; values are byte strings. */
  readonly rawHeaders: readonly string[];
  readonly body: AnswerBody;
  /** CRC-64/XZ of the body that was sent; undefined where there was none. */
  readonly sentCrc64: bigint | undefined;
}

/**
 * Sends one request once. Resolves with the answer: one of success after all of the body is sent, a
 * refusal as soon as it comes, and then no more is sent. Rejects with a `ClientError`, or with what
 * `onProgress` threw.
 */
export async function attempt(
  outgoing: OutgoingRequest,
  options: AttemptOptions,
): Promise<RawAnswer> {
  const { signal } = options;
  const { proxyHost } = options.connections;
  if (signal?.aborted === true) throw new CanceledError(signal.reason);
  const request = openRequest(outgoing, options.connections);
  const under: { body?: AnswerBody; upload?: Upload; uploadFailure?: unknown } = {};

  let giveUp: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  failed.catch(() => {});
  request.on('error', giveUp);
  const fail = (error: Error): void => {
    under.upload?.stop();
    // A request that still waits for its socket emits nothing before it has one, which may be never.
    giveUp(error);
    if (under.body === undefined) request.destroy(error);
    else under.body.destroy(error);
  };
  const onAbort = (): void => fail(new CanceledError(signal?.reason));
  signal?.addEventListener('abort', onAbort, { once: true });
  const deadlines = new SocketDeadlines(request, {
    connectsUnseen: options.connections.areMadeUnseen,
    connectMs: options.connectTimeoutMs,
    readWriteMs: options.readWriteTimeoutMs,
    host: proxyHost === undefined ? outgoing.host : `the proxy ${proxyHost}`,
    onExpired: fail,
  });
  const settle = (): void => {
    deadlines.end();
    signal?.removeEventListener('abort', onAbort);
    // Refused while we were sending: the rest will not be sent, so the connection is of no more use.
    if (!request.writableEnded) request.destroy();
  };

  const answered = new Promise<[IncomingMessage, AnswerBody]>((resolve) => {
    request.once('response', (message) => {
      under.body = new AnswerBody(message, {
        onPaused: () => deadlines.pause(),
        onResumed: () => deadlines.resume(),
        onSettled: settle,
      });
      resolve([message, under.body]);
    });
  });
  request.once('socket', holdWriteErrors);

  try {
    let sent: Promise<void> = Promise.resolve();
    if (outgoing.body === undefined) {
      request.end();
    } else {
      // Nobody knows when the first byte of a stream comes; the head need not wait for it.
      if (outgoing.body.size === undefined) request.flushHeaders();
      under.upload = new Upload(request, outgoing.body, {
        deadlines,
        maxBytes: outgoing.maxBodyBytes,
        onProgress: options.onProgress,
      });
      sent = under.upload.run();
      sent.catch((error: Error) => {
        under.uploadFailure = error;
        fail(error);
      });
    }
    const [message, body] = await Promise.race([answered, failed]);
    const status = message.statusCode ?? 0;
    if (isSuccess(status)) await Promise.race([sent, failed]);
    else under.upload?.stop();
    deadlines.resume();
    return {
      status,
      statusText: message.statusMessage ?? '',
      rawHeaders: message.rawHeaders,
      body,
      sentCrc64: under.upload?.takeCrc64(),
    };
  } catch (error) {
    under.upload?.stop();
    settle();
    request.destroy();
    if (under.uploadFailure !== undefined && error === under.uploadFailure) throw error;
    if (proxyHost !== undefined) throw describeProxyFailure(error, proxyHost, request.socket);
    throw describeFailure(error, outgoing.host, request.socket);
  }
}

/** Whether a status is one of success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function openRequest(outgoing: OutgoingRequest, connections: Connections): ClientRequest {
  const connection = connections.optionsFor(outgoing);
  const headers = Object.fromEntries(outgoing.headers.values());
  const { proxyAuthorization } = connections;
  if (proxyAuthorization !== undefined) headers['Proxy-Authorization'] = proxyAuthorization;
  const { method, hostname, port, target, protocol } = outgoing;
  const { request: send } = (connection.protocol ?? protocol) === 'https:' ? secureHttp() : http;
  try {
    return send({
      protocol,
      hostname,
      port,
      path: target,
      ...connection,
      method,
      headers,
      setHost: false,
      maxHeaderSize: MAX_ANSWER_HEAD_BYTES,
    });
  } catch (error) {
    if (error instanceof ClientError || !(error instanceof Error)) throw error;
    throw new InvalidFieldError(`the request cannot be made: ${error.message}`, { cause: error });
  }
}
