import { connect } from 'node:net';
import { AnswerParser } from './answer-parser.mjs';

/** Bodies up to this long are kept behind the head in the connection's own buffer: one write a request. */
const ONE_WRITE_BYTES = 64 * 1024;
const READ_BUFFER_BYTES = 64 * 1024;
/** For answers of megabytes: fewer, larger reads. */
const BULK_READ_BUFFER_BYTES = 1024 * 1024;
/** Longer than any head that the generator builds. */
const HEAD_ROOM = 4096;

/**
 * What a connection needs of its run.
 *
 * @typedef {object} Course
 * @property {string} host
 * @property {number} port
 * @property {number} bodyBytes of each request; 0 for none
 * @property {Buffer} chunk what bodies are made of, over and over
 * @property {boolean} bulk whether answers are megabytes
 * @property {() => void} moved bytes went out or came in
 * @property {(connection: Connection) => void} answered the parser holds the answer
 * @property {(connection: Connection, error: Error) => void} failed the connection is of no more use
 */

/** One connection with one request in flight. */
export class Connection {
  /** Which request is in flight, and when it was sent: kept here for the run. */
  request = 0;
  sentAt = 0;
  parser = new AnswerParser();

  /** @type {Course} */
  #course;
  /** @type {import('node:net').Socket} */
  #socket;
  /** Head and body of the request in flight. */
  #outgoing = Buffer.alloc(0);
  #headBytes = -1;
  #whole = Buffer.alloc(0);
  #inFlight = false;
  #ended = false;

  /** @param {Course} course */
  constructor(course) {
    this.#course = course;
    const buffer = Buffer.allocUnsafeSlow(course.bulk ? BULK_READ_BUFFER_BYTES : READ_BUFFER_BYTES);
    this.#socket = connect({
      host: course.host,
      port: course.port,
      noDelay: true,
      // Reads into one buffer, past the machinery of readable streams.
      onread: {
        buffer,
        callback: (length) => {
          this.#read(buffer.subarray(0, length));
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')));
    if (course.bodyBytes <= ONE_WRITE_BYTES) {
      this.#outgoing = Buffer.allocUnsafeSlow(HEAD_ROOM + course.bodyBytes);
    }
  }

  /** Resolves when the connection stands. @returns {Promise<void>} */
  connected() {
    return new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('error', reject);
    });
  }

  /**
   * Sends a request.
   *
   * @param {Buffer} head
   */
  send(head) {
    const { bodyBytes, chunk } = this.#course;
    this.#inFlight = true;
    if (bodyBytes === 0) {
      this.#socket.write(head);
    } else if (bodyBytes <= ONE_WRITE_BYTES) {
      if (head.length !== this.#headBytes) this.#placeBody(head.length);
      head.copy(this.#outgoing);
      this.#socket.write(this.#whole);
    } else {
      this.#socket.write(head);
      this.#sendBody(bodyBytes, chunk);
    }
  }

  /** Whether a request waits for its answer. */
  get busy() {
    return this.#inFlight;
  }

  end() {
    this.#ended = true;
    this.#socket.destroy();
  }

  /** The body stays where it is from request to request; only the head is copied. @param {number} headBytes */
  #placeBody(headBytes) {
    const { bodyBytes, chunk } = this.#course;
    if (headBytes > HEAD_ROOM) throw new RangeError('the head is longer than there is room for');
    for (let at = 0; at < bodyBytes; at += chunk.length) {
      chunk.copy(this.#outgoing, headBytes + at, 0, Math.min(chunk.length, bodyBytes - at));
    }
    this.#headBytes = headBytes;
    this.#whole = this.#outgoing.subarray(0, headBytes + bodyBytes);
  }

  /**
   * @param {number} left
   * @param {Buffer} chunk
   */
  #sendBody(left, chunk) {
    let rest = left;
    while (rest > 0) {
      const part = rest >= chunk.length ? chunk : chunk.subarray(0, rest);
      rest -= part.length;
      if (!this.#socket.write(part) && rest > 0) {
        this.#socket.once('drain', () => {
          this.#course.moved();
          this.#sendBody(rest, chunk);
        });
        return;
      }
    }
  }

  /** @param {Buffer} bytes */
  #read(bytes) {
    this.#course.moved();
    try {
      if (!this.#inFlight) throw new Error('an answer came to no request');
      if (!this.parser.push(bytes)) return;
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#inFlight = false;
    this.#course.answered(this);
  }

  /** @param {Error} error */
  #fail(error) {
    if (this.#ended) return;
    this.end();
    this.#course.failed(this, error);
  }
}
