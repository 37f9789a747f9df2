/** Where `ossutil` takes its settings from: command line, then environment, then configuration file. */
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answering,
  answeringServer,
  refuse,
} from '../../packages/client/src/testing/loopback-server.js';
import {
  elapsedOnly,
  type OssutilUser,
  ossutilUser,
  pointedAt,
  putObject,
} from '../support/ossutil-user.js';

let user: OssutilUser;
beforeAll(async () => {
  user = await ossutilUser();
});
beforeEach(() => configure(''));

/** Writes `~/.ossutilconfig`, or another file in the working directory. */
async function configure(text: string, name?: string): Promise<void> {
  const file =
    name === undefined ? path.join(user.home, '.ossutilconfig') : path.join(user.directory, name);
  await writeFile(file, text);
}

/** Starts a server, and a way to see who a call says it is there: `<AccessKey ID>@<region>`. */
async function observed() {
  const server = await answeringServer((response) => void response.end());
  const caller = async (flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}) => {
    server.requests.length = 0;
    const outcome = await user.ossutil(putObject('--body', 'x', ...flags), { env });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const { authorization = '' } = server.requests[0]?.headers ?? {};
    const [, id, region] = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(authorization) ?? [];
    return `${id}@${region}`;
  };
  return { ...server, caller };
}

const environment = (endpoint: string): NodeJS.ProcessEnv => ({
  OSS_ENDPOINT: endpoint,
  OSS_REGION: 'environment-1',
  OSS_ACCESS_KEY_ID: 'environment-id',
  OSS_ACCESS_KEY_SECRET: 'environment-secret',
});

const profile = (endpoint: string, name: string): string =>
  `[${name === 'default' ? name : `profile ${name}`}]\naccess-key-id=${name}-id\n` +
  `access-key-secret=${name}-secret\nregion=${name}-1\nendpoint=${endpoint}\n`;

describe('a setting', () => {
  it('is the command line before the environment before the file, each for itself', async () => {
    const { endpoint, caller } = await observed();
    await configure(profile(endpoint, 'default'));
    expect(await caller()).toBe('default-id@default-1');
    // Endpoints that nobody answers show that they are not used.
    const nowhere = 'http://127.0.0.1:1';
    await configure(profile(nowhere, 'default'));
    expect(await caller([], environment(endpoint))).toBe('environment-id@environment-1');
    const flags = ['-i', 'flag-id', '-k=flag-secret', '--region', 'flag-1', '-e', endpoint];
    expect(await caller(flags, environment(nowhere))).toBe('flag-id@flag-1');
    expect(await caller(['--region=flag-1'], environment(endpoint))).toBe('environment-id@flag-1');
    expect(await caller([], { OSS_ENDPOINT: endpoint })).toBe('default-id@default-1');
  });

  it('of the environment is ignored with --ignore-env-var, where its name begins with OSS_', async () => {
    const { endpoint, caller } = await observed();
    await configure(profile(endpoint, 'other'), 'elsewhere');
    const env = {
      ...environment('http://127.0.0.1:1'),
      OSSUTIL_CONFIG_FILE: 'elsewhere',
      OSSUTIL_PROFILE: 'other',
    };
    expect(await caller(['--ignore-env-var'], env)).toBe('other-id@other-1');
  });

  it('of the file may be a number, a boolean or a choice, under each spelling of its key', async () => {
    const unavailable: Answering = (response) => refuse(response, 503, 'ServiceUnavailable');
    const server = await answeringServer(unavailable, { tls: true });
    await configure(
      '# a comment\n[DEFAULT]\naccessKeyId = "default-id"\naccess_key_secret=secret\n' +
        `Region=default-1\nendPoint=${server.endpoint}\nretryTimes=1\nskip-verify-cert=true\n`,
    );
    const twice = await user.ossutil(putObject('--body', 'x'));
    expect(twice.status).toBe(2);
    expect(server.requests).toHaveLength(2);
    const once = await user.ossutil(putObject('--body', 'x', '--retry-times', '0'));
    expect(once.status).toBe(2);
    expect(server.requests).toHaveLength(3);
  });

  it('of the output is that of the file, where no flag says otherwise', async () => {
    const { endpoint } = await answeringServer((response) => void response.end());
    await configure(`${profile(endpoint, 'default')}output-format=json\n`);
    const json = await user.ossutil(putObject('--body', 'x', '-q'));
    expect(Object.keys(JSON.parse(json.stdout))).toEqual(['Header']);
    const raw = await user.ossutil(putObject('--body', 'x', '--output-format', 'raw'));
    expect(raw.stdout).toMatch(elapsedOnly);
  });
});

describe('a profile', () => {
  it('is that of --profile, or of OSSUTIL_PROFILE, or default', async () => {
    const { endpoint, caller } = await observed();
    await configure(
      profile(endpoint, 'default') + profile(endpoint, 'dev') + profile(endpoint, 'prod'),
    );
    expect(await caller()).toBe('default-id@default-1');
    expect(await caller([], { OSSUTIL_PROFILE: 'dev' })).toBe('dev-id@dev-1');
    expect(await caller(['--profile', 'prod'], { OSSUTIL_PROFILE: 'dev' })).toBe('prod-id@prod-1');
  });

  it('may take its keys from another, and have buckets with places of their own', async () => {
    const { endpoint, port, requests, caller } = await observed();
    await configure(
      '[profile keys]\naccess-key-id=keys-id\naccess-key-secret=keys-secret\n' +
        '[default]\nregion=default-1\nendpoint=http://127.0.0.1:1\nsource-profile=keys\nbuckets=mine\n' +
        `[buckets mine]\nexamplebucket =\n  region=bucket-1\n  endpoint=http://localhost:${port}\n` +
        `  addressing-style=cname\nanotherbucket =\n  endpoint=${endpoint}\n`,
    );
    expect(await caller()).toBe('keys-id@bucket-1');
    expect(requests[0]?.headers.host).toBe(`localhost:${port}`);
    expect(requests[0]?.url).toBe('/exampleobject');
    expect(await caller(['--bucket', 'anotherbucket'])).toBe('keys-id@default-1');
  });

  it('is in the file of -c, or of OSSUTIL_CONFIG_FILE, or in ~/.ossutilconfig', async () => {
    const { endpoint, caller } = await observed();
    await configure(profile(endpoint, 'default'));
    await configure(profile(endpoint, 'default').replaceAll('default-', 'first-'), 'first');
    await configure(profile(endpoint, 'default').replaceAll('default-', 'second-'), 'second');
    expect(await caller()).toBe('default-id@default-1');
    expect(await caller([], { OSSUTIL_CONFIG_FILE: 'first' })).toBe('first-id@first-1');
    const flag = ['-c', path.join(user.directory, 'second')];
    expect(await caller(flag, { OSSUTIL_CONFIG_FILE: 'first' })).toBe('second-id@second-1');
  });

  it('of an ossutil 1.x is read too', async () => {
    const { endpoint, caller } = await observed();
    await configure(
      `[Credentials]\nlanguage=EN\naccessKeyID=old-id\naccessKeySecret=old-secret\nendpoint=${endpoint}\nregion=old-1\n`,
    );
    expect(await caller()).toBe('old-id@old-1');
  });
});

describe('ossutil config', () => {
  it('asks through a pipe as on a terminal, and what it wrote is used', async () => {
    const { endpoint } = await answeringServer((response) => void response.end());
    const answers = ['wizard', 'wizard-id', 'wizard-secret', 'Bad Region', 'wizard-1', endpoint];
    const wizard = await user.ossutil(['config'], { input: `${answers.join('\n')}\n` });
    expect(wizard.status).toBe(0);
    expect(wizard.stderr).toBe(
      'Error: a region id has lower-case letters, digits and hyphens only\n',
    );
    expect(wizard.stdout).toMatch(
      /^The command creates a config file and stores configuration settings and credentials\.\nPlease enter the config file name,.*Please enter Access Key ID \[None\]:\nPlease enter Access Key Secret \[None\]:\nPlease enter Region \[cn-hangzhou\]:\nPlease enter Region \[cn-hangzhou\]:\nPlease enter Endpoint \(optional, use public endpoint by default\) \[None\]:\n$/s,
    );
    expect(wizard.stdout).not.toContain('wizard-secret');
    const put = await user.ossutil(putObject('--body', 'x', '-c', 'wizard'));
    expect(put).toMatchObject({ status: 0, stderr: '' });
    // What it keeps is a secret.
    expect((await stat(path.join(user.directory, 'wizard'))).mode & 0o777).toBe(0o600);
    const again = await user.ossutil(['config', '-c', 'wizard'], { input: '\n\n\n\n' });
    expect(again.stdout).toContain('Please enter Access Key ID [****************-id]:');
    expect(again.stdout).toContain('Please enter Access Key Secret [****************cret]:');
    expect(again.stdout).toContain('Please enter Region [wizard-1]:');
  });

  it('sets, gets, deletes and lists', async () => {
    const config = (...args: string[]) => user.ossutil(['config', ...args, '-c', 'settings']);
    const silent = { status: 0, stdout: '', stderr: '' };
    await configure('# mine\n[default]\nregion = old-1\n', 'settings');
    expect(await config('set', 'region', 'new-1')).toMatchObject(silent);
    expect(await config('set', 'endpoint', 'example.com', '--profile', 'dev')).toMatchObject(
      silent,
    );
    expect(await config('get', 'region')).toMatchObject({ status: 0, stdout: 'new-1\n' });
    expect((await config('get', 'endpoint', '--profile', 'dev')).stdout).toBe('example.com\n');
    expect((await config('list-profiles')).stdout).toBe('default\ndev\n');
    expect(await config('set', 'region', '')).toMatchObject(silent);
    const unset = await config('get', 'region');
    expect(unset).toMatchObject({ status: 3, stdout: '' });
    expect(unset.stderr).toMatch(/^Error: region is not set in profile "default" of .*settings\n$/);
    const wrong = await config('set', 'retry-times', 'often');
    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^Error: retry-times must be a whole number/);
  });
});

describe('what stands in the environment', () => {
  it('is enough for a call without any file, home directory or not', async () => {
    const { endpoint } = await answeringServer((response) => void response.end());
    const outcome = await user.ossutil(putObject('--body', 'x'), {
      env: { ...pointedAt(endpoint), HOME: path.join(user.home, 'missing') },
    });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });
});
