/** @module Requests as bytes: what goes over the wire before the body, signed as a server wants it. */
import { escapePath, formatBasicDate, formatQuery, signRequest } from '@openoss/protocol';
import { signAwsV4 } from './sign-aws-v4.mjs';

/**
 * How a server wants its requests signed: OSS version 4, Amazon version 4, or not at all.
 *
 * @typedef {object} RequestStyle
 * @property {'oss-v4' | 'aws-v4' | 'unsigned'} kind
 * @property {string} region
 * @property {string} accessKeyId
 * @property {string} accessKeySecret
 */

/**
 * @typedef {object} BenchRequest
 * @property {'GET' | 'PUT'} method
 * @property {string} bucket
 * @property {string} [key] none for a request on the bucket
 * @property {readonly (readonly [string, string])[]} [query] decoded
 * @property {string} [range] such as `bytes=0-99`
 * @property {number} [bodyBytes] none for a request without a body
 */

/**
 * The target and the headers of a request, signed where the style says so, the payload unsigned
 * (which is what OSS's SDKs send).
 *
 * @param {string} host such as `127.0.0.1:9000`
 * @param {BenchRequest} request
 * @param {RequestStyle} style
 * @param {number} now milliseconds since the epoch
 * @returns {{ target: string, headers: Map<string, string> }}
 */
export function signedRequest(host, request, style, now) {
  const { method, bucket, key } = request;
  const query = request.query ?? [];
  const path = `/${bucket}/${key === undefined ? '' : escapePath(key)}`;
  const target = query.length === 0 ? path : `${path}?${formatQuery(query)}`;
  /** @type {Map<string, string>} */
  const headers = new Map([['host', host]]);
  if (request.range !== undefined) headers.set('range', request.range);
  if (request.bodyBytes !== undefined) {
    headers.set('content-type', 'application/octet-stream');
    headers.set('content-length', String(request.bodyBytes));
  }
  if (style.kind === 'oss-v4') {
    const credentials = {
      accessKeyId: style.accessKeyId,
      accessKeySecret: style.accessKeySecret,
    };
    const added = signRequest(
      { method, bucket, key, query, headers },
      { version: 'v4', region: style.region, credentials, now },
    );
    for (const [name, value] of added) headers.set(name, value);
  } else if (style.kind === 'aws-v4') {
    const signed = new Map([
      ['host', host],
      ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
      ['x-amz-date', formatBasicDate(now)],
    ]);
    const authorization = signAwsV4(
      { method, path, query: formatQuery(query), headers: signed },
      style,
    );
    for (const [name, value] of [...signed, ['authorization', authorization]]) {
      headers.set(name ?? '', value ?? '');
    }
  }
  return { target, headers };
}

/**
 * The head of a request as it goes over the wire.
 *
 * @param {string} host
 * @param {BenchRequest} request
 * @param {RequestStyle} style
 * @param {number} now milliseconds since the epoch
 * @returns {string} each character one byte
 */
export function requestHead(host, request, style, now) {
  const { target, headers } = signedRequest(host, request, style, now);
  let head = `${request.method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  return `${head}\r\n`;
}
