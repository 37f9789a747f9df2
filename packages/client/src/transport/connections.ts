import http, { type Agent, type RequestOptions } from 'node:http';
import type { RequestOptions as SecureRequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Endpoint } from '../endpoint.js';
import { invalidField } from '../errors/invalid-field-error.js';
import { localhostLookup } from './localhost-lookup.js';
import type { OutgoingRequest } from './outgoing-request.js';
import { secureHttp } from './secure-http.js';

/** How the server of a TLS connection is checked. */
export interface TlsOptions {
  /** Whether a certificate that is not trusted ends the connection; true unless said. */
  readonly rejectUnauthorized?: boolean | undefined;
  /** Certificates in PEM that are trusted in the place of those of Node.js. */
  readonly ca?: string | readonly string[] | undefined;
}

/** How connections are made. */
export interface ConnectionOptions {
  readonly tls?: TlsOptions | undefined;
  /** Makes the connections in place of our own; it stays its owner's to close. */
  readonly agent?: Agent | undefined;
  /** URL of a proxy that plain HTTP requests are handed to, whole; `user:password@` is honoured. */
  readonly forwardProxy?: string | undefined;
}

/** As the Go SDK v2 has it (ossutil-2.md, 1.8). */
const KEEP_ALIVE_PROBE_MS = 30_000;
const IDLE_MS = 50_000;
const MAX_CONNECTIONS = 100;

interface ForwardProxy {
  /** As a Host header would have it. */
  readonly host: string;
  readonly connection: RequestOptions & SecureRequestOptions;
  readonly authorization: string | undefined;
}

/** The connections of one client: kept alive between requests, closed when it closes. */
export class Connections {
  readonly #tls: TlsOptions;
  readonly #given: Agent | undefined;
  readonly #kept: Agent;
  readonly #fresh: Agent;
  readonly #proxy: ForwardProxy | undefined;

  constructor(endpoint: Endpoint, options: ConnectionOptions) {
    this.#tls = options.tls ?? {};
    this.#given = options.agent;
    this.#proxy = forwardProxy(endpoint, options.forwardProxy);
    const protocol = this.#proxy?.connection.protocol ?? endpoint.protocol;
    const { Agent } = protocol === 'https:' ? secureHttp() : http;
    this.#kept = new Agent({
      keepAlive: true,
      keepAliveMsecs: KEEP_ALIVE_PROBE_MS,
      timeout: IDLE_MS,
      maxSockets: MAX_CONNECTIONS,
      maxFreeSockets: MAX_CONNECTIONS,
    });
    this.#fresh = new Agent({ keepAlive: false });
  }

  /**
   * Node's connection options for a request. A body that can be read only once gets a connection of
   * its own: one kept alive may be closing just now, and there would be no second try.
   */
  optionsFor(request: OutgoingRequest): RequestOptions & SecureRequestOptions {
    const { rejectUnauthorized, ca } = this.#tls;
    const onceOnly = request.body !== undefined && !request.body.replayable;
    return {
      agent: this.#given ?? (onceOnly ? this.#fresh : this.#kept),
      lookup: localhostLookup,
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
      ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
      ...(this.#proxy === undefined
        ? {}
        : {
            ...this.#proxy.connection,
            path: `${request.protocol}//${request.host}${request.target}`,
          }),
    };
  }

  /**
   * Whether connections are made inside an agent that is not ours, and a request knows of its socket
   * only when that is done.
   */
  get areMadeUnseen(): boolean {
    return this.#given !== undefined;
  }

  /** The proxy that requests are handed to, if there is one: then it is whom we talk to. */
  get proxyHost(): string | undefined {
    return this.#proxy?.host;
  }

  /** A header that the proxy needs, if there is a proxy that needs one. */
  get proxyAuthorization(): string | undefined {
    return this.#proxy?.authorization;
  }

  /** Closes every connection that is ours, requests under way included. */
  close(): void {
    this.#kept.destroy();
    this.#fresh.destroy();
  }
}

function forwardProxy(endpoint: Endpoint, url: string | undefined): ForwardProxy | undefined {
  if (url === undefined) return undefined;
  if (endpoint.protocol === 'https:') {
    throw invalidField('ForwardProxy', 'HTTPS must be tunnelled: give an agent that does it');
  }
  if (!URL.canParse(url)) throw invalidField('ForwardProxy', `${JSON.stringify(url)} is not a URL`);
  const { protocol, host, hostname, port, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw invalidField('ForwardProxy', 'its scheme must be http or https');
  }
  const name = hostname.replace(/^\[|\]$/g, '');
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    host,
    connection: {
      protocol,
      hostname: name,
      port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
      // Node.js would take the name of the Host header, which is not the proxy's.
      servername: isIP(name) === 0 ? name : '',
    },
    authorization:
      username === '' ? undefined : `Basic ${Buffer.from(user, 'utf8').toString('base64')}`,
  };
}
