import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { selfSignedCertificate } from './self-signed-certificate.js';

/** A request as a test's server saw it, with all of its body. */
export interface SeenRequest {
  readonly method: string;
  /** The request target, byte for byte. */
  readonly url: string;
  /** By lower-case name; values as byte strings. */
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Answers a request once its whole body is there; `index` counts the requests from 0. */
export type Answering = (
  response: ServerResponse,
  request: SeenRequest,
  index: number,
) => void | Promise<void>;

/** A server of one test; it closes when the test ends. */
export interface LoopbackServer {
  /** `http://127.0.0.1:port`. */
  readonly endpoint: string;
  readonly port: number;
  /** In the order they came. */
  readonly requests: SeenRequest[];
}

/** Starts an HTTP server that reads each request whole, notes it down and has it answered. */
export async function answeringServer(
  answer: Answering,
  options: { readonly tls?: boolean } = {},
): Promise<LoopbackServer> {
  const requests: SeenRequest[] = [];
  const server = await rawHttpServer(async (message, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of message) chunks.push(chunk);
    } catch {
      return;
    }
    const request = {
      method: message.method ?? '',
      url: message.url ?? '',
      headers: message.headers,
      rawHeaders: message.rawHeaders,
      body: Buffer.concat(chunks),
    };
    requests.push(request);
    await answer(response, request, requests.length - 1);
  }, options);
  return { ...server, requests };
}

/** Starts an HTTP server whose handler has the request to itself. */
export async function rawHttpServer(
  listener: RequestListener,
  options: { readonly tls?: boolean } = {},
): Promise<{ endpoint: string; port: number }> {
  const server =
    options.tls === true
      ? https.createServer(selfSignedCertificate, listener)
      : http.createServer(listener);
  server.on('clientError', (_, socket) => socket.destroy());
  const port = await listen(server);
  onTestFinished(() => server.closeAllConnections());
  return { endpoint: `${options.tls === true ? 'https' : 'http'}://127.0.0.1:${port}`, port };
}

/** Starts a TCP server, for what no HTTP server would do. */
export async function tcpServer(
  onConnection: (socket: Socket) => void,
): Promise<{ endpoint: string; port: number }> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  const port = await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { endpoint: `http://127.0.0.1:${port}`, port };
}

/** The XML of an error as OSS answers it. */
export function errorDocument(code: string, message = 'it was refused', ec = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>5C3D9175B6FC201293AD4E8F</RequestId><HostId>localhost</HostId><EC>${ec}</EC></Error>`;
}

/** Answers an error in OSS's form. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/xml', ...headers });
  response.end(errorDocument(code));
}

/** Reads a request to its end and throws it away. */
export async function drain(message: IncomingMessage): Promise<void> {
  for await (const _ of message);
}

function listen(server: net.Server): Promise<number> {
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  );
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
