import { OssError } from '@openoss/protocol';
import type { BucketRecord, ObjectRecord, ObjectStore } from '@openoss/storage';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Authorization } from '../stages/authorize.js';
import { BucketReencryption } from './bucket-reencryption.js';

const bucket = { name: 'examplebucket', incarnation: 'i' } as BucketRecord;
const keysUpTo = (count: number) =>
  Array.from({ length: count }, (_, at) => String(at).padStart(5, '0'));

/** A bucket of encrypted objects, of which each takes as long as the test wants. */
function world(keys: readonly string[], rewrite: (key: string) => Promise<unknown>) {
  const atOnce = { now: 0, most: 0 };
  const store: Partial<ObjectStore> = {
    bucketStatistics: async () => ({ objects: keys.length, bytes: 0 }) as never,
    listKeys: async (_, { after = '', limit }) => keys.filter((key) => key > after).slice(0, limit),
    getObject: async (_, key) => ({ key, size: 10, sealing: {} }) as ObjectRecord,
    async resealObject(_, key) {
      atOnce.most = Math.max(atOnce.most, ++atOnce.now);
      await rewrite(key);
      atOnce.now--;
      return { key } as ObjectRecord;
    },
  };
  const permission = { checkObject() {}, checkKey() {} } as unknown as Authorization;
  const run = (concurrency: number, after?: string) =>
    new BucketReencryption({
      store: store as ObjectStore,
      bucket,
      keys: undefined as never,
      target: undefined,
      order: { prefix: undefined, after, concurrency },
      authorize: async () => permission,
      log: pino({ level: 'silent' }),
    });
  return { run, atOnce };
}

async function all(run: BucketReencryption, signal = new AbortController().signal) {
  const lines = [];
  for await (const line of run.lines(signal)) lines.push(line);
  return lines;
}

describe('the objects of a bucket', () => {
  it('are all done, however many, so many at a time', async () => {
    const { run, atOnce } = world(keysUpTo(2500), () => Promise.resolve());
    expect((await all(run(3))).at(-1)).toMatchObject({
      ...{ Type: 'summary', Complete: true, Objects: 2500, Bytes: 25_000, Rewritten: 2500 },
      ...{ Position: '02499', TotalObjects: 2500 },
    });
    expect(atOnce.most).toBe(3);
    expect((await all(run(1, '01999'))).at(-1)).toMatchObject({ Objects: 500 });
  });

  it('are done up to the position that is told, whatever is done behind it', async () => {
    const gone = new AbortController();
    const { run } = world(keysUpTo(10), async (key) => {
      // The fourth is slow: it is not done when others behind it are.
      if (key !== '00003') return;
      await new Promise((resolve) => setTimeout(resolve, 50));
      gone.abort(new Error('enough'));
      throw new Error('ended');
    });
    expect((await all(run(4), gone.signal)).at(-1)).toMatchObject({
      ...{ Complete: false, Code: 'Interrupted', Message: 'enough' },
      ...{ Position: '00002', Rewritten: 9, Failed: 0 },
    });
  });

  it('that fail are told one by one, as fast as they are taken, and are no end', async () => {
    const { run } = world(keysUpTo(1234), (key) =>
      Number(key) % 2 === 0 ? Promise.resolve() : Promise.reject(new OssError('KmsKeyDisabled')),
    );
    const lines = await all(run(4));
    const failures = lines.filter(({ Type }) => Type === 'failure');
    expect(failures).toHaveLength(617);
    expect(failures[0]).toMatchObject({ Key: '00001', Code: 'KeyDisabled' });
    expect(lines.at(-1)).toMatchObject({ Complete: true, Rewritten: 617, Failed: 617 });
  });

  it('are left when what failed would fail for all of them', async () => {
    for (const kind of ['KmsUnavailable', 'StorageFull', 'NoSuchBucket'] as const) {
      const { run } = world(keysUpTo(100), (key) =>
        key < '00050' ? Promise.resolve() : Promise.reject(new OssError(kind)),
      );
      expect((await all(run(1))).at(-1)).toMatchObject({
        ...{ Complete: false, Position: '00049', Rewritten: 50, Failed: 0 },
        Code: new OssError(kind).code,
      });
    }
  });
});
