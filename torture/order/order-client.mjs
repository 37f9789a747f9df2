import { parseXml } from '@openoss/protocol';
import { ConnectionLost, OssConnection } from '../kill-loop/oss-connection.mjs';
import { elements, headerOf, md5Of, textOf } from '../kill-loop/server-object.mjs';
import { ABSENT, describe, hasCode, isMissing, NOTHING, PRESENT, tagsOf } from './outcome.mjs';
import { bodyOf } from './recorded-history.mjs';

/**
 * @import { OssAnswer, OssRequest } from '../kill-loop/oss-connection.mjs'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 * @import { RecordedHistory } from './recorded-history.mjs'
 * @import { Outcome } from './outcome.mjs'
 */

/** The bucket that holds the keys. */
export const BUCKET = 'order';

/**
 * A request, and how its answer is read.
 * @typedef {object} Ask
 * @property {string} what it is, to be read by people
 * @property {readonly string[]} keys that it concerns
 * @property {OssRequest} request
 * @property {Outcome} [success] what it does where nobody knows whether it did; none for a read
 * @property {(answer: OssAnswer, key: string) => Outcome | undefined} read undefined: no such answer is right
 */

/** Bodies of more bytes than these are kept as files of their own. */
const INLINE_LIMIT = 64 * 1024;

/** How puts ask to be encrypted: half of them not at all, the others with keys of the server's and of KMS. */
const ENCRYPTIONS = [undefined, undefined, undefined, 'AES256', 'SM4', 'KMS'];

/** A body must tell whose it is. */
const SMALLEST = 64;

/**
 * A client that asks one thing after another of the same few keys as all the others, and writes
 * down when it asked, when it was answered, and what.
 */
export class OrderClient {
  #history;
  #random;
  #number;
  #keys;
  #port;
  #connection;
  #isStopped = false;
  #asked = 0;

  /**
   * @param {RecordedHistory} history
   * @param {SeededRandom} random
   * @param {number} number of the client, in all of the history
   * @param {readonly string[]} keys
   * @param {number} port
   */
  constructor(history, random, number, keys, port) {
    this.#history = history;
    this.#random = random;
    this.#number = number;
    this.#keys = keys;
    this.#port = port;
    this.#connection = new OssConnection(port);
  }

  stop() {
    this.#isStopped = true;
  }

  /**
   * Works until it is stopped or the server is gone. Returns what was under way then; nobody knows
   * whether it happened, before the server's end or not at all.
   * @returns {Promise<((end: number) => void) | undefined>} writes that down
   */
  async work() {
    try {
      while (!this.#isStopped) {
        const lost = await this.#perform(this.#ask());
        if (lost !== undefined) return lost;
      }
    } catch (error) {
      const what = error instanceof Error ? error.stack : error;
      this.#history.problems.push(`client ${this.#number}: ${what}`);
    } finally {
      this.#connection.close();
    }
    return undefined;
  }

  /** @param {Ask} ask */
  async #perform({ what, keys, request, success, read }) {
    const history = this.#history;
    const client = this.#number;
    const begin = history.now();
    /** @type {OssAnswer} */
    let answer;
    try {
      answer = await this.#connection.send(request);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      return (/** @type {number} */ end) => {
        if (success === undefined) return;
        for (const key of keys) {
          history.add(key, { client, what, begin, end, isCertain: false, ...success });
        }
      };
    }
    const end = history.now();
    if (headerOf(answer, 'connection') === 'close') {
      this.#connection.close();
      this.#connection = new OssConnection(this.#port);
    }
    for (const key of keys) {
      const outcome = read(answer, key);
      if (outcome === undefined) {
        const text = answer.body.toString('latin1').slice(0, 500);
        history.problems.push(`${what} of ${keys.join(' and ')}: ${answer.status} ${text}`);
        continue;
      }
      const seen = `${what} of ${key}: ${answer.status} ${describe(outcome)}`;
      history.add(key, { client, what: seen, begin, end, isCertain: true, ...outcome });
    }
    return undefined;
  }

  /** @returns {Ask} */
  #ask() {
    const random = this.#random;
    this.#asked++;
    const key = random.pick(this.#keys);
    const of = { bucket: BUCKET, key };
    switch (
      random.weighted({
        ...{ put: 20, putLarge: 4, create: 8, delete: 8, deleteSeveral: 3 },
        ...{ get: 18, getRange: 9, getUnless: 5, head: 9, list: 5 },
        ...{ putTags: 5, getTags: 4, deleteTags: 2 },
      })
    ) {
      case 'put':
        return this.#put(key, random.between(SMALLEST, random.pick([600, 5000, INLINE_LIMIT])));
      case 'putLarge':
        return this.#put(key, INLINE_LIMIT + random.between(1, 100_000));
      case 'create':
        return this.#put(key, random.between(SMALLEST, random.pick([5000, 80_000])), true);
      case 'delete':
        return this.#delete('delete', [key], { ...of, method: 'DELETE' }, 204);
      case 'deleteSeveral':
        return this.#deleteSeveral();
      case 'get':
        return this.#read('get', key, { ...of, method: 'GET' });
      case 'getRange': {
        const first = random.below(random.pick([100, 3000, 100_000]));
        const range = `bytes=${first}-${first + random.below(random.pick([64, 2000, 70_000]))}`;
        return this.#read(`get ${range}`, key, { ...of, method: 'GET', headers: { range } });
      }
      case 'getUnless':
        return this.#getUnless(key);
      case 'head':
        return this.#read('head', key, { ...of, method: 'HEAD' });
      case 'list':
        return this.#list();
      case 'putTags':
        return this.#putTags(key);
      case 'getTags':
        return {
          what: 'get the tags',
          keys: [key],
          request: { ...of, method: 'GET', query: [['tagging', null]] },
          read: tagsOf,
        };
      case 'deleteTags':
        return this.#changeTags('delete the tags', key, '', {
          ...of,
          method: 'DELETE',
          query: [['tagging', null]],
        });
    }
  }

  /**
   * @param {string} key
   * @param {number} size
   * @param {boolean} [mustBeNew]
   * @returns {Ask}
   */
  #put(key, size, mustBeNew = false) {
    const text = `client ${this.#number}, put ${this.#asked} of ${key}; `;
    const object = { text, size };
    const body = bodyOf(object);
    const etag = md5Of(body);
    this.#history.put(etag, object);
    const tags = this.#random.chance(0.3) ? this.#newTags() : '';
    const method = this.#random.pick(ENCRYPTIONS);
    /** @type {Outcome} */
    const success = {
      saw: mustBeNew ? ABSENT : { is: 'anything' },
      effect: { makes: 'object', etag, tags },
    };
    return {
      what: `${mustBeNew ? 'put as new' : 'put'} ${etag}${tags === '' ? '' : ` with ${tags}`}`,
      keys: [key],
      request: {
        method: 'PUT',
        bucket: BUCKET,
        key,
        body,
        headers: {
          ...(tags === '' ? {} : { 'x-oss-tagging': tags }),
          ...(mustBeNew ? { 'x-oss-forbid-overwrite': 'true' } : {}),
          ...(method === undefined ? {} : { 'x-oss-server-side-encryption': method }),
        },
      },
      success,
      read(answer) {
        if (answer.status === 200) {
          return headerOf(answer, 'etag') === `"${etag}"` ? success : undefined;
        }
        const isRefused = mustBeNew && hasCode(answer, 409, 'FileAlreadyExists');
        return isRefused ? { saw: PRESENT, effect: NOTHING } : undefined;
      },
    };
  }

  #newTags() {
    return `of=${this.#number}.${this.#asked}`;
  }

  /**
   * @param {string} what
   * @param {readonly string[]} keys
   * @param {OssRequest} request
   * @param {number} status
   * @returns {Ask}
   */
  #delete(what, keys, request, status) {
    /** @type {Outcome} */
    const success = { saw: { is: 'anything' }, effect: { makes: 'absent' } };
    const read = (/** @type {OssAnswer} */ answer) =>
      answer.status === status ? success : undefined;
    return { what, keys, request, success, read };
  }

  #deleteSeveral() {
    const keys = this.#random.shuffled(this.#keys).slice(0, 2);
    const objects = keys.map((key) => `<Object><Key>${key}</Key></Object>`);
    const body = Buffer.from(`<Delete>${objects.join('')}</Delete>`);
    const headers = { 'content-md5': Buffer.from(md5Of(body), 'hex').toString('base64') };
    return this.#delete(
      'delete together',
      keys,
      { method: 'POST', bucket: BUCKET, query: [['delete', null]], headers, body },
      200,
    );
  }

  /**
   * @param {string} what
   * @param {string} key
   * @param {OssRequest} request
   * @returns {Ask}
   */
  #read(what, key, request) {
    return {
      what,
      keys: [key],
      request,
      read: (answer) => {
        if (answer.status === 404) return isMissing(request, answer);
        if (answer.status !== 200 && answer.status !== 206) return undefined;
        const etag = headerOf(answer, 'etag').replaceAll('"', '');
        this.#checkBytes(`${what} of ${key}`, etag, request, answer);
        const tagged = answer.headers.has('x-oss-tagging-count');
        return { saw: { is: 'object', etag, tagged }, effect: NOTHING };
      },
    };
  }

  /**
   * The bytes that an answer has, or says to have, must be those of the object whose ETag it names.
   * @param {string} what
   * @param {string} etag
   * @param {OssRequest} request
   * @param {OssAnswer} answer
   */
  #checkBytes(what, etag, { method }, answer) {
    const { objects, problems } = this.#history;
    const object = objects.get(etag);
    if (object === undefined) {
      problems.push(`${what}: nobody put an object ${etag}`);
      return;
    }
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headerOf(answer, 'content-range'));
    const [from, to, size] =
      answer.status === 206 && range !== null
        ? [Number(range[1]), Number(range[2]) + 1, Number(range[3])]
        : [0, object.size, object.size];
    if (size !== object.size || Number(headerOf(answer, 'content-length')) !== to - from) {
      problems.push(`${what}: the lengths are not those of ${etag}`);
    } else if (method !== 'HEAD' && !answer.body.equals(bodyOf(object).subarray(from, to))) {
      problems.push(`${what}: the bytes are not those of ${etag}`);
    }
  }

  /** @param {string} key @returns {Ask} */
  #getUnless(key) {
    // One of the last that were put, by whomever: mostly not the one that is there, often enough it.
    const { recent } = this.#history;
    const etag = recent.length === 0 ? 'none' : this.#random.pick(recent);
    const unless = this.#read(`get unless ${etag}`, key, {
      method: 'GET',
      bucket: BUCKET,
      key,
      headers: { 'if-none-match': `"${etag}"` },
    });
    return {
      ...unless,
      read: (answer, of) => {
        if (answer.status === 304) return { saw: { is: 'object', etag }, effect: NOTHING };
        const outcome = unless.read(answer, of);
        return outcome?.saw.is === 'object' && outcome.saw.etag === etag ? undefined : outcome;
      },
    };
  }

  /** @returns {Ask} */
  #list() {
    /** @type {Map<string, { readonly etag: string, readonly size: number }> | undefined} */
    let listed;
    return {
      what: 'list',
      keys: this.#keys,
      request: { method: 'GET', bucket: BUCKET, query: [['list-type', '2']] },
      read: (answer, key) => {
        if (answer.status !== 200) return undefined;
        listed ??= new Map(
          elements(parseXml(answer.body.toString()), 'Contents').map((entry) => {
            const etag = textOf(entry, 'ETag').replaceAll('"', '');
            return [textOf(entry, 'Key'), { etag, size: Number(textOf(entry, 'Size')) }];
          }),
        );
        const entry = listed.get(key);
        if (entry === undefined) return { saw: ABSENT, effect: NOTHING };
        if (this.#history.objects.get(entry.etag)?.size !== entry.size) return undefined;
        return { saw: { is: 'object', etag: entry.etag }, effect: NOTHING };
      },
    };
  }

  /** @param {string} key */
  #putTags(key) {
    const tags = this.#newTags();
    const [name, value] = tags.split('=');
    const tag = `<Tag><Key>${name}</Key><Value>${value}</Value></Tag>`;
    return this.#changeTags(`put the tags ${tags}`, key, tags, {
      method: 'PUT',
      bucket: BUCKET,
      key,
      query: [['tagging', null]],
      body: Buffer.from(`<Tagging><TagSet>${tag}</TagSet></Tagging>`),
    });
  }

  /**
   * @param {string} what
   * @param {string} key
   * @param {string} tags
   * @param {OssRequest} request
   * @returns {Ask}
   */
  #changeTags(what, key, tags, request) {
    /** @type {Outcome} */
    const success = { saw: PRESENT, effect: { makes: 'tags', tags } };
    return {
      what,
      keys: [key],
      request,
      success,
      read: (answer) =>
        answer.status === 404
          ? isMissing(request, answer)
          : answer.status === 200 || answer.status === 204
            ? success
            : undefined,
    };
  }
}
