import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedStore, openEmbeddedStore } from '@openoss/storage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  Directory,
  type DirectoryKey,
  DirectoryKeyError,
  type GivenRootCredentials,
} from './index.js';
import { refusalOf, testKey } from './testing/open-directory.js';
import { plainLanguage } from './testing/plain-language.js';

let scratch: string;
let store: EmbeddedStore;
beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'openoss-directory-'));
  store = await openEmbeddedStore({ directory: scratch });
});
afterEach(async () => {
  await store.close();
  await rm(scratch, { recursive: true, force: true });
});

const root = { accessKeyId: 'root', accessKeySecret: 'secret' };

describe('the directory', () => {
  it('has an account with a UID of 16 digits, which stays whatever the access key', async () => {
    const first = await Directory.open(store.room('directory'), root);
    expect(first.account).toMatch(/^1\d{15}$/);
    const other = { accessKeyId: 'other', accessKeySecret: 'secret' };
    const second = await Directory.open(store.room('directory'), other);
    expect(second.account).toBe(first.account);
    await store.close();
    store = await openEmbeddedStore({ directory: scratch });
    expect((await Directory.open(store.room('directory'), root)).account).toBe(first.account);
  });

  it('makes one account when it is opened several times at once', async () => {
    const opened = await Promise.all(
      Array.from({ length: 8 }, () => Directory.open(store.room('directory'), root)),
    );
    expect(new Set(opened.map(({ account }) => account)).size).toBe(1);
  });

  it('finds the root access key by its id, to the letter, and no other', async () => {
    const directory = await Directory.open(store.room('directory'), root);
    expect(directory.findAccessKey('root')).toEqual({
      id: 'root',
      secret: 'secret',
      principal: { kind: 'account', account: directory.account },
    });
    for (const id of ['', 'Root', 'root ', 'other', '__proto__', 'constructor']) {
      expect(directory.findAccessKey(id)).toBeUndefined();
    }
  });

  it('finds no other key than the root’s without a directory key, and makes none', async () => {
    const directory = await Directory.open(store.room('directory'), root);
    const { accounts } = directory.identities(plainLanguage);
    // Nobody could use it.
    expect(await refusalOf(accounts.create('Partner'))).toBe('503 ServiceUnavailable');
    expect((await accounts.list()).items).toEqual([]);
    const { users, accessKeys } = directory.identities(plainLanguage).ram(directory.account);
    await users.create({ userName: 'alice' });
    expect(await refusalOf(accessKeys.create('alice'))).toBe('503 ServiceUnavailable');
    expect(await accessKeys.list('alice')).toEqual([]);
  });
});

describe('the directory key of a directory', () => {
  const open = (key: DirectoryKey | undefined) =>
    Directory.open(store.room('directory'), root, { key });
  const other: DirectoryKey = { bytes: Buffer.alloc(32, 8), source: 'another place' };

  it('is the one it was first opened with; another, and none, is refused', async () => {
    await open(undefined);
    const first = await open(testKey);
    const { users, accessKeys } = first.identities(plainLanguage).ram(first.account);
    await users.create({ userName: 'alice' });
    const { accessKeyId } = await accessKeys.create('alice');
    const entries = async () => JSON.stringify(await store.room('directory').list({ limit: 100 }));
    const before = await entries();
    for (const [key, message] of [
      [other, 'The directory key of another place is not the one'],
      [undefined, 'there is none. Set OPENOSS_DIRECTORY_KEY'],
    ] as const) {
      await expect(open(key)).rejects.toBeInstanceOf(DirectoryKeyError);
      await expect(open(key)).rejects.toThrow(message);
    }
    expect(await entries()).toBe(before);
    expect((await open(testKey)).findAccessKey(accessKeyId)).toBeDefined();
  });

  it('is one, though several processes open the directory at once', async () => {
    const opened = await Promise.allSettled(
      Array.from({ length: 8 }, (_, at) => open(at % 2 === 0 ? testKey : other)),
    );
    const outcomes = opened.map(({ status }) => status);
    expect(outcomes.filter((status) => status === 'fulfilled')).toHaveLength(4);
    expect(new Set(outcomes.filter((_, at) => at % 2 === 0)).size).toBe(1);
  });
});

describe('the root access key', () => {
  const generated = { ...root, source: 'generated' } as const;
  const open = (given: GivenRootCredentials = generated) =>
    Directory.open(store.room('directory'), given, { key: testKey });

  it('that was generated can be rotated: the old one is refused at once, in every process', async () => {
    const [directory, worker] = await Promise.all([open(), open()]);
    expect(worker.findAccessKey('root')).toMatchObject({ secret: 'secret' });
    const rotated = await directory.rotateRoot();
    for (const one of [directory, worker, await open({ ...root, source: 'file' })]) {
      expect(one.findAccessKey('root')).toBeUndefined();
      expect(one.findAccessKey(rotated.accessKeyId)).toEqual({
        id: rotated.accessKeyId,
        secret: rotated.accessKeySecret,
        principal: { kind: 'account', account: directory.account },
      });
      expect(await one.root()).toEqual(rotated);
    }
    const again = await worker.rotateRoot();
    expect(directory.findAccessKey(rotated.accessKeyId)).toBeUndefined();
    expect(directory.findAccessKey(again.accessKeyId)).toBeDefined();
  });

  it('that was rotated gives way to another one in the file, which somebody has had made', async () => {
    const rotated = await (await open()).rotateRoot();
    const made = {
      accessKeyId: 'other',
      accessKeySecret: 'other secret',
      source: 'generated',
    } as const;
    for (const source of ['generated', 'file'] as const) {
      const directory = await open({ ...made, source });
      expect(directory.findAccessKey('other')).toMatchObject({ secret: 'other secret' });
      expect(directory.findAccessKey(rotated.accessKeyId)).toBeUndefined();
      expect(directory.findAccessKey('root')).toBeUndefined();
    }
  });

  it('of the environment is rotated there: it counts, whatever is kept', async () => {
    const rotated = await (await open()).rotateRoot();
    const directory = await open({ ...root, source: 'environment' });
    expect(directory.findAccessKey('root')).toBeDefined();
    expect(directory.findAccessKey(rotated.accessKeyId)).toBeUndefined();
    expect(await refusalOf(directory.rotateRoot())).toBe('409 OperationDenied.RootAccessKey');
  });
});
