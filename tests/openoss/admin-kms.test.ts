/** `openoss admin kms`: the keys that objects are encrypted with, as their operator has them. */
import { describe, expect, it } from 'vitest';
import { type Administered, startAdministered } from '../support/administered.js';
import { errorOf, type Reachable, sendSigned } from '../support/http.js';
import { freshDirectories } from '../support/operator.js';
import { cleanEnvironment, programs, run } from '../support/programs.js';

const freshDirectory = await freshDirectories();
const rootKey = { OPENOSS_KMS_ROOT_KEY: Buffer.alloc(32, 9).toString('base64') };
const served = await startAdministered(freshDirectory(), rootKey);
const { admin, adminJson, oss } = served;
const bucket = 'examplebucket';
await sendSigned(oss, { method: 'PUT', bucket });

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const INSTANT = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;

/** What a command printed; fails unless it ended well. */
async function printed(typed: string): Promise<string> {
  const { status, stdout, stderr } = await admin(typed.split(' '));
  expect(`${status} ${stderr}`).toBe('0 ');
  return stdout;
}

/** How a command failed, as `status: message`. */
async function failure(typed: string, by: Administered = served, env = by.environment) {
  const { status, stdout, stderr } = await by.admin(typed.split(' '), { env });
  expect(stdout).toBe('');
  return `${status}: ${stderr}`;
}

interface ShownKey {
  readonly KeyId: string;
  readonly Arn: string;
  readonly KeyState: string;
  readonly AutomaticRotation: string;
  readonly Aliases: readonly string[];
  readonly Versions: readonly { readonly KeyVersionId: string }[];
}
const show = (key: string) => adminJson<ShownKey>('kms', 'show', key);
const newKey = async (...flags: string[]) =>
  (await adminJson<ShownKey>('kms', 'create', ...flags)).KeyId;

const METHOD = 'x-oss-server-side-encryption';
const KEY = 'x-oss-server-side-encryption-key-id';
const put = (by: Reachable, key: string, name: string) =>
  sendSigned(by, {
    method: 'PUT',
    bucket,
    key,
    body: 'hi oss',
    headers: { [METHOD]: 'KMS', [KEY]: name },
  });
const get = (key: string, by: Reachable = oss) => sendSigned(by, { bucket, key });

it('takes a key from its making through rotation, disabling and deletion, and objects with it', async () => {
  const made = await printed(
    'kms create --alias photos --alias alias/pictures --rotation-interval 365d',
  );
  const [id = ''] = UUID.exec(made) ?? [];
  expect(made).toMatch(/^Created key \S+ \(alias\/photos, alias\/pictures\)\.$/m);
  expect(made).toContain(`kms:Decrypt on acs:kms:${oss.region}:`);
  expect((await put(oss, 'k', 'alias/photos')).headers[KEY]).toBe(id);

  const { KeyId, KeyVersionId } = await adminJson<{ KeyId: string; KeyVersionId: string }>(
    ...['kms', 'rotate', 'alias/photos'],
  );
  expect(KeyId).toBe(id);
  expect((await get('k')).text).toBe('hi oss');
  const shown = await printed('kms show alias/pictures');
  expect(shown).toMatch(new RegExp(`^key: +${id}$`, 'm'));
  expect(shown).toMatch(/^aliases: +alias\/photos, alias\/pictures$/m);
  expect(shown).toMatch(/^state: +Enabled$/m);
  expect(shown).toMatch(/^rotation: +365d$/m);
  expect(shown).toMatch(new RegExp(`^rotated next: +${INSTANT}$`, 'm'));
  expect(shown).toMatch(new RegExp(`^${KeyVersionId}  ${INSTANT}  encrypts and decrypts$`, 'm'));
  expect(shown.match(/ {2}decrypts$/gm)).toHaveLength(1);
  expect(shown).not.toContain('gone on');

  // By each of its names.
  const { Arn } = await show(id);
  expect(await printed(`kms rotation ${Arn} --off`)).toContain('is not rotated by itself any more');
  expect(await show(`${Arn.slice(0, -`key/${id}`.length)}alias/photos`)).toMatchObject({
    KeyId: id,
    AutomaticRotation: 'Disabled',
  });
  await printed('kms rotation alias/photos --interval 30d');
  expect(await printed('kms list')).toMatch(
    new RegExp(`^${id}  alias/photos, alias/pictures +Enabled +30d +${INSTANT}  -$`, 'm'),
  );

  expect(await printed('kms disable alias/photos')).toBe(`Disabled key ${id}.\n`);
  expect(errorOf(await get('k')).Code).toBe('KeyDisabled');
  expect(await printed('kms list')).toMatch(/Disabled +30d, suspended/);
  await printed(`kms enable ${Arn}`);
  expect((await get('k')).text).toBe('hi oss');

  // Nothing that is in use is deleted unless told.
  expect(
    await failure('kms schedule-deletion alias/photos --days 7'),
  ).toBe(`3: openoss: the deletion of key ${id} was not scheduled, for
  it is enabled: "openoss admin kms disable ${id}", and see who misses it
  alias/photos stands for it
  alias/pictures stands for it
Take that away, or schedule it all the same with --force.
`);
  const { stderr } = await admin(['kms', 'schedule-deletion', id, '--days', '7', '--json']);
  expect(JSON.parse(stderr)).toMatchObject({ Code: 'KeyInUse', InTheWay: { length: 3 } });
  expect((await get('k')).text).toBe('hi oss');
  expect(await printed(`kms schedule-deletion ${id} --days 7 --force`)).toContain(
    `openoss admin kms cancel-deletion ${id}`,
  );
  expect(errorOf(await get('k')).Code).toBe('KeyPendingDeletion');
  expect(await printed(`kms show ${id}`)).toMatch(new RegExp(`^gone on: +${INSTANT}$`, 'm'));
  expect(await printed('kms list --state PendingDeletion')).toContain(id);
  expect(await failure(`kms schedule-deletion ${id} --days 7`)).toContain(
    'is to be deleted already',
  );
  await printed('kms cancel-deletion alias/photos');
  expect((await get('k')).text).toBe('hi oss');
  expect(await printed('kms list --state PendingDeletion')).toBe('No key is PendingDeletion.\n');
  expect(await failure(`kms cancel-deletion ${id}`)).toContain('the state of key');
});

it('gives aliases to keys, and takes them to others', async () => {
  const [one, other] = [await newKey('--description', 'one'), await newKey()];
  expect(await printed(`kms alias create documents ${one}`)).toBe(
    `alias/documents stands for key ${one}.\n`,
  );
  expect(await failure(`kms alias create alias/documents ${other}`)).toBe(
    `3: openoss: there is alias/documents already: "openoss admin kms alias update alias/documents ${other}" has it stand for this key from now on\n`,
  );
  await printed(`kms alias update documents ${other}`);
  expect((await show('alias/documents')).KeyId).toBe(other);
  expect(await printed(`kms alias list ${one}`)).toBe('The key has no alias.\n');
  expect(await printed('kms alias list')).toMatch(new RegExp(`^alias/documents +${other}$`, 'm'));
  // A further name for the key of an alias.
  await printed('kms alias create papers alias/documents');
  expect((await show(other)).Aliases).toEqual(['alias/documents', 'alias/papers']);
  await printed('kms alias delete papers');
  await printed('kms alias delete alias/documents');
  expect((await show(other)).Aliases).toEqual([]);

  const taken = await admin(['kms', 'create', '--alias', 'fresh', '--alias', 'alias/acs/mine']);
  const [id = ''] = UUID.exec(taken.stdout) ?? [];
  expect(taken.status).toBe(3);
  expect(taken.stdout).toContain(`Created key ${id}, without alias/acs/mine: `);
  expect(taken.stderr).toContain("those under alias/acs/ are services' own");
  expect((await show(id)).Aliases).toEqual(['alias/fresh']);
});

it('lists every key, however many pages they are on', async () => {
  const before = await adminJson<ShownKey[]>('kms', 'list');
  const made = await Promise.all(Array.from({ length: 101 }, () => newKey()));
  const listed = await adminJson<ShownKey[]>('kms', 'list');
  expect(listed.map(({ KeyId }) => KeyId).sort()).toEqual(
    [...before.map(({ KeyId }) => KeyId), ...made].sort(),
  );
});

it('key passes on what can only be meant of a key of KMS, and says where that is', async () => {
  const id = await newKey();
  expect(await printed(`key disable ${id}`)).toBe(`Disabled key ${id}.\n`);
  await printed(`key alias create passed-on ${id}`);
  expect(await printed('key enable alias/passed-on')).toBe(`Enabled key ${id}.\n`);
  expect(await printed(`key show ${id}`)).toMatch(/^aliases: +alias\/passed-on$/m);
  expect(await printed('key create --description meant')).toMatch(/^Created key /);
  expect(await failure(`key delete ${id}`)).toContain('openoss admin kms schedule-deletion KEY');
  expect(await failure('key create')).toContain('"openoss admin kms create"');
  for (const help of ['key --help', 'key create --help', 'key list --help']) {
    expect(await printed(help)).toContain('openoss admin kms ');
  }
  await printed('user create alice');
  expect(await printed('key create alice')).toContain('The secret is shown only this once');
});

describe('openoss admin kms says what to do when', () => {
  const none = '9468da86-3509-4f8d-a61e-6eab1eac0000';
  it.each([
    [
      `kms show ${none}`,
      `3: openoss: there is no key ${none}: one is named by its id, by alias/NAME`,
    ],
    ['kms enable photo', '3: openoss: there is no key photo: '],
    [
      'kms rotate alias/nobody',
      '3: openoss: there is no alias/nobody (openoss admin kms alias list)',
    ],
    ['kms alias delete nobody', '3: openoss: there is no alias/nobody '],
    [`kms schedule-deletion ${none}`, '1: openoss: kms schedule-deletion needs --days, 7 to 366'],
    [`kms schedule-deletion ${none} --days 7`, '3: openoss: there is no key'],
    [`kms rotation ${none}`, '1: openoss: kms rotation needs either --interval or --off'],
    [`kms rotation ${none} --off --interval 7d`, '1: openoss: kms rotation needs either'],
    ['kms create --rotation-interval 1d', 'keys are rotated every 7d to 730d, such as 365d'],
    ['kms alias create a x', '3: openoss: there is no key x'],
    ['kms delete x', '1: openoss: a key of KMS is deleted only after some days'],
    [
      'kms lst',
      '1: openoss: unknown command: admin kms lst. Did you mean "openoss admin kms list"?',
    ],
  ])('%s is typed', async (typed, message) => {
    expect(await failure(typed)).toContain(message);
  });

  it('a key is of the wrong state, or a number is', async () => {
    const id = await newKey();
    expect(await failure(`kms schedule-deletion ${id} --days 6 --force`)).toContain(
      '--days takes 7 to 366',
    );
    expect(await failure(`kms alias create a.b ${id}`)).toContain(
      'an alias is alias/ and 1 to 255',
    );
    await printed(`kms disable ${id}`);
    expect(await failure(`kms rotate ${id}`)).toContain(
      `key ${id} is disabled: openoss admin kms enable ${id}`,
    );
    await printed(`kms schedule-deletion ${id} --days 7`);
    expect(await failure(`kms rotate ${id}`)).toContain(
      `"openoss admin kms cancel-deletion ${id}" keeps it`,
    );
  });

  it('it is the default key, whose rotation is OSS’s own', async () => {
    await sendSigned(oss, {
      ...{ method: 'PUT', bucket, key: 'd', body: 'x' },
      headers: { [METHOD]: 'KMS' },
    });
    const failed = await failure('kms rotation alias/acs/oss --interval 7d');
    expect(failed).toContain('is not an account\'s to set; "openoss admin kms rotate');
    await printed('kms rotate alias/acs/oss');
    expect((await get('d')).text).toBe('x');
    expect(await failure('kms alias delete alias/acs/oss')).toContain("services' own");
  });

  it('whoever asks may not', async () => {
    await adminJson('user', 'create', 'erin');
    const key = await adminJson<{ AccessKeyId: string; AccessKeySecret: string }>(
      ...['key', 'create', 'erin'],
    );
    const erin = {
      OPENOSS_RPC_ENDPOINT: served.rpc,
      OSS_ACCESS_KEY_ID: key.AccessKeyId,
      OSS_ACCESS_KEY_SECRET: key.AccessKeySecret,
    };
    const owner = `the owner of the access key ${key.AccessKeyId} (from OSS_ACCESS_KEY_ID)`;
    expect(await failure('kms list', served, erin)).toBe(
      `3: openoss: NoPermission: no policy allows kms:ListKeys to ${owner}\n`,
    );
    const wrong = { ...erin, OSS_ACCESS_KEY_SECRET: 'x' };
    expect(await failure('kms list', served, wrong)).toContain('the secret does not belong to');
    const policy = {
      Version: '1',
      Statement: { Effect: 'Allow', Action: ['kms:List*'], Resource: '*' },
    };
    await adminJson('policy', 'create', 'lists', '--document', JSON.stringify(policy));
    await adminJson('policy', 'attach', 'lists', '--user', 'erin');
    // What may not be described is listed all the same.
    const listed = await admin(['kms', 'list'], { env: erin });
    expect(listed).toMatchObject({ status: 0, stderr: '' });
    expect(listed.stdout).toMatch(/ +- +- +- +-$/m);
  });
});

it('says of a locked keyring what to start the server with, and of another KMS what is the matter with it', async () => {
  const locked = await startAdministered(freshDirectory());
  const isLocked =
    '3: openoss: the keyring is locked, for the server was started without its root key';
  for (const typed of ['kms list', 'kms create', 'kms show alias/x', 'kms alias create a b']) {
    expect(await failure(typed, locked)).toContain(isLocked);
  }
  expect(await failure('kms list', locked)).toContain('--kms-root-key-file');

  const remote = (secret: string, endpoint = served.rpc) => ({
    OPENOSS_KMS_ENDPOINT: endpoint,
    OPENOSS_KMS_ACCESS_KEY_ID: oss.credentials.accessKeyId,
    OPENOSS_KMS_ACCESS_KEY_SECRET: secret,
  });
  const [asking, unknown, alone] = await Promise.all([
    startAdministered(freshDirectory(), remote(oss.credentials.accessKeySecret)),
    startAdministered(freshDirectory(), remote('wrong')),
    startAdministered(freshDirectory(), remote('x', 'http://127.0.0.1:9')),
  ]);
  const made = await asking.adminJson<ShownKey>('kms', 'create', '--alias', 'there');
  expect((await show('alias/there')).KeyId).toBe(made.KeyId);
  expect(await asking.adminJson('kms', 'show', 'alias/there')).toMatchObject({
    Aliases: ['alias/there'],
    Versions: { length: 1 },
  });
  const [refused, away] = await Promise.all([
    failure('kms list', unknown),
    failure('kms list', alone),
  ]);
  expect(refused).toContain('which does not accept its access key: start it with another');
  expect(away).toContain('which does not answer it: try again');
});

it('as a program, openoss admin explain tells of keys, and openoss admin kms of itself', async () => {
  const id = await newKey('--alias', 'told');
  await printed('user create bob');
  const allow = (...Action: string[]) =>
    JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  await adminJson(
    ...[
      'policy',
      'create',
      'encrypts',
      '--document',
      allow('oss:PutObject', 'kms:GenerateDataKey'),
    ],
  );
  await adminJson('policy', 'attach', 'encrypts', '--user', 'bob');
  const program = (typed: string) =>
    run([process.execPath, programs.openoss, 'admin', ...typed.split(' ')], {
      env: cleanEnvironment(served.environment),
    });
  const asked = `explain --as bob --action oss:PutObject --resource ${bucket}/k --context ${METHOD}=KMS`;
  const [help, plain, denied, onKey] = await Promise.all([
    program('kms --help'),
    program(`explain --as bob --action oss:PutObject --resource ${bucket}/k`),
    program(`${asked} --context ${KEY}=alias/told`),
    program('explain --as bob --action kms:GenerateDataKey --resource acs:kms:*:*:alias/told'),
  ]);
  expect(help.stdout).toMatch(/^ {2}kms alias create ALIAS KEY {2}/m);
  expect(plain).toMatchObject({ status: 0, stdout: expect.not.stringContaining('key of KMS') });
  expect(denied.status).toBe(4);
  expect(denied.stdout).toMatch(/^DENIED, for nothing allows it\n/);
  expect(denied.stdout).toMatch(/^action: +kms:Decrypt$/m);
  expect(denied.stdout).toMatch(
    /^answer: +403 AccessDenied.*: This request is forbidden by kms\.$/m,
  );
  expect(denied.stdout).toMatch(
    new RegExp(`^key of KMS: +alias/told \\(${id}\\), that the request names$`, 'm'),
  );
  expect(denied.stdout).toMatch(
    /^needed on it: +kms:GenerateDataKey and kms:Decrypt: kms:Decrypt denied by management: /m,
  );
  expect(denied.stdout).toMatch(/^ {2}kms:GenerateDataKey\n( {4,}.*\n)+ {2}kms:Decrypt\n/m);
  expect(onKey.status).toBe(0);
  expect(onKey.stdout).toMatch(/^decided by: +RAM policy encrypts \(v1\), Statement\[0\]$/m);
  expect(onKey.stdout).toContain(`note: alias/told stands for key ${id}.\n`);

  // What is in the rule of the bucket, and what is encrypted already.
  const rule = `<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm><KMSMasterKeyID>${id}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>`;
  await sendSigned(oss, { method: 'PUT', bucket, query: [['encryption', null]], body: rule });
  await sendSigned(oss, { method: 'PUT', bucket, key: 'ruled', body: 'x' });
  const [byRule, reading] = await Promise.all([
    printed(`explain --as root --action oss:PutObject --resource ${bucket}/k`),
    printed(`explain --as root --action oss:GetObject --resource ${bucket}/ruled`),
  ]);
  expect(byRule).toMatch(new RegExp(`^key of KMS: +${id}, of the bucket's rule$`, 'm'));
  expect(byRule).toMatch(
    /^needed on it: +kms:GenerateDataKey and kms:Decrypt: allowed by ownership/m,
  );
  expect(reading).toMatch(
    new RegExp(`^key of KMS: +${id}, that the object is encrypted with$`, 'm'),
  );
  await printed(`kms disable ${id}`);
  const refused = await program(
    `explain --as root --action oss:GetObject --resource ${bucket}/ruled`,
  );
  expect(refused.status).toBe(4);
  expect(refused.stdout).toMatch(/^REFUSED, for another reason than permissions\n/);
  expect(refused.stdout).toMatch(/^answer: +409 KeyDisabled, /m);
  expect(refused.stdout).toMatch(/^key of KMS: .*, which is Disabled$/m);
});
