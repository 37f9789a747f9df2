import { createServer } from 'node:net';
import { join } from 'node:path';
import { replayPureFuzz, runPureFuzz } from '../fuzz/run-pure-fuzz.mjs';
import { shrink } from '../fuzz/shrink-input.mjs';
import { converse } from '../fuzz/wire-conversation.mjs';

/**
 * @import { AddressInfo } from 'node:net'
 * @import { WireRequest } from '../fuzz/wire-request.mjs'
 * @import { SelfTestOutcome } from './self-test.mjs'
 */

const ID = '0123456789ABCDEF01234567';

const ERROR =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>m</Message>' +
  `<RequestId>${ID}</RequestId><HostId>h</HostId></Error>`;

/**
 * An answer as a server might send it.
 * @param {string} [document]
 * @param {{ readonly status?: string, readonly length?: number, readonly headers?: string }} [how]
 */
function answer(document = ERROR, { status = '404 Not Found', length, headers = '' } = {}) {
  return (
    `HTTP/1.1 ${status}\r\nServer: AliyunOSS\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n` +
    `Connection: close\r\nContent-Type: application/xml\r\nx-oss-request-id: ${ID}\r\n${headers}` +
    `Content-Length: ${length ?? Buffer.byteLength(document)}\r\n\r\n${document}`
  );
}

/** What a server might answer a GET, and what must be said of it; undefined for nothing. @type {Record<string, readonly [sent: string | undefined, found: RegExp | undefined, method?: string]>} */
const SERVERS = {
  'a good refusal': [answer(), undefined],
  'XML that is not closed': [answer(ERROR.replace('</Error>', '')), /not well-formed/],
  'XML with a bare &': [answer(ERROR.replace('>m<', '>a & b<')), /not well-formed/],
  'XML with a control character': [answer(ERROR.replace('>m<', '>\x01<')), /not well-formed/],
  'a stack trace': [
    answer(ERROR.replace('>m<', '>x\n    at Object.read (/srv/read.ts:12:3)<')),
    /the inside of the program/,
  ],
  'a length that is too large': [answer(ERROR, { length: 5000 }), /a body of \d+ bytes, and not/],
  'a length that is too small': [answer(ERROR, { length: 20 }), /not well-formed/],
  'something after the answer': [`${answer()}more`, /cut off|after one that says/],
  'no request id': [answer().replace(/x-oss-request-id.*\r\n/, ''), /the request id/],
  'another request id in the body': [
    answer(ERROR.replace(ID, ID.toLowerCase())),
    /two request ids/,
  ],
  'no HostId': [answer(ERROR.replace('<HostId>h</HostId>', '')), /without HostId/],
  'a code that OSS does not have': [answer(ERROR.replace('NoSuchKey', 'Oops')), /catalogue/],
  'an InternalError': [
    answer(ERROR.replace('NoSuchKey', 'InternalError'), { status: '500 Internal Server Error' }),
    /InternalError 500/,
  ],
  'a header with a control character': [answer(ERROR, { headers: 'X-A: \x01\r\n' }), /the header/],
  'a header that is none': [answer(ERROR, { headers: 'oops\r\n' }), /the header/],
  'two lengths': [answer(ERROR, { headers: 'Content-Length: 3\r\n' }), /stands twice/],
  'a HEAD with a body': [answer(), /a refusal 404 that says nothing|cut off/, 'HEAD'],
  'no status line': [ERROR, /cut off/],
  'no answer': ['', /without an answer/],
  silence: [undefined, /hangs/],
};

/** Milliseconds. */
const PATIENCE = 400;

/**
 * Shows that the fuzz finds what it looks for: servers and functions that are broken on purpose.
 * @param {object} options
 * @param {string} options.failures
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* fuzzChecks({ failures }) {
  for (const [name, [sent, expected, method = 'GET']] of Object.entries(SERVERS)) {
    const server = await standIn(() => sent);
    const { problem } = await converse(server.port, { sound: [request(method)] }, PATIENCE);
    server.close();
    const isRight =
      expected === undefined ? problem === undefined : expected.test(problem ?? 'nothing');
    const what = expected === undefined ? 'passes' : 'is found';
    yield { name: `fuzz: ${name} ${what}`, isRight, detail: String(problem) };
  }
  yield await shrinks();
  yield* pureChecks(join(failures, 'pure'));
}

/**
 * @param {string} method
 * @param {WireRequest['headers']} [headers]
 * @returns {WireRequest}
 */
function request(method, headers = [['host', 'localhost']]) {
  return {
    ...{ method, path: '/b/k', query: '', version: 'HTTP/1.1', headers, body: '' },
    ...{ framing: 'none', signing: undefined, edits: [] },
  };
}

/** Of an input that a server stumbles over what it stumbles over is left. */
async function shrinks() {
  const server = await standIn((text) =>
    text.includes('x-bad') ? answer(ERROR.replace('</Error>', '')) : answer(),
  );
  const bad = request('GET', [
    ['host', 'localhost'],
    ['x-good', '1'],
    ['x-bad', 'x'.repeat(500)],
  ]);
  const input = { sound: [request('GET'), bad, request('GET')] };
  const left = await shrink(input, async (candidate) => {
    const { problem } = await converse(server.port, candidate, PATIENCE);
    return problem !== undefined;
  });
  server.close();
  const headers = left?.sound.flatMap(({ headers }) => headers) ?? [];
  return {
    name: 'fuzz: of an input what is at fault is left',
    isRight: headers.length === 1 && headers[0]?.[0] === 'x-bad' && headers[0][1].length < 40,
    detail: JSON.stringify(left),
  };
}

/**
 * @param {string} failures
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
async function* pureChecks(failures) {
  const slow = () => void /^(?:a+)+$/.test(`${'a'.repeat(23)}b`);
  const broken = () => void (/** @type {{ a: { b: number } }} */ (/** @type {unknown} */ ({})).a.b);
  for (const [name, act, found] of /** @type {const} */ ([
    ['an exponential expression', slow, /takes/],
    ['a TypeError', broken, /TypeError/],
    ['a good function', () => {}, undefined],
  ])) {
    const targets = [{ name, prepare: () => act }];
    const { violations } = await runPureFuzz({ seed: 'self-test', inputs: 3, failures, targets });
    const [problem = ''] = violations[0]?.problems ?? [];
    const isRight = found === undefined ? violations.length === 0 : found.test(problem);
    const what = found === undefined ? 'passes' : 'is found';
    yield { name: `fuzz: ${name} ${what}`, isRight, detail: problem };
  }
  const target = 'a Range';
  const again = { part: /** @type {const} */ ('pure-fuzz'), where: '', problems: [], target };
  const problems = replayPureFuzz({ ...again, inputSeed: 'self-test 0' });
  const isRight = problems.length === 0;
  yield { name: 'fuzz: a kept input is looked at again', isRight, detail: problems.join() };
}

/**
 * A server that sends the same to whoever has sent it a head, and ends the connection; or does nothing.
 * @param {(received: string) => string | undefined} respond
 */
async function standIn(respond) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      const text = respond(bytes.toString('latin1'));
      if (text !== undefined) socket.end(Buffer.from(text, 'latin1'));
    });
  });
  await new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return {
    port: /** @type {AddressInfo} */ (server.address()).port,
    close: () => void server.close(),
  };
}
