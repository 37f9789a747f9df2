import {
  GetObject,
  headerFields,
  type OssError,
  PutObject,
  parseClaim,
  parseRequestTarget,
  percentDecode,
  verifyClaim,
} from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { anonymousCredentials } from './credentials.js';
import type { OssClientOptions } from './oss-client-options.js';
import { answeringServer, type SeenRequest } from './testing/loopback-server.js';
import { testClient } from './testing/test-client.js';

const put = {
  bucket: 'examplebucket',
  key: 'ключ/../+ 100%',
  body: 'hi oss',
  contentType: 'text/plain; charset=utf-8',
  metadata: { name: ' Müller 中文 à ' },
};

/** Verifies a request as a server does; undefined if it is anonymous, throws if the signature is wrong. */
function verify(
  request: Pick<SeenRequest, 'method' | 'url' | 'rawHeaders'>,
  region = 'cn-hangzhou',
) {
  const { path, query } = parseRequestTarget(request.url);
  const [, bucket, ...key] = path.split('/');
  const signed = {
    method: request.method,
    bucket,
    key: percentDecode(key.join('/')),
    query,
    headers: headerFields(request.rawHeaders),
  };
  const claim = parseClaim(signed);
  if (claim !== undefined) {
    verifyClaim(claim, signed, { now: Date.now(), region, secret: 'sk' });
  }
  return claim;
}

const styles: [string, Partial<OssClientOptions>][] = [
  ['version 4', {}],
  ['version 4 and more headers', { additionalHeaders: ['Host', 'content-length', 'range'] }],
  ['version 4 and a name beyond ASCII', { additionalHeaders: ['user-agent'], userAgent: 'é 中' }],
  ['version 1', { signVersion: 'v1', region: undefined }],
  [
    'version 4 and a token',
    { credentials: { accessKeyId: 'STS.ak', accessKeySecret: 'sk', securityToken: 'tok/en+=' } },
  ],
  [
    'version 1 and a token',
    {
      signVersion: 'v1',
      credentials: { accessKeyId: 'STS.ak', accessKeySecret: 'sk', securityToken: 'tok/en+=' },
    },
  ],
];

describe('a request signed in its headers', () => {
  it.each(styles)('verifies with %s', async (_, options) => {
    const server = await answeringServer((response) => {
      response.end();
    });
    const client = testClient(server.endpoint, options);
    await client.send(PutObject, put);
    await client.send(GetObject, {
      ...put,
      responseContentType: 'text/plain',
      range: 'bytes=0-1',
    });
    for (const request of server.requests)
      expect(verify(request)).toMatchObject({ place: 'header' });
    expect(server.requests).toHaveLength(2);
  });

  it('lists the additional headers that it has', async () => {
    const server = await answeringServer((response) => {
      response.end();
    });
    const client = testClient(server.endpoint, { additionalHeaders: ['Host', 'Range', 'x-oss-a'] });
    await client.send(PutObject, put);
    expect(server.requests[0]?.headers.authorization).toContain('AdditionalHeaders=host,');
  });

  it('has no signature when it is anonymous', async () => {
    const server = await answeringServer((response) => {
      response.end();
    });
    await testClient(server.endpoint, { credentials: anonymousCredentials }).send(PutObject, put);
    const [request] = server.requests;
    expect(request && verify(request)).toBeUndefined();
    expect(request?.headers['x-oss-date']).toBeUndefined();
  });

  it('asks for credentials anew for each attempt', async () => {
    const server = await answeringServer((response, _, index) => {
      response.statusCode = index === 0 ? 500 : 200;
      response.end();
    });
    let asked = 0;
    const client = testClient(server.endpoint, {
      credentials: async () => ({ accessKeyId: `ak${++asked}`, accessKeySecret: 'sk' }),
    });
    await client.send(PutObject, put);
    expect(
      server.requests.map(
        ({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1],
      ),
    ).toEqual(['ak1', 'ak2']);
  });
});

describe('a request signed in its URL', () => {
  it.each(styles)('verifies with %s', async (_, options) => {
    const server = await answeringServer((response) => {
      response.end();
    });
    const client = testClient(server.endpoint, options);
    const { url, method, headers, expiresAt } = await client.presign(PutObject, put, {
      expiresInSeconds: 600,
    });
    expect(headers).toEqual({
      'Content-Type': put.contentType,
      'x-oss-meta-name': put.metadata.name,
    });
    expect(Math.abs(expiresAt.getTime() - Date.now() - 600_000)).toBeLessThan(10_000);
    const { host } = new URL(url);
    const request = {
      method,
      url: url.slice(url.indexOf(host) + host.length),
      rawHeaders: [
        ['Host', host],
        ...Object.entries(headers).map(([name, value]) => [
          name,
          Buffer.from(value, 'utf8').toString('latin1'),
        ]),
      ].flat(),
    };
    expect(verify(request)).toMatchObject({ place: 'url' });
    const forged = { ...request, method: 'GET' };
    expect(() => verify(forged)).toThrow(
      expect.objectContaining<Partial<OssError>>({ code: 'SignatureDoesNotMatch' }),
    );
    expect(server.requests).toHaveLength(0);
  });

  it('can be fetched as it is', async () => {
    const server = await answeringServer((response) => {
      response.end('fetched');
    });
    const { url } = await testClient(server.endpoint).presign(
      GetObject,
      { bucket: 'examplebucket', key: 'a b' },
      { expiresInSeconds: 60 },
    );
    expect(await (await fetch(url)).text()).toBe('fetched');
    const [request] = server.requests;
    expect(request && verify(request)).toMatchObject({ place: 'url' });
  });

  it.each([
    [604_801, {}, 'expires should be not greater than 604800(seven days)'],
    [0, {}, 'at least 1'],
    [1.5, {}, 'a whole number of seconds'],
    [60, { credentials: anonymousCredentials }, 'SigningContext.Credentials is null or empty.'],
  ])('is refused for %d s %j', async (expiresInSeconds, options, message) => {
    const client = testClient('http://127.0.0.1:1', options);
    await expect(client.presign(GetObject, put, { expiresInSeconds })).rejects.toThrow(message);
  });
});

describe('a preview', () => {
  it('shows the request, unsigned, and sends nothing', async () => {
    const client = testClient('https://oss.example.com', { region: undefined });
    expect(client.preview(PutObject, { ...put, key: 'a b' })).toEqual({
      method: 'PUT',
      url: 'https://examplebucket.oss.example.com/a%20b',
      headers: { 'Content-Type': put.contentType, 'x-oss-meta-name': put.metadata.name },
    });
  });
});
