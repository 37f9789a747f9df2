import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CorruptRecord } from './engine/corrupt-record.js';
import { FailStop } from './engine/fail-stop.js';
import { put } from './engine/metadata-engine.js';
import { LmdbMetadata } from './engines/embedded/lmdb-metadata.js';
import { BUCKET, openStore, putRequest, RecordingLog } from './testing/open-store.js';
import { testSealing } from './testing/test-sealing.js';

const b = (text: string): Buffer => Buffer.from(text);

describe('the store of a room', () => {
  it('keeps what is put until it is deleted, also when the store is opened again', async () => {
    const store = await openStore();
    const room = store.room('directory');
    await room.put('account/1', b('root'));
    await room.put('', b('the empty key'));
    expect((await room.get('account/1'))?.toString()).toBe('root');
    await store.close();
    const later = (await openStore({ directory: store.directory })).room('directory');
    expect((await later.get('account/1'))?.toString()).toBe('root');
    expect((await later.get(''))?.toString()).toBe('the empty key');
    await later.delete('account/1');
    expect(await later.get('account/1')).toBeUndefined();
  });

  it('answers a look at once, with what the last commit left', async () => {
    const room = (await openStore()).room('directory');
    expect(room.look('key')).toBeUndefined();
    await room.put('key', b('one'));
    expect(room.look('key')).toEqual(b('one'));
    await room.put('key', b('two'));
    expect(room.look('key')).toEqual(b('two'));
    await room.delete('key');
    expect(room.look('key')).toBeUndefined();
  });

  it('watches an entry: the same buffer as long as it is the same, and no damaged one', async () => {
    const store = await openStore();
    const room = store.room('directory');
    const watch = room.watch('key');
    expect(watch()).toBeUndefined();
    await room.put('key', b('one'));
    const one = watch();
    expect(one).toEqual(b('one'));
    await room.put('other', b('two'));
    await room.put('key', b('one'));
    expect(watch()).toBe(one);
    await room.put('key', b('two'));
    expect(watch()).toEqual(b('two'));
    await room.delete('key');
    expect(watch()).toBeUndefined();
    await room.put('key', b('one'));
    expect(watch()).toEqual(b('one'));
    expect(one).toEqual(b('one'));
  });

  it('is apart from that of another room', async () => {
    const store = await openStore();
    await store.room('directory').put('key', b('directory'));
    await store.room('kms').put('key', b('kms'));
    expect((await store.room('directory').get('key'))?.toString()).toBe('directory');
    expect(await store.room('kms').list({ limit: 9 })).toEqual([{ key: 'key', value: b('kms') }]);
  });

  it('lists by prefix, in byte order, behind a key, up to a limit', async () => {
    const room = (await openStore()).room('directory');
    for (const key of ['a/2', 'a/1', 'b/1', 'a/10', 'a']) await room.put(key, b(key));
    const keys = async (request: object): Promise<string[]> =>
      (await room.list({ limit: 9, ...request })).map(({ key }) => key);
    expect(await keys({})).toEqual(['a', 'a/1', 'a/10', 'a/2', 'b/1']);
    expect(await keys({ prefix: 'a/' })).toEqual(['a/1', 'a/10', 'a/2']);
    expect(await keys({ prefix: 'a/', after: 'a/1' })).toEqual(['a/10', 'a/2']);
    expect(await keys({ prefix: 'a/', after: 'a', limit: 1 })).toEqual(['a/1']);
    expect(await keys({ prefix: 'c' })).toEqual([]);
  });

  it('commits all changes or none, when the conditions hold', async () => {
    const room = (await openStore()).room('directory');
    const create = (value: string) =>
      room.commit(
        [{ absent: 'name' }],
        [
          { put: 'name', value: b(value) },
          { put: 'index', value: b(value) },
        ],
      );
    const outcomes = await Promise.all([create('one'), create('two')]);
    expect(outcomes.sort()).toEqual(['committed', 'conflict']);
    const value = (await room.get('name')) ?? b('');
    expect(await room.get('index')).toEqual(value);
    expect(await room.commit([{ equals: 'name', value: b('other') }], [{ delete: 'name' }])).toBe(
      'conflict',
    );
    expect(await room.commit([{ equals: 'name', value }], [{ delete: 'name' }])).toBe('committed');
    expect(await room.get('name')).toBeUndefined();
  });

  it('gives no damaged value, and logs and counts each that was asked for', async () => {
    const store = await openStore();
    await store.room('directory').put('key', b('value'));
    await store.close();
    const metadata = new LmdbMetadata(
      join(store.directory, 'metadata.mdb'),
      new FailStop(() => {}),
    );
    const stored = metadata.get('room:directory', b('kkey')) ?? b('');
    stored[0] = (stored[0] ?? 0) ^ 1;
    await metadata.commit('room:directory', [], [put(b('kkey'), stored)]);
    await metadata.close();
    const log = new RecordingLog();
    const later = await openStore({ directory: store.directory, log });
    const room = later.room('directory');
    const watch = room.watch('key');
    for (const look of [watch, watch, () => room.look('key')]) expect(look).toThrow(CorruptRecord);
    await expect(room.get('key')).rejects.toThrow(CorruptRecord);
    await expect(room.list({ limit: 9 })).rejects.toThrow(CorruptRecord);
    expect(later.counters.corruptRecords).toBe(5);
    // Whoever needs it to open an object reports what comes by, too: it is the same damage.
    await later.objects.putObject(putRequest('sealed', 'body', { sealing: testSealing('AES256') }));
    const opened = later.objects.openObject(BUCKET, 'sealed', undefined, async () => {
      await room.get('key');
      return b('');
    });
    await expect(opened).rejects.toThrow(CorruptRecord);
    expect(later.counters.corruptRecords).toBe(6);
    expect(log.entries.map(({ message }) => message)).toEqual(Array(6).fill('a record is damaged'));
  });
});
