import { describe, expect, it } from 'vitest';
import { EXIT_STORAGE_FAILED } from './open-embedded-store.js';
import { childBundle, runChild } from './testing/child-process.js';
import { CRASH_KEYS, crashBucket, crashOperation } from './testing/crash-workload.js';
import { blobFiles, openStore, readBody } from './testing/open-store.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

/** What is known of a key from outside: its last acknowledged operation, and one that was begun. */
interface History {
  done: number | undefined;
  begun: number | undefined;
  /** The operation to go on with. */
  next: number;
}

describe('a store whose process is killed', () => {
  const writer = childBundle('crash-child.ts');

  it('has everything that was acknowledged, and every other object wholly old or wholly new', async () => {
    const directory = await temporaryDirectory();
    const histories: History[] = Array.from({ length: CRASH_KEYS }, () => ({
      done: undefined,
      begun: undefined,
      next: 0,
    }));
    let acknowledged = 0;
    for (let round = 0; round < 6; round++) {
      const next = histories.map((history) => String(history.next));
      const child = runChild(writer(), [directory, ...next]);
      // The first kills come while the store is opened and swept, the later ones in full work: after
      // so many acknowledgements, for how fast they come is the machine's matter.
      const kill = () => child.process.kill('SIGKILL');
      let killAfter = round < 2 ? Number.POSITIVE_INFINITY : 30 + Math.floor(Math.random() * 40);
      if (round < 2) setTimeout(kill, 150 + Math.random() * 250);
      for await (const line of child.lines) {
        const [word, key = '', n = ''] = line.split(' ');
        const history = histories[Number(key)];
        if (word === 'ready' || history === undefined) continue;
        if (word === 'begin') {
          history.begun = Number(n);
          history.next = history.begun + 1;
        }
        if (word === 'done') {
          history.done = Number(n);
          acknowledged++;
          killAfter--;
          if (killAfter === 0) kill();
        }
      }
      expect(await child.ended).toBe('SIGKILL');

      const store = await openStore({ directory });
      let blobs = 0;
      for (const [key, history] of histories.entries()) {
        const { done, begun } = history;
        const exists = (await store.objects.getBucket(crashBucket.name)) !== undefined;
        const found = exists ? await readBody(store, `key-${key}`, crashBucket.name) : undefined;
        const allowed = [done, begun]
          .filter((n) => n !== undefined)
          .map((n) => ({ n, body: crashOperation(key, n) }));
        if (done === undefined) allowed.push({ n: -1, body: undefined });
        const match = allowed.find(({ body }) => sameBody(body, found));
        expect(
          match,
          `key ${key}: ${found?.length} bytes, done ${done}, begun ${begun}`,
        ).toBeDefined();
        // From here on the state is known, whichever it was.
        history.done = match?.n === -1 ? undefined : match?.n;
        history.begun = undefined;
        if ((found?.length ?? 0) > 64 * 1024) blobs++;
      }
      await store.swept();
      expect(blobFiles(directory)).toHaveLength(blobs);
      await store.close();
    }
    expect(acknowledged).toBeGreaterThan(100);
  });
});

describe('a store whose metadata cannot be written any more', () => {
  const writer = childBundle('flush-failure-child.ts');

  it('ends its process with the documented status, and keeps what it acknowledged', async () => {
    const directory = await temporaryDirectory();
    const child = runChild(writer(), [directory], { largestFile: 8 * 1024 });
    const acknowledged: string[] = [];
    for await (const key of child.lines) acknowledged.push(key);
    expect(await child.ended).toBe(EXIT_STORAGE_FAILED);
    expect(acknowledged.length).toBeGreaterThan(50);
    const store = await openStore({ directory });
    for (const key of acknowledged) {
      const body = await readBody(store, key, crashBucket.name);
      expect(body?.equals(Buffer.alloc(32 * 1024, key))).toBe(true);
    }
  });
});

function sameBody(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
