import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { escapePath, formatQuery } from '@openoss/protocol';
import type { OpenOss } from 'openoss';
import { sign, type WireRequest } from './http.js';

/** An answer taken out of the bytes of a connection. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The head of a signed request as bytes, ready to be followed by a body. `unsigned` headers are added
 * after signing: framing and connection headers, which no signature covers.
 */
export function signedHead(
  oss: Pick<OpenOss, 'endpoint' | 'region' | 'credentials'>,
  request: WireRequest,
  unsigned: Readonly<Record<string, string>> = {},
): string {
  return unsignedHead(sign(oss, request), unsigned);
}

/** The head of a request as it is said. */
export function unsignedHead(
  { method = 'GET', bucket, key, query = [], headers = {} }: WireRequest,
  more: Readonly<Record<string, string>> = {},
): string {
  const path = bucket === undefined ? '/' : `/${bucket}/${escapePath(key ?? '')}`;
  const target = query.length === 0 ? path : `${path}?${formatQuery(query)}`;
  const lines = Object.entries({ Host: '127.0.0.1', ...headers, ...more });
  return `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** A connection on which a test says exactly what goes over the wire, and when. */
export class RawConnection {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #over: 'ended' | 'reset' | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    socket.on('end', () => {
      this.#over ??= 'ended';
    });
    socket.on('error', () => {
      this.#over ??= 'reset';
    });
    socket.on('close', () => {
      this.#over ??= 'reset';
    });
  }

  static async open(endpoint: string): Promise<RawConnection> {
    const { hostname, port } = new URL(endpoint);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Writes bytes; resolves when the kernel has taken them, or will never. */
  write(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.writable) this.socket.write(bytes, () => resolve());
      else resolve();
    });
  }

  /** Ends this side (FIN); the other may go on. */
  end(): void {
    this.socket.end();
  }

  get received(): string {
    return this.#received.toString('latin1');
  }

  /** How the connection ended, as far as it did. */
  get over(): 'ended' | 'reset' | undefined {
    return this.#over;
  }

  /** Waits until what came makes `count` whole answers to requests of these methods, and returns them. */
  async answers(count: number, methods: readonly string[] = []): Promise<readonly RawAnswer[]> {
    await this.until(() => parseAnswers(this.received, methods).length >= count);
    return parseAnswers(this.received, methods);
  }

  /** Waits until the other side has ended the connection; returns everything that came. */
  async ended(): Promise<string> {
    await this.until(() => this.#over !== undefined);
    this.socket.destroy();
    return this.received;
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`waited in vain; received: ${this.received}`);
      if (this.#over !== undefined) {
        if (condition()) return;
        throw new Error(`the connection is over (${this.#over}); received: ${this.received}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

/** The whole answers that bytes begin with; those to HEAD have no body. */
export function parseAnswers(bytes: string, methods: readonly string[] = []): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return answers;
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
    if (Number.isNaN(status)) throw new Error(`no status line: ${statusLine}`);
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const isBare = status < 200 || status === 204 || status === 304;
    const length =
      isBare || methods[answers.length] === 'HEAD' ? 0 : Number(headers['content-length']);
    if (rest.length < end + 4 + length) return answers;
    answers.push({ status, headers, body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length);
  }
}
