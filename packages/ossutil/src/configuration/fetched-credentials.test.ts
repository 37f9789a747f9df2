import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlagTable } from '../arguments/flag-table.js';
import { parseArguments } from '../arguments/parse-arguments.js';
import { globalFlags } from '../program/global-flags.js';
import { resolveSettings } from './settings.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ossutil-credentials-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** What signs, with this in the file, on the command line and in the environment. */
async function credentials(
  file: readonly string[],
  line = '',
  environment: Record<string, string> = {},
) {
  await writeFile(join(home, '.ossutilconfig'), file.join('\n'));
  const tokens = line === '' ? [] : line.split(' ');
  const settings = await resolveSettings({
    arguments: parseArguments(tokens, new FlagTable([], globalFlags)),
    environment,
    workingDirectory: home,
    homeDirectory: home,
  });
  return settings.credentials;
}

const keys = ['access-key-id=FAK', 'access-key-secret=FSK'];
const role = 'acs:ram::1:role/backup';
const roleProfile = ['[default]', 'mode=RamRoleArn', ...keys];

describe('RamRoleArn', () => {
  it('takes everything from the profile', async () => {
    await writeFile(join(home, 'policy.json'), '{"Version":"1"}');
    const more = [
      `roleArn=${role}`,
      'roleSessionName=night',
      'external-id=ext',
      'session-policy=file://policy.json',
      'tokenTimeout=900',
      'sts-endpoint=http://127.0.0.1:9002',
    ];
    expect(await credentials([...roleProfile, ...more])).toEqual({
      mode: 'RamRoleArn',
      signer: { mode: 'AK', accessKeyId: 'FAK', accessKeySecret: 'FSK' },
      roleArn: role,
      roleSessionName: 'night',
      externalId: 'ext',
      policy: '{"Version":"1"}',
      durationSeconds: 900,
      stsEndpoint: new URL('http://127.0.0.1:9002/'),
    });
  });

  it('takes the command line before the environment before the profile', async () => {
    const file = [...roleProfile, 'ram-role-arn=file', 'role-session-name=file'];
    expect(await credentials(file)).toMatchObject({ roleArn: 'file', durationSeconds: 3600 });
    const environment = {
      OSS_ROLE_ARN: 'env',
      OSS_ROLE_SESSION_NAME: 'env',
      OSS_STS_ENDPOINT: 'sts.env',
    };
    expect(await credentials(file, '', environment)).toMatchObject({
      roleArn: 'env',
      roleSessionName: 'env',
      stsEndpoint: new URL('https://sts.env'),
    });
    const line =
      '--role-arn flag --role-session-name flag --sts-endpoint sts.flag:1 --token-timeout 1000 --external-id e --session-policy {}';
    expect(await credentials(file, line, environment)).toMatchObject({
      roleArn: 'flag',
      roleSessionName: 'flag',
      stsEndpoint: new URL('https://sts.flag:1'),
      durationSeconds: 1000,
      externalId: 'e',
      policy: '{}',
    });
    expect(await credentials(file, '--ignore-env-var', environment)).toMatchObject({
      roleArn: 'file',
    });
  });

  it('takes the variables of other tools last, and never for a mode', async () => {
    const environment = { ALIBABA_CLOUD_ROLE_ARN: 'shared', ALIBABA_CLOUD_ROLE_SESSION_NAME: 's' };
    expect(await credentials(roleProfile, '', environment)).toMatchObject({
      roleArn: 'shared',
      roleSessionName: 's',
    });
    expect(await credentials([...roleProfile, `role-arn=${role}`], '', environment)).toMatchObject({
      roleArn: role,
    });
    expect(await credentials(['[default]', ...keys], '', environment)).toMatchObject({
      mode: 'AK',
    });
  });

  it('is signed for by whatever keys there are, with their token', async () => {
    const file = ['[default]', 'mode=RamRoleArn', `role-arn=${role}`];
    const environment = { OSS_ACCESS_KEY_ID: 'E', OSS_ACCESS_KEY_SECRET: 'ES' };
    const sts = { ...environment, OSS_SESSION_TOKEN: 'ET' };
    expect(await credentials(file, '', environment)).toMatchObject({
      signer: { mode: 'AK', accessKeyId: 'E' },
    });
    expect(await credentials(file, '', sts)).toMatchObject({
      signer: { mode: 'StsToken', accessKeyId: 'E', securityToken: 'ET' },
    });
    await expect(credentials(file)).rejects.toThrow('SigningContext.Credentials is null or empty.');
  });

  it('takes keys from the source-profile and the role from another', async () => {
    const file = [
      '[profile keys]',
      ...keys,
      '[profile a]',
      'source-profile=keys',
      'mode=RamRoleArn',
    ];
    expect(await credentials([...file, `role-arn=${role}`], '--profile a')).toMatchObject({
      mode: 'RamRoleArn',
      roleArn: role,
      signer: { accessKeyId: 'FAK' },
    });
  });

  it('asks STS where it is told, by region, or where it always is', async () => {
    const file = [...roleProfile, `role-arn=${role}`];
    const endpoint = async (lines: string[], environment = {}) => {
      const found = await credentials([...file, ...lines], '', environment);
      return 'stsEndpoint' in found ? found.stsEndpoint.href : '';
    };
    expect(await endpoint([])).toBe('https://sts.aliyuncs.com/');
    expect(await endpoint(['stsRegion=cn-beijing'])).toBe('https://sts.cn-beijing.aliyuncs.com/');
    const inside = {
      ALIBABA_CLOUD_STS_REGION: 'cn-beijing',
      ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED: 'true',
    };
    expect(await endpoint([], inside)).toBe('https://sts-vpc.cn-beijing.aliyuncs.com/');
    for (const wrong of ['ftp://h', 'http://h/path', 'http://u:p@h', 'a b']) {
      await expect(endpoint([`sts-endpoint=${wrong}`])).rejects.toThrow(/^sts-endpoint: /);
    }
    await expect(endpoint(['sts-region=evil.example/'])).rejects.toThrow(/^sts-region: /);
  });

  it.each([
    [[], '', /^the mode RamRoleArn needs the role's ARN$/],
    [
      [`role-arn=${role}`, 'token-timeout=899'],
      '',
      /:6: token-timeout must be a whole number of seconds from 900 to 43200, not "899"$/,
    ],
    [
      [`role-arn=${role}`],
      '--session-policy file://missing',
      /session-policy: the file .*missing" cannot be read: it does not exist/,
    ],
  ])('with %j %s is refused', async (lines, line, message) => {
    await expect(credentials([...roleProfile, ...lines], line)).rejects.toThrow(message);
  });
});

describe('oidcRoleArn', () => {
  it('takes everything from the profile, however it spells the mode', async () => {
    for (const mode of ['oidcRoleArn', 'OIDCRoleArn', 'OIDC']) {
      const file = [
        '[default]',
        `mode=${mode}`,
        'OIDCProviderArn=provider',
        'OIDCTokenFilePath=~/token',
        `roleArn=${role}`,
        'roleSessionName=pod',
      ];
      expect(await credentials(file)).toMatchObject({
        mode: 'oidcRoleArn',
        providerArn: 'provider',
        tokenFile: join(home, 'token'),
        roleArn: role,
        roleSessionName: 'pod',
        stsEndpoint: new URL('https://sts.aliyuncs.com'),
      });
    }
  });

  it('takes what a cluster hands to its containers', async () => {
    const environment = {
      ALIBABA_CLOUD_ROLE_ARN: role,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: 'provider',
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: '/var/run/token',
    };
    const found = await credentials([], '--mode oidcRoleArn', environment);
    expect(found).toMatchObject({
      roleArn: role,
      providerArn: 'provider',
      tokenFile: '/var/run/token',
    });
    const { ALIBABA_CLOUD_OIDC_TOKEN_FILE: _, ...less } = environment;
    await expect(credentials([], '--mode oidcRoleArn', less)).rejects.toMatchObject({
      message: 'the mode oidcRoleArn needs a file with an OIDC token',
      advice: 'give it with oidc-token-file-path in the profile or ALIBABA_CLOUD_OIDC_TOKEN_FILE',
      exitCode: 3,
    });
    await expect(credentials([], '--mode oidcRoleArn')).rejects.toMatchObject({
      advice:
        'give it with --role-arn, OSS_ROLE_ARN, role-arn in the profile or ALIBABA_CLOUD_ROLE_ARN',
    });
  });
});

describe('EcsRamRole', () => {
  it('needs nothing, and takes the name of the role', async () => {
    expect(await credentials([], '--mode EcsRamRole')).toEqual({
      mode: 'EcsRamRole',
      roleName: undefined,
      hardened: false,
    });
    expect(await credentials(['[default]', 'mode=EcsRamRole', 'ecsRoleName=backup'])).toMatchObject(
      {
        roleName: 'backup',
      },
    );
    const environment = {
      ALIBABA_CLOUD_ECS_METADATA: 'shared',
      ALIBABA_CLOUD_IMDSV1_DISABLED: 'true',
    };
    expect(await credentials([], '--mode EcsRamRole', environment)).toEqual({
      mode: 'EcsRamRole',
      roleName: 'shared',
      hardened: true,
    });
  });

  it('is hardened as Ali-EcsRamRole, and can be forbidden', async () => {
    expect(await credentials([], '--mode Ali-EcsRamRole')).toMatchObject({ hardened: true });
    const environment = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' };
    await expect(credentials([], '--mode EcsRamRole', environment)).rejects.toThrow(
      'ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids',
    );
  });
});

describe('Process', () => {
  it('takes a command and how long it may run', async () => {
    const file = [
      '[default]',
      'mode=Process',
      'credentialProcess="get creds --for me # not a comment"',
    ];
    expect(await credentials(file)).toEqual({
      mode: 'Process',
      command: 'get creds --for me # not a comment',
      timeout: 15_000,
    });
    expect(await credentials([...file, 'credential-process-timeout=600'])).toMatchObject({
      timeout: 600_000,
    });
    for (const wrong of ['0', '601', 'long']) {
      await expect(credentials([...file, `credential-process-timeout=${wrong}`])).rejects.toThrow(
        /credential-process-timeout must be a whole number of seconds from 1 to 600/,
      );
    }
    await expect(credentials([], '--mode Process')).rejects.toMatchObject({
      message: 'the mode Process needs a command',
      advice: 'give it with credential-process in the profile',
    });
  });
});

describe('Uri', () => {
  it('takes the URI', async () => {
    const uri = new URL('http://localhost:1/creds?a=b');
    for (const [mode, key] of [
      ['Uri', 'credential-uri'],
      ['CredentialsURI', 'credentials_uri'],
    ]) {
      expect(await credentials(['[default]', `mode=${mode}`, `${key}=${uri}`])).toEqual({
        mode: 'Uri',
        uri,
      });
    }
    const environment = { ALIBABA_CLOUD_CREDENTIALS_URI: String(uri) };
    expect(await credentials([], '--mode Uri', environment)).toEqual({ mode: 'Uri', uri });
  });

  it('shows none that is wrong', async () => {
    const file = ['[default]', 'mode=Uri', 'credential-uri=file:///etc/my-secret'];
    const failure: unknown = await credentials(file).catch((error: unknown) => error);
    expect(String(failure)).toContain('credential-uri is neither an http nor an https URL');
    expect(String(failure)).not.toContain('my-secret');
  });
});
