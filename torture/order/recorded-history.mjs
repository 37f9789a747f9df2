/**
 * @import { RegisterOperation } from './register.mjs'
 */

/**
 * An object that was put, by its ETag.
 * @typedef {object} PutObject
 * @property {string} text of which its body is made, again and again
 * @property {number} size in bytes
 */

/** How many of the objects that were put last are kept in mind to be asked for. */
const RECENT = 8;

/**
 * What all clients of a run write down: what they put, and when what happened to which key.
 */
export class RecordedHistory {
  /** @type {Map<string, RegisterOperation[]>} by key */
  #operations = new Map();
  #uncertain = 0;
  #count = 0;
  #last = 0;
  /** @type {Map<string, PutObject>} by ETag */
  objects = new Map();
  /** ETags of what was put last. @type {string[]} */
  recent = [];
  /** What no order could explain: bytes that were never put, an answer that is none. @type {string[]} */
  problems = [];

  /** How many operations on keys there were, a request on several keys being several. */
  get count() {
    return this.#count;
  }

  get uncertain() {
    return this.#uncertain;
  }

  /** Milliseconds of this process's monotonic clock; never the same twice. */
  now() {
    this.#last = Math.max(performance.now(), this.#last + 1e-6);
    return this.#last;
  }

  /**
   * @param {string} etag
   * @param {PutObject} object
   */
  put(etag, object) {
    this.objects.set(etag, object);
    this.recent.push(etag);
    if (this.recent.length > RECENT) this.recent.shift();
  }

  /**
   * @param {string} key
   * @param {RegisterOperation} operation
   */
  add(key, operation) {
    const known = this.#operations.get(key);
    if (known === undefined) this.#operations.set(key, [operation]);
    else known.push(operation);
    this.#count++;
    if (!operation.isCertain) this.#uncertain++;
  }

  /** Takes all operations out, by key. */
  take() {
    const taken = this.#operations;
    this.#operations = new Map();
    return taken;
  }
}

/**
 * The bytes of an object that was put.
 * @param {PutObject} object
 */
export function bodyOf({ text, size }) {
  return Buffer.alloc(size, text);
}
