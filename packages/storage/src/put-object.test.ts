import { createHash, randomBytes } from 'node:crypto';
import { crc64, OssError } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { systemError } from './testing/hooked-disk.js';
import { InstrumentedDisk } from './testing/instrumented-disk.js';
import {
  BUCKET,
  blobFiles,
  openStore,
  pieces,
  plainAttributes,
  putRequest,
  readBody,
} from './testing/open-store.js';

const LIMIT = 64 * 1024;
const SIZES = [0, 1, 6, 4096, LIMIT, LIMIT + 1, 200_000, 3_000_000];

const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex').toUpperCase();

async function* failingAfter(bytes: number, error: Error): AsyncGenerator<Uint8Array> {
  yield* pieces(randomBytes(bytes), 50_000);
  throw error;
}

describe('putObject', () => {
  it.each(SIZES)('keeps %i bytes, from memory and from a stream', async (size) => {
    const store = await openStore();
    const body = randomBytes(size);
    const sources = [body, pieces(body, 1000 + (size >> 4)), pieces(body, size + 1)];
    for (const [i, source] of sources.entries()) {
      const key = `key-${i}`;
      const { record, replaced } = await store.objects.putObject(putRequest(key, source, { size }));
      expect(replaced).toBeUndefined();
      expect(record).toMatchObject({
        key,
        type: 'Normal',
        size,
        etag: md5(body),
        crc64: crc64(body),
      });
      expect((await readBody(store, key))?.equals(body)).toBe(true);
    }
    expect(blobFiles(store.directory)).toHaveLength(size > LIMIT ? 3 : 0);
  });

  it('keeps everything that is said of the object', async () => {
    const clock = () => 1_700_000_000_123;
    const store = await openStore({ clock });
    const attributes = {
      storageClass: 'IA',
      acl: 'public-read',
      owner: '42',
      headers: [
        ['Content-Type', 'text/html'],
        ['Content-Disposition', 'attachment; filename="\xe4.txt"'],
      ],
      metadata: [['name', 'caf\xe9']],
      tags: [['色', '蓝']],
    } as const;
    const { record } = await store.objects.putObject(putRequest('key', 'hi oss', { attributes }));
    expect(record).toMatchObject({ ...attributes, lastModified: 1_700_000_000_123 });
    expect(await store.objects.getObject(BUCKET, 'key')).toEqual(record);
  });

  it('replaces what stood there, in all its parts, and returns it', async () => {
    const store = await openStore();
    const attributes = { ...plainAttributes, tags: [['a', 'b']] as const };
    const first = await store.objects.putObject(putRequest('key', 'first', { attributes }));
    const second = await store.objects.putObject(putRequest('key', 'second'));
    expect(second.replaced).toEqual(first.record);
    expect(second.record.tags).toEqual([]);
    expect(second.record.revision).not.toBe(first.record.revision);
    expect((await readBody(store, 'key'))?.toString()).toBe('second');
  });

  it.each(SIZES)('refuses a body of %i bytes that is not what was expected', async (size) => {
    const store = await openStore();
    const body = randomBytes(size);
    const wrong: [object, string][] = [
      [{ expectMd5: randomBytes(16) }, 'ContentMd5Mismatch'],
      [{ expectCrc64: crc64(body) ^ 1n }, 'Crc64Mismatch'],
      [{ size: size + 1 }, 'IncompleteBody'],
    ];
    if (size > 0) {
      wrong.push([{ maxBytes: size - 1 }, 'EntityTooLarge']);
      wrong.push([{ maxBytes: size - 1, size }, 'EntityTooLarge']);
    }
    for (const [more, kind] of wrong) {
      for (const source of [body, pieces(body, 30_000)]) {
        const put = store.objects.putObject(putRequest('key', source, more));
        await expect(put, kind).rejects.toMatchObject({ kind });
      }
    }
    expect(await store.objects.getObject(BUCKET, 'key')).toBeUndefined();
    expect(blobFiles(store.directory)).toEqual([]);
    const right = {
      expectMd5: Buffer.from(md5(body), 'hex'),
      expectCrc64: crc64(body),
      maxBytes: size,
    };
    await store.objects.putObject(putRequest('key', body, right));
  });

  it('leaves the old object and no file when the body’s source fails', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', 'old'));
    const reset = new Error('socket hang up');
    for (const bytes of [0, 100, LIMIT, LIMIT + 1, 2_500_000]) {
      const body = failingAfter(bytes, reset);
      await expect(store.objects.putObject(putRequest('key', body))).rejects.toBe(reset);
    }
    expect((await readBody(store, 'key'))?.toString()).toBe('old');
    expect(blobFiles(store.directory)).toEqual([]);
    expect(await store.objects.bucketStatistics(BUCKET)).toMatchObject({ objects: 1, bytes: 3 });
  });

  it('refuses before it reads when the refusal can be made then', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', 'old'));
    let read = false;
    let begun = false;
    async function* body(): AsyncGenerator<Uint8Array> {
      read = true;
      yield Buffer.from('new');
    }
    const put = store.objects.putObject(
      putRequest('key', body(), {
        admit: (existing) => {
          if (existing !== undefined) throw new OssError('ObjectExists');
        },
        beforeBody: () => {
          begun = true;
        },
      }),
    );
    await expect(put).rejects.toMatchObject({ kind: 'ObjectExists' });
    expect([read, begun]).toEqual([false, false]);
  });

  it('says when it begins to read, once nothing refuses', async () => {
    const store = await openStore();
    const events: string[] = [];
    async function* body(): AsyncGenerator<Uint8Array> {
      events.push('read');
      yield Buffer.from('new');
    }
    await store.objects.putObject(
      putRequest('key', body(), {
        admit: () => void events.push('admit'),
        beforeBody: () => void events.push('begin'),
      }),
    );
    expect(events).toEqual(['admit', 'begin', 'read', 'admit']);
  });

  it.each([10, 100_000])(
    'lets exactly one of a hundred puts of %i bytes win that refuse to overwrite',
    async (size) => {
      const store = await openStore();
      const bodies = Array.from({ length: 100 }, () => randomBytes(size));
      const puts = bodies.map((body) =>
        store.objects.putObject(
          putRequest('key', body, {
            admit: (existing) => {
              if (existing !== undefined) throw new OssError('ObjectExists');
            },
          }),
        ),
      );
      const outcomes = await Promise.allSettled(puts);
      const winners = outcomes.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
      expect(winners).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({ kind: 'ObjectExists' });
      }
      expect((await readBody(store, 'key'))?.equals(bodies[winners[0] ?? 0] ?? Buffer.of())).toBe(
        true,
      );
      expect(blobFiles(store.directory)).toHaveLength(size > LIMIT ? 1 : 0);
    },
  );

  it('lets any number of writers of one key all succeed, and keeps the counters right', async () => {
    const store = await openStore();
    const puts = Array.from({ length: 150 }, (_, i) =>
      store.objects.putObject(putRequest('key', randomBytes(i))),
    );
    const records = (await Promise.all(puts)).map(({ record }) => record);
    expect(new Set(records.map(({ revision }) => revision)).size).toBe(150);
    const last = await store.objects.getObject(BUCKET, 'key');
    expect(records).toContainEqual(last);
    expect(await store.objects.bucketStatistics(BUCKET)).toMatchObject({
      objects: 1,
      bytes: last?.size,
    });
  });

  it('answers a full disk with 503 and keeps nothing, and works again when there is room', async () => {
    const disk = new InstrumentedDisk();
    const store = await openStore({ disk });
    disk.before = ({ operation }) => {
      if (operation === 'write') throw systemError('ENOSPC');
    };
    await expect(
      store.objects.putObject(putRequest('key', randomBytes(300_000))),
    ).rejects.toMatchObject({ kind: 'StorageFull', code: 'ServiceUnavailable', status: 503 });
    expect(await store.objects.getObject(BUCKET, 'key')).toBeUndefined();
    expect(blobFiles(store.directory)).toEqual([]);
    disk.before = () => {};
    await store.objects.putObject(putRequest('key', randomBytes(300_000)));
  });

  it('uses flat memory for a large body', async () => {
    const store = await openStore();
    const chunk = randomBytes(64 * 1024);
    const chunks = 4800;
    async function* body(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < chunks; i++) {
        // As a socket gives them: each in a buffer of its own.
        yield Buffer.from(chunk);
      }
    }
    await store.objects.putObject(putRequest('warm-up', randomBytes(5_000_000)));
    const before = process.memoryUsage().rss;
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before);
    }, 20);
    const size = chunks * chunk.length;
    const { record } = await store.objects.putObject(putRequest('large', body(), { size }));
    clearInterval(watching);
    expect(record.size).toBe(size);
    // 300 MiB went through.
    expect(most).toBeLessThan(100 * 1024 * 1024);
  });
});
