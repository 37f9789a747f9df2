import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { backUpOffline } from '@openoss/storage';
import { expect, it } from 'vitest';
import {
  type AccessKey,
  DIRECTORY_KEY_FILE,
  findDirectoryKey,
  ROOT_CREDENTIALS_FILE,
} from './index.js';
import { openDirectory, openStore, temporaryDirectory } from './testing/open-directory.js';
import { document, trusting } from './testing/plain-language.js';

/** Which of the texts stand in a file of a directory, as they are or in a usual form. */
async function foundIn(directory: string, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const file of files) {
    if (!file.isFile()) continue;
    const bytes = await readFile(path.join(file.parentPath, file.name));
    for (const text of texts) {
      const forms = [
        Buffer.from(text),
        Buffer.from(text, 'utf16le'),
        Buffer.from(Buffer.from(text).toString('hex')),
        Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '')),
        // What base 64 makes of it depends on where it begins: the two other forms, without their ends.
        ...[1, 2].map((before) =>
          Buffer.from(
            Buffer.from(`${'.'.repeat(before)}${text}`)
              .toString('base64')
              .slice(4, -4),
          ),
        ),
      ];
      if (forms.some((form) => bytes.includes(form))) found.push(`${text} in ${file.name}`);
    }
  }
  return found;
}

it('no secret stands in any byte of a data directory or of a backup of it', async () => {
  const store = await openStore();
  const data = store.directory;
  const key = await findDirectoryKey(data, {}, { development: true });
  if (key === undefined) throw new Error('there is no key');
  const root = { accessKeyId: 'root', accessKeySecret: 'first', source: 'generated' } as const;
  const room = store.room('directory');
  const { directory, users, accessKeys, roles, identities, account, policies } =
    await openDirectory({ room, root, key });
  const secrets: string[] = [];
  for (let at = 0; at < 20; at++) {
    const userName = `user-${at}`;
    await users.create({ userName });
    const made = await accessKeys.create(userName);
    secrets.push(made.accessKeySecret);
    if (at % 4 === 0) await accessKeys.delete(userName, made.accessKeyId);
    if (at % 4 === 1) await accessKeys.setStatus(userName, made.accessKeyId, 'Inactive');
  }
  secrets.push((await directory.rotateRoot()).accessKeySecret);
  secrets.push((await directory.rotateRoot()).accessKeySecret);
  const { account: other } = await identities.accounts.create('other');
  secrets.push((await identities.ram(other).accessKeys.create(undefined)).accessKeySecret);
  const { arn } = await roles.create({
    roleName: 'role',
    assumeRolePolicyDocument: trusting(`acs:ram::${account}:root`),
  });
  const [{ accessKeyId = '' } = {}] = await accessKeys.list('user-2');
  const caller = (await directory.findAccessKey(accessKeyId)) as AccessKey;
  const { credentials } = await identities.sts.assumeRole(caller, {
    roleArn: arn,
    roleSessionName: 'session',
  });
  secrets.push(credentials.accessKeySecret, credentials.securityToken);
  // The search finds what does stand there.
  await policies.create({ policyName: 'p', policyDocument: document('a-policy-is-no-secret') });
  await store.close();

  expect(await foundIn(data, secrets)).toEqual([]);
  expect(await foundIn(data, ['a-policy-is-no-secret', accessKeyId])).toHaveLength(2);
  const keyText = key.bytes.toString('base64');
  expect(await foundIn(data, [keyText])).toEqual([`${keyText} in ${DIRECTORY_KEY_FILE}`]);

  const target = path.join(await temporaryDirectory(), 'backup');
  await backUpOffline(
    {
      source: data,
      target,
      copyBlobs: true,
      files: [ROOT_CREDENTIALS_FILE],
      program: 'test',
      onDamage: () => {},
    },
    { info() {}, warn() {}, error() {} },
  );
  expect(await foundIn(target, [...secrets, keyText, key.bytes.toString('hex')])).toEqual([]);
  expect(await foundIn(target, ['a-policy-is-no-secret'])).toHaveLength(1);

  // What is in the backup is of use with the key, and only with it.
  const restored = await openStore(target);
  const again = await openDirectory({ room: restored.room('directory'), root, key });
  expect(again.directory.findAccessKey(accessKeyId)).toMatchObject({ secret: caller.secret });
  await expect(
    openDirectory({
      room: restored.room('directory'),
      root,
      key: { bytes: Buffer.alloc(32), source: 'a guess' },
    }),
  ).rejects.toThrow('a guess is not the one');
});

it('a sealed secret that was moved to another key’s entry is worth nothing', async () => {
  const { directory, room, users, accessKeys } = await openDirectory();
  for (const userName of ['alice', 'bob']) await users.create({ userName });
  const alice = await accessKeys.create('alice');
  const bob = await accessKeys.create('bob');
  const sealed = async (id: string) => {
    const entry = String(await room.get(`key/${id}`));
    return /"secret":"([^"]+)"/.exec(entry)?.[1] ?? '';
  };
  const moved = String(await room.get(`key/${alice.accessKeyId}`)).replace(
    await sealed(alice.accessKeyId),
    await sealed(bob.accessKeyId),
  );
  await room.put(`key/${alice.accessKeyId}`, Buffer.from(moved));
  expect(() => directory.findAccessKey(alice.accessKeyId)).toThrow('cannot be opened');
});
