import { ABSENT } from '../workload/oracle.mjs';
import {
  anyMode,
  BUCKETS,
  DEFAULT_KEY,
  keyIdIn,
  modeHeaders,
  modeText,
  modeTextOf,
  ruleDocument,
  SEALED_MARK,
} from './encryption-modes.mjs';
import { KnownKeys } from './known-keys.mjs';
import { ConnectionLost, OssConnection } from './oss-connection.mjs';
import { hasCrc64Of, md5Of, serverObjectText } from './server-object.mjs';

/**
 * @import { Oracle } from '../workload/oracle.mjs'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 * @import { OssAnswer, OssRequest } from './oss-connection.mjs'
 * @import { ServerObject } from './server-object.mjs'
 */

/** @param {string} bucket @param {string} key */
export const objectSubject = (bucket, key) => `object ${bucket}/${key}`;
/** @param {string} bucket */
export const bucketSubject = (bucket) => `bucket ${bucket}`;
/** How a bucket encrypts what asks for nothing else. @param {string} bucket */
export const ruleSubject = (bucket) => `rule ${bucket}`;

/** What all writers of a run share. */
export class WriterSurroundings {
  /** How many puts were made that only one may win. */
  races = 0;
  /** @type {string[]} */
  problems = [];
  acknowledged = 0;
  keys = new KnownKeys();

  /**
   * @param {Oracle} oracle
   * @param {number} writers
   */
  constructor(oracle, writers) {
    this.oracle = oracle;
    this.writers = writers;
  }
}

/** How often a put asks for an encryption of its own. */
const ASKING = 0.15;

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
  /** The bucket of its own keys: each encrypts in another way. */
  #home;
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
    this.#home = bucketOf(number);
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
    const place = random.below(BUCKETS.length);
    const shared = { bucket: bucketOf(place), key: `shared/${place}` };
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
        return this.#put(shared.key, { bucket: shared.bucket });
      case 'race':
        return this.#race();
      case 'attributes':
        return this.#changeAttributes(`attributes/${this.#number}/${random.below(2)}`);
      case 'deleteOwn':
        return this.#delete(this.#home, own);
      case 'deleteShared':
        return this.#delete(shared.bucket, shared.key);
      case 'bucket':
        return this.#passingBucket();
    }
  }

  /**
   * @param {string} key
   * @param {{ readonly size?: number, readonly headers?: Record<string, string>, readonly bucket?: string, readonly object?: Partial<ServerObject> }} [more]
   */
  async #put(key, { size = this.#size(), headers = {}, bucket = this.#home, object = {} } = {}) {
    const name = `${this.#life} writer ${this.#number} put ${this.#count++}`;
    const { keys, problems } = this.#around;
    const asked = this.#random.chance(ASKING) ? anyMode(this.#random, keys) : undefined;
    const encryption = asked === undefined ? this.#ruleOf(bucket) : modeText(asked);
    const mark = encryption === '' ? '' : SEALED_MARK;
    const body = Buffer.alloc(size, `${mark}${name} of ${key}; `);
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
      encryption,
      ...object,
    });
    const answer = await this.#change(
      {
        method: 'PUT',
        bucket,
        key,
        body,
        headers: {
          ...(asked === undefined ? {} : modeHeaders(asked, keys)),
          'content-type': type,
          'x-oss-meta-note': name,
          ...(this.#random.chance(0.3) ? { 'content-md5': md5 } : {}),
          ...headers,
        },
      },
      [[objectSubject(bucket, key), result]],
    );
    if (answer === undefined) return false;
    // The server makes its default key when it is first needed, and tells it then.
    if (encryption.endsWith(DEFAULT_KEY))
      problems.push(...keys.learn(DEFAULT_KEY, keyIdIn(answer)));
    const told = modeTextOf(answer, keys);
    if (told !== encryption) {
      problems.push(`${name} was answered with the encryption ${told}, not ${encryption}`);
    }
    if (!hasCrc64Of(answer, body)) problems.push(`${name} was answered with another CRC-64`);
    return true;
  }

  /** @param {string} bucket @param {string} key */
  #delete(bucket, key) {
    return this.#change({ method: 'DELETE', bucket, key }, [[objectSubject(bucket, key), ABSENT]]);
  }

  /** What a bucket's rule makes of a put that asks for nothing; nobody else changes it. @param {string} bucket */
  #ruleOf(bucket) {
    const [rule = ABSENT] = this.#around.oracle.allowed(ruleSubject(bucket));
    return rule === ABSENT ? '' : rule;
  }

  /** A put that only one of several writers may win. */
  async #race() {
    const around = this.#around;
    const race = Math.floor(around.races++ / around.writers);
    const key = `race/${race}`;
    const bucket = bucketOf(race);
    const done = await this.#put(key, { bucket, headers: { 'x-oss-forbid-overwrite': 'true' } });
    // Whoever won is on disk: the loser was told so.
    if (!done) around.oracle.exclude(objectSubject(bucket, key), ABSENT);
  }

  /** @param {string} key */
  async #changeAttributes(key) {
    const random = this.#random;
    const { oracle } = this.#around;
    const subject = objectSubject(this.#home, key);
    const [state = ABSENT] = oracle.allowed(subject);
    const tags = `number=${random.below(1000)}`;
    const acl = random.pick(ACLS);
    if (state === ABSENT || random.chance(0.3)) {
      const headers = { 'x-oss-tagging': tags, 'x-oss-object-acl': acl };
      return this.#put(key, { headers, object: { tags, acl } });
    }
    /** @type {ServerObject} */
    const object = JSON.parse(state);
    const request = { bucket: this.#home, key };
    switch (random.below(3)) {
      case 0: {
        const headers = { 'x-oss-object-acl': acl };
        return this.#change({ ...request, method: 'PUT', query: [['acl', null]], headers }, [
          [subject, serverObjectText({ ...object, acl })],
        ]);
      }
      case 1: {
        const [name = '', value = ''] = tags.split('=');
        const body = Buffer.from(
          `<Tagging><TagSet><Tag><Key>${name}</Key><Value>${value}</Value></Tag></TagSet></Tagging>`,
        );
        return this.#change({ ...request, method: 'PUT', query: [['tagging', null]], body }, [
          [subject, serverObjectText({ ...object, tags })],
        ]);
      }
      default:
        return this.#change({ ...request, method: 'DELETE', query: [['tagging', null]] }, [
          [subject, serverObjectText({ ...object, tags: '' })],
        ]);
    }
  }

  /** A bucket that comes and goes, and its rule of encryption with it. */
  async #passingBucket() {
    const random = this.#random;
    const bucket = `passing-${this.#number}`;
    const subject = bucketSubject(bucket);
    const rule = ruleSubject(bucket);
    const object = objectSubject(bucket, 'only');
    const { oracle } = this.#around;
    if (oracle.allowed(subject).has(ABSENT)) {
      return this.#change({ method: 'PUT', bucket }, [[subject, 'there']]);
    }
    if (oracle.allowed(rule).has(ABSENT) ? random.chance(0.6) : random.chance(0.2)) {
      return this.#changeRule(bucket);
    }
    if (oracle.allowed(object).has(ABSENT) && random.chance(0.6)) {
      return this.#put('only', { bucket });
    }
    await this.#delete(bucket, 'only');
    return this.#change({ method: 'DELETE', bucket }, [
      [subject, ABSENT],
      [rule, ABSENT],
    ]);
  }

  /** @param {string} bucket */
  #changeRule(bucket) {
    const of = { bucket, query: /** @type {[string, null][]} */ ([['encryption', null]]) };
    const rule = ruleSubject(bucket);
    if (this.#random.chance(0.3))
      return this.#change({ ...of, method: 'DELETE' }, [[rule, ABSENT]]);
    const { keys } = this.#around;
    const mode = anyMode(this.#random, keys);
    const body = ruleDocument(mode, keys);
    return this.#change({ ...of, method: 'PUT', body }, [[rule, modeText(mode)]]);
  }

  /**
   * Sends a request that changes something; what acknowledges it, or undefined when an object was
   * there already.
   * @param {OssRequest} request
   * @param {readonly (readonly [subject: string, result: string])[]} changes
   * @returns {Promise<OssAnswer | undefined>}
   */
  async #change(request, changes) {
    const { oracle, problems } = this.#around;
    const intents = changes.map(([subject, result]) => oracle.begin(subject, result));
    const answer = await this.#connection.send(request);
    if (answer.status === 200 || answer.status === 204) {
      for (const intent of intents) oracle.acknowledge(intent);
      this.#around.acknowledged++;
      return answer;
    }
    for (const intent of intents) oracle.refuse(intent);
    if (!isAlreadyThere(request, answer)) {
      problems.push(
        `${request.method} of ${changes[0]?.[0]} was answered ${answer.status}: ${answer.body.toString().slice(0, 500)}`,
      );
    }
    return undefined;
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

/** One of the buckets in turn. @param {number} number */
const bucketOf = (number) => BUCKETS[number % BUCKETS.length]?.name ?? '';

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
