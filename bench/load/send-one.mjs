import { request as httpRequest } from 'node:http';
import { signedRequest } from './request-head.mjs';

/**
 * @typedef {object} OneAnswer
 * @property {number} status
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {Buffer} body
 */

/**
 * Sends one request outside of any measurement: creating a bucket, reading back what was put.
 *
 * @param {{ host: string, port: number, style: import('./request-head.mjs').RequestStyle }} server
 * @param {import('./request-head.mjs').BenchRequest} request
 * @param {Buffer} [body]
 * @returns {Promise<OneAnswer>}
 */
export function sendOne({ host, port, style }, request, body) {
  const { target, headers } = signedRequest(`${host}:${port}`, request, style, Date.now());
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      host,
      port,
      method: request.method,
      path: target,
      headers: Object.fromEntries(headers),
      agent: false,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks) });
      });
    });
    sent.end(body);
  });
}

/**
 * Creates a bucket, as OSS and S3 alike have it.
 *
 * @param {{ host: string, port: number, style: import('./request-head.mjs').RequestStyle }} server
 * @param {string} bucket
 * @returns {Promise<void>}
 */
export async function putBucket(server, bucket) {
  const { status, body } = await sendOne(server, { method: 'PUT', bucket, bodyBytes: 0 });
  if (status !== 200) throw new Error(`creating a bucket was answered with ${status}: ${body}`);
}

/**
 * Sets what OSS keeps with a bucket in a document of its own.
 *
 * @param {{ host: string, port: number, style: import('./request-head.mjs').RequestStyle }} server
 * @param {string} bucket
 * @param {'policy' | 'encryption'} what
 * @param {string} document
 * @returns {Promise<void>}
 */
export async function putBucketDocument(server, bucket, what, document) {
  const body = Buffer.from(document);
  /** @type {import('./request-head.mjs').BenchRequest} */
  const request = {
    method: 'PUT',
    bucket,
    query: [[what, '']],
    bodyBytes: body.length,
  };
  const answer = await sendOne(server, request, body);
  if (answer.status !== 200) {
    throw new Error(
      `setting a bucket's ${what} was answered with ${answer.status}: ${answer.body}`,
    );
  }
}
