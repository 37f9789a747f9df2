/** `openoss serve --tls-cert --tls-key`: the same service over HTTPS. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { formatQuery } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { sign, type WireRequest } from '../support/http.js';
import { programs, run, scratchDirectory } from '../support/programs.js';
import { parseAnswers, signedHead } from '../support/raw-connection.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { type Server, serve } from '../support/serve.js';
import { allow, policyOf } from '../support/start-with-identities.js';

const { cert, key } = selfSignedCertificate;
const directory = await scratchDirectory();
const certFile = path.join(directory, 'cert.pem');
const keyFile = path.join(directory, 'key.pem');
await writeFile(certFile, cert);
await writeFile(keyFile, key);
let names = 0;
const serveTls = (): Promise<Server> =>
  serve(path.join(directory, `data-${names++}`), [
    ...['--tls-cert', certFile, '--tls-key', keyFile, '--shutdown-seconds', '1'],
  ]);

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Sends a request over HTTPS, verifying the server's certificate. */
function send(server: Server, request: WireRequest, agent?: Agent): Promise<Answer> {
  const { hostname, port } = new URL(server.endpoint);
  return new Promise((resolve, reject) => {
    const sent = httpsRequest({
      hostname,
      port,
      ca: cert,
      method: request.method ?? 'GET',
      path: `/${request.bucket ?? ''}${request.key === undefined ? '' : `/${request.key}`}${
        request.query === undefined ? '' : `?${formatQuery(request.query)}`
      }`,
      headers: {
        ...request.headers,
        ...(request.body === undefined
          ? {}
          : { 'Content-Length': String(Buffer.byteLength(request.body)) }),
      },
      agent: agent ?? false,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }),
      );
    });
    sent.end(request.body);
  });
}

describe('openoss serve with a certificate', () => {
  it('says https, and keeps and answers objects, small and large', async () => {
    const server = await serveTls();
    expect(server.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const agent = new Agent({ keepAlive: true, ca: cert, maxSockets: 1 });
    const signed = (request: WireRequest) => send(server, sign(server, request), agent);
    expect((await signed({ method: 'PUT', bucket: 'secured' })).status).toBe(200);
    for (const size of [6, 3_000_000]) {
      const body = Buffer.alloc(size, 'hi oss');
      const object = { bucket: 'secured', key: `k${size}` };
      expect((await signed({ ...object, method: 'PUT', body })).status).toBe(200);
      const stored = await signed(object);
      expect(stored.status).toBe(200);
      expect(stored.body.equals(body)).toBe(true);
    }
    expect((await signed({ bucket: 'secured', key: 'missing' })).status).toBe(404);
    agent.destroy();
    server.child.kill('SIGTERM');
    expect(await server.outcome).toMatchObject({ status: 0, signal: null });
  });

  it('is what acs:SecureTransport asks for', async () => {
    const server = await serveTls();
    const object = { bucket: 'secured', key: 'k' };
    const signed = (request: WireRequest) => send(server, sign(server, request));
    await signed({ method: 'PUT', bucket: 'secured' });
    await signed({ ...object, method: 'PUT', body: 'x' });
    for (const [isSecure, status] of [
      ['true', 200],
      ['false', 403],
    ] as const) {
      const Condition = { Bool: { 'acs:SecureTransport': isSecure } };
      const statement = { ...allow('oss:GetObject'), Principal: ['*'], Condition };
      const query = [['policy', null]] as const;
      const body = policyOf(statement);
      expect((await signed({ method: 'PUT', bucket: 'secured', query, body })).status).toBe(200);
      expect((await send(server, object)).status).toBe(status);
    }
  });

  it('lets a client that is still sending see an early refusal', async () => {
    const server = await serveTls();
    for (const mebibytes of [1, 8, 40]) {
      const body = Buffer.alloc(mebibytes * 1024 * 1024);
      const answer = await send(server, { method: 'PUT', bucket: 'secured', key: 'early', body });
      expect(answer.status).toBe(404);
      expect(answer.body.toString()).toContain('<Code>NoSuchBucket</Code>');
    }
  });

  it('answers what is no HTTP inside, and requests sent at once, as without TLS', async () => {
    const server = await serveTls();
    const { hostname, port } = new URL(server.endpoint);
    const ask = async (bytes: string, count = 1) => {
      const socket = connectTls({ host: hostname, port: Number(port), ca: cert });
      let received = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        received += chunk;
      });
      await once(socket, 'secureConnect');
      socket.write(bytes);
      while (parseAnswers(received).length < count) await once(socket, 'data');
      socket.destroy();
      return parseAnswers(received);
    };
    const [refused] = await ask('NONSENSE\r\n\r\n');
    expect(refused?.body).toContain('<Code>InvalidRequest</Code>');
    const put = (body: string) =>
      signedHead(
        server,
        { method: 'PUT', bucket: 'secured', key: 'k' },
        { 'Content-Length': String(body.length) },
      ) + body;
    await ask(signedHead(server, { method: 'PUT', bucket: 'secured' }, { Connection: 'close' }));
    const answers = await ask(
      put('one') + put('second') + signedHead(server, { bucket: 'secured', key: 'k' }),
      3,
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[2]?.body).toBe('second');
  });

  it('lives on, and can be stopped, whatever is done to its handshakes', async () => {
    const server = await serveTls();
    const { hostname, port } = new URL(server.endpoint);
    const plain = async (bytes: string | undefined, ends: boolean) => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.on('error', () => {});
      socket.resume();
      await once(socket, 'connect');
      if (bytes !== undefined) socket.write(bytes);
      if (ends) await once(socket, 'close');
      return socket;
    };
    await plain('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', true);
    await plain('\x16\x03\x01nonsense'.repeat(50), true);
    const refused = connectTls({ host: hostname, port: Number(port), maxVersion: 'TLSv1.1' });
    await once(refused, 'error');
    const silent = await plain(undefined, false);
    expect((await send(server, {})).status).toBe(403);

    const before = performance.now();
    server.child.kill('SIGTERM');
    expect(await server.outcome).toMatchObject({ status: 0, signal: null });
    // A client that connected and never said hello is waited for no longer than all others.
    expect(performance.now() - before).toBeLessThan(5000);
    silent.destroy();
  });

  it.each([
    ['a certificate that is none', { cert: 'nonsense', key }, '--tls-cert: ', 'no certificate'],
    ['a key that is none', { cert, key: 'nonsense' }, '--tls-key: ', 'no private key'],
    [
      "a key that is not the certificate's",
      { cert, key: anotherKey() },
      '--tls-key: ',
      'not the key',
    ],
    ['a file that is not there', { cert, key: undefined }, '--tls-key: ', 'ENOENT'],
  ])('refuses to start, and says why: %s', async (what, files, flag, fault) => {
    const scratch = path.join(directory, what.replaceAll(/\W/g, '-'));
    await writeFile(`${scratch}-cert`, files.cert);
    if (files.key !== undefined) await writeFile(`${scratch}-key`, files.key);
    const { status, stderr, stdout } = await run([
      process.execPath,
      ...[programs.openoss, 'serve', '--data', path.join(directory, 'never')],
      ...['--listen', '0', '--admin-listen', 'off'],
      ...['--tls-cert', `${scratch}-cert`, '--tls-key', `${scratch}-key`],
    ]);
    expect(status).toBe(1);
    expect(stderr).toContain(flag);
    expect(stderr).toContain(fault);
    expect(stdout).toBe('');
  });
});

/** A key of the right kind that belongs to no certificate here; known to the world, for tests only. */
function anotherKey(): string {
  return `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgt/C20H6Y/bHhMWVy
GRwDShOVQQLl1ToBPwZLyGBeOUShRANCAARBg96ASR4JUe4Zy3TB5++hYadyXkfT
IJ3B/ESR+G9XJvY4QwvzAEy2hgWK8E6HuTQSNpBkylQB8b+8jya5PylC
-----END PRIVATE KEY-----
`;
}
