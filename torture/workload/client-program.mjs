import { bodyOf, objectStateOf, objectStateText } from './object-state.mjs';
import { ABSENT } from './oracle.mjs';

/**
 * @import { BucketSpecification, ObjectAttributes } from '@openoss/storage'
 * @import { SeededRandom } from './seeded-random.mjs'
 */

/**
 * One thing that a client asks of the store. `result` is the state of `subject` if it happens.
 * @typedef {{ readonly subject: string, readonly result: string } & (
 *   | { readonly kind: 'put', readonly bucket: string, readonly key: string, readonly body: BodySpecification, readonly attributes: ObjectAttributes, readonly onlyNew: boolean }
 *   | { readonly kind: 'abandon', readonly bucket: string, readonly key: string, readonly body: BodySpecification, readonly attributes: ObjectAttributes }
 *   | { readonly kind: 'delete', readonly bucket: string, readonly key: string }
 *   | { readonly kind: 'update', readonly bucket: string, readonly key: string, readonly acl: ObjectAttributes['acl'], readonly tags: ObjectAttributes['tags'] }
 *   | { readonly kind: 'createBucket', readonly specification: BucketSpecification }
 *   | { readonly kind: 'updateBucket', readonly bucket: string, readonly acl: BucketSpecification['acl'] }
 *   | { readonly kind: 'deleteBucket', readonly bucket: string }
 *   | { readonly kind: 'room', readonly key: string, readonly value: string }
 * )} Operation
 */

/**
 * @typedef {object} BodySpecification
 * @property {string} name what its bytes are made of
 * @property {number} size
 * @property {boolean} streamed it comes in pieces
 */

/**
 * @typedef {object} WorkloadShape
 * @property {number} clients
 * @property {number} operations for each client
 * @property {number} inlineLimit the store's: sizes are chosen around it
 * @property {number} largest bytes of the largest body
 */

/** The bucket that is there all the time. */
export const BUCKET = 'torture';

/** The room in which clients keep values. */
export const ROOM = 'torture';

const OWNER = '1000';

/** What a client's own keys end in: one of them nearly as long as a key may be. */
const OWN_KEYS = ['0', '1', `long ${'x'.repeat(950)}`];

/** @param {string} bucket @param {string} key */
export const objectSubject = (bucket, key) => `object ${bucket}/${key}`;
/** @param {string} bucket */
export const bucketSubject = (bucket) => `bucket ${bucket}`;
/** @param {string} key */
export const roomSubject = (key) => `room ${key}`;

/**
 * @param {string} name
 * @returns {BucketSpecification}
 */
export function bucketSpecification(name) {
  return { name, owner: OWNER, storageClass: 'Standard', redundancy: 'LRS', acl: 'private' };
}

/**
 * What one client does, from beginning to end. It depends on the random numbers and on the states
 * that the client's own keys have at first, never on what happens meanwhile. A client changes keys
 * of its own and keys that all share; attributes only of its own, so that their states are known.
 *
 * @param {SeededRandom} random
 * @param {string} life distinguishes this run from others of the same client
 * @param {number} client
 * @param {WorkloadShape} shape
 * @param {(subject: string) => string} stateOf the states at first
 * @returns {Operation[]}
 */
export function clientProgram(random, life, client, shape, stateOf) {
  /** @type {Map<string, string>} */
  const states = new Map();
  /** @param {string} subject */
  const current = (subject) => states.get(subject) ?? stateOf(subject);
  /** @type {Operation[]} */
  const operations = [];
  /** @param {Operation} operation */
  const add = (operation) => {
    operations.push(operation);
    states.set(operation.subject, operation.result);
  };
  const bodyName = () => `${life} client ${client} operation ${operations.length}`;

  while (operations.length < shape.operations) {
    const own = `client ${client}/${random.pick(OWN_KEYS)}`;
    const kind = random.weighted({
      put: 8,
      shared: 3,
      onlyNew: 2,
      abandon: 1,
      delete: 3,
      deleteShared: 1,
      update: 3,
      bucket: 1,
      room: 1,
    });
    switch (kind) {
      case 'put':
        add(put(random, own, bodyName(), shape));
        break;
      case 'shared':
        add(put(random, `shared/${random.below(2)}`, bodyName(), shape));
        break;
      case 'onlyNew':
        add({ ...put(random, `new ${life}/${random.below(2)}`, bodyName(), shape), onlyNew: true });
        break;
      case 'abandon': {
        const { bucket, key, body, attributes, subject } = put(random, own, bodyName(), shape);
        add({ kind, subject, result: current(subject), bucket, key, body, attributes });
        break;
      }
      case 'delete':
      case 'deleteShared': {
        const key = kind === 'delete' ? own : `shared/${random.below(2)}`;
        const subject = objectSubject(BUCKET, key);
        add({ kind: 'delete', subject, result: ABSENT, bucket: BUCKET, key });
        break;
      }
      case 'update': {
        const subject = objectSubject(BUCKET, own);
        const state = current(subject);
        if (state === ABSENT) break;
        const { acl, tags } = attributesOf(random);
        const result = objectStateText({ ...objectStateOf(state), acl, tags });
        add({ kind, subject, result, bucket: BUCKET, key: own, acl, tags });
        break;
      }
      case 'bucket':
        for (const operation of bucketSteps(random, client, bodyName(), shape, current)) {
          add(operation);
        }
        break;
      case 'room': {
        const key = `client ${client}`;
        const value = random.chance(0.3) ? 'v'.repeat(random.below(600)) : bodyName();
        add({ kind, subject: roomSubject(key), result: `value ${value}`, key, value });
        break;
      }
    }
  }
  return operations;
}

/**
 * The next step in the life of a bucket that the client makes and deletes.
 * @param {SeededRandom} random
 * @param {number} client
 * @param {string} bodyName
 * @param {WorkloadShape} shape
 * @param {(subject: string) => string} current
 * @returns {Operation[]}
 */
function bucketSteps(random, client, bodyName, shape, current) {
  const bucket = `passing-${client}`;
  const subject = bucketSubject(bucket);
  if (current(subject) === ABSENT) {
    const specification = bucketSpecification(bucket);
    return [{ kind: 'createBucket', subject, result: specification.acl, specification }];
  }
  const object = objectSubject(bucket, 'only');
  if (current(object) === ABSENT && random.chance(0.5)) {
    return [put(random, 'only', bodyName, shape, bucket)];
  }
  if (random.chance(0.3)) {
    const acl = random.pick(/** @type {const} */ (['private', 'public-read']));
    return [{ kind: 'updateBucket', subject, result: acl, bucket, acl }];
  }
  return [
    { kind: 'delete', subject: object, result: ABSENT, bucket, key: 'only' },
    { kind: 'deleteBucket', subject, result: ABSENT, bucket },
  ];
}

/**
 * @param {SeededRandom} random
 * @param {string} key
 * @param {string} name
 * @param {WorkloadShape} shape
 * @returns {Operation & { kind: 'put' }}
 */
export function put(random, key, name, shape, bucket = BUCKET) {
  const body = { name, size: bodySize(random, shape), streamed: random.chance(0.5) };
  const attributes = attributesOf(random);
  const result = objectStateText({
    ...attributes,
    etag: bodyOf(body.name, body.size).etag,
    size: body.size,
  });
  const subject = objectSubject(bucket, key);
  return { kind: 'put', subject, result, bucket, key, body, attributes, onlyNew: false };
}

/**
 * @param {SeededRandom} random
 * @param {WorkloadShape} shape
 */
function bodySize(random, { inlineLimit, largest }) {
  switch (random.weighted({ empty: 1, small: 6, inline: 3, limit: 1, blob: 6, large: 1 })) {
    case 'empty':
      return 0;
    case 'small':
      return random.between(1, Math.min(inlineLimit, 600));
    case 'inline':
      return random.between(1, inlineLimit + 1);
    case 'limit':
      return inlineLimit + random.below(2);
    case 'blob':
      return random.between(inlineLimit + 1, Math.min(largest, inlineLimit * 4 + 8192));
    case 'large':
      return random.between(inlineLimit + 1, largest);
  }
}

/**
 * @param {SeededRandom} random
 * @returns {ObjectAttributes}
 */
function attributesOf(random) {
  return {
    storageClass: random.chance(0.8) ? 'Standard' : 'IA',
    acl: random.pick(/** @type {const} */ (['default', 'private', 'public-read'])),
    owner: OWNER,
    headers: random.chance(0.5) ? [['Content-Type', 'text/plain']] : [],
    metadata: random.chance(0.3) ? [['colour', 'c'.repeat(random.below(300))]] : [],
    tags: random.chance(0.3) ? [['number', String(random.below(1000))]] : [],
  };
}
