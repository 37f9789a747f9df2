/** Everything that can be wrong before or around a request: its own message and exit status each. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OssutilUser, ossutilUser, pointedAt, putObject } from '../support/ossutil-user.js';

let user: OssutilUser;
/** Would take anything; nothing may come. */
const server = createServer((_, response) => {
  requests += 1;
  response.end();
});
let requests = 0;
let endpoint: string;
beforeAll(async () => {
  user = await ossutilUser();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  expect(requests).toBe(0);
});

/** A failure: the flags, what is changed in the environment, then status and standard error. */
interface Failure {
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly status: 1 | 3;
  readonly error: string | RegExp;
  readonly hint?: string | RegExp;
}

/** Runs put-object: standard error is one `Error: ` line and at most one line of advice. */
async function expectFailure({ flags = [], env, status, error, hint }: Failure): Promise<void> {
  const outcome = await user.ossutil(putObject('--body', 'x', ...flags), {
    env: { ...pointedAt(endpoint), ...env },
  });
  const [errorLine = '', hintLine = '', ...more] = outcome.stderr.split('\n');
  expect(errorLine).toMatch(error);
  expect(errorLine).toMatch(/^Error: /);
  if (hint !== undefined) {
    expect(hintLine).toMatch(hint);
    expect(more).toEqual(['']);
  }
  expect({ status: outcome.status, stdout: outcome.stdout }).toEqual({ status, stdout: '' });
}

describe.concurrent('without what signs a request', () => {
  it.each<[string, Failure]>([
    [
      'no region',
      {
        env: { OSS_REGION: undefined },
        status: 1,
        error: 'Error: region must be set in sign version 4.',
        hint: /--region .*OSS_REGION/,
      },
    ],
    [
      'no region, but an endpoint that names it',
      {
        env: { OSS_REGION: undefined, OSS_ENDPOINT: 'oss-cn-beijing-internal.aliyuncs.com' },
        status: 1,
        error: 'Error: region must be set in sign version 4.',
        hint: /--region cn-beijing,/,
      },
    ],
    [
      'no credentials',
      {
        env: { OSS_ACCESS_KEY_ID: undefined, OSS_ACCESS_KEY_SECRET: undefined },
        status: 3,
        error: 'Error: no credentials: SigningContext.Credentials is null or empty.',
        hint: /-i and -k.*ossutil config/,
      },
    ],
    [
      'an AccessKey ID alone',
      {
        env: { OSS_ACCESS_KEY_SECRET: undefined },
        status: 3,
        error: /OSS_ACCESS_KEY_ID.*an AccessKey ID without its AccessKey secret/,
      },
    ],
    [
      'a secret alone',
      {
        env: { OSS_ACCESS_KEY_ID: undefined },
        status: 3,
        error: /OSS_ACCESS_KEY_SECRET.*an AccessKey secret without its AccessKey ID/,
      },
    ],
    [
      'the secret of another AccessKey ID',
      {
        flags: ['-i', 'another'],
        status: 3,
        error: /the command line: an AccessKey ID without .*belongs to another AccessKey ID/,
      },
    ],
    [
      'a secret without the line break of its file',
      {
        env: { OSS_ACCESS_KEY_SECRET: 'secret\r\n' },
        status: 3,
        error: /OSS_ACCESS_KEY_SECRET\): the AccessKey secret has a line break/,
      },
    ],
  ])('%s is said to be missing', async (_, failure) => expectFailure(failure));
});

describe.concurrent('an endpoint that is none', () => {
  it.each([['http://host:99999'], ['ftp://example.com'], ['http://example.com/bucket']])(
    'is refused: %s',
    async (endpoint) => {
      await expectFailure({
        flags: ['--endpoint', endpoint],
        status: 3,
        error: /^Error: invalid field, Endpoint\. /,
      });
    },
  );

  it('is refused with its region, where that is none', async () => {
    await expectFailure({
      flags: ['--region', 'CN Hangzhou'],
      status: 3,
      error: /not a region id/,
    });
  });
});

describe.concurrent('a command line that is wrong', () => {
  it.each<[string, Failure]>([
    ['value that is missing', { flags: ['--tagging'], status: 1, error: /needs an argument/ }],
    ['stray argument', { flags: ['stray'], status: 1, error: /unexpected argument "stray"/ }],
    [
      'values, all of them',
      {
        flags: [
          ...['--mode', 'ak', '--output-format', 'table', '--addressing-style=host'],
          ...['--sign-version', 'v2', '--loglevel', 'trace'],
        ],
        status: 1,
        error:
          'Error: invalid value for flag(s) "addressing-style", "loglevel", "mode", "output-format", "sign-version"',
        hint: /^Hint: --addressing-style takes "virtual", "path", "cname"$/,
      },
    ],
    ['number', { flags: ['--retry-times', 'ten'], status: 1, error: /ParseInt: parsing "ten"/ }],
    [
      'boolean',
      { flags: ['--forbid-overwrite=maybe'], status: 1, error: /ParseBool: parsing "maybe"/ },
    ],
    ['metadata', { flags: ['--metadata', 'ab'], status: 1, error: /"ab" is not of the form/ }],
    ['proxy', { flags: ['--proxy', 'nonsense'], status: 1, error: /"nonsense" is not a proxy/ }],
    [
      'profile',
      { flags: ['--profile', 'nobody'], status: 1, error: /the profile "nobody" is not in/ },
    ],
  ])('is refused with its %s', async (_, failure) => expectFailure(failure));

  it('that names no command is answered with the nearest, whatever flags follow', async () => {
    const wrong = async (...args: string[]) => {
      const { status, stdout, stderr } = await user.ossutil(args);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      return stderr;
    };
    expect(await wrong('api', 'put-objet', '--bucket', 'b', '--key', 'k')).toMatch(
      /^Error: unknown command "put-objet" for "ossutil api"\n\nDid you mean this\?\n\tput-object\n/,
    );
    expect(await wrong('put-object', '--bucket', 'b')).toMatch(
      /^Error: unknown command "put-object" for "ossutil"\n\nDid you mean this\?\n\tapi put-object\n/,
    );
    expect(await wrong('api', 'put-object', '--bodi', 'x')).toBe(
      'Error: unknown flag: --bodi\nHint: did you mean --body?\n',
    );
    expect(await wrong('api', 'put-object', '--bucket', 'examplebucket')).toBe(
      'Error: required flag(s) "key" not set\n' +
        "Run 'ossutil api put-object --help' for usage.\n",
    );
    const group = await user.ossutil(['api']);
    expect(group.status).toBe(1);
    expect(group.stdout).toContain('put-object');
    expect(group.stderr).toContain('missing subcommand for "ossutil api"');
  });
});

describe.concurrent('a request that cannot be', () => {
  const invalid = (what: string) =>
    `Error: operation error PutObject: invalid field, OperationInput.${what}.`;

  it.each<[string, Failure]>([
    [
      'a bucket name with capitals',
      {
        flags: ['--bucket', 'ExampleBucket'],
        status: 3,
        error: invalid('Bucket'),
        hint: /3 to 63 of the characters a-z, 0-9 and -/,
      },
    ],
    ['an empty key', { flags: ['--key', ''], status: 3, error: invalid('Key'), hint: /not empty/ }],
    [
      'a key of 1024 bytes',
      { flags: ['--key', 'é'.repeat(512)], status: 3, error: invalid('Key'), hint: /1023 bytes/ },
    ],
    [
      'a line break in metadata',
      {
        flags: ['--metadata', 'a=1\r\nx-oss-object-acl: public-read'],
        status: 3,
        error: invalid('Headers'),
        hint: /x-oss-meta-a has a control character/,
      },
    ],
    [
      'a metadata name that is no header name',
      {
        flags: ['--metadata', 'two words=1'],
        status: 3,
        error: invalid('Headers'),
        hint: /"x-oss-meta-two words" is no header name/,
      },
    ],
  ])('for %s is not sent', async (_, failure) => expectFailure(failure));

  it.runIf(process.platform === 'linux')(
    'for a key that is no UTF-8 is not sent under another name',
    async () => {
      const put = '"$OSSUTIL" api put-object --bucket examplebucket --body x';
      const env = pointedAt(endpoint);
      const latin = await user.shell(`${put} --key "$(printf 'caf\\351')"`, { env });
      expect(latin.stderr).toMatch(/^Error: the argument "caf\ufffd" is not valid UTF-8\n/);
      expect({ status: latin.status, stdout: latin.stdout }).toEqual({ status: 1, stdout: '' });
      // The character itself is as good as any.
      const genuine = await user.shell(`${put} --key "\ufffd" --dry-run`, { env });
      expect(genuine.stdout).toContain('/examplebucket/%EF%BF%BD\n');
    },
  );

  it('for the longest key and shortest bucket could be', async () => {
    const outcome = await user.ossutil(
      putObject('--bucket', 'abc', '--key', `a${'é'.repeat(511)}`, '--body', 'x', '--dry-run'),
      { env: pointedAt(endpoint) },
    );
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });
});

describe.concurrent('a configuration file', () => {
  it('that is named and not there, or malformed, is an error that says where', async () => {
    await writeFile(path.join(user.directory, 'malformed'), '[default]\nregion\n');
    await writeFile(path.join(user.directory, 'wrong'), '[default]\n\nretry-times=often\n');
    await expectFailure({
      flags: ['-c', 'missing'],
      status: 3,
      error: /the configuration file .*\/missing cannot be read: it does not exist/,
      hint: /"ossutil config" creates one/,
    });
    await expectFailure({ flags: ['-c', 'malformed'], status: 3, error: /malformed:2/ });
    await expectFailure({ flags: ['-c', 'wrong'], status: 3, error: /wrong:3: retry-times / });
  });
});
