import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { credentialsDocument, readDocument, testExchange } from '../testing/exchange-options.js';
import { answeringServer, rawHttpServer, tcpServer } from '../testing/loopback-server.js';
import { exchange } from './credentials-exchange.js';
import { credentialsUri } from './credentials-uri.js';

const uriAt = (endpoint: string) => new URL(`${endpoint}/credentials?secret=in-the-query`);

describe('credentials from a URI', () => {
  it('are what a GET answers', async () => {
    const server = await answeringServer((response) => {
      response.end(JSON.stringify({ Code: 'Success', ...credentialsDocument() }));
    });
    const options = testExchange();
    expect(await credentialsUri(uriAt(server.endpoint), options)()).toEqual(readDocument);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /credentials?secret=in-the-query',
    ]);
    expect(options.lines).toEqual([
      `info credentials: GET ${server.endpoint}/credentials`,
      'info credentials: 200 OK',
    ]);
  });

  it('are asked for with the user and password of the URI', async () => {
    const server = await answeringServer((response) => {
      response.end(JSON.stringify(credentialsDocument()));
    });
    const uri = new URL(server.endpoint);
    uri.username = 'me';
    uri.password = 'p@ss';
    await credentialsUri(uri, testExchange())();
    expect(server.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    );
  });

  it('need no Expiration', async () => {
    const server = await answeringServer((response) => {
      response.end(JSON.stringify(credentialsDocument(1, { Expiration: undefined })));
    });
    const { expiration } = await credentialsUri(uriAt(server.endpoint), testExchange())();
    expect(expiration).toBeUndefined();
  });

  it.each([
    ['what is no JSON', 200, 'my-secret is all there is', /^there is no JSON in the answer of/],
    ['a list', 200, '["my-secret"]', /^there is no JSON object in/],
    ['nothing', 200, '', /^there is no JSON in/],
    ['null', 200, 'null', /^there is no JSON object in/],
    ['no secret', 200, '{"AccessKeyId":"my-secret"}', /^missing AccessKeyId or AccessKeySecret in/],
    [
      'no token',
      200,
      JSON.stringify(credentialsDocument(1, { SecurityToken: undefined })),
      /^missing SecurityToken in/,
    ],
    [
      'a number for a key',
      200,
      JSON.stringify(credentialsDocument(1, { AccessKeyId: 7 })),
      /^AccessKeyId is no text in/,
    ],
    [
      'a line break in a token',
      200,
      JSON.stringify(credentialsDocument(1, { SecurityToken: 'my-secret\r\nx: y' })),
      /^SecurityToken has a character that does not belong there in/,
    ],
    [
      'a strange time',
      200,
      JSON.stringify(credentialsDocument(1, { Expiration: 'tomorrow' })),
      /^Expiration is no time as in/,
    ],
    ['a failure in JSON', 200, '{"Code":"Failed","Message":"my-secret"}', /^Code is not Success/],
    ['404', 404, 'my-secret', /\/credentials answered 404$/],
  ])('are refused for %s, once, and not shown', async (_, status, body, message) => {
    const server = await answeringServer((response) => {
      response.writeHead(status).end(body);
    });
    const options = testExchange();
    const failure = await credentialsUri(uriAt(server.endpoint), options)().catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      name: 'CredentialsError',
      message: expect.stringMatching(message),
    });
    expect(server.requests).toHaveLength(1);
    const told = `${String(failure)}${(failure as Error).stack}${options.lines.join('\n')}`;
    expect(told).not.toContain('my-secret');
    expect(told).not.toContain('in-the-query');
  });

  it('are asked for three times of a server in trouble', async () => {
    const server = await answeringServer((response, _, index) => {
      if (index === 0) response.writeHead(503).end();
      else if (index === 1) response.destroy();
      else response.end(JSON.stringify(credentialsDocument()));
    });
    const options = testExchange();
    expect(await credentialsUri(uriAt(server.endpoint), options)()).toEqual(readDocument);
    expect(options.clock.waits).toHaveLength(2);

    const dead = await answeringServer((response) => {
      response.writeHead(500).end();
    });
    const failed = credentialsUri(uriAt(dead.endpoint), testExchange())();
    await expect(failed).rejects.toThrow(/answered 500$/);
    expect(dead.requests).toHaveLength(3);
  });

  it('are an error where nobody listens', async () => {
    const failed = credentialsUri(new URL('http://127.0.0.1:1/'), testExchange())();
    await expect(failed).rejects.toThrow(/127\.0\.0\.1:1/);
  });

  it('are not read to the end of an answer without one', async () => {
    const sent = { bytes: 0, closed: undefined as Promise<unknown> | undefined };
    const server = await rawHttpServer((_, response) => {
      sent.closed = once(response, 'close');
      const chunk = Buffer.alloc(64 * 1024, 0x20);
      const pour = (): void => {
        while (sent.bytes < 1024 ** 3 && response.write(chunk)) sent.bytes += chunk.length;
      };
      response.on('drain', pour);
      pour();
    });
    const failed = credentialsUri(uriAt(server.endpoint), testExchange())();
    await expect(failed).rejects.toThrow(/answered more than 64 KiB, which are no credentials$/);
    await sent.closed;
    expect(sent.bytes).toBeLessThan(64 * 1024 ** 2);
  });

  it('are not waited for without end', async () => {
    const limits = { connectMs: 5000, readWriteMs: 5000, totalMs: 150 };
    const silent = await tcpServer(() => {});
    const request = { method: 'GET', url: new URL(silent.endpoint) } as const;
    await expect(exchange(request, limits, testExchange())).rejects.toMatchObject({
      retryable: true,
      message: `${silent.endpoint} did not answer within 0.15 s`,
    });
    // A byte now and then is no answer either.
    const dripping = await rawHttpServer((_, response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    const slow = { method: 'GET', url: new URL(dripping.endpoint) } as const;
    await expect(exchange(slow, limits, testExchange())).rejects.toThrow(/did not answer within/);
  });

  it('are given up when the program is', async () => {
    const silent = await tcpServer(() => {});
    const options = testExchange();
    const waiting = credentialsUri(uriAt(silent.endpoint), options)();
    setTimeout(() => options.canceler.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ name: 'CanceledError' });
  });
});
