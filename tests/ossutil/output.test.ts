/** What `ossutil api` prints: answers, the elapsed line, and errors. */
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answeringServer } from '../../packages/client/src/testing/loopback-server.js';
import { sendSigned } from '../support/http.js';
import {
  elapsedOnly,
  type OssutilUser,
  ossutilUser,
  pointedAt,
  putObject,
} from '../support/ossutil-user.js';

let oss: OpenOss;
let user: OssutilUser;
beforeAll(async () => {
  oss = await startOpenOss({ buckets: ['examplebucket'] });
  user = await ossutilUser(pointedAt(oss.endpoint, oss));
  const put = await user.ossutil(
    putObject('--body', 'hi oss', '--metadata', 'sha256=abc', '--content-type', 'text/plain'),
  );
  expect(put.status).toBe(0);
});
afterAll(() => oss.close());

const api = (operation: string, ...flags: string[]) =>
  user.ossutil(['api', operation, '--bucket', 'examplebucket', ...flags]);
const onObject = (operation: string, ...flags: string[]) =>
  api(operation, '--key', 'exampleobject', ...flags);

/** Standard output without the elapsed line, which has to be there. */
function payloadOf(stdout: string): string {
  expect(stdout).toMatch(/\n\d+\.\d{6}\(s\) elapsed\n$/);
  return stdout.replace(/\n\d+\.\d{6}\(s\) elapsed\n$/, '');
}

describe.concurrent('raw output', () => {
  it('of an operation that answers no body is the elapsed line, and with -q nothing', async () => {
    for (const [operation, key] of [
      ['put-object', 'empty'],
      ['head-object', 'exampleobject'],
    ] as const) {
      expect((await api(operation, '--key', key)).stdout, operation).toMatch(elapsedOnly);
      expect((await api(operation, '--key', key, '-q')).stdout, operation).toBe('');
    }
  });

  it('of an object is its bytes, the elapsed line behind them but with -q', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_003 }, (_, at) => (at * 7) & 0xff));
    await sendSigned(oss, { method: 'PUT', bucket: 'examplebucket', key: 'bytes', body: bytes });
    const quiet = await api('get-object', '--key', 'bytes', '--quiet');
    expect(quiet.stdoutBytes.equals(bytes)).toBe(true);
    const loud = await api('get-object', '--key', 'bytes');
    expect(loud.stdoutBytes.subarray(0, bytes.length).equals(bytes)).toBe(true);
    expect(loud.stdoutBytes.subarray(bytes.length).toString()).toMatch(elapsedOnly);
    const range = await api('get-object', '--key', 'bytes', '--range', 'bytes=7-16', '-q');
    expect(range.stdoutBytes.equals(bytes.subarray(7, 17))).toBe(true);
  });

  it('of a document is what the service sent, to the byte', async () => {
    const query: [string, string | null][] = [
      ['list-type', '2'],
      ['prefix', 'exampleobject'],
    ];
    const { text } = await sendSigned(oss, { bucket: 'examplebucket', query });
    const list = (...flags: string[]) =>
      api('list-objects-v2', '--prefix', 'exampleobject', ...flags);
    expect(payloadOf((await list()).stdout)).toBe(text);
    expect((await list('-q')).stdout).toBe(text);
    expect((await list('-q', '--output-format', 'xml')).stdout).toBe(text);
  });
});

describe.concurrent('converted output', () => {
  it('of headers is {"Header": {"Name": [value]}}, of head-object and put-object alike', async () => {
    const head = await onObject('head-object', '--output-format', 'json');
    const { Header: header, ...rest } = JSON.parse(payloadOf(head.stdout));
    expect(rest).toEqual({});
    expect(header).toMatchObject({
      'Content-Length': ['6'],
      'Content-Type': ['text/plain'],
      Etag: ['"B22E0DC370A7F7067FACF5F75D7FA385"'],
      'X-Oss-Hash-Crc64ecma': ['8707180448768400016'],
      'X-Oss-Meta-Sha256': ['abc'],
    });
    expect(Object.keys(header)).toEqual(Object.keys(header).sort());
    const put = await api(
      'put-object',
      '--key',
      'other',
      '--body',
      'hi oss',
      '--output-format=json',
    );
    expect(JSON.parse(payloadOf(put.stdout))).toMatchObject({
      Header: {
        Etag: ['"B22E0DC370A7F7067FACF5F75D7FA385"'],
        'X-Oss-Hash-Crc64ecma': ['8707180448768400016'],
        'X-Oss-Request-Id': [expect.stringMatching(/^[0-9A-F]{24}$/)],
      },
    });
  });

  it('says the same in JSON, YAML and XML', async () => {
    const document = async (format: string) =>
      payloadOf((await api('get-bucket-acl', '--output-format', format)).stdout);
    const json = await document('json');
    expect(json).toMatch(/^\{\n {2}"AccessControlList": \{\n {4}"Grant": "private"\n/);
    const { Owner: owner } = JSON.parse(json);
    expect(await document('yaml')).toMatch(
      new RegExp(
        '^AccessControlList:\\n  Grant: private\\n' +
          `Owner:\\n  DisplayName: "?${owner.DisplayName}"?\\n  ID: "?${owner.ID}"?\\n$`,
      ),
    );
    expect(await document('xml')).toContain('<Grant>private</Grant>');
    const header = await onObject('head-object', '--output-format', 'xml');
    expect(payloadOf(header.stdout)).toMatch(
      /^<root>\n {2}<Header>\n.*<X-Oss-Meta-Sha256>abc<\/X-Oss-Meta-Sha256>\n.*<\/root>$/s,
    );
  });

  it('is filtered by --output-query first, whatever the format', async () => {
    const length = 'to_number(Header."Content-Length"[0])';
    const query = async (expression: string, ...flags: string[]) =>
      (await onObject('head-object', '-q', '--output-query', expression, ...flags)).stdout;
    expect(await query(length, '--output-format', 'json')).toBe('6');
    expect(await query(length)).toBe('6');
    expect(await query('Header."X-Oss-Meta-Sha256"', '--output-format', 'yaml')).toBe('- abc\n');
    expect(await query('Nothing.at.all', '--output-format', 'json')).toBe('null');
  });

  it('never touches the bytes of an object, not even where they are JSON', async () => {
    const body = '{"number": 12345678901234567890, "a": 1.0}\n';
    await sendSigned(oss, { method: 'PUT', bucket: 'examplebucket', key: 'a.json', body });
    const json = await api('get-object', '--key', 'a.json', '-q', '--output-format', 'json');
    expect(json.stdout).toBe(body);
    const got = await api('get-object', '--key', 'a.json', '-q', '--output-query', 'a');
    expect(got.stdout).toBe('1');
  });
});

describe.concurrent('an error of the service', () => {
  it('is the eight lines of the Go SDK on standard error, to the byte, then the advice', async () => {
    const { status, stdout, stderr } = await user.ossutil([
      ...['api', 'put-object', '--bucket', 'no-such-bucket', '--key', 'a b', '--body', 'x'],
    ]);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      new RegExp(
        '^Error: operation error PutObject: Error returned by Service\\. \\n' +
          'Http Status Code: 404\\. \\n' +
          'Error Code: NoSuchBucket\\. \\n' +
          'Request Id: [0-9A-F]{24}\\. \\n' +
          'Message: The specified bucket does not exist\\.\\.\\n' +
          'EC: 0015-00000101\\.\\n' +
          'Timestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\+0000 UTC\\.\\n' +
          `Request Endpoint: PUT ${oss.endpoint}/no-such-bucket/a%20b\\.\\n` +
          'Hint: [^\\n]*put-bucket --bucket no-such-bucket[^\\n]*\\n$',
      ),
    );
    expect(status).toBe(2);
  });

  it('has the code in the answer to a HEAD too, and the same form in every format', async () => {
    const flags = ['--key', 'missing', '--output-format', 'json', '-q'];
    const { status, stdout, stderr } = await api('head-object', ...flags);
    expect(stdout).toBe('');
    expect(stderr).toContain('Http Status Code: 404. \nError Code: NoSuchKey. \n');
    expect(stderr).toContain('EC: 0026-00000001.\n');
    expect(status).toBe(2);
  });
});

describe('at other servers', () => {
  it('a query that is none is refused before anything is sent', async () => {
    const { endpoint, requests } = await answeringServer((response) => void response.end());
    for (const query of ['Header.[', 'to_nmber(Header)']) {
      const { status, stderr } = await user.ossutil(putObject('--output-query', query), {
        env: pointedAt(endpoint),
      });
      expect(stderr).toMatch(/^Error: --output-query "(?:Header\.\[|to_nmber\(Header\))": /);
      expect(status).toBe(1);
    }
    expect(requests).toEqual([]);
  });

  it('an error that is no document of OSS says what came instead', async () => {
    const { endpoint } = await answeringServer((response) => {
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<html><h1>404</h1>');
    });
    const { status, stderr } = await user.ossutil(putObject('--body', 'x'), {
      env: pointedAt(endpoint),
    });
    expect(stderr).toContain('Http Status Code: 404. \nError Code: BadErrorResponse. \n');
    expect(stderr).toContain('<html><h1>404</h1>');
    expect(status).toBe(2);
  });
});
