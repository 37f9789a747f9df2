import { describe, expect, it } from 'vitest';
import { type AccessKey, Directory } from './index.js';
import { openDirectory, testKey, testRoot } from './testing/open-directory.js';

const HOUR = 3_600_000;

describe('when a key was last used', () => {
  it('is written down at most once an hour, whichever process serves', async () => {
    const one = await openDirectory();
    const commits: string[] = [];
    const reads: string[] = [];
    const room = new Proxy(one.room, {
      get(target, name) {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...parameters: unknown[]) => {
          if (name === 'commit') commits.push(JSON.stringify(parameters[1]));
          if (name === 'get') reads.push(String(parameters[0]));
          return member.apply(target, parameters);
        };
      },
    });
    const { clock, users, accessKeys } = one;
    const others = await Promise.all(
      [1, 2].map(() => Directory.open(room, testRoot, { key: testKey, clock: () => clock.now })),
    );
    await users.create({ userName: 'alice' });
    const { accessKeyId: id } = await accessKeys.create('alice');
    expect(await accessKeys.lastUsed('alice', id)).toBeUndefined();
    const began = clock.now;
    for (let minute = 0; minute < 150; minute += 5) {
      clock.now = began + minute * 60_000;
      for (const directory of others) {
        directory.noteUse((await directory.findAccessKey(id)) as AccessKey, 'Oss');
        await directory.close();
      }
    }
    expect(commits).toHaveLength(3);
    // Nor is it looked up more often whether it was written down.
    expect(reads.filter((key) => key.startsWith('used/'))).toHaveLength(6);
    expect(await accessKeys.lastUsed('alice', id)).toEqual({
      lastUsedDate: began + 2 * HOUR,
      serviceName: 'Oss',
    });
  });

  it('makes nobody forget what was learned, and goes with the key', async () => {
    const { directory, room, users, accessKeys } = await openDirectory();
    await users.create({ userName: 'alice' });
    const { accessKeyId: id } = await accessKeys.create('alice');
    const generation = await room.get('generation');
    directory.noteUse((await directory.findAccessKey(id)) as AccessKey, 'Ram');
    await directory.close();
    expect(await room.get('generation')).toEqual(generation);
    expect(await room.get(`used/${id}`)).toBeDefined();
    await accessKeys.delete('alice', id);
    expect(await room.list({ prefix: 'used/', limit: 1 })).toEqual([]);
  });

  it('is not written down for a key that is deleted meanwhile', async () => {
    const { directory, room, users, accessKeys } = await openDirectory();
    await users.create({ userName: 'alice' });
    const { accessKeyId: id } = await accessKeys.create('alice');
    const key = (await directory.findAccessKey(id)) as AccessKey;
    await accessKeys.delete('alice', id);
    directory.noteUse(key, 'Oss');
    await directory.close();
    expect(await room.list({ prefix: 'used/', limit: 1 })).toEqual([]);
  });

  it('that cannot be written down is told to the log, and to nobody else', async () => {
    const warnings: string[] = [];
    const { room } = await openDirectory();
    const failing = new Proxy(room, {
      get: (target, name) =>
        name === 'get'
          ? async (key: string) => {
              if (key.startsWith('used/')) throw new Error('the disk');
              return target.get(key);
            }
          : Reflect.get(target, name).bind?.(target),
    });
    const directory = await Directory.open(failing, testRoot, {
      key: testKey,
      log: { warn: (_details, message) => warnings.push(message) },
    });
    directory.noteUse(
      { id: 'LTAI1', secret: '', principal: { kind: 'account', account: '1' } },
      'Oss',
    );
    await directory.close();
    expect(warnings).toHaveLength(1);
  });
});
