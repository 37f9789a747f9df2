/** How `ossutil` gets to the service: addresses, TLS, time limits, proxies, and who signs how. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import path from 'node:path';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  type Answering,
  answeringServer,
  tcpServer,
} from '../../packages/client/src/testing/loopback-server.js';
import { selfSignedCertificate } from '../../packages/client/src/testing/self-signed-certificate.js';
import { sendSigned } from '../support/http.js';
import { type OssutilUser, ossutilUser, pointedAt, putObject } from '../support/ossutil-user.js';

let user: OssutilUser;
beforeAll(async () => {
  user = await ossutilUser();
});

const ok: Answering = (response) => void response.end();

/** Runs put-object once, without another try, at an endpoint. */
const put = (endpoint: string, ...flags: string[]) =>
  user.ossutil(putObject('--body', 'x', '--retry-times', '0', ...flags), {
    env: pointedAt(endpoint),
  });

/** Runs put-object, which has to fail on this side with this error and this hint. */
async function expectFailure(
  endpoint: string,
  flags: readonly string[],
  error: string | RegExp,
  hint?: string | RegExp,
): Promise<void> {
  const { status, stdout, stderr } = await put(endpoint, ...flags);
  const [errorLine = '', hintLine = '', ...more] = stderr.split('\n');
  expect(errorLine).toMatch(/^Error: operation error PutObject: /);
  expect(errorLine).toMatch(error);
  if (hint !== undefined) expect(hintLine).toMatch(hint);
  expect(more).toEqual(hint === undefined ? [] : ['']);
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
}

/** A port where nothing listens. */
async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('an endpoint that cannot be talked to', () => {
  it('is not known by its name', async () => {
    // Longer than a label may be: no resolver is asked.
    await expectFailure(
      `http://${'a'.repeat(64)}.invalid`,
      [],
      /the host of examplebucket\.a{64}\.invalid is not known/,
      /check --endpoint/,
    );
  });

  it('refuses the connection', async () => {
    const port = await closedPort();
    await expectFailure(
      `http://127.0.0.1:${port}`,
      [],
      `the connection to 127.0.0.1:${port} was refused`,
      /nothing listens there/,
    );
  });

  it('speaks plain HTTP where TLS is meant, which it is without a scheme', async () => {
    const answers = await tcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const closes = await tcpServer((socket) => socket.once('data', () => socket.destroy()));
    for (const [port, error] of [
      [answers.port, /^Error: [^(]* does not speak TLS as it should \(wrong version number\)$/],
      [closes.port, /was broken off \(.* before secure TLS connection was established\)$/],
    ] as const) {
      const hint = new RegExp(`plain HTTP endpoint.* -e http://localhost:${port}$`);
      await expectFailure(`localhost:${port}`, [], error, hint);
    }
  });

  it('speaks TLS where plain HTTP is meant', async () => {
    const { port, requests } = await answeringServer(ok, { tls: true });
    await expectFailure(
      `http://localhost:${port}`,
      [],
      /was broken off/,
      new RegExp(`TLS endpoint.* -e https://localhost:${port}$`),
    );
    expect(requests).toEqual([]);
  });

  it('speaks something else', async () => {
    const { endpoint } = await tcpServer((socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'));
    await expectFailure(endpoint, [], /Parse Error/, /TLS endpoint/);
  });

  it('takes the connection and says nothing: --read-timeout', async () => {
    const { endpoint } = await tcpServer(() => {});
    await expectFailure(
      endpoint,
      ['--read-timeout', '1'],
      /neither sent nor took any data for 1 s \(read\/write timeout\)/,
      /--read-timeout/,
    );
  });

  it('never finishes the handshake of TLS: --connect-timeout', async () => {
    const { port } = await tcpServer(() => {});
    await expectFailure(
      `https://127.0.0.1:${port}`,
      ['--connect-timeout', '1'],
      /took longer than 1 s \(connect timeout\)/,
      /check --endpoint/,
    );
  });
});

describe('a certificate that is not trusted', () => {
  it('ends the connection before anything is sent, but for --skip-verify-cert', async () => {
    const { endpoint, requests } = await answeringServer(ok, { tls: true });
    await expectFailure(
      endpoint,
      [],
      /the certificate of 127\.0\.0\.1:\d+ is not trusted: self-signed certificate/,
      /NODE_EXTRA_CA_CERTS.*--skip-verify-cert/,
    );
    expect(requests).toEqual([]);
    const skipped = await put(endpoint, '--skip-verify-cert');
    expect(skipped).toMatchObject({ status: 0, stderr: '' });
    expect(requests).toHaveLength(1);
  });

  it('is trusted with NODE_EXTRA_CA_CERTS, as the hint says', async () => {
    const { endpoint } = await answeringServer(ok, { tls: true });
    const file = path.join(user.directory, 'ca.pem');
    await writeFile(file, selfSignedCertificate.cert);
    const trusted = await user.ossutil(putObject('--body', 'x'), {
      env: { ...pointedAt(endpoint), NODE_EXTRA_CA_CERTS: file },
    });
    expect(trusted).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('a request', () => {
  it('names its bucket in the host, in the path, or nowhere: --addressing-style', async () => {
    const { port, requests } = await answeringServer(ok);
    const address = async (endpoint: string, ...flags: string[]) => {
      requests.length = 0;
      expect((await put(`${endpoint}:${port}`, ...flags)).status).toBe(0);
      return [requests[0]?.headers.host, requests[0]?.url];
    };
    const local = `localhost:${port}`;
    expect(await address('http://localhost')).toEqual([`examplebucket.${local}`, '/exampleobject']);
    expect(await address('http://localhost', '--addressing-style', 'path')).toEqual([
      local,
      '/examplebucket/exampleobject',
    ]);
    expect(await address('http://localhost', '--addressing-style', 'cname')).toEqual([
      local,
      '/exampleobject',
    ]);
    // A bucket cannot be put before an address.
    expect(await address('http://127.0.0.1', '--addressing-style', 'virtual')).toEqual([
      `127.0.0.1:${port}`,
      '/examplebucket/exampleobject',
    ]);
  });

  it('says who sends it: --user-agent', async () => {
    const { endpoint, requests } = await answeringServer(ok);
    expect((await put(endpoint, '--user-agent', 'backup/7 (每晚)')).status).toBe(0);
    const userAgent = Buffer.from(requests[0]?.headers['user-agent'] ?? '', 'latin1').toString();
    expect(userAgent).toMatch(/\/ossutil\/[\d.]+ backup\/7 \(每晚\)$/);
  });

  it('is signed with version 4 or 1, with a token or without: --sign-version, -t', async () => {
    const { endpoint, requests } = await answeringServer(ok);
    const headers = async (env: NodeJS.ProcessEnv, ...flags: string[]) => {
      requests.length = 0;
      const outcome = await user.ossutil(putObject('--body', 'x', ...flags), {
        env: { ...pointedAt(endpoint), ...env },
      });
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      return requests[0]?.headers ?? {};
    };
    // Version 1 needs no region.
    const v1 = await headers({ OSS_REGION: undefined }, '--sign-version', 'v1', '-t', 'token1');
    expect(v1.authorization).toMatch(/^OSS test-id:[A-Za-z0-9+/]{27}=$/);
    expect(v1['x-oss-security-token']).toBe('token1');
    const v4 = await headers({ OSS_SESSION_TOKEN: 'token2' }, '--sign-version=v4');
    expect(v4.authorization).toMatch(/^OSS4-HMAC-SHA256 Credential=test-id\//);
    expect(v4['x-oss-security-token']).toBe('token2');
    const keysAlone = await headers({ OSS_SESSION_TOKEN: 'token2' }, '--mode', 'AK');
    expect(keysAlone['x-oss-security-token']).toBeUndefined();
    const bare = { OSS_REGION: undefined, OSS_ACCESS_KEY_ID: undefined };
    const anonymous = await headers(
      { ...bare, OSS_ACCESS_KEY_SECRET: undefined },
      ...['--mode', 'Anonymous'],
    );
    expect(anonymous.authorization).toBeUndefined();
    expect(Object.keys(anonymous).filter((name) => name.startsWith('x-oss-'))).toEqual([]);
  });
});

describe('OpenOSS', () => {
  let oss: OpenOss;
  beforeAll(async () => {
    oss = await startOpenOss({ buckets: ['examplebucket'] });
  });
  afterAll(() => oss.close());

  const api = (operation: string, ...flags: string[]) =>
    user.ossutil(['api', operation, '--bucket', 'examplebucket', ...flags], {
      env: pointedAt(oss.endpoint, oss),
    });

  it('takes both signatures, virtual-hosted and path style', async () => {
    const endpoints = { v1: oss.endpoint, v4: oss.endpoint.replace('127.0.0.1', 'localhost') };
    for (const [version, endpoint] of Object.entries(endpoints)) {
      const key = `${version}/é +`;
      const flags = ['--key', key, '--sign-version', version, '-e', endpoint];
      const outcome = await api('put-object', '--body', 'x', ...flags);
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      expect((await sendSigned(oss, { bucket: 'examplebucket', key })).text).toBe('x');
    }
  });

  it('lets an anonymous caller write where everybody may, and nowhere else', async () => {
    const anonymous = ['--key', 'anonymous', '--body', 'x', '--mode', 'Anonymous'];
    const refused = await api('put-object', ...anonymous);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('Error Code: AccessDenied. \n');
    expect(refused.stderr).toMatch(/\nHint: the request was anonymous; [^\n]*\n$/);
    expect((await api('put-bucket-acl', '--acl', 'public-read-write')).status).toBe(0);
    expect(await api('put-object', ...anonymous)).toMatchObject({ status: 0, stderr: '' });
  });

  it('refuses a wrong secret, an unknown ID and another region, each with its advice', async () => {
    const refused = async (...flags: string[]) => {
      const { status, stderr } = await api('put-object', '--key', 'k', ...flags);
      expect(status).toBe(2);
      return stderr;
    };
    const { accessKeyId } = oss.credentials;
    expect(await refused('-i', accessKeyId, '-k', 'wrong')).toMatch(
      /Error Code: SignatureDoesNotMatch\. \n.*\nHint: [^\n]*secret/s,
    );
    expect(await refused('-i', 'nobody', '-k', 'wrong')).toMatch(
      /Error Code: InvalidAccessKeyId\. \n.*\nHint: [^\n]*AccessKey ID/s,
    );
    expect(await refused('--region', 'cn-beijing')).toMatch(/\nHint: [^\n]*--region/);
  });
});

describe('a proxy', () => {
  /** A proxy that connects every tunnel to `port`, whatever was asked for; it notes down who asked. */
  async function tunnelProxy(port: number, status = 200) {
    const asked: { target: string; authorization: string | undefined }[] = [];
    const proxy = createServer((_, response) => void response.writeHead(400).end());
    proxy.on('connect', (request, client) => {
      asked.push({
        target: request.url ?? '',
        authorization: request.headers['proxy-authorization'],
      });
      client.on('error', () => {});
      if (status !== 200) {
        client.end(`HTTP/1.1 ${status} Not Today\r\nContent-Length: 4\r\n\r\nsay?`);
        return;
      }
      const server = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        server.pipe(client).pipe(server);
      });
      server.on('error', () => client.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    return { url: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
  }

  it('is handed plain HTTP whole', async () => {
    const proxy = await answeringServer(ok);
    const url = `http://me:p%40ss@127.0.0.1:${proxy.port}`;
    const outcome = await put('http://oss.example.invalid', '--proxy', url);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(proxy.requests[0]?.url).toBe('http://examplebucket.oss.example.invalid/exampleobject');
    expect(proxy.requests[0]?.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    );
    expect(proxy.requests[0]?.body.toString()).toBe('x');
  });

  it('tunnels HTTPS, and sees nothing of it', async () => {
    const { port, requests } = await answeringServer(ok, { tls: true });
    const proxy = await tunnelProxy(port);
    const outcome = await put(
      'https://oss.example.invalid',
      ...['--proxy', `http://me:pw@${proxy.url}`, '--skip-verify-cert'],
    );
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(proxy.asked).toEqual([
      {
        target: 'examplebucket.oss.example.invalid:443',
        authorization: `Basic ${Buffer.from('me:pw').toString('base64')}`,
      },
    ]);
    expect(requests[0]?.headers.host).toBe('examplebucket.oss.example.invalid');
    expect(requests[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('is that of the environment with --proxy env only, by the scheme, but for NO_PROXY', async () => {
    const proxy = await answeringServer(ok);
    const direct = await answeringServer(ok);
    const endpoint = `http://oss.localhost:${direct.port}`;
    const viaProxy = async (env: NodeJS.ProcessEnv, ...flags: string[]) => {
      proxy.requests.length = 0;
      direct.requests.length = 0;
      const outcome = await user.ossutil(putObject('--body', 'x', ...flags), {
        env: { ...pointedAt(endpoint), ...env },
      });
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      expect(proxy.requests.length + direct.requests.length).toBe(1);
      return proxy.requests.length === 1;
    };
    const url = `http://127.0.0.1:${proxy.port}`;
    expect(await viaProxy({ HTTP_PROXY: url })).toBe(false);
    expect(await viaProxy({ HTTP_PROXY: url }, '--proxy', 'env')).toBe(true);
    expect(await viaProxy({ HTTPS_PROXY: url }, '--proxy', 'env')).toBe(false);
    const exempt = { HTTP_PROXY: url, NO_PROXY: 'example.com,.localhost' };
    expect(await viaProxy(exempt, '--proxy', 'env')).toBe(false);
  });

  it('that fails is said to be at fault, not the service', async () => {
    const closed = `127.0.0.1:${await closedPort()}`;
    for (const endpoint of ['http://oss.example.invalid', 'https://oss.example.invalid']) {
      await expectFailure(
        endpoint,
        ['--proxy', `http://${closed}`],
        `the connection to the proxy ${closed} was refused`,
        /check --proxy/,
      );
    }
    const forbids = await tunnelProxy(0, 403);
    await expectFailure(
      'https://oss.example.invalid',
      ['--proxy', `http://${forbids.url}`],
      `the proxy ${forbids.url} refused a connection to examplebucket.oss.example.invalid:443: 403 Not Today`,
      /check --proxy/,
    );
    const asksWho = await tunnelProxy(0, 407);
    await expectFailure(
      'https://oss.example.invalid',
      ['--proxy', `http://${asksWho.url}`],
      /: 407 Not Today/,
      /http:\/\/USER:PASSWORD@/,
    );
  });
});
