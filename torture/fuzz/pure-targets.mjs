import {
  compilePolicy,
  explain,
  judge,
  judgeAssumeRole,
  judgeBeforeObject,
  ossResource,
  PolicyError,
  parsePolicy,
} from '@openoss/access';
import {
  addressOfHost,
  addressOfPath,
  checkClaim,
  checkPersistentHeaders,
  checkUserMetadata,
  decodeXmlBody,
  escapePath,
  formatQuery,
  headerFields,
  inputDecoder,
  OssError,
  operations,
  outputEncoder,
  parseBasicDate,
  parseClaim,
  parseHttpDate,
  parseRequestTarget,
  persistentHeaders,
  presignUrl,
  Router,
  readErrorAnswer,
  readXml,
  signRequest,
  tagHeader,
  verifyClaim,
  verifySignature,
  writeErrorDocument,
  writeXml,
} from '@openoss/protocol';
import { readRange } from '../../packages/server/dist/objects/byte-range.js';
import { checkReadConditions } from '../../packages/server/dist/objects/read-conditions.js';
import { CREDENTIALS, REGION } from '../kill-loop/server-process.mjs';
import { generateDocument } from './generate-document.mjs';
import { generatePolicy, RULED } from './generate-policy.mjs';
import { generateRequest } from './generate-request.mjs';
import { mutated, strangeValue } from './strange-values.mjs';
import { readStrictXml } from './strict-xml.mjs';
import { bytesOfRequest } from './wire-request.mjs';

/**
 * @import { AccessQuestion, PolicyKind, Principal } from '@openoss/access'
 * @import { SigningOptions, XmlContent } from '@openoss/protocol'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/**
 * A pure function of the protocol, or a few together, that anything may be given to.
 * @typedef {object} PureTarget
 * @property {string} name
 * @property {(random: SeededRandom) => () => void} prepare draws an input; what it returns may throw
 *   an `OssError` and nothing else, and is over in no time
 */

const SECRET = CREDENTIALS.accessKeySecret;
const HOST_SUFFIXES = ['localhost', 'oss-cn-hangzhou.aliyuncs.com'];
const router = new Router(operations);
const decoders = operations.map((operation) => inputDecoder(operation));
const documents = operations.flatMap(({ input }) =>
  Object.values(input).filter((field) => field.kind === 'xml'),
);

/** @type {readonly PureTarget[]} */
export const PURE_TARGETS = [
  { name: 'a whole request, up to its signature', prepare: wholeRequest },
  { name: 'a request target', prepare: requestTarget },
  { name: 'a Host', prepare: ofText((host) => void addressOfHost(host, HOST_SUFFIXES)) },
  { name: 'an Authorization of version 1', prepare: authorization('v1') },
  { name: 'an Authorization of version 2', prepare: authorization('v2') },
  { name: 'an Authorization of version 4', prepare: authorization('v4') },
  { name: 'a signed URL', prepare: signedUrl },
  { name: 'a policy, and what it decides', prepare: policy },
  { name: 'what is signed is verified', prepare: signedIsVerified },
  { name: 'headers and query of an operation', prepare: inputOfOperation },
  { name: 'an XML body', prepare: xmlBody },
  { name: 'tags in a header', prepare: ofText((text) => void tagHeader.decode(text)) },
  { name: 'persistent headers', prepare: ofText(readPersistentHeaders) },
  { name: 'user metadata', prepare: userMetadata },
  { name: 'dates', prepare: ofText(readDates) },
  { name: 'a Range', prepare: ofText(readRanges) },
  { name: 'conditions of a read', prepare: ofText(readConditions) },
  { name: 'an error document is well-formed, and says what it was given', prepare: errorDocument },
  { name: 'a document is well-formed, and read back', prepare: writtenDocument },
];

/** What must hold of an answer, and does not. */
class Broken extends Error {}

/**
 * @param {(text: string) => void} read
 * @returns {PureTarget['prepare']}
 */
function ofText(read) {
  return (random) => {
    const text = random.chance(0.5) ? strangeValue(random) : mutated(random, strangeText(random));
    return () => read(text.slice(0, LONGEST));
  };
}

/** No more than a server takes as a head, in bytes. */
const LONGEST = 64 * 1024;

/** Several strange values after one another. @param {SeededRandom} random */
function strangeText(random) {
  let text = '';
  for (let count = random.between(1, 6); count > 0; count--) {
    text += strangeValue(random) + random.pick(['', '&', '=', ',', ':', ';', '/', '-']);
  }
  return text;
}

/** @type {PureTarget['prepare']} */
function wholeRequest(random) {
  const [head = ''] = bytesOfRequest(generateRequest(random))
    .toString('latin1', 0, LONGEST)
    .split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  return () => {
    const headers = headerFields(
      fields.flatMap((field) => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon), field.slice(colon + 1).trim()];
      }),
    );
    const { path, query } = parseRequestTarget(target);
    const address = addressOfPath(addressOfHost(headers.get('host'), HOST_SUFFIXES), path);
    const on =
      address.bucket === undefined ? 'service' : address.key === undefined ? 'bucket' : 'object';
    router.route(on, method, query);
    const claim = parseClaim({ headers, query });
    if (claim === undefined) return;
    checkClaim(claim, { now: Date.now(), region: REGION });
    verifySignature(claim, { method, ...address, query, headers }, SECRET);
  };
}

/** @type {PureTarget['prepare']} */
function requestTarget(random) {
  const target = mutated(random, `/${strangeText(random)}?${strangeText(random)}`).slice(
    0,
    LONGEST,
  );
  return () => {
    const { path } = parseRequestTarget(target);
    addressOfPath({ style: 'path' }, path);
    addressOfPath({ style: 'virtual', bucket: 'b' }, path);
  };
}

/**
 * @param {'v1' | 'v2' | 'v4'} version
 * @returns {PureTarget['prepare']}
 */
function authorization(version) {
  return (random) => {
    const { request, options } = signable(random, version);
    const added = new Map([...request.headers, ...signRequest(request, options)]);
    for (let times = random.between(1, 4); times > 0; times--) {
      const name = random.pick([...added.keys(), 'authorization', 'authorization', 'x-oss-date']);
      added.set(name, mutated(random, added.get(name) ?? '').slice(0, LONGEST));
    }
    const signed = { ...request, headers: added };
    return () => {
      const claim = parseClaim(signed);
      if (claim === undefined) return;
      checkClaim(claim, { now: options.now, region: REGION });
      verifySignature(claim, signed, SECRET);
    };
  };
}

/** A signature in the URL with some of it spoilt, doubled, dropped or of another version. @type {PureTarget['prepare']} */
function signedUrl(random) {
  const { request, options } = signable(random, random.pick(['v1', 'v2', 'v4']));
  const query = [...request.query, ...presignUrl(request, options, 60)];
  for (let times = random.between(1, 4); times > 0; times--) {
    const at = random.below(query.length);
    const [name, value] = query[at] ?? ['', null];
    const text = Buffer.from(mutated(random, value ?? ''), 'latin1').toString();
    const changed = /** @type {const} */ ([
      random.chance(0.2) ? random.pick(SIGNING_PARAMETERS) : name,
      random.chance(0.05) ? null : text.slice(0, LONGEST),
    ]);
    query.splice(random.chance(0.3) ? random.below(query.length) : at, random.below(2), changed);
  }
  const claims = query.some(
    ([name]) => SIGNING_PARAMETERS.includes(name) && !/[Ee]xp|dat|tok|add/.test(name),
  );
  const signed = { ...request, query };
  return () => {
    const claim = parseClaim(signed);
    if (claim === undefined) {
      if (claims) throw new Broken('a request that claims to be signed is anonymous');
      return;
    }
    checkClaim(claim, { now: options.now, region: REGION });
    verifySignature(claim, signed, SECRET);
  };
}

const SIGNING_PARAMETERS = [
  ...['OSSAccessKeyId', 'Signature', 'Expires', 'security-token', 'x-oss-signature-version'],
  ...['x-oss-credential', 'x-oss-access-key-id', 'x-oss-date', 'x-oss-expires', 'x-oss-signature'],
  ...['x-oss-additional-headers', 'x-oss-security-token'],
];

/** @type {readonly Principal[]} */
const PRINCIPALS = [
  { kind: 'anonymous' },
  { kind: 'account', account: '1000000000000001' },
  { kind: 'account', account: '1000000000000002' },
  { kind: 'user', account: '1000000000000001', user: '27737962156157000', name: 'alice' },
  { kind: 'session', account: '1000000000000001', role: 'r', session: 's' },
];

const ROLE = { service: 'ram', region: '', account: '1000000000000001', relativeId: 'role/r' };

/** Refused with a `PolicyError`, or compiled; what is compiled decides, and says why. @type {PureTarget['prepare']} */
function policy(random) {
  const kind = random.pick(/** @type {const} */ (['ram', 'session', 'bucket', 'trust']));
  const text = Buffer.from(generatePolicy(random, kind), 'latin1').toString();
  const principal = random.pick(PRINCIPALS);
  const actions = [
    'oss:GetObject',
    ...random.pick([[], ['oss:PutObjectTagging'], ['kms:Decrypt']]),
  ];
  const key = random.chance(0.8)
    ? Buffer.from(strangeValue(random), 'latin1').toString()
    : undefined;
  const known = Buffer.from(strangeValue(random), 'latin1').toString();
  return () => {
    const compiled = compiledOf(text, kind);
    if (compiled === undefined) return;
    const context = (/** @type {string} */ name) => (name.length % 3 === 0 ? undefined : known);
    if (kind === 'trust') {
      if (principal.kind === 'anonymous') return;
      judgeAssumeRole({
        principal,
        trustPolicy: compiled,
        role: ROLE,
        identityPolicies: [],
        context,
      });
      return;
    }
    /** @type {AccessQuestion} */
    const question = {
      principal,
      actions,
      resource: ossResource({ region: REGION, account: '1000000000000001', bucket: RULED, key }),
      bucket: {
        owner: '1000000000000001',
        acl: 'private',
        policy: kind === 'bucket' ? compiled : undefined,
      },
      object: key === undefined ? undefined : { acl: 'default' },
      identityPolicies: kind === 'ram' ? [compiled] : [],
      sessionPolicy: kind === 'session' ? compiled : undefined,
      context,
    };
    const { allowed } = judge(question);
    const before = judgeBeforeObject(question);
    if (before !== undefined && before.allowed !== allowed) {
      throw new Broken('the object changes what was decided without it');
    }
    if (explain(question).verdict.allowed !== allowed) throw new Broken('explained otherwise');
  };
}

/**
 * @param {string} text
 * @param {PolicyKind} kind
 */
function compiledOf(text, kind) {
  try {
    return compilePolicy(parsePolicy(text, kind), 'fuzzed');
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}

/** Whatever a client signs by the rules is accepted. @type {PureTarget['prepare']} */
function signedIsVerified(random) {
  const { request, options } = signable(random, random.pick(['v1', 'v2', 'v4']));
  const isInUrl = random.chance(0.4);
  return () => {
    const signed = isInUrl
      ? { ...request, query: [...request.query, ...presignUrl(request, options, 60)] }
      : { ...request, headers: new Map([...request.headers, ...signRequest(request, options)]) };
    const { path, query } = parseRequestTarget(
      `${escapePath(`/b/${request.key}`)}?${formatQuery(signed.query)}`,
    );
    const seen = { ...signed, ...addressOfPath({ style: 'path' }, path), query };
    const claim = parseClaim(seen);
    if (claim === undefined) throw new Broken('a signed request is anonymous');
    try {
      verifyClaim(claim, seen, { secret: SECRET, now: options.now, region: REGION });
    } catch (error) {
      throw new Broken(`a good signature is refused: ${error}`);
    }
  };
}

/**
 * @param {SeededRandom} random
 * @param {'v1' | 'v2' | 'v4'} version
 */
function signable(random, version) {
  /** @type {SigningOptions} */
  let options =
    version === 'v4'
      ? { version, region: REGION, credentials: CREDENTIALS, now: Date.UTC(2026, 0, 1) }
      : { version, credentials: CREDENTIALS, now: Date.UTC(2026, 0, 1) };
  if (options.version !== 'v1' && random.chance(0.3)) {
    options = { ...options, additionalHeaders: ['range', 'Content-Type'] };
  }
  const fields = Array.from({ length: random.below(4) }, (_, at) => [
    random.pick(['content-type', 'content-md5', `x-oss-meta-${at}`, 'x-oss-tagging', 'range']),
    strangeValue(random),
  ]).flat();
  // A key, and a name or a value of the query, is a text.
  const text = () => Buffer.from(strangeValue(random), 'latin1').toString('utf8');
  const query = Array.from(
    { length: random.below(4) },
    (_, at) => /** @type {const} */ ([`${at}${text()}`, random.chance(0.2) ? null : text()]),
  );
  const key = `k${text()}`;
  const request = { method: 'PUT', bucket: 'b', key, query, headers: headerFields(fields) };
  return { request, options };
}

/** @type {PureTarget['prepare']} */
function inputOfOperation(random) {
  const at = random.below(operations.length);
  const fields = Object.values(operations[at]?.input ?? {});
  /** @type {Map<string, string>} */
  const headers = new Map();
  /** @type {[string, string | null][]} */
  const query = [];
  for (const field of fields) {
    if (field.kind === 'payload' || field.kind === 'xml' || random.chance(0.7)) continue;
    if (field.kind === 'headerMap')
      headers.set(field.prefix + strangeValue(random), strangeText(random));
    else if (field.kind === 'query')
      query.push([field.name, random.chance(0.1) ? null : strangeText(random)]);
    else if (!field.notImplemented) headers.set(field.name.toLowerCase(), strangeText(random));
  }
  return () => void decoders[at]?.(headers, query);
}

/** @type {PureTarget['prepare']} */
function xmlBody(random) {
  const field = random.pick(documents);
  const generated = generateDocument(random, field.shape).slice(0, LONGEST);
  const document = Buffer.from(generated, 'latin1').toString('utf8');
  return () => void decodeXmlBody(field, document);
}

/** @param {string} text */
function readPersistentHeaders(text) {
  checkPersistentHeaders(persistentHeaders.decode(text), new Map([['h1', 'x']]));
}

/** @type {PureTarget['prepare']} */
function userMetadata(random) {
  const entries = Object.fromEntries(
    Array.from({ length: random.below(5) }, () => [strangeValue(random), strangeText(random)]),
  );
  return () => checkUserMetadata(entries);
}

/** @param {string} text */
function readDates(text) {
  for (const time of [parseHttpDate(text), parseBasicDate(text)]) {
    if (time !== undefined && Number.isNaN(new Date(time).getTime())) {
      throw new Broken(`the date ${time}`);
    }
  }
}

/** @param {string} text */
function readRanges(text) {
  for (const size of [0, 1, 10, 2 ** 40]) {
    for (const standard of [true, false]) {
      const range = readRange(text, size, standard);
      if (typeof range === 'string') continue;
      const { start, end } = range;
      const isInside = Number.isSafeInteger(start) && start >= 0 && start < end && end <= size;
      if (!isInside) throw new Broken(`bytes ${start} to ${end} of ${size}`);
    }
  }
}

/** @param {string} text */
function readConditions(text) {
  const record = { etag: 'D41D8CD98F00B204E9800998ECF8427E', lastModified: Date.UTC(2026, 0, 1) };
  const names = ['ifMatch', 'ifNoneMatch', 'ifModifiedSince', 'ifUnmodifiedSince'];
  for (const name of names)
    checkNothingElse(() => checkReadConditions({ [name]: text }, record, Date.now()));
}

/** @type {PureTarget['prepare']} */
function errorDocument(random) {
  const text = () =>
    Buffer.from(strangeText(random), 'latin1').toString(random.pick(['utf8', 'latin1', 'utf16le']));
  const key = text();
  const error = new OssError('NoSuchKey', { details: { Key: key, Host: text() } });
  const host = text();
  return () => {
    const document = writeErrorDocument(error, 'id', host);
    const root = readStrictXml(Buffer.from(document).toString());
    const read = readErrorAnswer({ status: 404, document, requestId: undefined, ec: undefined });
    if (read.code !== 'NoSuchKey' || root.children.length < 6) throw new Broken(document);
  };
}

/** @type {PureTarget['prepare']} */
function writtenDocument(random) {
  const operation = random.pick(operations);
  const shapes = [...Object.values(operation.input), ...Object.values(operation.output)].filter(
    (field) => field.kind === 'xml',
  );
  if (shapes.length === 0) return () => void outputEncoder(operation)({});
  const { shape } = random.pick(shapes);
  const value = valueOfContent(random, shape.content);
  return () => {
    const document = writeXml(shape, value);
    readStrictXml(document);
    const read = readXml(shape, document);
    if (writeXml(shape, read) !== document) throw new Broken(`read back as other: ${document}`);
  };
}

/**
 * A value of what is described, with text that XML can carry.
 * @param {SeededRandom} random
 * @param {XmlContent} content
 * @returns {unknown}
 */
function valueOfContent(random, content) {
  if (content.kind === 'text') {
    const { type, values } = content.codec;
    if (type === 'boolean') return random.chance(0.5);
    if (type === 'integer') return random.between(1, 8);
    if (type === 'time') return Date.UTC(2026, 0, 1) + random.below(1e9);
    if (values !== undefined) return random.pick(values);
    return Buffer.from(strangeText(random), 'latin1').toString().replaceAll(NOT_XML, '');
  }
  const entries = Object.entries(content.members).map(([property, member]) => {
    if (member.repeated !== undefined) {
      const items = Array.from({ length: random.below(4) }, () =>
        valueOfContent(random, member.content),
      );
      return [property, items];
    }
    const isLeftOut = member.optional && random.chance(0.4);
    return [property, isLeftOut ? undefined : valueOfContent(random, member.content)];
  });
  return Object.fromEntries(entries);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML cannot carry
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/g;

/**
 * An `OssError` is what these functions refuse with; anything else is thrown on.
 * @param {() => void} act
 */
export function checkNothingElse(act) {
  try {
    act();
  } catch (error) {
    if (!(error instanceof OssError)) throw error;
  }
}
