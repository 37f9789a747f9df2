import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DamageNotes } from './damage-notes.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import { FailStop } from './engine/fail-stop.js';
import { put } from './engine/metadata-engine.js';
import { LmdbMetadata } from './engines/embedded/lmdb-metadata.js';
import { EngineRoomStore } from './room-store.js';
import { newStoreCounters } from './store-counters.js';
import { BUCKET, openStore, putRequest, RecordingLog } from './testing/open-store.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { testSealing } from './testing/test-sealing.js';

const notes = () => new DamageNotes(newStoreCounters(), new RecordingLog());
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

  it('watches without a look at the engine, but while a commit is under way and once after it', async () => {
    const directory = join(await temporaryDirectory(), 'metadata.mdb');
    const metadata = new LmdbMetadata(directory, new FailStop(() => {}));
    onTestFinished(() => metadata.close());
    const get = vi.spyOn(metadata, 'get');
    const room = new EngineRoomStore(metadata, 'directory', notes());
    const looks = (times: number): number => {
      get.mockClear();
      for (let time = 0; time < times; time++) watch();
      return get.mock.calls.length;
    };
    const watch = room.watch('key');
    expect(looks(3)).toBe(1);
    const putting = room.put('key', b('one'));
    expect(looks(3)).toBe(3);
    await putting;
    expect(looks(3)).toBe(1);
    expect(watch()).toEqual(b('one'));
    const conflict = await room.commit([{ absent: 'key' }], [{ delete: 'key' }]);
    expect([conflict, looks(3), watch()]).toEqual(['conflict', 1, b('one')]);
    await room.delete('key');
    expect([looks(3), watch()]).toEqual([1, undefined]);
  });

  it('does not take for lasting what a look found that a commit has overtaken', async () => {
    const metadata = new LmdbMetadata(
      join(await temporaryDirectory(), 'metadata.mdb'),
      new FailStop(() => {}),
    );
    onTestFinished(() => metadata.close());
    const room = new EngineRoomStore(metadata, 'directory', notes());
    await room.put('key', b('one'));
    // A distant engine answers later: here when the next commit is through.
    const get = metadata.get.bind(metadata);
    const late: (() => void)[] = [];
    const distant = vi.spyOn(metadata, 'get').mockImplementation((partition, key) => {
      const value = get(partition, key);
      return new Promise((resolve) => late.push(() => resolve(value))) as never;
    });
    const watch = room.watch('key');
    const overtaken = watch();
    distant.mockRestore();
    await room.put('key', b('two'));
    expect(watch()).toEqual(b('two'));
    for (const answer of late) answer();
    expect(await overtaken).toEqual(b('one'));
    expect(watch()).toEqual(b('two'));
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
