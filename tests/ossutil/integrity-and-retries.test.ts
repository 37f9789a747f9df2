/**
 * How `ossutil` sees to it that what was sent is what arrived: checksums, retries and the clock.
 * The servers here misbehave; OpenOSS does not.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Answering,
  answeringServer,
  type LoopbackServer,
  rawHttpServer,
  refuse,
} from '../../packages/client/src/testing/loopback-server.js';
import {
  elapsedOnly,
  type OssutilUser,
  ossutilUser,
  pointedAt,
  putObject,
} from '../support/ossutil-user.js';
import type { Outcome, RunOptions } from '../support/programs.js';

let user: OssutilUser;
beforeAll(async () => {
  user = await ossutilUser();
});

/** Runs a command against a server that answers so. */
async function runAgainst(
  answer: Answering,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome & Pick<LoopbackServer, 'requests'>> {
  const { endpoint, requests } = await answeringServer(answer);
  const outcome = await user.ossutil(args, { ...options, env: pointedAt(endpoint) });
  return { ...outcome, requests };
}

describe('the checksum of an upload', () => {
  it('that is not what the service has is an error, after another try', async () => {
    const { status, stdout, stderr, requests } = await runAgainst(
      (response) => {
        response.setHeader('x-oss-hash-crc64ecma', '1');
        response.end();
      },
      putObject('--body', 'hi oss', '--retry-times', '1'),
    );
    expect(requests.map(({ body }) => body.toString())).toEqual(['hi oss', 'hi oss']);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      'Error: operation error PutObject: crc is inconsistent, client 8707180448768400016, server 1\n',
    );
    expect(status).toBe(3);
  });

  it('is of standard input too, which there is no second try for', async () => {
    const { status, stderr, requests } = await runAgainst(
      (response) => {
        response.setHeader('x-oss-hash-crc64ecma', '1');
        response.end();
      },
      putObject('--body', '-'),
      { input: 'hi oss' },
    );
    expect(requests).toHaveLength(1);
    expect(stderr).toContain('crc is inconsistent, client 8707180448768400016, server 1');
    expect(status).toBe(3);
  });
});

describe('a download', () => {
  const get = ['api', 'get-object', '--bucket', 'examplebucket', '--key', 'k'];

  it('whose bytes are not those of its checksum is an error', async () => {
    const { status, stderr, stdout } = await runAgainst((response) => {
      response.setHeader('x-oss-hash-crc64ecma', '1');
      response.end('hi oss');
    }, get);
    expect(stderr).toBe(
      'Error: operation error GetObject: crc is inconsistent, client 8707180448768400016, server 1\n',
    );
    expect(stdout).not.toContain('elapsed');
    expect(status).toBe(3);
  });

  it('that breaks off is an error, which says where', async () => {
    const { endpoint } = await rawHttpServer((_, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('hi oss', () => response.destroy());
    });
    const outcome = await user.ossutil(get, { env: pointedAt(endpoint) });
    expect(outcome.stdout).toBe('hi oss');
    expect(outcome.stderr).toContain(
      'Error: operation error GetObject: unexpected EOF, the answer broke off after 6 of 10 bytes\n',
    );
    expect(outcome.status).toBe(3);
  });
});

describe('a request that fails and may succeed', () => {
  const twiceUnavailable: Answering = (response, _, index) => {
    if (index < 2) refuse(response, 503, 'ServiceUnavailable');
    else response.end();
  };

  it('is sent again with the very same body, text or file', async () => {
    const bytes = Buffer.from(Array.from({ length: 700_001 }, (_, at) => (at * 13) & 0xff));
    await writeFile(path.join(user.directory, 'file'), bytes);
    const runs = await Promise.all([
      runAgainst(twiceUnavailable, putObject('--body', 'hi oss', '--metadata', 'a=b')),
      runAgainst(twiceUnavailable, putObject('--body', 'file://file')),
    ]);
    for (const { status, stderr, stdout, requests } of runs) {
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(elapsedOnly);
      expect(requests).toHaveLength(3);
    }
    const [text, file] = runs;
    for (const { body, headers } of text?.requests ?? []) {
      expect(body.toString()).toBe('hi oss');
      expect(headers['x-oss-meta-a']).toBe('b');
    }
    for (const { body } of file?.requests ?? []) expect(body.equals(bytes)).toBe(true);
  });

  it('is sent but once when its body is standard input or a pipe', async () => {
    const { status, stderr, requests } = await runAgainst(
      twiceUnavailable,
      putObject('--body', '-'),
      { input: 'hi oss' },
    );
    expect(requests).toHaveLength(1);
    expect(stderr).toContain('Http Status Code: 503. \nError Code: ServiceUnavailable. \n');
    expect(status).toBe(2);
  });

  it('is sent as often again as --retry-times says, then the last failure is shown', async () => {
    const failing: Answering = (response, _, index) => refuse(response, 500, `Failure${index}`);
    const twice = await runAgainst(failing, putObject('--body', 'x', '--retry-times', '2'));
    expect(twice.requests).toHaveLength(3);
    expect(twice.stderr).toContain('Error Code: Failure2. \n');
    expect(twice.status).toBe(2);
    const never = await runAgainst(failing, putObject('--body', 'x', '--retry-times=0'));
    expect(never.requests).toHaveLength(1);
    expect(never.status).toBe(2);
  });

  it('is not sent again when the service means it', async () => {
    const outcomes = await Promise.all(
      [400, 403].map((status) =>
        runAgainst((response) => refuse(response, status, 'Refused'), putObject('--body', 'x')),
      ),
    );
    for (const { status, requests } of outcomes) {
      expect(status).toBe(2);
      expect(requests).toHaveLength(1);
    }
  });
});

describe('a clock that is wrong', () => {
  /** `20260508T062508Z` as milliseconds. */
  const signedAt = (value: unknown): number =>
    Date.parse(
      String(value).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
    );

  it('is put right by the Date of the service, and the request sent again', async () => {
    const hour = 3_600_000;
    const { status, stderr, requests } = await runAgainst(
      (response, _, index) => {
        response.setHeader('Date', new Date(Date.now() + hour).toUTCString());
        if (index === 0) refuse(response, 403, 'RequestTimeTooSkewed');
        else response.end();
      },
      putObject('--body', 'x'),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(requests).toHaveLength(2);
    const [wrong, right] = requests.map(({ headers }) => signedAt(headers['x-oss-date']));
    expect((right ?? 0) - (wrong ?? 0)).toBeGreaterThan(hour - 5000);
    expect((right ?? 0) - (wrong ?? 0)).toBeLessThan(hour + 20_000);
  });
});
