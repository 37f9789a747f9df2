import { hash } from 'node:crypto';

/**
 * @import { SealedRecord, Sealing } from '@openoss/storage'
 */

/**
 * Whether a body is encrypted, and with what: one in four is. It follows from the body's name, so that a
 * seed gives the same however often it is run.
 * @param {string} name
 * @returns {Sealing | undefined}
 */
export function sealingOf(name) {
  const [byte = 0] = hash('sha256', name, 'buffer');
  if (byte >= 64) return undefined;
  const cipher = byte < 48 ? 'AES256' : 'SM4';
  const envelope = Buffer.from(name);
  return { cipher, dataKey: dataKeyOf(cipher, envelope), envelope };
}

/**
 * The data key of an object that was put with {@link sealingOf}.
 * @param {SealedRecord} record
 */
export function openEnvelope({ sealing: { cipher, envelope } }) {
  return dataKeyOf(cipher, envelope);
}

/**
 * @param {Sealing['cipher']} cipher
 * @param {Uint8Array} envelope
 */
function dataKeyOf(cipher, envelope) {
  const digest = hash('sha256', Buffer.concat([Buffer.from('the key of '), envelope]), 'buffer');
  return digest.subarray(0, cipher === 'AES256' ? 32 : 16);
}
