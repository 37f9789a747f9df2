import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import {
  escapePath,
  formatQuery,
  headerFields,
  parseXml,
  type QueryParameter,
  signRequest,
} from '@openoss/protocol';
import type { OpenOss } from 'openoss';

/** What it takes to send a signed request. */
export type Reachable = Pick<OpenOss, 'endpoint' | 'region' | 'credentials'>;

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  /** Names in the case they were sent in. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface WireRequest {
  readonly method?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly query?: readonly QueryParameter[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Sent as it is in place of what bucket, key and query make. */
  readonly target?: string;
  readonly host?: string;
}

/** Sends a request as it is said, unsigned, over `node:http`: no client library in between. */
export function send(endpoint: string, request: WireRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      hostname,
      port,
      method: request.method ?? 'GET',
      path: request.target ?? targetOf(request),
      headers: {
        ...(request.host === undefined ? {} : { Host: request.host }),
        ...(request.body === undefined
          ? {}
          : { 'Content-Length': String(Buffer.byteLength(request.body)) }),
        ...request.headers,
      },
      agent: false,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          rawHeaders: response.rawHeaders,
          headers: response.headers,
          body,
          text: body.toString(),
        });
      });
    });
    // As a Buffer: Node writes a string body together with the head, and both as UTF-8 then.
    sent.end(request.body === undefined ? undefined : Buffer.from(request.body));
  });
}

/** Sends a request signed with V4 in the header, as an SDK would. */
export function sendSigned(
  oss: Reachable,
  request: WireRequest,
  now = Date.now(),
): Promise<WireAnswer> {
  return send(oss.endpoint, sign(oss, request, now));
}

/** A request with its signature. */
export function sign(oss: Reachable, request: WireRequest, now = Date.now()): WireRequest {
  const headers = { ...request.headers };
  const fields = headerFields(Object.entries(headers).flat());
  const signed = signRequest(
    {
      method: request.method ?? 'GET',
      bucket: request.bucket,
      key: request.key,
      query: request.query ?? [],
      headers: fields,
    },
    { version: 'v4', region: oss.region, credentials: oss.credentials, now },
  );
  for (const [name, value] of signed) headers[name] = value;
  return { ...request, headers };
}

function targetOf({ bucket, key, query = [] }: WireRequest): string {
  const path =
    bucket === undefined ? '/' : `/${bucket}/${key === undefined ? '' : escapePath(key)}`;
  return query.length === 0 ? path : `${path}?${formatQuery(query)}`;
}

/** The elements of an `<Error>` body by name. */
export function errorOf(answer: Pick<WireAnswer, 'text'>): Record<string, string> {
  return Object.fromEntries(parseXml(answer.text).children.map(({ name, text }) => [name, text]));
}

/** Writes bytes on a connection of its own and returns all that comes back until it ends. */
export function sendRaw(
  endpoint: string,
  bytes: string | Buffer,
  options: { readonly halfClose?: boolean } = {},
): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const chunks: Buffer[] = [];
    socket.on('error', reject);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
    socket.write(bytes);
    if (options.halfClose) socket.end();
  });
}
