import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlagTable } from '../arguments/flag-table.js';
import { parseArguments } from '../arguments/parse-arguments.js';
import { globalFlags } from '../program/global-flags.js';
import { placeOf } from './location.js';
import { resolveSettings } from './settings.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ossutil-settings-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const write = (lines: string[], name = '.ossutilconfig') =>
  writeFile(join(home, name), lines.join('\n'));

async function settings(line: string, environment: Record<string, string> = {}) {
  const tokens = line === '' ? [] : line.split(' ');
  return resolveSettings({
    arguments: parseArguments(tokens, new FlagTable([], globalFlags)),
    environment,
    workingDirectory: home,
    homeDirectory: home,
  });
}
const place = async (line: string, environment: Record<string, string> = {}, bucket?: string) =>
  placeOf((await settings(line, environment)).location, bucket);

const keys = '-i AK -k SK';
const file = ['[default]', 'access-key-id=FAK', 'access-key-secret=FSK', 'region=file-region'];

describe('precedence', () => {
  it('is command line, then environment, then file', async () => {
    await write([...file, 'endpoint=file.example.com']);
    const environment = { OSS_REGION: 'env-region', OSS_ENDPOINT: 'env.example.com' };
    expect(await place('--region flag-region', environment)).toMatchObject({
      region: 'flag-region',
      endpoint: 'env.example.com',
    });
    expect(await place('', environment)).toMatchObject({ region: 'env-region' });
    expect(await place('')).toMatchObject({ region: 'file-region', endpoint: 'file.example.com' });
  });

  it('counts empty flags and variables as absent', async () => {
    await write(file);
    expect(await place('--region=', { OSS_REGION: '' })).toMatchObject({ region: 'file-region' });
  });

  it('drops OSS_ variables with --ignore-env-var, and only those', async () => {
    await write(file);
    await write(
      ['[profile other]', 'region=other', 'access-key-id=a', 'access-key-secret=b'],
      'else',
    );
    const environment = {
      OSS_REGION: 'env-region',
      OSS_ACCESS_KEY_ID: 'EAK',
      OSSUTIL_CONFIG_FILE: join(home, 'else'),
      OSSUTIL_PROFILE: 'other',
    };
    expect(await place('--ignore-env-var', environment)).toMatchObject({ region: 'other' });
  });

  it("does not read OSS_SECURITY_TOKEN, which is not ossutil's", async () => {
    const environment = {
      OSS_ACCESS_KEY_ID: 'a',
      OSS_ACCESS_KEY_SECRET: 'b',
      OSS_SECURITY_TOKEN: 't',
    };
    expect((await settings('', environment)).credentials.mode).toBe('AK');
    const session = { ...environment, OSS_SESSION_TOKEN: 't' };
    expect((await settings('', session)).credentials.mode).toBe('StsToken');
  });

  it('holds for the other settings too', async () => {
    await write([
      ...file,
      'read-timeout=7',
      'output-format=json',
      'sign-version=v1',
      'skip-verify-cert=true',
      'loglevel=info',
    ]);
    expect(await settings('')).toMatchObject({
      readTimeout: 7000,
      connectTimeout: 10_000,
      retryTimes: 10,
      outputFormat: 'json',
      signVersion: 'v1',
      skipVerifyCert: true,
      logLevel: 'info',
    });
    expect(
      await settings(
        '--read-timeout 3 --output-format xml --sign-version v4 --skip-verify-cert=false --loglevel off',
      ),
    ).toMatchObject({
      readTimeout: 3000,
      outputFormat: 'xml',
      signVersion: 'v4',
      skipVerifyCert: false,
      logLevel: 'off',
    });
  });

  it('ends at the documented defaults', async () => {
    expect(await settings(keys)).toMatchObject({
      profile: 'default',
      signVersion: 'v4',
      connectTimeout: 10_000,
      readTimeout: 20_000,
      retryTimes: 10,
      skipVerifyCert: false,
      proxy: undefined,
      outputFormat: 'raw',
      logLevel: 'off',
      logFile: 'ossutil.log',
      quiet: false,
      dryRun: false,
    });
  });
});

describe('the configuration file', () => {
  it('may be missing when nobody named it', async () => {
    expect((await settings(keys)).credentials).toMatchObject({ accessKeyId: 'AK' });
  });

  it('may not be missing when the flag or the variable named it', async () => {
    await expect(settings(`${keys} -c nowhere`)).rejects.toMatchObject({
      exitCode: 3,
      message: `the configuration file ${join(home, 'nowhere')} cannot be read: it does not exist`,
    });
    await expect(settings(keys, { OSSUTIL_CONFIG_FILE: '~/nowhere' })).rejects.toThrow(
      join(home, 'nowhere'),
    );
  });

  it('may not be a directory', async () => {
    await mkdir(join(home, 'dir'));
    await expect(settings(`${keys} -c dir`)).rejects.toThrow('it is a directory');
  });

  it('is named with the line where it makes no sense', async () => {
    await write(['[default]', 'region cn-hangzhou']);
    await expect(settings(keys)).rejects.toThrow(`${join(home, '.ossutilconfig')}:2: neither`);
  });

  it.each([
    ['read-timeout=soon', ':5: read-timeout must be a whole number, 0 or more, not "soon"'],
    ['retry_times=-1', ':5: retry-times must be a whole number'],
    ['mode=Magic', ':5: mode must be one of AK, StsToken'],
    ['signVersion=v3', ':5: sign-version must be one of v1, v4'],
    ['addressing-style=host', ':5: addressing-style must be one of virtual, path, cname'],
    ['skip-verify-cert=maybe', ':5: skip-verify-cert must be true or false'],
    ['buckets=none', ':5: there is no section [buckets none]'],
  ])('is refused for %s', async (line, message) => {
    await write([...file, line]);
    await expect(settings('')).rejects.toThrow(message);
  });

  it('is not refused for a value that the command line replaces', async () => {
    await write([...file, 'read-timeout=soon']);
    expect(await settings('--read-timeout 1')).toMatchObject({ readTimeout: 1000 });
  });

  it('takes a mode in any case', async () => {
    await write(['mode=anonymous']);
    expect((await settings('')).credentials).toEqual({ mode: 'Anonymous' });
  });
});

describe('a profile', () => {
  it('that does not exist is an argument error when it was typed, with the nearest one', async () => {
    await write([...file, '[profile dev]', 'region=x']);
    await expect(settings(`${keys} --profile deb`)).rejects.toMatchObject({
      exitCode: 1,
      advice: 'did you mean "dev"?',
    });
    await expect(settings(keys, { OSSUTIL_PROFILE: 'deb' })).rejects.toMatchObject({ exitCode: 3 });
  });

  it('is chosen by the flag above the variable, its name in any case', async () => {
    await write([
      ...file,
      '[profile dev]',
      'region=dev',
      'source-profile=default',
      '[profile ops]',
      'region=ops',
    ]);
    expect(await place('--profile DEV', { OSSUTIL_PROFILE: 'ops' })).toMatchObject({
      region: 'dev',
    });
  });
});

describe('single buckets', () => {
  const lines = [
    ...file,
    'endpoint=main.example.com',
    'addressing-style=path',
    'buckets=list',
    '[buckets list]',
    'far =',
    '  region=cn-beijing',
    'custom =',
    '  endpoint=custom.example.com',
    '  addressing-style=cname',
    '[Bucket-Endpoint]',
    'old=old.example.com',
    '[Bucket-Cname]',
    'named=www.example.com',
  ];

  it.each([
    ['unlisted', { region: 'file-region', endpoint: 'main.example.com', addressingStyle: 'path' }],
    ['far', { region: 'cn-beijing', endpoint: undefined, addressingStyle: 'path' }],
    ['custom', { region: 'file-region', endpoint: 'custom.example.com', addressingStyle: 'cname' }],
    ['old', { region: 'file-region', endpoint: 'old.example.com', addressingStyle: undefined }],
    ['named', { region: 'file-region', endpoint: 'www.example.com', addressingStyle: 'cname' }],
  ])('have places of their own: %s', async (bucket, expected) => {
    await write(lines);
    expect(await place('', {}, bucket)).toEqual(expected);
  });

  it('give way to command line and environment', async () => {
    await write(lines);
    expect(await place('-e flag.example.com', {}, 'custom')).toMatchObject({
      endpoint: 'flag.example.com',
    });
    expect(await place('', { OSS_REGION: 'env' }, 'far')).toMatchObject({ region: 'env' });
  });
});
