import { isUtf8 } from 'node:buffer';
import { errorCatalogue } from '@openoss/protocol';
import { NotWellFormed, readStrictXml } from './strict-xml.mjs';

/**
 * A strict reader of what a server sends on a connection. Anything that RFC 9112 or OSS would not
 * have it send is a problem.
 */

/**
 * @typedef {object} StrictAnswer
 * @property {number} status
 * @property {ReadonlyMap<string, string>} headers names in lower case, values as byte strings
 * @property {Buffer} body
 * @property {boolean} closes it says that nothing follows on the connection
 */

/** What a server sent that it must not. */
export class WireFault extends Error {}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\t\x20-\x7e\x80-\xff]*)$/;
const REQUEST_ID = /^[0-9A-F]{24}$/;
/** Headers that stand once, or mean two things. */
const ONCE = ['content-length', 'content-type', 'date', 'etag', 'server', 'x-oss-request-id'];
/** What shows the inside of a program. */
const INSIDE =
  /\bat (?:async |new )?[\w.<>[\] ]+ \(|\bat file:|node_modules|node:internal|\.[cm]?[jt]s:\d+|file:\/\/\/|TypeError|RangeError|ReferenceError|SyntaxError:|ENOENT|\blmdb\b|\bMDB_[A-Z]/i;

/** Refusals of the catalogue, by code and status. */
const KNOWN = new Set(Object.values(errorCatalogue).map(({ code, status }) => `${code} ${status}`));

/**
 * Reads the answer that begins at `from`, passing over `100 Continue`. undefined: it is not all there.
 * @param {Buffer} bytes
 * @param {number} from
 * @param {string | undefined} method of the request; undefined where nobody can tell
 * @param {boolean} isEnd nothing follows these bytes
 * @returns {{ readonly answer: StrictAnswer, readonly next: number } | undefined}
 */
export function readStrictAnswer(bytes, from, method, isEnd) {
  const end = bytes.indexOf('\r\n\r\n', from);
  if (end === -1) {
    if (isEnd && from < bytes.length) throw new WireFault('the head of an answer is cut off');
    if (bytes.length - from > 100_000) throw new WireFault('the head of an answer has no end');
    return undefined;
  }
  const [line = '', ...fields] = bytes.toString('latin1', from, end).split('\r\n');
  const status = Number(STATUS_LINE.exec(line)?.[1] ?? fault(`the status line ${quoted(line)}`));
  /** @type {Map<string, string>} */
  const headers = new Map();
  for (const field of fields) {
    const match = FIELD.exec(field) ?? fault(`the header ${quoted(field)}`);
    const name = (match[1] ?? '').toLowerCase();
    if (headers.has(name) && ONCE.includes(name)) fault(`${name} stands twice`);
    headers.set(name, match[2] ?? '');
  }
  if (status === 100) return readStrictAnswer(bytes, end + 4, method, isEnd);
  const closes = headers.get('connection') === 'close';
  if (headers.has('transfer-encoding')) fault('an answer with a Transfer-Encoding');
  const length = headers.get('content-length');
  if (length !== undefined && !/^\d{1,15}$/.test(length)) fault(`Content-Length is ${length}`);
  const isBodiless = method === 'HEAD' || status === 204 || status === 304;
  if (!isBodiless && length === undefined) fault(`an answer ${status} without a length`);
  let size = isBodiless ? 0 : Number(length);
  const start = end + 4;
  // Nobody knows what the parser made of a broken request: it may have been a HEAD.
  if (method === undefined && headers.has('x-oss-err')) size = 0;
  if (bytes.length - start < size) {
    if (method === undefined && isEnd && bytes.length === start) size = 0;
    else if (isEnd) fault(`a body of ${bytes.length - start} bytes, and not of ${size}`);
    else return undefined;
  }
  const body = bytes.subarray(start, start + size);
  return { answer: { status, headers, body, closes }, next: start + size };
}

/**
 * What is wrong with an answer that is good HTTP.
 * @param {StrictAnswer} answer
 * @returns {string | undefined}
 */
export function problemOfAnswer({ status, headers, body }) {
  const id = headers.get('x-oss-request-id') ?? '';
  if (!REQUEST_ID.test(id)) return `the request id is ${quoted(id)}`;
  if (headers.get('server') !== 'AliyunOSS') return 'the answer has no Server';
  const date = headers.get('date') ?? '';
  if (new Date(Date.parse(date)).toUTCString() !== date) return `the date is ${quoted(date)}`;
  if (status === 304) return undefined;
  if (status >= 300) return problemOfRefusal(status, headers, body, id);
  if (headers.get('content-type') !== 'application/xml' || headers.has('etag')) return undefined;
  return problemOfDocument(body, () => undefined, true);
}

/**
 * @param {number} status
 * @param {ReadonlyMap<string, string>} headers
 * @param {Buffer} body
 * @param {string} id
 */
function problemOfRefusal(status, headers, body, id) {
  const inHeader = headers.get('x-oss-err');
  if (inHeader !== undefined && body.length > 0) return 'a refusal in the header and in the body';
  if (inHeader === undefined && body.length === 0) return `a refusal ${status} that says nothing`;
  const document = inHeader === undefined ? body : Buffer.from(inHeader, 'base64');
  if (inHeader === undefined && headers.get('content-type') !== 'application/xml') {
    return `a refusal of the type ${headers.get('content-type')}`;
  }
  return problemOfDocument(document, (root) => {
    if (root.name !== 'Error') return `a refusal in <${root.name}>`;
    const of = (/** @type {string} */ name) => root.children.find((child) => child.name === name);
    const names = root.children.map(({ name }) => name);
    for (const name of ['Code', 'Message', 'RequestId', 'HostId']) {
      if (of(name) === undefined) return `a refusal without ${name}`;
    }
    if (new Set(names).size < names.length) return `a refusal with ${names.join(', ')}`;
    if (of('RequestId')?.text !== id) return 'a refusal with two request ids';
    if (of('EC')?.text !== headers.get('x-oss-ec')) return 'a refusal with two ECs';
    const code = `${of('Code')?.text} ${status}`;
    if (!KNOWN.has(code)) return `a refusal that is not in the catalogue: ${code}`;
    if (status === 500 || status === 503) return `the answer ${code}, request ${id}`;
    return undefined;
  });
}

/**
 * @param {Buffer} bytes
 * @param {(root: ReturnType<typeof readStrictXml>) => string | undefined} judge
 * @param {boolean} [anyCharacters]
 */
function problemOfDocument(bytes, judge, anyCharacters = false) {
  if (!isUtf8(bytes)) return `a document that is not UTF-8: ${quoted(bytes.toString('latin1'))}`;
  const text = bytes.toString();
  const inside = INSIDE.exec(text);
  if (inside !== null) {
    return `the inside of the program: ${quoted(text.slice(Math.max(0, inside.index - 80)))}`;
  }
  try {
    return judge(readStrictXml(text, { anyCharacters }));
  } catch (error) {
    if (error instanceof NotWellFormed) return `XML that is not well-formed: ${error.message}`;
    throw error;
  }
}

/** @param {string} what @returns {never} */
function fault(what) {
  throw new WireFault(what);
}

/** @param {string} text */
function quoted(text) {
  return JSON.stringify(text.slice(0, 300));
}
