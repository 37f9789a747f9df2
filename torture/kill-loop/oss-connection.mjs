import { connect } from 'node:net';
import { escapePath, formatQuery, headerFields, signRequest } from '@openoss/protocol';
import { CREDENTIALS, REGION } from './server-process.mjs';

/**
 * @import { Socket } from 'node:net'
 * @import { QueryParameter } from '@openoss/protocol'
 */

/**
 * @typedef {object} OssRequest
 * @property {string} method
 * @property {string} [bucket]
 * @property {string} [key]
 * @property {readonly QueryParameter[]} [query]
 * @property {Readonly<Record<string, string>>} [headers]
 * @property {Buffer} [body]
 */

/**
 * @typedef {object} OssAnswer
 * @property {number} status
 * @property {ReadonlyMap<string, string>} headers names in lower case
 * @property {Buffer} body
 */

/** The connection ended before the whole answer was there: nobody knows what came of the request. */
export class ConnectionLost extends Error {}

/**
 * A keep-alive connection that sends one signed request after another, with nothing between it and
 * the socket that could send one twice or make up an answer.
 */
export class OssConnection {
  #port;
  /** @type {Socket} */
  #socket;
  #received = Buffer.alloc(0);
  /** @type {(() => void) | undefined} */
  #wake;
  #isLost = false;

  /** @param {number} port */
  constructor(port) {
    this.#port = port;
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    for (const event of ['error', 'close', 'end']) {
      this.#socket.on(event, () => {
        this.#isLost = true;
        this.#wake?.();
      });
    }
  }

  close() {
    this.#socket.destroy();
  }

  /**
   * Throws {@link ConnectionLost} when the answer does not come whole.
   * @param {OssRequest} request
   * @returns {Promise<OssAnswer>}
   */
  async send(request) {
    const { method, body } = request;
    this.#socket.write(this.#head(request));
    if (body !== undefined) this.#socket.write(body);
    const head = await this.#until(() => {
      const end = this.#received.indexOf('\r\n\r\n');
      return end === -1 ? undefined : this.#take(end + 4).toString('latin1');
    });
    const [line = '', ...fields] = head.trimEnd().split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1]);
    /** @type {Map<string, string>} */
    const headers = new Map();
    for (const field of fields) {
      const colon = field.indexOf(':');
      headers.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim());
    }
    if (Number.isNaN(status) || headers.has('transfer-encoding')) {
      throw new Error(`An answer that is not understood: ${head}`);
    }
    const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
    const length = hasBody ? Number(headers.get('content-length')) : 0;
    if (Number.isNaN(length)) throw new Error(`An answer without a length: ${head}`);
    const content = await this.#until(() =>
      this.#received.length < length ? undefined : this.#take(length),
    );
    return { status, headers, body: content };
  }

  /** @param {OssRequest} request */
  #head({ method, bucket, key, query = [], headers = {}, body }) {
    const signed = signRequest(
      { method, bucket, key, query, headers: headerFields(Object.entries(headers).flat()) },
      { version: 'v4', region: REGION, credentials: CREDENTIALS, now: Date.now() },
    );
    const path =
      bucket === undefined ? '/' : `/${bucket}/${key === undefined ? '' : escapePath(key)}`;
    const target = query.length === 0 ? path : `${path}?${formatQuery(query)}`;
    const fields = { host: `127.0.0.1:${this.#port}`, ...headers, ...Object.fromEntries(signed) };
    const length =
      body === undefined && method !== 'PUT' ? {} : { 'content-length': body?.length ?? 0 };
    const lines = Object.entries({ ...fields, ...length }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
  }

  /** @param {number} length */
  #take(length) {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  /**
   * @template T
   * @param {() => T | undefined} look
   * @returns {Promise<T>}
   */
  async #until(look) {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#isLost) throw new ConnectionLost('The connection was lost');
      await new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
