import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { headerFields } from '@openoss/protocol';
import { RpcError } from './rpc-error.js';
import { type CallAnswer, RpcService, type RpcServiceOptions } from './rpc-service.js';

export interface RpcServerOptions extends RpcServiceOptions {
  /** PEM; with them it speaks HTTPS. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
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

/** Serves RAM, STS and KMS in Alibaba Cloud's RPC style on an address of its own. */
export class RpcServer {
  readonly #server: Server;
  readonly #service: RpcService;

  constructor({ tls, ...options }: RpcServerOptions) {
    this.#service = new RpcService(options);
    const settings = {
      maxHeaderSize: MOST_HEAD_BYTES,
      headersTimeout: HEAD_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
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
    this.#server.maxConnections = MOST_CONNECTIONS;
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
    const timer = setTimeout(() => this.#server.closeAllConnections(), grace);
    await closed;
    clearTimeout(timer);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = headerFields(request.rawHeaders);
    let body: Buffer | undefined;
    try {
      body = await readBody(request);
    } catch {
      // The client is gone in the middle of its call.
      response.destroy();
      return;
    }
    if (body === undefined) {
      response.setHeader('Connection', 'close');
      send(response, this.#service.refuse(RpcError.of('BodyTooLong'), { headers }));
      return;
    }
    const { method = '', url: target = '', socket } = request;
    const isSecure = (socket as Partial<TLSSocket>).encrypted === true;
    const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const answer = await this.#service.serve({ method, target, headers, body, peer, isSecure });
    send(response, answer);
  }
}

/**
 * A body; undefined for one that is too long, of which the rest is read and dropped, so that the client gets
 * its answer. Rejects when the client goes away in the middle.
 */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) resolve(undefined);
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
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

function send(
  response: ServerResponse,
  { status, requestId, contentType, body }: CallAnswer,
): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    // Answers hold secrets.
    'Cache-Control': 'no-store',
    'X-Acs-Request-Id': requestId,
  });
  response.end(body);
}
