import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Crc64Engine, OssError } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { CorruptRecord } from '../engine/corrupt-record.js';
import { InstrumentedDisk } from '../testing/instrumented-disk.js';
import {
  BUCKET,
  blobFiles,
  drain,
  openStore,
  pieces,
  plainAttributes,
  putRequest,
  RecordingLog,
  readBody,
} from '../testing/open-store.js';
import { openTestEnvelope, testSealing } from '../testing/test-sealing.js';

const MiB = 1024 * 1024;
const crc64 = new Crc64Engine();

/** Bytes that differ everywhere. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 32) {
    createHash('sha256').update(String(at)).digest().copy(bytes, at);
  }
  return bytes;
}

const all = noise(3 * MiB);
const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex').toUpperCase();

describe.each(['AES256', 'SM4'] as const)('an object encrypted with %s', (cipher) => {
  const chunk = cipher === 'AES256' ? 65_520 : 65_504;
  const largest = cipher === 'AES256' ? 3 * MiB : 16 * chunk + 1;

  it('comes back as it was put, whatever its size and however it came', async () => {
    const store = await openStore();
    const sizes = [0, 1, 5000, chunk, chunk + 1, 65_536, 65_537, 2 * chunk, 131_073, 300_000];
    for (const size of [...sizes, 16 * chunk, largest]) {
      const body = all.subarray(0, size);
      const requests = [
        putRequest('key', body, { size }),
        putRequest('key', pieces(body, 50_021), { size }),
        putRequest('key', pieces(body, 1_500_001)),
      ];
      for (const request of size > MiB ? requests.slice(2) : requests) {
        const sealing = testSealing(cipher);
        const { record } = await store.objects.putObject({ ...request, sealing });
        expect(record).toMatchObject({ size, etag: md5(body), crc64: crc64.whole(body) });
        expect(await store.objects.getObject(BUCKET, 'key')).toEqual(record);
        expect((await readBody(store, 'key'))?.equals(body), `${size} bytes`).toBe(true);
      }
    }
    const statistics = await store.objects.bucketStatistics(BUCKET);
    expect(statistics).toMatchObject({ objects: 1, bytes: largest });
    expect(store.transferMemory).toBe(0);
  });

  it('gives any range', async () => {
    const store = await openStore();
    for (const size of [40_000, 65_536, largest]) {
      const body = all.subarray(0, size);
      await store.objects.putObject(putRequest('key', body, { sealing: testSealing(cipher) }));
      const edges = [0, chunk - 1, chunk, chunk + 1, 3 * chunk + 7, size - 1, size];
      for (const start of edges) {
        for (const end of edges) {
          if (start > end || end > size) continue;
          const whole = await store.objects.openObject(
            BUCKET,
            'key',
            () => ({ start, end }),
            openTestEnvelope,
          );
          const bytes = whole && (await drain(whole));
          expect(bytes?.equals(body.subarray(start, end)), `${start} to ${end}`).toBe(true);
        }
      }
    }
    expect(store.transferMemory).toBe(0);
  });
});

describe('an encrypted object', () => {
  const sealing = testSealing('AES256');
  const put = (key: string, size: number) =>
    putRequest(key, all.subarray(0, size), { sealing, size });

  it('is refused like any other for what its plain bytes are', async () => {
    const store = await openStore();
    for (const size of [100, 200_000]) {
      const refusals: [object, string][] = [
        [{ expectMd5: Buffer.alloc(16) }, 'ContentMd5Mismatch'],
        [{ expectCrc64: 1n }, 'Crc64Mismatch'],
        [{ maxBytes: size - 1 }, 'EntityTooLarge'],
        [{ size: size + 1 }, 'IncompleteBody'],
        [{ size: 0 }, 'IncompleteBody'],
      ];
      for (const [more, kind] of refusals) {
        const putting = store.objects.putObject({ ...put('key', size), ...more });
        await expect(putting).rejects.toMatchObject({ kind });
      }
    }
    expect(await store.objects.getObject(BUCKET, 'key')).toBeUndefined();
    expect(blobFiles(store.directory)).toEqual([]);
    expect(store.transferMemory).toBe(0);
  });

  it('is not opened when its envelope is not, and nothing of it is read', async () => {
    const disk = new InstrumentedDisk();
    const store = await openStore({ disk });
    for (const size of [0, 100, 200_000]) {
      await store.objects.putObject(put('key', size));
      const opens = (): number => disk.calls.filter(({ operation }) => operation === 'open').length;
      const before = opens();
      const refused = store.objects.openObject(BUCKET, 'key', undefined, () => {
        throw new OssError('PreconditionFailed');
      });
      await expect(refused).rejects.toMatchObject({ kind: 'PreconditionFailed' });
      await expect(store.objects.openObject(BUCKET, 'key')).rejects.toThrow(/is encrypted/);
      expect(opens()).toBe(before);
      // What is no secret is told all the same.
      expect(await store.objects.getObject(BUCKET, 'key')).toMatchObject({ size });
    }
    expect(store.counters).toMatchObject({ corruptRecords: 0, corruptBlobs: 0 });
  });

  it('is asked for its key after the inspection, of the record that was inspected', async () => {
    const store = await openStore();
    await store.objects.putObject(put('key', 100));
    const seen: string[] = [];
    await store.objects.openObject(
      BUCKET,
      'key',
      ({ revision }) => void seen.push(revision),
      (record) => {
        seen.push(record.revision);
        expect(record.sealing).toMatchObject({ cipher: 'AES256', envelope: sealing.envelope });
        return openTestEnvelope(record);
      },
    );
    expect(seen).toEqual([seen[0], seen[0]]);
  });

  it('says nothing with another data key, and that is logged and counted', async () => {
    const log = new RecordingLog();
    const store = await openStore({ log });
    await store.objects.putObject(put('key', 200_000));
    for (const key of [testSealing('AES256').dataKey, Buffer.alloc(16)]) {
      const opening = store.objects.openObject(BUCKET, 'key', undefined, () => key);
      await expect(opening).rejects.toThrow(CorruptRecord);
    }
    expect(store.counters.corruptRecords).toBe(2);
    expect(log.entries.map(({ message }) => message)).toEqual(Array(2).fill('a record is damaged'));
  });

  it('is read again when it is replaced while its envelope is opened', async () => {
    const store = await openStore();
    await store.objects.putObject(put('key', 200_000));
    const other = testSealing('SM4');
    let asked = 0;
    const opened = await store.objects.openObject(BUCKET, 'key', undefined, async (record) => {
      if (asked++ === 0) {
        await store.objects.putObject(
          putRequest('key', all.subarray(0, 300_000), { sealing: other }),
        );
        await store.swept();
      }
      return openTestEnvelope(record);
    });
    expect(asked).toBe(2);
    expect(opened && (await drain(opened)).equals(all.subarray(0, 300_000))).toBe(true);
  });

  it('reads no more of its blob than a range takes', async () => {
    const disk = new InstrumentedDisk();
    const store = await openStore({ disk });
    await store.objects.putObject(put('key', 3 * MiB));
    const range = { start: 10 * 65_520 - 1, end: 10 * 65_520 + 1 };
    const opened = await store.objects.openObject(BUCKET, 'key', () => range, openTestEnvelope);
    if (opened === undefined) throw new Error('the object is there');
    const before = disk.calls.length;
    const parts: Buffer[] = [];
    for await (const part of opened.read()) parts.push(Buffer.from(part));
    const reads = disk.calls.slice(before).filter(({ operation }) => operation === 'read');
    expect(reads).toHaveLength(1);
    await opened.close();
    expect(Buffer.concat(parts).equals(all.subarray(range.start, range.end))).toBe(true);
  });

  it('gives its memory back to others when its reader stops in between', async () => {
    const store = await openStore();
    await store.objects.putObject(put('key', 3 * MiB));
    const opened = await store.objects.openObject(BUCKET, 'key', undefined, openTestEnvelope);
    if (opened === undefined) throw new Error('the object is there');
    for await (const part of opened.read()) {
      expect(part.equals(all.subarray(0, part.length))).toBe(true);
      break;
    }
    await opened.close();
    expect(store.transferMemory).toBe(0);
  });

  it('makes do with small buffers where memory is short', async () => {
    const store = await openStore({ transferMemory: 1 });
    await store.objects.putObject(putRequest('key', pieces(all, 100_000), { sealing }));
    expect((await readBody(store, 'key'))?.equals(all)).toBe(true);
    expect(store.transferMemory).toBe(0);
  });

  it('shares no ciphertext with another of the same bytes and the same data key', async () => {
    const store = await openStore();
    for (const key of ['one', 'two']) await store.objects.putObject(put(key, 200_000));
    const [one, two] = blobFiles(store.directory).map((name) =>
      readFileSync(join(store.directory, 'blobs', name)).subarray(4096, 4096 + 200_000),
    );
    let same = 0;
    one?.forEach((byte, at) => {
      if (byte === two?.[at]) same++;
    });
    // One in 256 by chance: 781 of them, and hardly ever 150 more.
    expect(same).toBeLessThan(1000);
    expect(same).toBeGreaterThan(500);
  });

  it('stays readable when what is beside its body changes', async () => {
    const store = await openStore();
    const { record } = await store.objects.putObject(put('key', 200_000));
    const updated = await store.objects.updateObject(BUCKET, 'key', ({ sealing: _, ...rest }) => ({
      ...rest,
      tags: [['a', '1']],
    }));
    expect(updated).toMatchObject({ tags: [['a', '1']], sealing: record.sealing });
    expect((await readBody(store, 'key'))?.equals(all.subarray(0, 200_000))).toBe(true);
  });

  it('needs a key of the cipher, and an envelope', async () => {
    const store = await openStore();
    const envelope = Buffer.from('envelope');
    for (const bad of [
      { cipher: 'AES256', dataKey: Buffer.alloc(16), envelope },
      { cipher: 'SM4', dataKey: Buffer.alloc(32), envelope },
      { cipher: 'AES256', dataKey: Buffer.alloc(32), envelope: Buffer.alloc(0) },
      { cipher: 'AES256', dataKey: Buffer.alloc(32), envelope: Buffer.alloc(65_536) },
    ] as const) {
      const putting = store.objects.putObject(putRequest('key', 'x', { sealing: bad }));
      await expect(putting).rejects.toThrow(RangeError);
    }
  });
});

describe('rewrapObject', () => {
  const sealing = testSealing('AES256');
  const { dataKey } = sealing;
  const envelope = Buffer.from('another envelope');

  it('changes the envelope and nothing else', async () => {
    const store = await openStore();
    for (const size of [0, 100, 200_000]) {
      const body = all.subarray(0, size);
      const { record } = await store.objects.putObject(putRequest('key', body, { sealing }));
      const after = await store.objects.rewrapObject(BUCKET, 'key', async (asked) => {
        expect(asked).toEqual(record);
        return { dataKey, envelope };
      });
      const { revision, sealing: rewrapped } = after;
      expect(revision).not.toBe(record.revision);
      expect(rewrapped).toMatchObject({ cipher: 'AES256', envelope });
      expect(after).toEqual({ ...record, revision, sealing: rewrapped });
      const opened = await store.objects.openObject(BUCKET, 'key', undefined, (asked) => {
        expect(asked.sealing.envelope).toEqual(envelope);
        return dataKey;
      });
      expect(opened && (await drain(opened)).equals(body)).toBe(true);
    }
  });

  it('takes no other data key than the body has', async () => {
    const store = await openStore();
    const { record } = await store.objects.putObject(putRequest('key', 'x', { sealing }));
    const rewrapping = store.objects.rewrapObject(BUCKET, 'key', () => testSealing('AES256'));
    await expect(rewrapping).rejects.toThrow(CorruptRecord);
    expect(await store.objects.getObject(BUCKET, 'key')).toEqual(record);
  });

  it('starts over when the body was replaced, and keeps what else was changed', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', 'old', { sealing }));
    const other = testSealing('AES256');
    let asked = 0;
    const after = await store.objects.rewrapObject(BUCKET, 'key', async () => {
      asked++;
      if (asked === 1) {
        await store.objects.putObject(putRequest('key', 'new', { sealing: other }));
        return { dataKey, envelope };
      }
      await store.objects.updateObject(BUCKET, 'key', (record) => ({
        ...record,
        tags: [['a', '1']],
      }));
      return { dataKey: other.dataKey, envelope };
    });
    expect(asked).toBe(2);
    expect(after).toMatchObject({ tags: [['a', '1']], sealing: { envelope } });
    const opened = await store.objects.openObject(BUCKET, 'key', undefined, () => other.dataKey);
    expect(opened?.inline?.toString()).toBe('new');
  });

  it('refuses what is not there, and what is not encrypted', async () => {
    const store = await openStore();
    const rewrap = () => ({ dataKey, envelope });
    await expect(store.objects.rewrapObject(BUCKET, 'key', rewrap)).rejects.toMatchObject({
      kind: 'NoSuchKey',
    });
    await store.objects.putObject(putRequest('key', 'plain', { attributes: plainAttributes }));
    await expect(store.objects.rewrapObject(BUCKET, 'key', rewrap)).rejects.toThrow(RangeError);
  });
});
