/**
 * @module Amazon's signature version 4, for the S3 servers that OpenOSS is compared with.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { createHash, createHmac } from 'node:crypto';

/**
 * @typedef {object} AwsCredentials
 * @property {string} accessKeyId
 * @property {string} accessKeySecret
 * @property {string} region
 */

/**
 * The value of the `authorization` header. Every header that is given is signed.
 *
 * @param {object} request
 * @param {string} request.method
 * @param {string} request.path encoded, beginning with a slash
 * @param {string} request.query encoded, with its parameters in the order of their names
 * @param {ReadonlyMap<string, string>} request.headers by lower-case name; with `host`,
 *   `x-amz-date` (such as 20130524T000000Z) and `x-amz-content-sha256`
 * @param {AwsCredentials} credentials
 * @returns {string}
 */
export function signAwsV4({ method, path, query, headers }, credentials) {
  const timestamp = headers.get('x-amz-date') ?? '';
  const payload = headers.get('x-amz-content-sha256') ?? '';
  const names = [...headers.keys()].sort();
  const canonicalHeaders = names.map((name) => `${name}:${headers.get(name)?.trim()}\n`).join('');
  const signedHeaders = names.join(';');
  const canonical = [method, path, query, canonicalHeaders, signedHeaders, payload].join('\n');

  const date = timestamp.slice(0, 8);
  const scope = `${date}/${credentials.region}/s3/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const stringToSign = ['AWS4-HMAC-SHA256', timestamp, scope, digest].join('\n');
  const signature = createHmac('sha256', signingKey(date, credentials))
    .update(stringToSign)
    .digest('hex');
  return `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

/**
 * @param {string} date such as 20130524
 * @param {AwsCredentials} credentials
 */
function signingKey(date, { accessKeySecret, region }) {
  let key = Buffer.from(`AWS4${accessKeySecret}`);
  for (const part of [date, region, 's3', 'aws4_request']) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return key;
}
