/** No server that is measured here answers with a longer head. */
const MAX_HEAD_BYTES = 64 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const CHUNKED_END = Buffer.from('0\r\n\r\n');

/** An answer that is not HTTP as this parser knows it. */
export class AnswerError extends Error {}

/**
 * Reads answers to GET and PUT off a connection, one at a time: the status, and how long the body is.
 * It keeps nothing of the body. Much less than an HTTP parser, because it shares the machine with the
 * server that is measured: no pipelining, no trailers, and of chunked bodies only that they end.
 */
export class AnswerParser {
  /** The status of the answer that was read last. */
  status = 0;
  /** Bytes of its body (of a chunked one with its framing). */
  bodyBytes = 0;
  /** Whether the server said that it closes the connection after it. */
  closes = false;

  /** Bytes of the body still to come; -1 for a chunked one; undefined while in the head. */
  /** @type {number | undefined} */
  #left;
  /** What has come of a head, or the tail of a chunked body. */
  #kept = Buffer.alloc(0);

  /**
   * Takes what has come, which the caller may reuse afterwards.
   *
   * @param {Buffer} bytes
   * @returns {boolean} whether the answer is complete
   */
  push(bytes) {
    if (this.#left === undefined) return this.#pushHead(bytes);
    return this.#pushBody(bytes);
  }

  /** Whether part of an answer has come and not all. */
  get midway() {
    return this.#left !== undefined || this.#kept.length > 0;
  }

  /** Forgets what came of an answer that will not be completed. */
  reset() {
    this.#left = undefined;
    this.#kept = Buffer.alloc(0);
  }

  /** @param {Buffer} bytes */
  #pushHead(bytes) {
    const all = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    const end = all.indexOf(HEAD_END);
    if (end === -1) {
      if (all.length > MAX_HEAD_BYTES) throw new AnswerError('the head of the answer does not end');
      this.#kept = Buffer.from(all);
      return false;
    }
    this.#kept = Buffer.alloc(0);
    this.#readHead(all.toString('latin1', 0, end));
    return this.#pushBody(all.subarray(end + HEAD_END.length));
  }

  /** @param {string} head */
  #readHead(head) {
    const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(head) ?? [];
    if (status === undefined)
      throw new AnswerError(`not HTTP: ${JSON.stringify(head.slice(0, 60))}`);
    this.status = Number(status);
    this.bodyBytes = 0;
    this.closes = /\r\nconnection: *close/i.test(head);
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    if (length !== undefined) this.#left = Number(length);
    else if (this.status === 204 || this.status === 304) this.#left = 0;
    else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#left = -1;
    else throw new AnswerError('the answer says no length');
  }

  /** @param {Buffer} bytes */
  #pushBody(bytes) {
    this.bodyBytes += bytes.length;
    if (this.#left === -1) {
      // Enough for the short answers that come chunked: only a body that happens to have these bytes
      // at the end of a packet would be taken for complete.
      const tail = Buffer.concat([this.#kept, bytes]).subarray(-CHUNKED_END.length);
      if (!tail.equals(CHUNKED_END)) {
        this.#kept = Buffer.from(tail);
        return false;
      }
    } else {
      this.#left = (this.#left ?? 0) - bytes.length;
      if (this.#left > 0) return false;
      if (this.#left < 0) throw new AnswerError('more came than the answer had');
    }
    this.reset();
    return true;
  }
}
