import { ABSENT } from '../workload/oracle.mjs';
import { ConnectionLost, OssConnection } from './oss-connection.mjs';
import { md5Of, serverObjectText } from './server-object.mjs';

/**
 * @import { Oracle } from '../workload/oracle.mjs'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 * @import { OssAnswer, OssRequest } from './oss-connection.mjs'
 * @import { ServerObject } from './server-object.mjs'
 */

/** The bucket that is there all the time. */
export const BUCKET = 'torture';

/** @param {string} bucket @param {string} key */
export const objectSubject = (bucket, key) => `object ${bucket}/${key}`;
/** @param {string} bucket */
export const bucketSubject = (bucket) => `bucket ${bucket}`;

/** What all writers of a run share. */
export class WriterSurroundings {
  /** How many puts were made that only one may win. */
  races = 0;
  /** @type {string[]} */
  problems = [];
  acknowledged = 0;

  /**
   * @param {Oracle} oracle
   * @param {number} writers
   */
  constructor(oracle, writers) {
    this.oracle = oracle;
    this.writers = writers;
  }
}

const ACLS = /** @type {const} */ (['private', 'public-read', 'default']);

/** Bodies of more bytes than these are kept as files of their own. */
export const INLINE_LIMIT = 64 * 1024;

/**
 * A client of the server that does one thing after another, and tells the oracle before and after
 * each. Its own keys are changed by nobody else; the shared ones by everybody.
 */
export class Writer {
  #around;
  #random;
  #number;
  #connection;
  #life;
  #count = 0;
  #isStopped = false;

  /**
   * @param {WriterSurroundings} around
   * @param {SeededRandom} random
   * @param {number} number of the writer
   * @param {string} life makes the bodies of this run other ones than those of any other
   * @param {number} port
   */
  constructor(around, random, number, life, port) {
    this.#around = around;
    this.#random = random;
    this.#number = number;
    this.#life = life;
    this.#connection = new OssConnection(port);
  }

  stop() {
    this.#isStopped = true;
  }

  /**
   * Works until it is stopped or the server is gone.
   * @param {'everything' | 'overwriting'} what `overwriting`: only blobs in place of blobs, which
   *   gives the sweeper much to do
   */
  async work(what) {
    try {
      while (!this.#isStopped) await (what === 'everything' ? this.#anything() : this.#overwrite());
    } catch (error) {
      if (!(error instanceof ConnectionLost)) {
        this.#around.problems.push(
          `writer ${this.#number}: ${error instanceof Error ? error.stack : error}`,
        );
      }
    } finally {
      this.#connection.close();
    }
  }

  #overwrite() {
    return this.#put(`own/${this.#number}/${this.#random.below(4)}`, {
      size: this.#random.between(70_000, 200_000),
    });
  }

  async #anything() {
    const random = this.#random;
    const own = `own/${this.#number}/${random.below(6)}`;
    const shared = `shared/${random.below(4)}`;
    switch (
      random.weighted({
        own: 8,
        shared: 3,
        race: 4,
        attributes: 4,
        deleteOwn: 2,
        deleteShared: 1,
        bucket: 1,
      })
    ) {
      case 'own':
        return this.#put(own);
      case 'shared':
        return this.#put(shared);
      case 'race':
        return this.#race();
      case 'attributes':
        return this.#changeAttributes(`attributes/${this.#number}/${random.below(2)}`);
      case 'deleteOwn':
        return this.#change(
          { method: 'DELETE', bucket: BUCKET, key: own },
          objectSubject(BUCKET, own),
          ABSENT,
        );
      case 'deleteShared':
        return this.#change(
          { method: 'DELETE', bucket: BUCKET, key: shared },
          objectSubject(BUCKET, shared),
          ABSENT,
        );
      case 'bucket':
        return this.#passingBucket();
    }
  }

  /**
   * @param {string} key
   * @param {{ readonly size?: number, readonly headers?: Record<string, string>, readonly bucket?: string, readonly object?: Partial<ServerObject> }} [more]
   */
  async #put(key, { size = this.#size(), headers = {}, bucket = BUCKET, object = {} } = {}) {
    const name = `${this.#life} writer ${this.#number} put ${this.#count++}`;
    const body = Buffer.alloc(size, `${name} of ${key}; `);
    const type = this.#random.pick(['text/plain', 'application/octet-stream']);
    const etag = md5Of(body);
    const md5 = Buffer.from(etag, 'hex').toString('base64');
    const result = serverObjectText({
      etag,
      size,
      type,
      note: name,
      tags: '',
      acl: 'default',
      ...object,
    });
    return this.#change(
      {
        method: 'PUT',
        bucket,
        key,
        body,
        headers: {
          'content-type': type,
          'x-oss-meta-note': name,
          ...(this.#random.chance(0.3) ? { 'content-md5': md5 } : {}),
          ...headers,
        },
      },
      objectSubject(bucket, key),
      result,
    );
  }

  /** A put that only one of several writers may win. */
  async #race() {
    const around = this.#around;
    const key = `race/${Math.floor(around.races++ / around.writers)}`;
    const done = await this.#put(key, { headers: { 'x-oss-forbid-overwrite': 'true' } });
    // Whoever won is on disk: the loser was told so.
    if (!done) around.oracle.exclude(objectSubject(BUCKET, key), ABSENT);
  }

  /** @param {string} key */
  async #changeAttributes(key) {
    const random = this.#random;
    const { oracle } = this.#around;
    const subject = objectSubject(BUCKET, key);
    const [state = ABSENT] = oracle.allowed(subject);
    const tags = `number=${random.below(1000)}`;
    const acl = random.pick(ACLS);
    if (state === ABSENT || random.chance(0.3)) {
      const headers = { 'x-oss-tagging': tags, 'x-oss-object-acl': acl };
      return this.#put(key, { headers, object: { tags, acl } });
    }
    /** @type {ServerObject} */
    const object = JSON.parse(state);
    const request = { bucket: BUCKET, key };
    switch (random.below(3)) {
      case 0: {
        const headers = { 'x-oss-object-acl': acl };
        return this.#change(
          { ...request, method: 'PUT', query: [['acl', null]], headers },
          subject,
          serverObjectText({ ...object, acl }),
        );
      }
      case 1: {
        const [name = '', value = ''] = tags.split('=');
        const body = Buffer.from(
          `<Tagging><TagSet><Tag><Key>${name}</Key><Value>${value}</Value></Tag></TagSet></Tagging>`,
        );
        return this.#change(
          { ...request, method: 'PUT', query: [['tagging', null]], body },
          subject,
          serverObjectText({ ...object, tags }),
        );
      }
      default:
        return this.#change(
          { ...request, method: 'DELETE', query: [['tagging', null]] },
          subject,
          serverObjectText({ ...object, tags: '' }),
        );
    }
  }

  /** A bucket that comes and goes. */
  async #passingBucket() {
    const bucket = `passing-${this.#number}`;
    const subject = bucketSubject(bucket);
    const object = objectSubject(bucket, 'only');
    const { oracle } = this.#around;
    if (oracle.allowed(subject).has(ABSENT)) {
      return this.#change({ method: 'PUT', bucket }, subject, 'there');
    }
    if (oracle.allowed(object).has(ABSENT) && this.#random.chance(0.6)) {
      return this.#put('only', { bucket });
    }
    await this.#change({ method: 'DELETE', bucket, key: 'only' }, object, ABSENT);
    return this.#change({ method: 'DELETE', bucket }, subject, ABSENT);
  }

  /**
   * Sends a request that changes something; true when it was acknowledged, false when an object was
   * there already.
   * @param {OssRequest} request
   * @param {string} subject
   * @param {string} result
   */
  async #change(request, subject, result) {
    const { oracle, problems } = this.#around;
    const intent = oracle.begin(subject, result);
    const answer = await this.#connection.send(request);
    if (answer.status === 200 || answer.status === 204) {
      oracle.acknowledge(intent);
      this.#around.acknowledged++;
      return true;
    }
    oracle.refuse(intent);
    if (!isAlreadyThere(request, answer)) {
      problems.push(
        `${request.method} of ${subject} was answered ${answer.status}: ${answer.body.toString().slice(0, 500)}`,
      );
    }
    return false;
  }

  #size() {
    const random = this.#random;
    switch (random.weighted({ empty: 1, small: 8, inline: 4, limit: 2, blob: 5, large: 1 })) {
      case 'empty':
        return 0;
      case 'small':
        return random.between(1, 5000);
      case 'inline':
        return random.between(5000, INLINE_LIMIT);
      case 'limit':
        return INLINE_LIMIT + random.between(-1, 2);
      case 'blob':
        return random.between(INLINE_LIMIT + 1, 200_000);
      case 'large':
        return random.between(1_000_000, 3_000_000);
    }
  }
}

/**
 * @param {OssRequest} request
 * @param {OssAnswer} answer
 */
function isAlreadyThere({ headers }, { status, body }) {
  return (
    headers?.['x-oss-forbid-overwrite'] === 'true' &&
    status === 409 &&
    body.toString().includes('<Code>FileAlreadyExists</Code>')
  );
}
