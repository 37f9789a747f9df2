import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { OssConnection } from '../kill-loop/oss-connection.mjs';
import { ServerProcess } from '../kill-loop/server-process.mjs';
import { dial } from './dial.mjs';
import { BUCKET, signedHead } from './request-bytes.mjs';
import { figuresOf } from './server-figures.mjs';

/** What the server is told to bear. */
const MAX_REQUESTS = 40;
const MAX_CONNECTIONS = 120;

/** Milliseconds within which a refusal must come: it costs next to nothing. */
const SOON = 2_000;

/**
 * Asks more of a server than it is told to bear, in requests and in connections: what is too much is
 * answered with 503 and Retry-After, soon, and when the crowd is gone all is as before.
 * @param {string} directory
 * @param {readonly string[]} flags more flags of the server
 * @returns {Promise<{ readonly refused: number, readonly problems: string[] }>}
 */
export async function overload(directory, flags) {
  /** @type {string[]} */
  const problems = [];
  const limits = ['--max-requests', `${MAX_REQUESTS}`, '--max-connections', `${MAX_CONNECTIONS}`];
  const server = new ServerProcess(directory, { hasAdmin: true, flags: [...limits, ...flags] });
  let refused = 0;
  try {
    const port = (await server.ready()) ?? 0;
    const first = new OssConnection(port);
    await first.send({ method: 'PUT', bucket: BUCKET });
    await first.send({ method: 'PUT', bucket: BUCKET, key: 'there', body: Buffer.from('hi oss') });

    const uploads = await stallUploads(port, MAX_REQUESTS);
    for (const { name, request } of tooMuch()) {
      const before = performance.now();
      const answer = await ask(port, request);
      const problem = judgeRefusal(answer) ?? tooLate(performance.now() - before);
      if (problem === undefined) refused++;
      else problems.push(`${name}, one request too many: ${problem}`);
      // One says it: a server that serves them waits for their bodies.
      if (problem !== undefined) break;
    }
    const again = await first.send({ method: 'GET', bucket: BUCKET, key: 'there' });
    if (again.status !== 503) problems.push(`a connection that is open: not 503, ${again.status}`);
    for (const upload of uploads) upload.destroy();
    await settled(server, 0);
    // Refused, but not cut off.
    const { status } = await first.send({ method: 'GET', bucket: BUCKET, key: 'there' });
    if (status !== 200) problems.push(`when the crowd has gone a request is answered ${status}`);

    const idle = await connectAll(port, MAX_CONNECTIONS - 1);
    for (let at = 0; at < 3; at++) {
      const answer = await ask(port, signedHead('GET', 'there'));
      const problem = judgeRefusal(answer) ?? (isClosing(answer) ? undefined : 'it stays open');
      if (problem === undefined) refused++;
      else problems.push(`one connection too many: ${problem}`);
    }
    const more = await connectAll(port, MAX_CONNECTIONS);
    const { connections } = await figuresOf(server);
    if (connections > MAX_CONNECTIONS * 1.1) problems.push(`${connections} connections are open`);
    for (const socket of [...idle, ...more]) socket.destroy();
    await settled(server, 1);
    const answer = await ask(port, signedHead('GET', 'there', { Connection: 'close' }));
    if (!answer.startsWith('HTTP/1.1 200 ')) problems.push(`when they have gone: ${answer}`);
    const { shed, refused: connectionsRefused } = await figuresOf(server);
    if (shed < refused) problems.push(`metrics count ${shed} requests refused of ${refused}`);
    if (connectionsRefused < MAX_CONNECTIONS / 2) {
      problems.push(`metrics count ${connectionsRefused} connections refused`);
    }
    first.close();
  } finally {
    problems.push(...(await server.end('SIGTERM')));
  }
  return { refused, problems };
}

/** Requests of each kind, as bytes. */
function tooMuch() {
  const mebibyte = Buffer.alloc(1024 * 1024);
  const length = { 'Content-Length': mebibyte.length };
  const chunks = { 'Transfer-Encoding': 'chunked' };
  const chunk = Buffer.from(`10000\r\n${'x'.repeat(65536)}\r\n`);
  return [
    { name: 'a get', request: signedHead('GET', 'there') },
    { name: 'a head', request: signedHead('HEAD', 'there') },
    {
      name: 'a small put',
      request: Buffer.concat([signedHead('PUT', 'x', { 'Content-Length': 2 }), Buffer.from('hi')]),
    },
    {
      name: 'a large put',
      request: Buffer.concat([signedHead('PUT', 'x', length), mebibyte]),
    },
    {
      name: 'a chunked put',
      request: Buffer.concat([signedHead('PUT', 'x', chunks), ...Array(20).fill(chunk)]),
    },
    {
      name: 'a put that waits to be told',
      request: signedHead('PUT', 'x', { ...length, Expect: '100-continue' }),
    },
    { name: 'one that is not signed', request: Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n') },
  ];
}

/** @param {string} answer */
function judgeRefusal(answer) {
  if (!answer.startsWith('HTTP/1.1 503 ')) return `not 503: ${answer.slice(0, 100)}`;
  if (!/\r\nRetry-After: [123]\r\n/.test(answer)) return `no Retry-After: ${answer}`;
  if (!/\r\nx-oss-request-id: [0-9A-F]{24}\r\n/.test(answer)) return `no request id: ${answer}`;
  const [, header] = /\r\nx-oss-err: (\S+)\r\n/.exec(answer) ?? [];
  const document = header === undefined ? answer : Buffer.from(header, 'base64').toString();
  if (!document.includes('<Code>ServiceUnavailable</Code>')) return `another code: ${document}`;
  return undefined;
}

/** @param {number} milliseconds */
function tooLate(milliseconds) {
  return milliseconds < SOON ? undefined : `it took ${Math.round(milliseconds)} ms`;
}

/** @param {string} answer */
const isClosing = (answer) => /\r\nConnection: close\r\n/.test(answer);

/**
 * Sends bytes, and returns the one answer that comes.
 * @param {number} port
 * @param {Buffer} bytes
 * @returns {Promise<string>}
 */
async function ask(port, bytes) {
  const socket = dial(port);
  let answer = '';
  const answered = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const isWhole = answer.includes('</Error>') || answer.includes('\r\nx-oss-err: ');
      if ((isWhole && answer.includes('\r\n\r\n')) || answer.includes('hi oss')) resolve();
    });
    for (const event of ['end', 'close']) socket.on(event, () => resolve());
  });
  socket.write(bytes);
  await Promise.race([answered, delay(10_000)]);
  socket.destroy();
  return answer;
}

/**
 * Uploads that have sent their head and are waited for.
 * @param {number} port
 * @param {number} count
 */
async function stallUploads(port, count) {
  const sockets = await connectAll(port, count);
  for (const [at, socket] of sockets.entries()) {
    socket.write(
      signedHead('PUT', `stalled/${at}`, { 'Content-Length': 1000, Expect: '100-continue' }),
    );
  }
  // Each is told to go on, and so is being served.
  await Promise.all(sockets.map((socket) => once(socket, 'data')));
  return sockets;
}

/**
 * @param {number} port
 * @param {number} count
 */
async function connectAll(port, count) {
  const sockets = Array.from({ length: count }, () => dial(port));
  await Promise.all(
    sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])),
  );
  return sockets;
}

/**
 * Waits until the server serves nobody, and has few connections open.
 * @param {ServerProcess} server
 * @param {number} connections
 */
async function settled(server, connections) {
  for (let waited = 0; waited < 10_000; waited += 20) {
    const figures = await figuresOf(server);
    if (figures.inFlight === 0 && (connections === 0 || figures.connections <= connections)) return;
    await delay(20);
  }
}
