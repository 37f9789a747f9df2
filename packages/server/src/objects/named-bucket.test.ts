/** A bucket that was deleted and made again under its name is not the one that a request was authorized for. */
import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
beforeAll(async () => {
  // Every request meets the bucket as it was before.
  server = await startTestServer((store) => ({
    getBucket: async (name) => {
      const record = await store.getBucket(name);
      return record && { ...record, incarnation: 'the-one-before' };
    },
  }));
});
afterAll(() => server.close());

const md5Of = (text: string): string => createHash('md5').update(text).digest('base64');

/** Sends what the account has signed, with version 1; the answer as it came. */
function sendSigned(method: string, target: string, body: string): Promise<string> {
  const date = new Date().toUTCString();
  const md5 = body === '' ? '' : md5Of(body);
  const signed = `${method}\n${md5}\n\n${date}\n/examplebucket/${target}`;
  const signature = createHmac('sha1', server.secret).update(signed).digest('base64');
  const head = [
    `${method} /examplebucket/${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: close',
    `Date: ${date}`,
    `Authorization: OSS ${server.accessKeyId}:${signature}`,
    `Content-Length: ${body.length}`,
    ...(md5 === '' ? [] : [`Content-MD5: ${md5}`]),
  ];
  return server.exchange(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const tags = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
const rule =
  '<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>';

it.each([
  ['GET', 'key', ''],
  ['HEAD', 'key', ''],
  ['GET', 'key?acl', ''],
  ['GET', 'key?tagging', ''],
  ['HEAD', 'key?objectMeta', ''],
  ['GET', '', ''],
  ['GET', '?stat', ''],
  ['PUT', 'key', 'x'],
  ['PUT', 'key?tagging', tags],
  ['DELETE', 'key?tagging', ''],
  ['POST', 'key?restore', ''],
  ['DELETE', 'key', ''],
  ['POST', '?delete', '<Delete><Object><Key>key</Key></Object></Delete>'],
  ['PUT', '?encryption', rule],
  ['DELETE', '?encryption', ''],
  ['DELETE', '', ''],
])('%s /examplebucket/%s finds no such bucket', async (method, target, body) => {
  const answer = await sendSigned(method, target, body);
  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  if (method !== 'HEAD') expect(answer).toContain('<Code>NoSuchBucket</Code>');
});
