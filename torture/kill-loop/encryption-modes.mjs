import { headerOf } from './server-object.mjs';

/**
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 * @import { KnownKeys } from './known-keys.mjs'
 * @import { OssAnswer } from './oss-connection.mjs'
 */

/**
 * How something is encrypted: an object, or what a bucket's rule says of objects.
 * @typedef {object} Mode
 * @property {'AES256' | 'SM4' | 'KMS'} method
 * @property {'SM4'} [data] what encrypts the body, where that is not told by the method
 * @property {string} [key] what the oracle calls the key; with KMS only
 */

/** What the oracle calls the key that OSS uses unless told another. */
export const DEFAULT_KEY = 'the default key';

/** What the oracle calls the key that a bucket's rule names from the beginning. */
export const BUCKET_KEY = 'key of writer 0, of a bucket';

/**
 * The buckets that are there all the time, and how each encrypts what asks for nothing else.
 * @type {readonly { readonly name: string, readonly rule?: Mode }[]}
 */
export const BUCKETS = [
  { name: 'torture' },
  { name: 'torture-aes256', rule: { method: 'AES256' } },
  { name: 'torture-sm4', rule: { method: 'SM4' } },
  { name: 'torture-kms', rule: { method: 'KMS', key: DEFAULT_KEY } },
  { name: 'torture-kms-key', rule: { method: 'KMS', data: 'SM4', key: BUCKET_KEY } },
];

/**
 * Begins every body that is to be encrypted, and stands nowhere else: where it is found on the disk,
 * something was written in the clear.
 */
export const SEALED_MARK = 'must never be plain; ';

const HEADERS = {
  method: 'x-oss-server-side-encryption',
  data: 'x-oss-server-side-data-encryption',
  key: 'x-oss-server-side-encryption-key-id',
};

/**
 * The text that stands for a mode in the oracle; empty for none.
 * @param {Mode | undefined} mode
 */
export function modeText(mode) {
  if (mode === undefined) return '';
  const { method, data, key } = mode;
  return [method, ...(data === undefined ? [] : [data]), ...(key === undefined ? [] : [key])].join(
    ', ',
  );
}

/**
 * What asks for a mode when an object is put.
 * @param {Mode} mode
 * @param {KnownKeys} keys
 * @returns {Record<string, string>}
 */
export function modeHeaders({ method, data, key }, keys) {
  return {
    [HEADERS.method]: method,
    ...(data === undefined ? {} : { [HEADERS.data]: data }),
    ...(key === undefined || key === DEFAULT_KEY ? {} : { [HEADERS.key]: keys.idOf(key) }),
  };
}

/**
 * The document that makes a mode the rule of a bucket.
 * @param {Mode} mode
 * @param {KnownKeys} keys
 */
export function ruleDocument({ method, data, key }, keys) {
  const id = key === undefined || key === DEFAULT_KEY ? undefined : keys.idOf(key);
  const elements = Object.entries({
    SSEAlgorithm: method,
    KMSMasterKeyID: id,
    KMSDataEncryption: data,
  }).map(([name, text]) => (text === undefined ? '' : `<${name}>${text}</${name}>`));
  const rule = `<ApplyServerSideEncryptionByDefault>${elements.join('')}</ApplyServerSideEncryptionByDefault>`;
  return Buffer.from(`<ServerSideEncryptionRule>${rule}</ServerSideEncryptionRule>`);
}

/**
 * How an answer says that its object is encrypted, as the oracle has it.
 * @param {OssAnswer} answer
 * @param {KnownKeys} keys
 */
export function modeTextOf(answer, keys) {
  const id = headerOf(answer, HEADERS.key);
  return [
    headerOf(answer, HEADERS.method),
    headerOf(answer, HEADERS.data),
    id === '' ? '' : keys.nameOf(id),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/**
 * The id of the key that an answer names; empty without one.
 * @param {OssAnswer} answer
 */
export const keyIdIn = (answer) => headerOf(answer, HEADERS.key);

/**
 * Any mode, with any of the keys that may be used.
 * @param {SeededRandom} random
 * @param {KnownKeys} keys
 * @returns {Mode}
 */
export function anyMode(random, keys) {
  const method = random.pick(/** @type {const} */ (['AES256', 'SM4', 'KMS', 'KMS']));
  if (method !== 'KMS') return { method };
  const key = random.chance(0.3) ? DEFAULT_KEY : random.pick(keys.usable);
  return random.chance(0.3) ? { method, data: 'SM4', key } : { method, key };
}
