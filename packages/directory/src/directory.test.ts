import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedStore, openEmbeddedStore } from '@openoss/storage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Directory } from './directory.js';

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
});
