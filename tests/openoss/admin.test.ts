/** `openoss admin`: what an operator types, what a script reads, and what is said when it goes wrong. */
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startAdministered } from '../support/administered.js';
import { type Reachable, sendSigned } from '../support/http.js';
import { freshDirectories } from '../support/operator.js';
import { cleanEnvironment, programs, type RunOptions, run } from '../support/programs.js';

const freshDirectory = await freshDirectories();
const served = await startAdministered(freshDirectory());
const { admin, adminJson, oss, rpc } = served;

const bucket = 'examplebucket';
await sendSigned(oss, { method: 'PUT', bucket });

const statement = (Effect: string, Action: string) => ({ Effect, Action, Resource: '*' });
const document = (...statements: object[]): string =>
  JSON.stringify({ Version: '1', Statement: statements });

interface CreatedKey {
  readonly AccessKeyId: string;
  readonly AccessKeySecret: string;
}
const asUser = ({ AccessKeyId, AccessKeySecret }: CreatedKey): Reachable => ({
  ...oss,
  credentials: { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret },
});

/** What a command printed; fails unless it ended well. */
async function printed(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await admin(args);
  expect(`${status} ${stderr}`).toBe('0 ');
  return stdout;
}

/** How a command failed, as `status: message`. */
async function failure(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<string> {
  const { status, stdout, stderr } = await admin(args, env === undefined ? {} : { env });
  expect(stdout).toBe('');
  return `${status}: ${stderr}`;
}

const put = (by: Reachable) =>
  sendSigned(by, { method: 'PUT', bucket, key: 'k', body: 'hi oss' }).then(({ status }) => status);

describe('openoss admin', () => {
  it('takes a user from nothing to a put, and away again', async () => {
    expect(await printed('user', 'create', 'alice', '--display-name', 'Alice ü')).toContain(
      'openoss admin key create alice',
    );
    const made = await printed('key', 'create', 'alice');
    expect(made).toContain('The secret is shown only this once');
    const [, AccessKeyId = '', AccessKeySecret = ''] =
      /id: +(\S+)\naccess key secret: (\S+)/.exec(made) ?? [];
    const alice = asUser({ AccessKeyId, AccessKeySecret });
    expect(await put(alice)).toBe(403);

    const file = `${freshDirectory()}.json`;
    await writeFile(file, document(statement('Allow', 'oss:PutObject')));
    await printed('policy', 'create', 'puts', '--document', file, '--description', 'to put');
    expect(await printed('policy', 'attach', 'puts', '--user', 'alice')).toBe(
      'Attached policy puts to user alice.\n',
    );
    expect(await put(alice)).toBe(200);

    await printed('key', 'disable', AccessKeyId);
    expect(await put(alice)).toBe(403);
    await printed('key', 'enable', 'alice', AccessKeyId);
    expect(await put(alice)).toBe(200);

    await printed('group', 'create', 'staff');
    await printed('group', 'add', 'staff', 'alice');
    const shown = await printed('user', 'show', 'alice');
    expect(shown).toMatch(/^display name: +Alice ü$/m);
    expect(shown).toMatch(/^groups: +staff$/m);
    expect(shown).toMatch(new RegExp(`^access keys: +${AccessKeyId} \\(Active\\)$`, 'm'));
    expect(shown).toMatch(/^policies: +puts$/m);
    expect(await printed('key', 'list')).toMatch(
      new RegExp(`^${AccessKeyId} +alice +Active +\\S+Z +\\S+Z +Oss$`, 'm'),
    );

    expect(
      await failure(['user', 'delete', 'alice']),
    ).toBe(`3: openoss: user alice was not deleted, for it has
  access key ${AccessKeyId}
  policy puts
  membership of group staff
Take them away, or delete everything with --force.
`);
    expect(await put(alice)).toBe(200);
    expect(
      await printed('user', 'delete', 'alice', '--force'),
    ).toBe(`Deleted access key ${AccessKeyId} of user alice.
Detached policy puts from user alice.
Removed user alice from group staff.
Deleted user alice.
`);
    expect(await put(alice)).toBe(403);
  });

  it('has every thing listed, shown, changed and deleted, and answers scripts in JSON', async () => {
    await adminJson('user', 'create', 'bob');
    const [, renamed] = await Promise.all([
      adminJson('group', 'create', 'crew', '--comments', 'at sea'),
      adminJson('user', 'update', 'bob', '--name', 'robert', '--comments', 'of the crew'),
    ]);
    expect(renamed).toMatchObject({ UserName: 'robert', Comments: 'of the crew' });
    // What was done before something failed is told.
    const added = await admin(['group', 'add', 'crew', 'robert', 'nobody']);
    expect(added).toMatchObject({ status: 3, stdout: 'Added user robert to group crew.\n' });
    expect(added.stderr).toContain('user nobody');
    const read = document(statement('Allow', 'oss:Get*'));
    const created = await admin(['policy', 'create', 'reads', '--document', '-'], { input: read });
    expect(created.status).toBe(0);
    await adminJson('policy', 'attach', 'reads', '--user', 'robert', '--group', 'crew');
    await adminJson('policy', 'attach', 'AliyunOSSReadOnlyAccess', '--group', 'crew');
    const second = document(statement('Allow', 'oss:List*'));
    await adminJson('policy', 'version', 'create', 'reads', '--document', second);
    await adminJson('policy', 'version', 'set-default', 'reads', 'v2');

    const [users, groups, policies, versions, group, policy, system] = await Promise.all([
      adminJson('user', 'list'),
      adminJson('group', 'list'),
      adminJson('policy', 'list'),
      adminJson('policy', 'version', 'list', 'reads'),
      adminJson('group', 'show', 'crew'),
      admin(['policy', 'show', 'reads']),
      adminJson('policy', 'list', '--system'),
    ]);
    expect(users).toMatchObject([{ UserName: 'robert' }]);
    expect(groups).toMatchObject([
      { GroupName: 'crew', Comments: 'at sea' },
      { GroupName: 'staff' },
    ]);
    expect(policies).toMatchObject([
      { PolicyName: 'puts' },
      { PolicyName: 'reads', AttachmentCount: 2 },
    ]);
    expect(versions).toMatchObject([
      { VersionId: 'v1', IsDefaultVersion: false },
      { VersionId: 'v2', IsDefaultVersion: true },
    ]);
    expect(group).toMatchObject({
      Members: [{ UserName: 'robert' }],
      Policies: [
        { PolicyName: 'reads' },
        { PolicyName: 'AliyunOSSReadOnlyAccess', PolicyType: 'System' },
      ],
    });
    expect(policy.stdout).toContain('attached to:     user robert, group crew\n');
    expect(policy.stdout).toContain('"Action": "oss:List*"');
    expect(JSON.stringify(system)).toContain('AdministratorAccess');

    expect(await failure(['group', 'delete', 'crew'])).toContain(
      '  member robert\n  policy reads\n',
    );
    expect(await failure(['policy', 'delete', 'reads'])).toContain(
      '  user robert, to which it is attached\n  group crew, to which it is attached\n  version v1,',
    );
    await adminJson('policy', 'detach', 'reads', '--user', 'robert');
    await adminJson('policy', 'delete', 'reads', '--force');
    await adminJson('group', 'delete', 'crew', '--force');
    await adminJson('user', 'delete', 'robert');
    expect(await printed('user', 'list')).toBe('There are no users.\n');
  });

  it('makes roles of which it is said who may assume them', async () => {
    await adminJson('user', 'create', 'carol');
    const trusted = async (...args: string[]) => {
      const { AssumeRolePolicyDocument: trust } = await adminJson<{
        AssumeRolePolicyDocument: string;
      }>('role', ...args);
      return JSON.parse(trust).Statement[0].Principal.RAM[0];
    };
    expect(await trusted('create', 'reader', '--trust', 'user/carol')).toMatch(/:user\/carol$/);
    const [created, open] = [
      await printed('role', 'create', 'second', '--trust', 'user/carol'),
      await printed('role', 'create', 'third', '--trust', 'account'),
    ];
    expect(created).toContain('admin policy attach AliyunSTSAssumeRoleAccess --user carol\n');
    expect(open).not.toContain('AliyunSTSAssumeRoleAccess');
    await adminJson('role', 'delete', 'second');
    await adminJson('role', 'delete', 'third');
    expect(await trusted('update', 'reader', '--trust', 'account')).toMatch(/:root$/);
    await adminJson('policy', 'attach', 'AdministratorAccess', '--role', 'reader');
    expect(await printed('role', 'show', 'reader')).toMatch(/^policies: +AdministratorAccess$/m);
    expect(await failure(['role', 'delete', 'reader'])).toContain(
      '  system policy AdministratorAccess\n',
    );
    await adminJson('role', 'delete', 'reader', '--force');
    expect(await adminJson('role', 'list')).toEqual([]);
  });

  it('explains a decision, and ends with 0 where it is an allow and 4 where not', async () => {
    await adminJson('user', 'create', 'dave');
    const both = document(statement('Allow', 'oss:*'), statement('Deny', 'oss:Delete*'));
    await adminJson('policy', 'create', 'no-deletions', '--document', both);
    await adminJson('policy', 'attach', 'no-deletions', '--user', 'dave');
    const about = ['--as', 'dave', '--resource', `acs:oss:*:*:${bucket}/k`];
    const [allowed, denied] = await Promise.all([
      admin(['explain', ...about, '--action', 'oss:PutObject', '--action', 'oss:PutObjectTagging']),
      admin(['explain', ...about, '--action', 'oss:DeleteObject']),
    ]);
    expect(allowed.status).toBe(0);
    expect(allowed.stdout).toMatch(/^ALLOWED\n/);
    expect(allowed.stdout).toMatch(/^action: +oss:PutObject and oss:PutObjectTagging$/m);
    expect(allowed.stdout).toMatch(
      /^decided by: +RAM policy no-deletions \(v1\), Statement\[0\]$/m,
    );
    expect(denied.status).toBe(4);
    expect(denied.stdout).toMatch(/^DENIED, explicitly\n/);
    expect(denied.stdout).toContain(
      '    {"Effect":"Deny","Action":"oss:Delete*","Resource":"*"}\n',
    );
    expect(denied.stdout).toMatch(/^answer: +403 AccessDenied, EC \d{4}-\d{8}: /m);
    expect(denied.stdout).toContain(`looked at, in this order:
  oss:DeleteObject
    session-policy      passed by: there is none
    identity-policy     explicit-deny: RAM policy no-deletions, Statement[1] is a Deny that applies
      Allow in RAM policy no-deletions (v1), Statement[0]: applies
      Deny  in RAM policy no-deletions (v1), Statement[1]: applies
    bucket-policy       passed by: there is none
`);
    const json = await admin([
      'explain',
      '--as',
      'anonymous',
      '--action',
      'oss:GetObject',
      '--resource',
      `${bucket}/k`,
      '--json',
    ]);
    expect(json.status).toBe(4);
    expect(JSON.parse(json.stdout)).toMatchObject({
      Decision: 'ImplicitDeny',
      Stage: 'bucket-acl',
    });
  });
});

describe('openoss admin says what to do when', () => {
  const root = served.environment;
  it.each([
    [
      'no server answers',
      { ...root, OPENOSS_RPC_ENDPOINT: 'http://127.0.0.1:9' },
      '2',
      'was it started with --rpc-listen 127.0.0.1:9?',
    ],
    [
      'it is OSS that answers',
      { ...root, OPENOSS_RPC_ENDPOINT: oss.endpoint },
      '2',
      'does not speak RAM. Give the address of --rpc-listen',
    ],
    [
      'the access key is unknown',
      { ...root, OPENOSS_ROOT_ACCESS_KEY_ID: 'other' },
      '3',
      'does not know the access key other (from OPENOSS_ROOT_ACCESS_KEY_ID)',
    ],
    [
      'its secret is wrong',
      { ...root, OPENOSS_ROOT_ACCESS_KEY_SECRET: 'x' },
      '3',
      'the secret does not belong to the access key',
    ],
    [
      'there is no access key',
      { OPENOSS_RPC_ENDPOINT: rpc },
      '1',
      'no access key to sign with. Set OPENOSS_ROOT_ACCESS_KEY_ID',
    ],
    [
      'half of one is missing',
      { ...root, OPENOSS_ROOT_ACCESS_KEY_SECRET: '' },
      '1',
      'OPENOSS_ROOT_ACCESS_KEY_ID and OPENOSS_ROOT_ACCESS_KEY_SECRET go together',
    ],
  ])('%s', async (_, env, status, message) => {
    const failed = await failure(['user', 'list'], env);
    expect(failed.slice(0, 2)).toBe(`${status}:`);
    expect(failed).toContain(message);
    expect(failed).not.toContain(oss.credentials.accessKeySecret);
  });

  it.each([
    [['user', 'show', 'zoe'], '3: openoss: EntityNotExist.User: user zoe: '],
    [
      ['policy', 'attach', 'none', '--user', 'zoe'],
      '3: openoss: EntityNotExist.Policy: policy none: ',
    ],
    [['policy', 'create', 'bad', '--document', '{"Version":"1"}'], 'a policy needs a Statement'],
    [
      ['policy', 'create', 'bad', '--document', 'no-such-file'],
      '1: openoss: --document: there is no file no-such-file',
    ],
    [['key', 'create', '--own'], 'the account has the root access key and no other'],
    [
      ['key', 'delete', 'LTAInone'],
      '3: openoss: EntityNotExist.User.AccessKey: No user has the access key LTAInone.',
    ],
    [
      ['usr', 'list'],
      '1: openoss: unknown command: admin usr list. Did you mean "openoss admin user list"?',
    ],
    [['user', 'create'], '1: openoss: user create needs NAME'],
    [
      ['role', 'create', 'r', '--trust', 'zoe'],
      'is standard input, who may assume it is account, user/zoe or',
    ],
    [
      ['explain', '--as', 'zoe', '--action', 'sts:AssumeRole', '--resource', '*'],
      'requests to OSS and actions on keys of KMS are explained, and no calls of RAM and STS',
    ],
    [['account', 'delete', '1'], '1: openoss: accounts cannot be deleted'],
    [['user', 'create', 'a', 'b'], '1: openoss: unexpected argument: b'],
    [
      [
        'explain',
        '--as',
        'x',
        '--action',
        'oss:GetObject',
        '--resource',
        'b1b/k',
        '--context',
        'ip',
      ],
      '--context takes KEY=VALUE',
    ],
  ])('%j is typed', async (args, message) => {
    expect(await failure(args)).toContain(message);
  });

  it('a script asks: in JSON', async () => {
    const { status, stdout, stderr } = await admin(['user', 'show', 'zoe', '--json']);
    expect(`${status} ${stdout}`).toBe('3 ');
    expect(JSON.parse(stderr)).toMatchObject({ Code: 'EntityNotExist.User', HttpStatus: 404 });
  });

  it('whoever asks may not', async () => {
    await adminJson('user', 'create', 'erin');
    const key = await adminJson<CreatedKey>('key', 'create', 'erin');
    const erin = {
      OPENOSS_RPC_ENDPOINT: rpc,
      OSS_ACCESS_KEY_ID: key.AccessKeyId,
      OSS_ACCESS_KEY_SECRET: key.AccessKeySecret,
    };
    expect(await failure(['user', 'list'], erin)).toBe(
      `3: openoss: NoPermission: no policy allows ram:ListUsers to the owner of the access key ${key.AccessKeyId} (from OSS_ACCESS_KEY_ID)\n`,
    );
    // Not even whom everything is allowed.
    await adminJson('policy', 'attach', 'AdministratorAccess', '--user', 'erin');
    expect(await failure(['root', 'rotate'], erin)).toContain('3: openoss: NoPermission: ');
  });
});

it('as a program, openoss admin prints, asks its environment, reads its input, and has its status', async () => {
  const program = (args: readonly string[], options: RunOptions = {}) =>
    run([process.execPath, programs.openoss, ...args], {
      env: cleanEnvironment(served.environment),
      ...options,
    });
  const text = document(statement('Allow', 'oss:*'));
  const [help, created, denied, misused] = await Promise.all([
    program(['help', 'admin', 'user', 'create'], { env: cleanEnvironment({}) }),
    program(['admin', 'policy', 'create', 'of-input', '--document', '-'], { input: text }),
    program('admin explain --as anonymous --action oss:ListBuckets --resource * --json'.split(' ')),
    program(['admin', 'user', 'create', '--nam', 'x']),
  ]);
  expect(help.stdout).toContain('Usage: openoss admin user create NAME [flags]');
  expect(help.status).toBe(0);
  expect(created).toMatchObject({ status: 0, stderr: '' });
  expect(denied.status).toBe(4);
  expect(JSON.parse(denied.stdout)).toMatchObject({ Allowed: false });
  expect(misused.status).toBe(1);
  expect(misused.stderr).toMatch(
    /^openoss: unknown flag: --nam\nRun "openoss admin user create --help" for its flags\.\n$/,
  );
});

it('openoss admin root rotate: the new root access key is good at once, and the old one no more', async () => {
  const other = await startAdministered(freshDirectory());
  await sendSigned(other.oss, { method: 'PUT', bucket });
  const { stdout: before } = await other.admin(
    ['whoami', '--endpoint', other.rpc, '--data', other.data],
    { env: {} },
  );
  expect(before).toMatch(/^arn: +acs:ram::\d{16}:root$/m);
  const { stdout: told } = await other.admin(['root', 'rotate']);
  expect(told).toMatch(/^Sign with it from now on: --data.* old key, which is refused\.$/m);
  const [, AccessKeyId = '', AccessKeySecret = ''] =
    /^access key id: +(\S+)\naccess key secret: +(\S+)$/m.exec(told) ?? [];
  const rotated = { ...asUser({ AccessKeyId, AccessKeySecret }), endpoint: other.oss.endpoint };
  expect((await sendSigned(rotated, { bucket })).status).toBe(200);
  expect((await sendSigned(other.oss, { bucket })).status).toBe(403);
  const { status, stderr } = await other.admin(['whoami']);
  expect(status).toBe(3);
  expect(stderr).toContain('was it deleted or rotated?');
});
