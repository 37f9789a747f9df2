import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  BUCKET,
  bucketSpecification,
  openStore,
  putRequest,
  RecordingLog,
} from '../testing/open-store.js';
import { filledStore, LARGE, scrub } from '../testing/scrubbed-store.js';
import { ScrubInProgress } from './scrubber.js';

describe('a scrub', () => {
  it('finds nothing wrong with a healthy store, and says what it looked at', async () => {
    const log = new RecordingLog();
    const { store } = await filledStore(log);
    const { summary } = await scrub(store);
    expect(summary).toMatchObject({ findings: 0, damage: 0, buckets: 2, records: 61, bodies: 61 });
    expect(summary.bytes).toBeGreaterThan(LARGE);
    expect(store.counters).toMatchObject({ scrubs: 1, scrubDamage: 0 });
    expect(store.counters.scrubbedAt).toBeGreaterThan(0);
    expect(log.entries.map(({ message }) => message)).toEqual([
      'a scrub begins',
      'a scrub is done',
    ]);
  });

  it('finds nothing wrong with a store that is written to all the while', async () => {
    const { store, objects } = await filledStore();
    let stop = false;
    let writes = 0;
    const writer = async (name: string): Promise<void> => {
      for (let i = 0; !stop; i++) {
        const key = `${name} ${i % 20}`;
        await objects.putObject(putRequest(key, randomBytes(i % 5 === 0 ? LARGE : 3000)));
        if (i % 3 === 0) await objects.deleteObject(BUCKET, key);
        writes++;
        if (i % 10 === 0) {
          await objects.createBucket({ ...bucketSpecification, name: `bucket-${name}` });
          await objects.deleteBucket(`bucket-${name}`);
        }
      }
    };
    const writers = ['a', 'b', 'c', 'd'].map(writer);
    for (let i = 0; i < 20 || writes < 400; i++) {
      const { findings } = await scrub(store);
      expect(findings).toEqual([]);
    }
    stop = true;
    await Promise.all(writers);
  });

  it('is one at a time, can be stopped, and ends with the store', async () => {
    const { store } = await filledStore();
    const slow = scrub(store, { bytesPerSecond: 1000 });
    await expect(scrub(store)).rejects.toThrow(ScrubInProgress);
    const closing = new AbortController();
    await store.close();
    await expect(slow).rejects.toThrow('closed');
    await expect(scrub(store)).rejects.toThrow('closed');
    const again = await openStore({
      directory: (store as never as { directory: string }).directory,
    });
    const stopped = scrub(again, { bytesPerSecond: 1000, signal: closing.signal });
    closing.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    expect((await scrub(again)).findings).toEqual([]);
  });

  it('reads no faster than it is told', async () => {
    const { store } = await filledStore();
    const bytesPerSecond = 1_000_000;
    const { summary } = await scrub(store, { bytesPerSecond });
    expect(summary.milliseconds).toBeGreaterThan((summary.bytes / bytesPerSecond) * 900);
  });

  it('gives others their turn, and says how far it is', async () => {
    const { store, objects } = await filledStore();
    const record = await objects.putObject(putRequest('huge', randomBytes(30_000_000)));
    expect(record.record.size).toBe(30_000_000);
    let longest = 0;
    let before = performance.now();
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
    }, 1);
    const heard: number[] = [];
    await scrub(store, {
      bytesPerSecond: 20_000_000,
      onProgress: ({ bytes }) => void heard.push(bytes),
    });
    clearInterval(ticking);
    expect(heard[0]).toBe(0);
    expect(heard.length).toBeGreaterThanOrEqual(2);
    // A busy machine holds it up too; without turns it would be a second and a half.
    expect(longest).toBeLessThan(500);
  });
});
