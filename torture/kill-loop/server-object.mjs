import { createHash } from 'node:crypto';
import { crc64, parseXml } from '@openoss/protocol';
import { ABSENT } from '../workload/oracle.mjs';
import { modeTextOf } from './encryption-modes.mjs';

/**
 * @import { XmlElement } from '@openoss/protocol'
 * @import { KnownKeys } from './known-keys.mjs'
 * @import { OssAnswer, OssConnection } from './oss-connection.mjs'
 */

/**
 * What is known of an object over HTTP.
 * @typedef {object} ServerObject
 * @property {string} etag MD5 of the bytes, upper case
 * @property {number} size
 * @property {string} type Content-Type
 * @property {string} note a piece of user metadata
 * @property {string} tags as a query string
 * @property {string} acl
 * @property {string} encryption as `modeText` has it; empty for none
 */

/** Objects of these keys get tags and ACLs; of the others nobody asks for them. */
const WITH_ATTRIBUTES = /^attributes\//;

/** @param {string} key */
export const hasAttributes = (key) => WITH_ATTRIBUTES.test(key);

/**
 * The text that stands for an object in the oracle.
 * @param {ServerObject} object
 */
export function serverObjectText({ etag, size, type, note, tags, acl, encryption }) {
  return JSON.stringify({ etag, size, type, note, tags, acl, encryption });
}

/** @param {Buffer} body */
export function md5Of(body) {
  return createHash('md5').update(body).digest('hex').toUpperCase();
}

/** What an answer says of the CRC-64 of a body. */
const CRC64 = 'x-oss-hash-crc64ecma';

/**
 * Whether an answer has the CRC-64 that bytes have.
 * @param {OssAnswer} answer
 * @param {Buffer} body
 */
export const hasCrc64Of = (answer, body) => headerOf(answer, CRC64) === String(crc64(body));

/**
 * Reads an object; every way in which its answers could disagree is a problem.
 * @param {OssConnection} connection
 * @param {string} bucket
 * @param {string} key
 * @param {KnownKeys} keys
 * @param {string[]} problems
 * @returns {Promise<string>} its state
 */
export async function readServerObject(connection, bucket, key, keys, problems) {
  const what = `object ${bucket}/${key}`;
  const got = await connection.send({ method: 'GET', bucket, key });
  const head = await connection.send({ method: 'HEAD', bucket, key });
  if (got.status !== head.status) {
    problems.push(`${what}: GET answers ${got.status}, HEAD ${head.status}`);
  }
  if (got.status === 404) return ABSENT;
  if (got.status !== 200) {
    problems.push(`${what} cannot be read: ${got.status} ${got.body.toString().slice(0, 500)}`);
    return ABSENT;
  }
  const etag = md5Of(got.body);
  const encryption = modeTextOf(got, keys);
  if (!hasCrc64Of(got, got.body)) problems.push(`${what} is not what its CRC-64 says`);
  for (const answer of [got, head]) {
    if (headerOf(answer, 'etag') !== `"${etag}"`)
      problems.push(`${what} is not what its ETag says`);
    if (Number(headerOf(answer, 'content-length')) !== got.body.length) {
      problems.push(`${what} is not as long as it says`);
    }
    if (headerOf(answer, CRC64) !== headerOf(got, CRC64)) {
      problems.push(`${what}: GET and HEAD tell different CRC-64s`);
    }
    if (modeTextOf(answer, keys) !== encryption) {
      problems.push(`${what}: GET and HEAD tell different encryptions`);
    }
  }
  const state = {
    etag,
    size: got.body.length,
    type: headerOf(got, 'content-type'),
    note: headerOf(got, 'x-oss-meta-note'),
    tags: '',
    acl: 'default',
    encryption,
  };
  if (hasAttributes(key)) {
    const tagging = await document(connection, bucket, key, 'tagging', problems);
    state.tags = elements(tagging, 'Tag')
      .map((tag) => `${textOf(tag, 'Key')}=${textOf(tag, 'Value')}`)
      .join('&');
    state.acl = textOf(await document(connection, bucket, key, 'acl', problems), 'Grant');
  }
  return serverObjectText(state);
}

/**
 * @param {OssConnection} connection
 * @param {string} bucket
 * @param {string} key
 * @param {string} query
 * @param {string[]} problems
 */
async function document(connection, bucket, key, query, problems) {
  const { status, body } = await connection.send({
    method: 'GET',
    bucket,
    key,
    query: [[query, null]],
  });
  if (status !== 200) problems.push(`object ${bucket}/${key}?${query} answers ${status}`);
  return parseXml(body.toString());
}

/**
 * @param {OssAnswer} answer
 * @param {string} name
 */
export function headerOf(answer, name) {
  return answer.headers.get(name) ?? '';
}

/**
 * The elements of a name anywhere in a document.
 * @param {XmlElement} element
 * @param {string} name
 * @returns {XmlElement[]}
 */
export function elements(element, name) {
  const below = element.children.flatMap((child) => elements(child, name));
  return element.name === name ? [element, ...below] : below;
}

/**
 * The text of the first element of a name.
 * @param {XmlElement} element
 * @param {string} name
 */
export function textOf(element, name) {
  return elements(element, name)[0]?.text ?? '';
}
