/**
 * Every way in which ossutil comes by credentials, as the real program against a real server. Those who
 * give credentials on Alibaba Cloud only (instance metadata, STS for OIDC) are stood in for; what they
 * hand out are sessions of the server's own STS.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import {
  answeringServer,
  refuse,
  tcpServer,
} from '../../packages/client/src/testing/loopback-server.js';
import { type Keys, officialClients, ram, sts } from '../support/official-packages.js';
import { type OssutilUser, ossutilUser, putObject } from '../support/ossutil-user.js';
import { outcomeOf } from '../support/programs.js';
import { startRpc } from '../support/start-rpc.js';
import { allow, policyOf } from '../support/start-with-identities.js';

/** OSS and STS with a bucket, a user without rights, and a role that she may assume. */
async function world({ externalId }: { readonly externalId?: string } = {}) {
  const service = await startRpc();
  const { oss, root, account, endpoint: stsEndpoint } = service;
  await oss.createBucket('examplebucket');
  const admin = officialClients(stsEndpoint, root).ram;
  const userName = 'alice';
  await admin.createUser(new ram.CreateUserRequest({ userName }));
  const made = await admin.createAccessKey(new ram.CreateAccessKeyRequest({ userName }));
  const { accessKeyId = '', accessKeySecret = '' } = made.body?.accessKey ?? {};
  const alice: Keys = { accessKeyId, accessKeySecret };
  const grant = async (policyName: string, policyDocument: string) => {
    await admin.createPolicy(new ram.CreatePolicyRequest({ policyName, policyDocument }));
    const attachment = { policyType: 'Custom', policyName, userName };
    await admin.attachPolicyToUser(new ram.AttachPolicyToUserRequest(attachment));
  };
  await grant('assuming', policyOf(allow('sts:AssumeRole')));
  const roleName = 'backup';
  const roleArn = `acs:ram::${account}:role/${roleName}`;
  const condition = { StringEquals: { 'sts:ExternalId': externalId ?? '' } };
  const trust = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { RAM: [`acs:ram::${account}:root`] },
    ...(externalId === undefined ? {} : { Condition: condition }),
  };
  await admin.createRole(
    new ram.CreateRoleRequest({ roleName, assumeRolePolicyDocument: policyOf(trust) }),
  );
  const attachment = { policyType: 'System', policyName: 'AliyunOSSFullAccess', roleName };
  await admin.attachPolicyToRole(new ram.AttachPolicyToRoleRequest(attachment));

  /** A session of the role, from STS itself, and as those who give credentials write it. */
  const session = async () => {
    const request = new sts.AssumeRoleRequest({ roleArn, roleSessionName: 'test', externalId });
    const { body } = await officialClients(stsEndpoint, alice).sts.assumeRole(request);
    const { credentials } = body ?? {};
    return {
      AccessKeyId: credentials?.accessKeyId ?? '',
      AccessKeySecret: credentials?.accessKeySecret ?? '',
      SecurityToken: credentials?.securityToken ?? '',
      Expiration: credentials?.expiration ?? '',
    };
  };
  /** One made by the server's clock, whatever this machine's is. */
  const laterSession = async () => {
    const key = await service.directory.findAccessKey(alice.accessKeyId);
    if (key === undefined) throw new Error('a user without its access key');
    const request = { roleArn, roleSessionName: 'later', policy: undefined };
    const { credentials } = await oss.identities.sts.assumeRole(key, request);
    return {
      AccessKeyId: credentials.accessKeyId,
      AccessKeySecret: credentials.accessKeySecret,
      SecurityToken: credentials.securityToken,
    };
  };
  const user = await ossutilUser({ OSS_ENDPOINT: oss.endpoint, OSS_REGION: oss.region });
  return { ...service, stsEndpoint, alice, grant, roleArn, session, laterSession, user };
}

const configure = (user: OssutilUser, ...lines: string[]) =>
  writeFile(path.join(user.home, '.ossutilconfig'), `${lines.join('\n')}\n`);

const keysOf = ({ accessKeyId, accessKeySecret }: Keys) => [
  `access-key-id=${accessKeyId}`,
  `access-key-secret=${accessKeySecret}`,
];

const put = putObject('--body', 'hi oss', '-q');
const get = ['api', 'get-object', '--bucket', 'examplebucket', '--key', 'exampleobject', '-q'];
const fine = { status: 0, stdout: '', stderr: '' };

describe('the key of a RAM user, and the token of a session', () => {
  it('sign in both versions, from the command line, the environment and the file', async () => {
    const { alice, grant, user, ...service } = await world();
    const { accessKeyId, accessKeySecret } = alice;
    const flags = ['-i', accessKeyId, '-k', accessKeySecret];
    const refused = await user.ossutil([...put, ...flags]);
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('AccessDenied') });
    await grant('putting', policyOf(allow('oss:PutObject', 'acs:oss:*:*:examplebucket/*')));
    const { AccessKeyId, AccessKeySecret, SecurityToken } = await service.session();
    const environment = {
      OSS_ACCESS_KEY_ID: AccessKeyId,
      OSS_ACCESS_KEY_SECRET: AccessKeySecret,
      OSS_SESSION_TOKEN: SecurityToken,
    };
    await configure(
      user,
      '[profile session]',
      `accessKeyId=${AccessKeyId}`,
      `accessKeySecret=${AccessKeySecret}`,
      `stsToken=${SecurityToken}`,
      '[profile alice]',
      ...keysOf(alice),
    );
    const session = ['-i', AccessKeyId, '-k', AccessKeySecret, '-t', SecurityToken];
    const [v1, v4] = [
      ['--sign-version', 'v1'],
      ['--sign-version', 'v4'],
    ] as const;
    const signed = (...more: string[]) => user.ossutil([...put, ...more]);
    expect(await signed(...flags, ...v1)).toMatchObject(fine);
    expect(await signed('--profile', 'alice', ...v4)).toMatchObject(fine);
    expect(await signed(...session, '--mode', 'StsToken', ...v1)).toMatchObject(fine);
    expect(await signed('--profile', 'session', ...v4)).toMatchObject(fine);
    expect(await user.ossutil(put, { env: environment })).toMatchObject(fine);
    expect((await signed(...session, '--mode', 'AK')).status).toBe(2);
  });

  it('are not there with Anonymous', async () => {
    const { oss, root, user } = await world();
    const openBucket = ['api', 'put-bucket-acl', '--bucket', 'examplebucket'];
    const owner = {
      OSS_ACCESS_KEY_ID: root.accessKeyId,
      OSS_ACCESS_KEY_SECRET: root.accessKeySecret,
    };
    const anonymous = await user.ossutil([...put, '--mode', 'Anonymous'], { env: owner });
    expect(anonymous).toMatchObject({ status: 2, stderr: expect.stringContaining('anonymous') });
    await user.ossutil([...openBucket, '--acl', 'public-read-write'], { env: owner });
    await configure(user, '[default]', 'mode=Anonymous', `endpoint=${oss.endpoint}`);
    expect(await user.ossutil(put)).toMatchObject(fine);
  });
});

describe('RamRoleArn', () => {
  it("assumes the role at the server's own STS, and acts as the session", async () => {
    const { alice, roleArn, stsEndpoint, user } = await world();
    await configure(
      user,
      '[default]',
      'mode=RamRoleArn',
      ...keysOf(alice),
      `roleArn=${roleArn}`,
      'roleSessionName=nightly',
      `sts-endpoint=${stsEndpoint}`,
    );
    expect(await user.ossutil(put)).toMatchObject(fine);
    expect(await user.ossutil([...get, '--sign-version', 'v1'])).toMatchObject({
      status: 0,
      stdout: 'hi oss',
    });
    // She herself may not.
    expect((await user.ossutil([...put, '--mode', 'AK'])).status).toBe(2);
  });

  it('holds the session to its policy', async () => {
    const { alice, roleArn, stsEndpoint, user } = await world();
    await configure(
      user,
      '[default]',
      'mode=RamRoleArn',
      ...keysOf(alice),
      `role-arn=${roleArn}`,
      `sts-endpoint=${stsEndpoint}`,
      'session-policy=file://policy.json',
    );
    const readingOnly = policyOf(allow('oss:GetObject', 'acs:oss:*:*:examplebucket/*'));
    await writeFile(path.join(user.directory, 'policy.json'), readingOnly);
    const refused = await user.ossutil(put);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('AccessDenied');
    const everything = ['--session-policy', policyOf(allow('oss:*'))];
    expect(await user.ossutil([...put, ...everything])).toMatchObject(fine);
    expect((await user.ossutil(get)).stdout).toBe('hi oss');
  });

  it('takes role, STS and keys from the environment or the command line alone', async () => {
    const { alice, roleArn, stsEndpoint, user } = await world({ externalId: 'ext-1' });
    const environment = {
      OSS_ACCESS_KEY_ID: alice.accessKeyId,
      OSS_ACCESS_KEY_SECRET: alice.accessKeySecret,
      OSS_ROLE_ARN: roleArn,
      OSS_ROLE_SESSION_NAME: 'nightly',
      OSS_STS_ENDPOINT: stsEndpoint,
    };
    const external = ['--external-id', 'ext-1'];
    expect(await user.ossutil([...put, ...external], { env: environment })).toMatchObject(fine);
    const flags = [
      ...['-i', alice.accessKeyId, '-k', alice.accessKeySecret, '--mode', 'RamRoleArn'],
      ...['--role-arn', roleArn, '--sts-endpoint', stsEndpoint, '--token-timeout', '900'],
    ];
    expect(await user.ossutil([...put, ...flags, ...external])).toMatchObject(fine);
    const refused = await user.ossutil([...put, ...flags]);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toMatch(
      /^Error: operation error PutObject: no credentials from the role acs:ram::\d+:role\/backup: http:\/\/127\.0\.0\.1:\d+ refused with 403 NoPermission: .*\(request id [\w-]+\)\nHint: check the role ARN, that the trust policy/,
    );
  });

  it('says what is missing or wrong, and asks nobody in a dry run', async () => {
    const { alice, roleArn, user } = await world();
    await configure(user, '[default]', 'mode=RamRoleArn', ...keysOf(alice));
    const without = await user.ossutil(put);
    expect([without.status, without.stderr]).toEqual([
      3,
      "Error: the mode RamRoleArn needs the role's ARN\nHint: give it with --role-arn, OSS_ROLE_ARN, role-arn in the profile or ALIBABA_CLOUD_ROLE_ARN\n",
    ]);
    const nowhere = ['--role-arn', roleArn, '--sts-endpoint', 'http://127.0.0.1:1'];
    expect((await user.ossutil([...put, ...nowhere, '-n'])).status).toBe(0);
    const unreachable = await user.ossutil([...put, ...nowhere]);
    expect(unreachable.status).toBe(3);
    expect(unreachable.stderr).toMatch(
      /^Error: operation error PutObject: no credentials from the role .*127\.0\.0\.1:1/,
    );
    const policyAlone = ['--session-policy', '{}', '--mode', 'AK'];
    expect((await user.ossutil([...put, ...policyAlone])).status).toBe(1);
    const wrongMode = await user.ossutil([...put, '--role-arn', 'x', '--mode', 'AK']);
    expect(wrongMode).toMatchObject({ status: 1, stderr: expect.stringContaining('not with AK') });
  });

  it('logs no secret and no token at any level', async () => {
    const { alice, session, user } = await world();
    const given = await session();
    const standIn = await answeringServer((response) => {
      response.end(JSON.stringify({ Credentials: given }));
    });
    // A service that repeats what it was sent: answers are logged too.
    const echo = await answeringServer((response, { headers }) => {
      response.setHeader('X-Echo', [
        String(headers['x-oss-security-token']),
        alice.accessKeySecret,
      ]);
      response.end();
    });
    const flags = [
      ...['-i', alice.accessKeyId, '-k', alice.accessKeySecret, '--role-arn', 'acs:ram::1:role/r'],
      ...['--sts-endpoint', standIn.endpoint, '--endpoint', echo.endpoint],
      ...['--loglevel', 'debug', '--log-file', 'log'],
    ];
    for (const version of ['v1', 'v4']) {
      const { status } = await user.ossutil([...put, ...flags, '--sign-version', version]);
      expect(status).toBe(0);
    }
    const log = await readFile(path.join(user.directory, 'log'), 'utf8');
    expect(log).toContain(
      `credentials ${given.AccessKeyId}, good until ${given.Expiration.slice(0, 19)}`,
    );
    for (const secret of [alice.accessKeySecret, given.AccessKeySecret, given.SecurityToken]) {
      expect(log).not.toContain(secret);
      expect(log).not.toContain(encodeURIComponent(secret));
    }
  });
});

describe('Process', () => {
  it('takes what a command prints', async () => {
    const { session, user } = await world();
    await writeFile(path.join(user.directory, 'session.json'), JSON.stringify(await session()));
    await configure(user, '[default]', 'mode=Process', 'credential-process="cat session.json"');
    expect(await user.ossutil(put)).toMatchObject(fine);
    const streamed = putObject('--body', '-', '-q');
    expect(await user.ossutil(streamed, { input: 'from stdin' })).toMatchObject(fine);
    expect((await user.ossutil(get)).stdout).toBe('from stdin');
  });

  it('shows what a command complains of when it fails, and nothing that it prints', async () => {
    const { user } = await world();
    const fails = 'echo \'{"AccessKeyId":"printed-secret"}\'; echo "log in first" >&2; exit 4';
    await configure(user, '[default]', 'mode=Process', `credential-process=\`${fails}\``);
    const { status, stderr } = await user.ossutil([
      ...put,
      '--loglevel',
      'debug',
      '--log-file',
      '-',
    ]);
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /^Error: operation error PutObject: no credentials from the credential process: error in credential_process: exit status 4: log in first\nHint: credential-process has to print JSON/,
    );
    expect(stderr).not.toContain('printed-secret');
  });

  it('does not wait longer than it is told', async () => {
    const { user } = await world();
    const lines = ['credential-process=sleep 20', 'credential-process-timeout=1'];
    await configure(user, '[default]', 'mode=Process', ...lines);
    const started = Date.now();
    const { status, stderr } = await user.ossutil(put);
    expect(status).toBe(3);
    expect(stderr).toContain('credential process timed out: it ran longer than 1 s');
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});

describe('Process and Ctrl-C', () => {
  it('ends both at once', async () => {
    const { user } = await world();
    // It beats until it is ended, for a while at most.
    const command = 'for i in $(seq 200); do echo >> beats; sleep 0.05; done';
    await configure(user, '[default]', 'mode=Process', `credential-process=\`${command}\``);
    const beats = async () => (await readFile(path.join(user.directory, 'beats'))).length;
    const child = user.start(put);
    const outcome = outcomeOf(child);
    await vi.waitFor(beats, { timeout: 20_000 });
    child.kill('SIGINT');
    expect((await outcome).status).toBe(5);
    const before = await beats();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await beats()).toBe(before);
  });
});

describe('Uri', () => {
  it('takes what the URI answers', async () => {
    const { session, user } = await world();
    const given = await session();
    const agent = await answeringServer((response) => {
      response.end(JSON.stringify({ Code: 'Success', ...given }));
    });
    await configure(user, '[profile agent]', 'mode=Uri', `credential-uri=${agent.endpoint}/creds`);
    expect(await user.ossutil([...put, '--profile', 'agent'])).toMatchObject(fine);
    const env = { ALIBABA_CLOUD_CREDENTIALS_URI: `${agent.endpoint}/shared` };
    expect(await user.ossutil([...put, '--mode', 'Uri'], { env })).toMatchObject(fine);
    expect(agent.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /creds',
      'GET /shared',
    ]);
  });

  it('reads no flood, and says which address it was', async () => {
    const { user } = await world();
    const flood = await tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const pour = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(1 << 20)));
      };
      socket.on('drain', pour);
      pour();
    });
    const env = { ALIBABA_CLOUD_CREDENTIALS_URI: `${flood.endpoint}/creds?key=in-the-query` };
    const { status, stderr } = await user.ossutil([...put, '--mode', 'Uri'], { env });
    expect(status).toBe(3);
    expect(stderr).toContain(`${flood.endpoint}/creds answered more than 64 KiB`);
    expect(stderr).not.toContain('in-the-query');
  });
});

describe('EcsRamRole', () => {
  /** Leads connections to the address of the metadata service to the stand-in. */
  const redirect = (port: number) => `
    const net = require('node:net');
    const connect = net.Socket.prototype.connect;
    net.Socket.prototype.connect = function (...args) {
      const [options] = Array.isArray(args[0]) ? args[0] : args;
      if (options.host === '100.100.100.200' && Number(options.port) === 80) {
        Object.assign(options, { host: '127.0.0.1', port: ${port} });
      }
      return connect.apply(this, args);
    };`;

  it('asks the metadata service of the instance', async () => {
    const { session, user } = await world();
    const given = await session();
    const metadata = await answeringServer((response, { method, url, headers }) => {
      const roles = '/latest/meta-data/ram/security-credentials/';
      if (method === 'PUT') response.end('metadata-token');
      else if (headers['x-aliyun-ecs-metadata-token'] !== 'metadata-token') {
        response.writeHead(403).end();
      } else if (url === roles) response.end('backup');
      else if (url === `${roles}backup`) {
        response.end(JSON.stringify({ Code: 'Success', ...given }));
      } else response.writeHead(404).end();
    });
    await writeFile(path.join(user.directory, 'redirect.cjs'), redirect(metadata.port));
    const env = { NODE_OPTIONS: '--require ./redirect.cjs' };
    for (const mode of ['EcsRamRole', 'Ali-EcsRamRole']) {
      expect(await user.ossutil([...put, '--mode', mode], { env })).toMatchObject(fine);
    }
    await configure(user, '[default]', 'mode=EcsRamRole', 'ecs-role-name=backup');
    expect(await user.ossutil(put, { env })).toMatchObject(fine);
    const asked = metadata.requests.map(({ method, url }) => `${method} ${url.split('/').at(-1)}`);
    const known = ['PUT token', 'GET backup'];
    const unknown = ['PUT token', 'GET ', 'GET backup'];
    expect(asked).toEqual([...unknown, ...unknown, ...known]);
    expect(metadata.requests[0]?.headers.host).toBe('100.100.100.200');
    // A proxy is never on the way there.
    const proxied = { ...env, HTTP_PROXY: 'http://127.0.0.1:1' };
    const flags = ['--proxy', 'env'];
    expect(await user.ossutil([...put, ...flags], { env: proxied })).toMatchObject(fine);
  });
});

describe('oidcRoleArn', () => {
  it('hands the token in the file to STS', async () => {
    const { session, user, roleArn } = await world();
    const given = await session();
    const standIn = await answeringServer((response, { url, body }) => {
      const form = new URLSearchParams(body.toString());
      const isRight =
        new URL(url, 'http://sts').searchParams.get('Action') === 'AssumeRoleWithOIDC' &&
        form.get('OIDCToken') === 'eyJ.pod.token' &&
        form.get('OIDCProviderArn') === 'acs:ram::1:oidc-provider/ack' &&
        form.get('RoleArn') === roleArn;
      if (isRight) response.end(JSON.stringify({ Credentials: given }));
      else response.writeHead(400).end('{"Code":"AuthenticationFail","Message":"who is this?"}');
    });
    await writeFile(path.join(user.directory, 'token'), 'eyJ.pod.token\n');
    await configure(
      user,
      '[default]',
      'mode=OIDCRoleArn',
      'OIDCProviderArn=acs:ram::1:oidc-provider/ack',
      'OIDCTokenFilePath=token',
      `roleArn=${roleArn}`,
      `sts-endpoint=${standIn.endpoint}`,
    );
    expect(await user.ossutil(put)).toMatchObject(fine);
    const refused = await user.ossutil([...put, '--role-arn', 'acs:ram::1:role/other']);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toMatch(
      /refused with 400 AuthenticationFail: who is this\?\nHint: check role-arn/,
    );
    expect(refused.stderr).not.toContain('eyJ');
  });
});

describe('tokens in the middle of an upload', () => {
  it('are replaced when the server says they have expired', async () => {
    const { session, laterSession, clock, user } = await world();
    const given: object[] = [await session()];
    clock.ahead = 2 * 3_600_000;
    given.push(await laterSession());
    const agent = await answeringServer((response, _, index) => {
      // As by the clock of this machine, which is behind, the first is good yet.
      response.end(JSON.stringify(given[index]));
    });
    await configure(user, '[default]', 'mode=Uri', `credential-uri=${agent.endpoint}`);
    await writeFile(path.join(user.directory, 'large'), Buffer.alloc(1 << 20, 'x'));
    const upload = putObject('--body', 'file://large', '-q', '--loglevel', 'info', '--log-file');
    expect(await user.ossutil([...upload, 'log'])).toMatchObject({ status: 0, stdout: '' });
    expect(agent.requests).toHaveLength(2);
    const log = await readFile(path.join(user.directory, 'log'), 'utf8');
    expect(log).toContain('SecurityTokenExpired: trying again with new credentials');
    expect(log).toMatch(/attempt 3\n[^\n]+ 200 OK/);
  });

  it('are replaced before the next attempt when they have expired in the meantime', async () => {
    const { user } = await world();
    const expiries: number[] = [];
    const agent = await answeringServer((response) => {
      expiries.push(Date.now() + (expiries.length === 0 ? 500 : 3_600_000));
      const serial = expiries.length;
      response.end(
        JSON.stringify({
          AccessKeyId: `STS.${serial}`,
          AccessKeySecret: 'secret',
          SecurityToken: `token${serial}`,
          Expiration: new Date(expiries.at(-1) ?? 0).toISOString(),
        }),
      );
    });
    const seen: string[] = [];
    const oss = await answeringServer(async (response, { headers, body }, index) => {
      seen.push(`${headers['x-oss-security-token']} ${body.length}`);
      if (index > 0) return void response.end();
      const wait = (expiries[0] ?? 0) - Date.now() + 1;
      await new Promise((resolve) => setTimeout(resolve, wait));
      refuse(response, 503, 'ServiceUnavailable');
    });
    await configure(user, '[default]', 'mode=Uri', `credential-uri=${agent.endpoint}`);
    await writeFile(path.join(user.directory, 'large'), Buffer.alloc(3 << 20, 'x'));
    const upload = putObject('--body', 'file://large', '-q', '--endpoint', oss.endpoint);
    expect(await user.ossutil(upload)).toMatchObject({ status: 0 });
    expect(seen).toEqual([`token1 ${3 << 20}`, `token2 ${3 << 20}`]);
    expect(agent.requests).toHaveLength(2);
  });
});
