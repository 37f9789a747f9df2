/**
 * What each flag of `ossutil api put-object` puts into the request, seen by a server that notes down
 * all of it; and what OpenOSS keeps of it.
 * https://www.alibabacloud.com/help/en/oss/developer-reference/put-object
 */
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendSigned, type WireAnswer } from '../support/http.js';
import {
  elapsedOnly,
  type OssutilUser,
  ossutilUser,
  pointedAt,
  putObject,
} from '../support/ossutil-user.js';

let user: OssutilUser;
let endpoint: string;
/** What the server noted down, of all runs: they are made side by side. */
const requests: SeenRequest[] = [];
const server = createServer(async (message, response) => {
  const body = Buffer.concat(await message.toArray());
  const { method = '', url = '', headers } = message;
  requests.push({ method, url, headers, body });
  response.end();
});
beforeAll(async () => {
  user = await ossutilUser();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

interface SeenRequest {
  readonly method: string;
  readonly url: string;
  /** Values as byte strings. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let runs = 0;

/** Runs put-object with these flags and gives the one request that it sends. */
async function sent(flags: readonly string[]): Promise<SeenRequest> {
  // Whose request it is, is told by who signed it.
  const accessKeyId = `run-${runs++}`;
  const { status, stderr, stdout } = await user.ossutil(putObject(...flags), {
    env: pointedAt(endpoint, { credentials: { accessKeyId, accessKeySecret: 'secret' } }),
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(elapsedOnly);
  const [request, ...more] = requests.filter(({ headers }) =>
    headers.authorization?.includes(`Credential=${accessKeyId}/`),
  );
  if (request === undefined || more.length > 0) throw new Error('not one request was sent');
  return request;
}

/** The headers that say what is asked: all but those of the connection and the signature. */
function asked({ headers }: SeenRequest): Record<string, unknown> {
  const {
    host,
    connection,
    date,
    authorization,
    'user-agent': userAgent,
    'x-oss-date': ossDate,
    'x-oss-content-sha256': payloadHash,
    ...rest
  } = headers;
  return rest;
}

/** A header's value: Node.js reads header bytes as latin1, OSS as UTF-8. */
const utf8 = (value: unknown): string => Buffer.from(String(value), 'latin1').toString('utf8');

describe.concurrent('the request of put-object', () => {
  it('is a PUT of the object with nothing but what it needs, signed with version 4', async () => {
    const request = await sent(['--body', 'hi oss']);
    expect(request.method).toBe('PUT');
    expect(request.url).toBe('/examplebucket/exampleobject');
    expect(request.body.toString()).toBe('hi oss');
    expect(asked(request)).toEqual({
      'content-length': '6',
      'content-type': 'application/octet-stream',
    });
    expect(request.headers.authorization).toMatch(
      /^OSS4-HMAC-SHA256 Credential=run-\d+\/\d{8}\/cn-hangzhou\/oss\/aliyun_v4_request,Signature=[0-9a-f]{64}$/,
    );
    expect(request.headers['x-oss-content-sha256']).toBe('UNSIGNED-PAYLOAD');
    expect(request.headers['user-agent']).toMatch(/\/ossutil\/\d+\.\d+\.\d+$/);
  });

  it('carries each flag of the page in its header, as it was written', async () => {
    const request = await sent([
      ...['--body', 'hi oss', '--cache-control', 'no-cache'],
      ...['--content-disposition', 'attachment;filename=oss_download.jpg'],
      ...['--content-encoding', 'gzip', '--content-type', 'text/x-mine; charset=utf-8'],
      ...['--expires', 'Wed, 08 May 2030 06:25:08 GMT', '--forbid-overwrite'],
      ...['--metadata', 'user=aliyun', '--metadata', 'x-oss-meta-email=ali***@aliyuncs.com'],
      ...['--object-acl', 'public-read', '--storage-class', 'IA'],
      ...['--server-side-encryption', 'KMS', '--server-side-data-encryption', 'SM4'],
      ...['--server-side-encryption-key-id', '9468da86-3509-4f8d-a61e-6eab1eac****'],
      ...['--tagging', 'TagA=A&TagB=B'],
    ]);
    expect(asked(request)).toEqual({
      'content-length': '6',
      'cache-control': 'no-cache',
      'content-disposition': 'attachment;filename=oss_download.jpg',
      'content-encoding': 'gzip',
      'content-type': 'text/x-mine; charset=utf-8',
      expires: 'Wed, 08 May 2030 06:25:08 GMT',
      'x-oss-forbid-overwrite': 'true',
      'x-oss-meta-user': 'aliyun',
      'x-oss-meta-email': 'ali***@aliyuncs.com',
      'x-oss-object-acl': 'public-read',
      'x-oss-storage-class': 'IA',
      'x-oss-server-side-encryption': 'KMS',
      'x-oss-server-side-data-encryption': 'SM4',
      'x-oss-server-side-encryption-key-id': '9468da86-3509-4f8d-a61e-6eab1eac****',
      'x-oss-tagging': 'TagA=A&TagB=B',
    });
  });

  it('leaves it to the service to judge values, and sends none that were not given', async () => {
    const request = await sent([
      ...['--object-acl', 'nonsense', '--storage-class', '', '--server-side-encryption=AES256'],
      ...['--tagging', 'a=1&a=2', '--body', ''],
    ]);
    expect(asked(request)).toEqual({
      'content-length': '0',
      'content-type': 'application/octet-stream',
      'x-oss-object-acl': 'nonsense',
      'x-oss-storage-class': '',
      'x-oss-server-side-encryption': 'AES256',
      'x-oss-tagging': 'a=1&a=2',
    });
  });

  it.each([
    [['--forbid-overwrite'], 'true'],
    [['--forbid-overwrite=true'], 'true'],
    [['--forbid-overwrite', 'true'], 'true'],
    [['--forbid-overwrite=false'], 'false'],
    [['--forbid-overwrite', 'false'], 'false'],
    [[], undefined],
  ])('asks with %j for x-oss-forbid-overwrite: %s', async (flags, value) => {
    // Followed by another flag: a bare boolean must not swallow it.
    const request = await sent([...flags, '--body', 'x']);
    expect(request.headers['x-oss-forbid-overwrite']).toBe(value);
    expect(request.body.toString()).toBe('x');
  });

  it('means the same by --metadata name=value and x-oss-meta-name=value, in any case of letters', async () => {
    const names = ['tab', 'x-oss-meta-tab', 'X-Oss-Meta-Tab'];
    const requests = await Promise.all(names.map((name) => sent(['--metadata', `${name}=1`])));
    for (const request of requests) expect(request.headers['x-oss-meta-tab']).toBe('1');
    const [first, second] = requests.map(asked);
    expect(first).toEqual(second);
  });

  it('keeps commas, equals signs and spaces in metadata, and sends UTF-8 in headers', async () => {
    const request = await sent([
      ...['--metadata', 'list=a,b,c', '--metadata', 'sum=1+1=2', '--metadata', 'none='],
      ...['--metadata', 'place=杭州 é', '--content-disposition', 'attachment;filename="图片.jpg"'],
    ]);
    expect(request.headers['x-oss-meta-list']).toBe('a,b,c');
    expect(request.headers['x-oss-meta-sum']).toBe('1+1=2');
    expect(request.headers['x-oss-meta-none']).toBe('');
    expect(utf8(request.headers['x-oss-meta-place'])).toBe('杭州 é');
    expect(utf8(request.headers['content-disposition'])).toBe('attachment;filename="图片.jpg"');
  });

  it('percent-encodes what a tag has beyond ASCII, as the header wants it, and nothing else', async () => {
    const request = await sent(['--tagging', '城市=a b%20c&d=1+1']);
    expect(request.headers['x-oss-tagging']).toBe('%E5%9F%8E%E5%B8%82=a b%20c&d=1+1');
  });

  it('lets the last of a flag given twice win', async () => {
    const request = await sent([
      ...['--cache-control', 'a', '--cache-control', 'b', '--metadata', 'm=1', '--metadata', 'M=2'],
      ...['--key', 'other'],
    ]);
    expect(request.headers['cache-control']).toBe('b');
    expect(request.headers['x-oss-meta-m']).toBe('2');
    expect(request.url).toBe('/examplebucket/other');
  });

  it('takes the Content-Type from the extension of the key, not of the file', async () => {
    await writeFile(path.join(user.directory, 'page.html'), '<p>');
    const typeOf = async (key: string) => {
      const request = await sent(['--key', key, '--body', 'file://page.html']);
      return [key, request.headers['content-type']];
    };
    const keys = ['a.json', 'dir/b.HTML', 'c.tar.gz', 'no-extension', 'odd.unknownextension'];
    expect(await Promise.all(keys.map(typeOf))).toEqual([
      ['a.json', 'application/json'],
      ['dir/b.HTML', 'text/html'],
      ['c.tar.gz', 'application/x-gzip'],
      ['no-extension', 'application/octet-stream'],
      ['odd.unknownextension', 'application/octet-stream'],
    ]);
  });

  it('has the key percent-encoded once, slashes kept, byte by byte', async () => {
    const key = 'dir//..//a b+c%2F?x=1&y#é*~\\';
    const request = await sent(['--key', key]);
    expect(request.url).toBe('/examplebucket/dir//..//a%20b%2Bc%252F%3Fx%3D1%26y%23%C3%A9%2A~%5C');
  });
});

describe.concurrent('what OpenOSS keeps of the flags', () => {
  let oss: OpenOss;
  beforeAll(async () => {
    oss = await startOpenOss({ buckets: ['examplebucket'] });
  });
  afterAll(() => oss.close());

  const put = (...flags: string[]) =>
    user.ossutil(putObject(...flags), { env: pointedAt(oss.endpoint, oss) });
  const stored = (method = 'GET', key = 'exampleobject'): Promise<WireAnswer> =>
    sendSigned(oss, { method, bucket: 'examplebucket', key });

  it('is all of them, in bytes', async () => {
    const key = 'dir//..//图 片+1%.txt';
    const { status, stderr } = await put(
      ...['--key', key, '--body', 'hi oss', '--cache-control', 'max-age=60'],
      ...['--content-disposition', 'attachment;filename="图片.jpg"', '--content-encoding', 'utf-8'],
      ...['--expires', 'Wed, 08 May 2030 06:25:08 GMT', '--metadata', 'place=杭州 é'],
      ...['--storage-class', 'IA', '--tagging', '城市=杭州&b='],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { headers, text } = await stored('GET', key);
    expect(text).toBe('hi oss');
    expect(headers).toMatchObject({
      'content-type': 'text/plain',
      'cache-control': 'max-age=60',
      'content-encoding': 'utf-8',
      expires: 'Wed, 08 May 2030 06:25:08 GMT',
      'x-oss-storage-class': 'IA',
      'x-oss-tagging-count': '2',
    });
    expect(utf8(headers['content-disposition'])).toBe('attachment;filename="图片.jpg"');
    expect(utf8(headers['x-oss-meta-place'])).toBe('杭州 é');
    const query: [string, null][] = [['tagging', null]];
    const tagging = await sendSigned(oss, { bucket: 'examplebucket', key, query });
    expect(tagging.text).toContain(
      '<Tag><Key>城市</Key><Value>杭州</Value></Tag><Tag><Key>b</Key><Value></Value></Tag>',
    );
  });

  it('is refused with the words of the service where it judges otherwise', async () => {
    const refused = async (code: string, ...flags: string[]) => {
      const { status, stdout, stderr } = await put(...flags, '--key', 'refused', '--body', 'x');
      expect({ status, stdout, flags }).toEqual({ status: 2, stdout: '', flags });
      expect(stderr).toContain(`Error Code: ${code}. \n`);
    };
    await refused('InvalidArgument', '--object-acl', 'nonsense');
    await refused('InvalidArgument', '--storage-class', 'Warm');
    await refused('InvalidTag', '--tagging', '{}');
    await refused('InvalidEncryptionAlgorithmError', '--server-side-encryption', 'DES');
    expect((await stored('HEAD', 'refused')).status).toBe(404);
  });

  it('is not the second of two with --forbid-overwrite, and is with =false', async () => {
    const key = ['--key', 'kept'];
    expect((await put(...key, '--body', 'first', '--forbid-overwrite')).status).toBe(0);
    const second = await put(...key, '--body', 'second', '--forbid-overwrite', 'true');
    expect(second.status).toBe(2);
    expect(second.stderr).toContain('Error Code: FileAlreadyExists. \n');
    expect(second.stderr).toMatch(/\nHint: .*--forbid-overwrite.*\n$/);
    expect((await stored('GET', 'kept')).text).toBe('first');
    expect((await put(...key, '--body', 'third', '--forbid-overwrite', 'false')).status).toBe(0);
    expect((await stored('GET', 'kept')).text).toBe('third');
  });
});
