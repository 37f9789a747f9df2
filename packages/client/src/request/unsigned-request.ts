import { createHash } from 'node:crypto';
import {
  type EncodedInput,
  formatQuery,
  isBucketName,
  MAX_KEY_BYTES,
  type Operation,
  type QueryParameter,
  utf8Bytes,
} from '@openoss/protocol';
import { type Address, type AddressingStyle, addressOf } from '../addressing-style.js';
import { isRequestBody } from '../body/ready-body.js';
import type { RequestBody } from '../body/request-body.js';
import type { Endpoint } from '../endpoint.js';
import { invalidField, missingField } from '../errors/invalid-field-error.js';

/** Headers by lower-case name: the name as it is written, and the value as a byte string. */
export type RequestHeaders = Map<string, readonly [name: string, value: string]>;

/** A request bound to an endpoint, before it is signed and its body is looked at. */
export interface UnsignedRequest {
  readonly operation: Operation;
  readonly method: string;
  readonly endpoint: Endpoint;
  readonly address: Address;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly query: readonly QueryParameter[];
  /** What the operation itself says in headers, with those that an XML body brings. */
  readonly headers: ReadonlyMap<string, readonly [name: string, value: string]>;
  readonly body: RequestBody | undefined;
}

/** Binds an encoded input to an endpoint. Throws an `InvalidFieldError` in the words of the Go SDK. */
export function unsignedRequest(
  operation: Operation,
  encoded: EncodedInput,
  endpoint: Endpoint,
  style: AddressingStyle,
): UnsignedRequest {
  const { on } = operation.match;
  const bucket = on === 'service' ? undefined : checkedBucket(encoded.bucket);
  const key = on === 'object' ? checkedKey(encoded.key) : undefined;
  const headers = requestHeaders(encoded);
  return {
    operation,
    method: encoded.method,
    endpoint,
    address: addressOf(endpoint, style, bucket, key),
    bucket,
    key,
    query: encoded.query,
    headers,
    body: requestBody(encoded, headers),
  };
}

/** Path and query as they stand in the request line. */
export function requestTarget(address: Address, query: readonly QueryParameter[]): string {
  return query.length === 0 ? address.path : `${address.path}?${formatQuery(query)}`;
}

/** The whole URL of a request. */
export function requestUrl(request: UnsignedRequest, query = request.query): string {
  const { endpoint, address } = request;
  return `${endpoint.protocol}//${address.host}${requestTarget(address, query)}`;
}

function checkedBucket(bucket: string | undefined): string {
  if (bucket === undefined) throw missingField('Bucket');
  if (isBucketName(bucket)) return bucket;
  throw invalidField(
    'OperationInput.Bucket',
    'a bucket name is 3 to 63 of the characters a-z, 0-9 and -, with a letter or digit at both ends',
  );
}

function checkedKey(key: string | undefined): string {
  if (key === undefined) throw missingField('Key');
  const name = 'OperationInput.Key';
  if (key === '') throw invalidField(name, 'an object key is not empty');
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw invalidField(name, `an object key has at most ${MAX_KEY_BYTES} bytes of UTF-8`);
  }
  // Half a surrogate pair has no UTF-8: another key would be written in its place.
  if (/\p{Surrogate}/u.test(key)) throw invalidField(name, 'an object key is valid Unicode');
  return key;
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Control characters but for the tab: none may stand in a field value (RFC 9110, 5.5). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_IN_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;

function requestHeaders(encoded: EncodedInput): RequestHeaders {
  const headers: RequestHeaders = new Map();
  for (const [name, text] of encoded.headers) {
    if (!HEADER_NAME.test(name)) {
      throw invalidField('OperationInput.Headers', `${JSON.stringify(name)} is no header name`);
    }
    if (NOT_IN_VALUE.test(text)) {
      throw invalidField('OperationInput.Headers', `${name} has a control character in it`);
    }
    if (headers.has(name.toLowerCase())) {
      throw invalidField('OperationInput.Headers', `${name} is given twice`);
    }
    headers.set(name.toLowerCase(), [name, utf8Bytes(text)]);
  }
  return headers;
}

function requestBody(encoded: EncodedInput, headers: RequestHeaders): RequestBody | undefined {
  const { xml, payload, method } = encoded;
  if (xml !== undefined) {
    const bytes = Buffer.from(xml, 'utf8');
    const md5 = createHash('md5').update(bytes).digest('base64');
    setDefault(headers, 'Content-MD5', md5);
    setDefault(headers, 'Content-Type', 'application/xml');
    return bytes;
  }
  if (payload === undefined) return method === 'PUT' || method === 'POST' ? '' : undefined;
  if (isRequestBody(payload)) return payload;
  throw invalidField('OperationInput.Body', 'it is neither bytes nor text, a file nor a stream');
}

function setDefault(headers: RequestHeaders, name: string, value: string): void {
  if (!headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), [name, value]);
}
