/** Who only holds connections to RAM and STS open shuts nobody out. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { startRpc } from '../support/start-rpc.js';

/** As many as are open at a time. */
const MOST = 256;

const schemes = [
  ['plain', undefined],
  ['TLS', selfSignedCertificate],
] as const;

/** An open connection, and whether the server has ended it. */
async function open(endpoint: string, head = '', speaksTls = endpoint.startsWith('https:')) {
  const { hostname: host, port } = new URL(endpoint);
  const to = { host, port: Number(port) };
  const socket: Socket = speaksTls ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
  onTestFinished(() => void socket.destroy());
  const opened = { isOpen: true };
  socket.on('error', () => {});
  socket.on('close', () => {
    opened.isOpen = false;
  });
  socket.resume();
  await once(socket, speaksTls ? 'secureConnect' : 'connect');
  if (head !== '') socket.write(head);
  return opened;
}

/** The status that a call which is signed by nobody is answered with, on a connection of its own. */
async function called(endpoint: string) {
  const make = endpoint.startsWith('https:') ? httpsRequest : httpRequest;
  const request = make(`${endpoint}/?Action=GetCallerIdentity&Version=2015-04-01`, {
    rejectUnauthorized: false,
    agent: false,
  });
  const answered = once(request, 'response');
  request.end();
  const [response] = await answered;
  response.resume();
  return response;
}

it.each(schemes)('%s: the one that has been idle the longest makes room', async (_, tls) => {
  const { endpoint } = await startRpc(tls && { tls });
  const first = await open(endpoint);
  // Neither one that never begins with TLS, nor one that stands still in the midst of its call, stays for that.
  const second = await open(endpoint, '', false);
  const third = await open(endpoint, 'POST / HTTP/1.1\r\nHost: ram\r\nContent-Length: 9\r\n\r\nx');
  await wait(50);
  const others = await Promise.all(Array.from({ length: MOST - 3 }, () => open(endpoint)));
  expect([first, second, third, ...others].every(({ isOpen }) => isOpen)).toBe(true);
  for (const gone of [[first], [first, second], [first, second, third]]) {
    expect((await called(endpoint)).statusCode).toBe(400);
    await expect.poll(() => gone.every(({ isOpen }) => !isOpen)).toBe(true);
    // The connection of the call has ended: one more, and the next call is one too many again.
    await wait(50);
    others.push(await open(endpoint));
  }
  expect(others.every(({ isOpen }) => isOpen)).toBe(true);
});

it('a connection is kept as long between calls as one to OSS', async () => {
  const { endpoint } = await startRpc();
  const response = await fetch(endpoint);
  expect(response.headers.get('keep-alive')).toBe('timeout=60');
});
