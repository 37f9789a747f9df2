import { createHash } from 'node:crypto';
import { Crc64, operations } from '@openoss/protocol';
import { generateDocument } from './generate-document.mjs';
import { generatePolicy, RULED } from './generate-policy.mjs';
import { mutated, strangeValue } from './strange-values.mjs';

/**
 * @import { Codec, Operation } from '@openoss/protocol'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 * @import { Edit, WireRequest } from './wire-request.mjs'
 */

/** Buckets that the server has; `open` is for everybody. */
export const BUCKETS = /** @type {const} */ (['fuzz', 'open']);

/** Few, so that an object is there as often as it is not. */
const KEYS = [
  'k0',
  'k1',
  'k2',
  'dir/k3',
  'a%20b',
  '%E4%BD%A0',
  '.',
  '..',
  'k%00',
  '%EF%BF%BF',
  'a+b',
];

/** Headers that mean something to every request. */
const COMMON = [
  ...['host', 'date', 'x-oss-date', 'x-oss-content-sha256', 'x-oss-security-token', 'user-agent'],
  ...['authorization', 'content-md5', 'content-type', 'range', 'if-match', 'if-none-match'],
  ...['if-modified-since', 'if-unmodified-since', 'expect', 'connection', 'content-length'],
  ...['transfer-encoding', 'x-oss-meta-', 'x-oss-meta-\xe4', 'x-oss-acl', 'x-oss-storage-class'],
  ...['x-oss-hash-crc64ecma', 'x-oss-tagging', 'origin', 'accept-encoding', 'x-oss-range-behavior'],
  ...['upgrade', 'te', 'trailer', 'content-encoding', 'cookie', 'x-forwarded-for', '__proto__'],
];

/** Query parameters that mean something, here or to OSS. */
const PARAMETERS = [
  ...[
    'acl',
    'tagging',
    'delete',
    'location',
    'bucketInfo',
    'stat',
    'objectMeta',
    'restore',
    'uploads',
  ],
  ...['list-type', 'prefix', 'marker', 'delimiter', 'max-keys', 'encoding-type', 'start-after'],
  ...['continuation-token', 'fetch-owner', 'versionId', 'response-content-type', 'x-oss-process'],
  ...['response-content-disposition', 'Expires', 'OSSAccessKeyId', 'Signature', 'security-token'],
  ...['x-oss-signature-version', 'x-oss-signature', 'x-oss-credential', 'x-oss-date', 'policy'],
  ...['x-oss-access-key-id', 'x-oss-signature-version=OSS2', 'x-oss-security-token'],
  ...[
    'x-oss-expires',
    'x-oss-additional-headers',
    'lifecycle',
    'uploadId',
    'partNumber',
    '__proto__',
  ],
];

/** What a signature, or an Authorization, is spoilt with. */
const IN_AUTHORIZATION = [
  ...[
    '',
    '/',
    ':',
    ',',
    '=',
    ' ',
    'OSS ',
    'OSS4-HMAC-SHA256 ',
    'OSS2 ',
    'AccessKeyId:',
    'Credential=',
    'Signature=',
    'Signature:',
  ],
  ...['AdditionalHeaders=host', 'AdditionalHeaders=;;', 'STS.x', '\xe4\xbd\xa0', 'a'.repeat(5000)],
  ...['20261126', 'aliyun_v4_request', 'us-east-1', '0'.repeat(64), ',Signature=0', '%', '&', '\t'],
];

/**
 * A request to the server at a port: of some operation, mostly with something wrong in one or more
 * places, and mostly signed as it then is, so that it gets past the signature.
 * @param {SeededRandom} random
 * @returns {WireRequest}
 */
export function generateRequest(random) {
  const operation = random.pick(operations);
  const request = plainRequest(random, operation);
  for (let times = random.pick([0, 1, 1, 2, 3]); times > 0; times--) spoil(random, request);
  if (request.signing !== undefined && random.chance(0.12)) {
    request.signing = { ...request.signing, edit: edit(random, IN_AUTHORIZATION) };
  }
  return request;
}

/**
 * A request that is right, but for values here and there.
 * @param {SeededRandom} random
 * @param {Operation} operation
 * @returns {WireRequest}
 */
function plainRequest(random, operation) {
  const { match, input } = operation;
  const isAboutPolicy = operation.name.endsWith('BucketPolicy');
  const isRuled = random.chance(isAboutPolicy ? 0.9 : 0.1);
  const bucket = isRuled ? RULED : random.chance(0.03) ? 'passing' : random.pick(BUCKETS);
  const key = match.on === 'object' ? random.pick(KEYS) : '';
  const isVirtual = match.on !== 'service' && random.chance(0.2);
  const path =
    match.on === 'service'
      ? '/'
      : isVirtual
        ? `/${key}`
        : `/${bucket}${key === '' ? '' : `/${key}`}`;
  const query = Object.entries(match.query ?? {}).map(([name, value]) =>
    value === null ? name : `${name}=${value}`,
  );
  /** @type {WireRequest['headers']} */
  const headers = [['host', isVirtual ? `${bucket}.localhost` : '127.0.0.1']];
  let body = '';
  let takesBody = false;
  for (const field of Object.values(input)) {
    switch (field.kind) {
      case 'header':
        if (!field.notImplemented && random.chance(field.required ? 0.95 : 0.15)) {
          headers.push([field.name, wireValue(random, field.name, field.codec)]);
        }
        break;
      case 'query':
        if (!field.notImplemented && random.chance(0.25)) {
          query.push(
            `${field.name}=${encodeURIComponent(wireValue(random, field.name, field.codec))}`,
          );
        }
        break;
      case 'headerMap':
        if (random.chance(0.3)) headers.push([`${field.prefix}a`, strangeValue(random)]);
        break;
      case 'xml':
        takesBody = true;
        body = generateDocument(random, field.shape);
        break;
      case 'payload':
        takesBody = true;
        body = random.pick(['', 'hello', 'x'.repeat(random.below(3000)), '\xff\x00\r\n\r\nGET / ']);
        if (random.chance(0.003)) body = 'y'.repeat(70_000);
        if (isAboutPolicy) body = generatePolicy(random, 'bucket');
    }
  }
  if (takesBody) digests(random, headers, body, operation.name === 'DeleteMultipleObjects');
  return {
    method: match.method,
    path,
    query: query.join('&'),
    version: 'HTTP/1.1',
    headers,
    body,
    framing: takesBody || match.method === 'POST' ? 'length' : 'none',
    signing: random.weighted({ yes: 88, no: 12 }) === 'no' ? undefined : signing(random),
    edits: [],
  };
}

/**
 * Digests of the body: mostly right, so that what comes after them is reached.
 * @param {SeededRandom} random
 * @param {WireRequest['headers']} headers
 * @param {string} body
 * @param {boolean} isNeeded
 */
function digests(random, headers, body, isNeeded) {
  const bytes = Buffer.from(body, 'latin1');
  const at = headers.findIndex(([name]) => name === 'Content-MD5');
  if (at !== -1) headers.splice(at, 1);
  if (isNeeded || random.chance(0.2)) {
    const right = createHash('md5').update(bytes).digest('base64');
    headers.push(['Content-MD5', random.chance(0.85) ? right : mutated(random, right)]);
  }
  const crc = headers.find(([name]) => name === 'x-oss-hash-crc64ecma');
  if (crc === undefined || random.chance(0.2)) return;
  const checksum = new Crc64();
  checksum.update(bytes);
  const right = String(checksum.digest());
  crc[1] = random.chance(0.8) ? right : mutated(random, right);
}

/** @param {SeededRandom} random @returns {WireRequest['signing']} */
function signing(random) {
  const version = random.weighted({ v4: 52, v1: 28, v2: 20 });
  return { version, place: random.chance(0.75) ? 'header' : 'url' };
}

/**
 * @param {SeededRandom} random
 * @param {string} name
 * @param {Codec<never>} codec
 */
function wireValue(random, name, { type, values }) {
  if (random.chance(0.25)) return strangeValue(random);
  if (values !== undefined) return random.pick(values);
  if (type === 'boolean') return random.pick(['true', 'false', 'True']);
  if (type === 'integer') return random.pick(['0', '1', '2', '100', '999', '1000', '1001']);
  switch (name.toLowerCase()) {
    case 'range':
      return `bytes=${random.below(5)}-${random.pick(['', String(random.below(9))])}`;
    case 'x-oss-tagging':
      return random.pick(['a=b', 'a=b&c=d', '%E4%BD%A0=x', 'a', 'a=1&a=2', 'a%2', 'k=\xe4']);
    case 'x-oss-persistent-headers':
      return random.pick(['h1:MQ==', 'h1:MQ==,h2:Mg==', 'date:MQ==', 'h:DQo=', 'h:/w==', ':']);
    default:
      return random.pick([
        'a',
        'text/plain',
        'k0',
        'Wed, 21 Oct 2025 07:28:00 GMT',
        'x y',
        'no-cache',
      ]);
  }
}

/** Things that are done to a request, each as often as its weight says. */
const SPOILERS = {
  header: 30,
  newHeader: 14,
  twice: 4,
  dropHeader: 6,
  headerName: 3,
  many: 1,
  query: 14,
  path: 10,
  key: 8,
  method: 5,
  body: 8,
  framing: 5,
  version: 1,
  bytes: 6,
  host: 5,
};

/**
 * @param {SeededRandom} random
 * @param {WireRequest} request
 */
function spoil(random, request) {
  const { headers } = request;
  const header = random.pick(headers);
  switch (random.weighted(SPOILERS)) {
    case 'header':
      header[1] = mutated(random, header[1]);
      break;
    case 'newHeader': {
      // Those that tell where the request ends are few among many: each ends its connection.
      const name = random.pick(COMMON);
      headers.push([name, strangeValue(random)]);
      break;
    }
    case 'twice':
      headers.push([header[0], random.chance(0.5) ? header[1] : strangeValue(random)]);
      break;
    case 'dropHeader':
      if (headers.length > 1) headers.splice(headers.indexOf(header), 1);
      break;
    case 'headerName':
      header[0] = mutated(random, header[0]);
      break;
    case 'many':
      for (let at = random.pick([20, 200, 1500]); at > 0; at--)
        headers.push([`x-oss-meta-${at}`, 'v']);
      break;
    case 'query':
      request.query = spoiltQuery(random, request.query);
      break;
    case 'path':
      request.path = mutated(random, request.path);
      break;
    case 'key':
      request.path = `/${random.pick(BUCKETS)}/${encodeURIComponent(strangeValue(random))}`;
      break;
    case 'method':
      request.method = random.pick([
        ...['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'],
        ...['CONNECT', 'TRACE', 'PROPFIND', 'get', 'G ET', ''],
      ]);
      break;
    case 'body':
      request.body = mutated(random, request.body);
      if (request.framing === 'none') request.framing = 'length';
      break;
    case 'framing':
      request.framing = random.pick(['length', 'chunked', 'chunked', 'none']);
      break;
    case 'version':
      request.version = random.pick([
        'HTTP/1.0',
        'HTTP/2.0',
        'HTTP/0.9',
        'http/1.1',
        '',
        'HTTP/1.1x',
      ]);
      break;
    case 'bytes':
      request.edits = Array.from({ length: random.pick([1, 1, 2, 5]) }, () =>
        edit(random, [
          '\0',
          '\r\n',
          '\n',
          '\r\n\r\n',
          ' ',
          ':',
          '\xff',
          '\x01',
          '0\r\n\r\n',
          '\t',
          'x',
        ]),
      );
      break;
    case 'host':
      headers[0] = [
        'host',
        random.pick([
          ...['localhost', 'fuzz.localhost', 'FUZZ.LocalHost:80', '[::1]:80', '', 'example.com'],
          ...['a.b.localhost', '.localhost', 'fuzz.localhost.', '127.0.0.1:99999', 'x.y@localhost'],
          ...[strangeValue(random), `${strangeValue(random)}.localhost`],
        ]),
      ];
  }
}

/**
 * @param {SeededRandom} random
 * @param {string} query
 */
function spoiltQuery(random, query) {
  const value = strangeValue(random);
  const encoded = random.chance(0.6) ? encodeURIComponent(value) : value;
  const parameter = `${random.pick(PARAMETERS)}${random.chance(0.7) ? `=${encoded}` : ''}`;
  switch (random.below(4)) {
    case 0:
      return mutated(random, query);
    case 1:
      return parameter;
    case 2:
      return `${query}&${query}`;
    default:
      return query === '' ? parameter : `${query}&${parameter}`;
  }
}

/**
 * @param {SeededRandom} random
 * @param {readonly string[]} inserts
 * @returns {Edit}
 */
function edit(random, inserts) {
  return {
    at: random.fraction(),
    remove: random.pick([0, 0, 1, 2, 10, 100]),
    insert: random.chance(0.2) ? '' : random.pick(inserts),
  };
}
