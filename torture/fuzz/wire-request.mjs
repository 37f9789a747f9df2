import {
  addressOfHost,
  addressOfPath,
  escapeQueryComponent,
  headerFields,
  parseRequestTarget,
  presignUrl,
  signRequest,
} from '@openoss/protocol';
import { CREDENTIALS, REGION } from '../kill-loop/server-process.mjs';

/** @import { SigningOptions } from '@openoss/protocol' */

/**
 * A request before it is signed and written down, which happens when it is sent: signatures are good
 * for a quarter of an hour, and a failure may be sent again much later. All text is byte strings.
 * @typedef {object} WireRequest
 * @property {string} method
 * @property {string} path
 * @property {string} query without the question mark
 * @property {string} version as in `HTTP/1.1`
 * @property {[name: string, value: string][]} headers
 * @property {string} body
 * @property {'length' | 'chunked' | 'none'} framing how the length of the body is told
 * @property {Signing | undefined} signing
 * @property {readonly Edit[]} edits to the bytes, when all else is done
 */

/**
 * @typedef {object} Signing
 * @property {'v1' | 'v2' | 'v4'} version
 * @property {'header' | 'url'} place
 * @property {Edit} [edit] to the Authorization, or the query, after signing
 */

/**
 * @typedef {object} Edit
 * @property {number} at from 0 to 1, of the length
 * @property {number} remove so many
 * @property {string} insert
 */

const HOST_SUFFIXES = ['localhost', `oss-${REGION}.aliyuncs.com`];

/** More header than this a server need not take. */
const MOST_HEAD = 56 * 1024;

/** @param {WireRequest} request @returns {Buffer} */
export function bytesOfRequest(request) {
  const { method, path, version, body, framing, edits } = request;
  const { query, headers } = signed(request);
  const target = query === '' ? path : `${path}?${query}`;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  if (framing === 'length') lines.push(`content-length: ${body.length}\r\n`);
  if (framing === 'chunked') lines.push('transfer-encoding: chunked\r\n');
  const content = framing === 'chunked' ? chunked(body) : body;
  let text = `${method} ${target} ${version}\r\n${lines.join('')}\r\n${content}`;
  for (const edit of edits) text = edited(text, edit);
  return Buffer.from(text, 'latin1');
}

/**
 * Whether a server must take the request for one whole request, whatever it thinks of it.
 * @param {WireRequest} request
 */
export function isSound({ method, path, query, version, headers, body, framing, signing, edits }) {
  const length = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  const added = signing?.edit?.insert ?? '';
  return (
    edits.length === 0 &&
    ['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'].includes(method) &&
    version === 'HTTP/1.1' &&
    /^\/[!-"$->@-~]*$/.test(path) &&
    /^[!-"$-~]*$/.test(query) &&
    (signing?.place === 'url' ? /^[!-"$-~]*$/ : /^[\t -~\x80-\xff]*$/).test(added) &&
    (framing !== 'none' || (body === '' && method !== 'POST' && method !== 'PUT')) &&
    length + path.length + query.length + added.length < MOST_HEAD &&
    headers.every(
      ([name, value]) =>
        /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) &&
        /^[\t -~\x80-\xff]*$/.test(value) &&
        !/^(?:content-length|transfer-encoding|connection|upgrade|expect|trailer|te|proxy-connection|keep-alive)$/i.test(
          name,
        ),
    )
  );
}

/** @param {WireRequest} request */
function signed(request) {
  const { method, path, query, headers, signing } = request;
  if (signing === undefined) return { query, headers };
  /** @type {SigningOptions} */
  const options =
    signing.version === 'v4'
      ? { version: 'v4', region: REGION, credentials: CREDENTIALS, now: Date.now() }
      : { version: signing.version, credentials: CREDENTIALS, now: Date.now() };
  try {
    const fields = headerFields(headers.flatMap(([name, value]) => [name, value.trim()]));
    const parsed = parseRequestTarget(query === '' ? path : `${path}?${query}`);
    const address = addressOfPath(addressOfHost(fields.get('host'), HOST_SUFFIXES), parsed.path);
    const what = { method, ...address, query: parsed.query, headers: fields };
    if (signing.place === 'url') {
      const added = presignUrl(what, options, 600);
      let text = added
        .map(
          ([name, value]) => `${escapeQueryComponent(name)}=${escapeQueryComponent(value ?? '')}`,
        )
        .join('&');
      if (signing.edit !== undefined) text = edited(text, signing.edit);
      return { query: query === '' ? text : `${query}&${text}`, headers };
    }
    const added = signRequest(what, options);
    const kept = headers.filter(([name]) => !added.has(name.toLowerCase()));
    for (const [name, value] of added) {
      const isEdited = name === 'authorization' && signing.edit !== undefined;
      kept.push([name, isEdited ? edited(value, signing.edit) : value]);
    }
    return { query, headers: kept };
  } catch {
    // What cannot be read cannot be signed; it is sent with a signature of nothing.
    return { query, headers: [...headers, ['authorization', 'OSS a:b']] };
  }
}

/**
 * @param {string} text
 * @param {Edit | undefined} edit
 */
function edited(text, edit) {
  if (edit === undefined) return text;
  const at = Math.floor(edit.at * text.length);
  return text.slice(0, at) + edit.insert + text.slice(at + edit.remove);
}

/** @param {string} body */
function chunked(body) {
  const half = Math.ceil(body.length / 2);
  const parts = [body.slice(0, half), body.slice(half)].filter((part) => part !== '');
  const chunks = parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
  return `${chunks.join('')}0\r\n\r\n`;
}
