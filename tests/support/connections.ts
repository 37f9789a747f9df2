import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { escapePath, formatQuery, type SigningCredentials } from '@openoss/protocol';
import { type Reachable, sign, type WireRequest } from './http.js';

/** What came back over one of the connections. */
export interface ConnectionAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly text: string;
}

/**
 * Connections that stay open, each with one of the workers in turn: what goes over one of them is
 * served by the same process.
 */
export class Connections {
  readonly #oss: Reachable;
  readonly #agents: Agent[];
  /** The port of ours that each has, once something was sent over it. */
  readonly ports: number[] = [];

  constructor(oss: Reachable, count: number) {
    this.#oss = oss;
    this.#agents = Array.from(
      { length: count },
      () => new Agent({ keepAlive: true, maxSockets: 1 }),
    );
  }

  /** Sends a request that somebody has signed, unless told the root of the service. */
  send(
    at: number,
    request: WireRequest,
    credentials: SigningCredentials = this.#oss.credentials,
  ): Promise<ConnectionAnswer> {
    const { hostname, port } = new URL(this.#oss.endpoint);
    const signed = sign({ ...this.#oss, credentials }, request);
    const { method = 'GET', bucket, key = '', query = [], headers, body } = signed;
    const path = bucket === undefined ? '/' : `/${bucket}/${escapePath(key)}`;
    return new Promise((resolve, reject) => {
      const sent = httpRequest({
        hostname,
        port,
        method,
        path: query.length === 0 ? path : `${path}?${formatQuery(query)}`,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
        },
        agent: this.#agents[at],
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        this.ports[at] = response.socket.localPort ?? 0;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          resolve({ status: response.statusCode ?? 0, body: whole, text: whole.toString() });
        });
      });
      sent.end(body);
    });
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }
}

/**
 * Which of these processes has the server's end of a connection, told by the port of our end; what
 * the system says of it is in hexadecimal.
 */
export function holderOf(
  endpoint: string,
  port: number,
  processes: readonly number[],
): number | undefined {
  const hex = (each: number): string => each.toString(16).toUpperCase().padStart(4, '0');
  const ends = [`:${hex(Number(new URL(endpoint).port))}`, `:${hex(port)}`] as const;
  const inode = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(ends[0]) && remote?.endsWith(ends[1]))?.[9];
  return processes.find((pid) =>
    readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`;
      } catch {
        return false;
      }
    }),
  );
}
