import { hash } from 'node:crypto';

/**
 * @import { ObjectAttributes, ObjectRecord } from '@openoss/storage'
 */

/**
 * What can be seen of an object from outside, and must be one of the states the oracle allows.
 * @typedef {object} ObjectState
 * @property {string} etag
 * @property {number} size
 * @property {string} storageClass
 * @property {string} acl
 * @property {ObjectAttributes['headers']} headers
 * @property {ObjectAttributes['metadata']} metadata
 * @property {ObjectAttributes['tags']} tags
 */

/**
 * The text that stands for a state in the oracle.
 * @param {ObjectState} state
 */
export function objectStateText({ etag, size, storageClass, acl, headers, metadata, tags }) {
  return JSON.stringify({ etag, size, storageClass, acl, headers, metadata, tags });
}

/**
 * @param {string} text
 * @returns {ObjectState}
 */
export function objectStateOf(text) {
  return JSON.parse(text);
}

/**
 * The state of an object whose record and body were read; the ETag is that of the bytes.
 * @param {ObjectRecord} record
 * @param {Buffer} body
 * @returns {ObjectState}
 */
export function observedObject(record, body) {
  return { ...record, etag: etagOf(body, record.etag), size: body.length };
}

/**
 * The ETag that bytes have.
 * @param {Uint8Array} body
 * @param {string} [claimed] where the bytes are those that are known to have it, nothing is digested
 */
export function etagOf(body, claimed) {
  const known = claimed === undefined ? undefined : knownBodies.get(claimed);
  if (claimed !== undefined && known?.equals(body)) return claimed;
  return hash('md5', body, 'hex').toUpperCase();
}

/** The bodies that were made, by ETag: an image's objects are compared, not digested. @type {Map<string, Buffer>} */
const knownBodies = new Map();
const KNOWN_BODIES = 2000;

/** @typedef {{ readonly bytes: Buffer, readonly etag: string }} Body */

/**
 * Bytes that no other operation has, and that differ from page to page.
 * @param {string} name
 * @param {number} size
 * @returns {Body}
 */
export function bodyOf(name, size) {
  const bytes = Buffer.alloc(size, `${hash('sha1', name, 'hex')} ${name} ${size}; `);
  const etag = etagOf(bytes);
  if (knownBodies.size >= KNOWN_BODIES) knownBodies.clear();
  knownBodies.set(etag, bytes);
  return { bytes, etag };
}
