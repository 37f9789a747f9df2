import { mkdir, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { StorageFull } from '../../engine/blob-engine.js';
import { StorageExhausted } from '../../engine/storage-space.js';
import { silentLog } from '../../log.js';
import { systemError } from '../../testing/hooked-disk.js';
import { InstrumentedDisk } from '../../testing/instrumented-disk.js';
import { RecordingLog } from '../../testing/open-store.js';
import { temporaryDirectory } from '../../testing/temporary-directory.js';
import { DiskSpace, type SpaceState } from './disk-space.js';
import { spaceLimits } from './space-limits.js';

const MIB = 1024 * 1024;
const TOTAL = 1024 * MIB;
const MIN_FREE = 64 * MIB;
const { margin, reserve, commitFloor, lastFloor } = spaceLimits(TOTAL, MIN_FREE);

/** A watched disk whose free space is what a test says. */
async function watch(minFree: number | undefined = MIN_FREE) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const directory = await temporaryDirectory();
  const disk = new InstrumentedDisk();
  const log = new RecordingLog();
  const state = { free: 512 * MIB, reusable: 0, looks: 0 };
  disk.measure = () => {
    state.looks++;
    return { free: state.free, total: TOTAL };
  };
  const options = { disk, directory, minFree, log, reusable: () => state.reusable };
  const open = async () => {
    const space = new DiskSpace(options);
    await space.start();
    onTestFinished(() => space.close());
    return space;
  };
  const space = await open();
  /** Waits until the background has made the reserve. */
  const reserved = () =>
    vi.waitFor(async () => expect(await readdir(directory)).toEqual(['reserve']), { interval: 5 });
  const messages = () => log.entries.map(({ message }) => message);
  /** The same disk as another process of the service has it. */
  const follower = (beforeReport = () => {}) => {
    const told: SpaceState[] = [];
    const following: DiskSpace = new DiskSpace({
      ...options,
      log: silentLog,
      onShort() {
        beforeReport();
        space.followerIsShort();
      },
    });
    const untell = space.tell((heard) => {
      told.push(heard);
      following.follow(heard);
    });
    return { following, told, untell };
  };
  return { directory, disk, log, state, space, open, reserved, messages, follower };
}

describe('spaceLimits', () => {
  it.each([
    [250_000 * MIB, undefined, 512, 32],
    [64 * MIB, undefined, 6.4, 1.6],
    [TOTAL, 16 * MIB, 16, 4],
  ])(
    'leaves on a disk of %i bytes, told %s, a share that fits it',
    (total, told, minFree, held) => {
      const limits = spaceLimits(total, told);
      expect(limits.minFree / MIB).toBeCloseTo(minFree, 1);
      expect(limits.reserve / MIB).toBeCloseTo(held, 1);
      expect(limits.reserve % 4096).toBe(0);
      const { lastFloor: last, commitFloor: commit, margin: step } = limits;
      expect(last).toBeLessThan(commit);
      expect(commit + step).toBeLessThan(limits.minFree);
    },
  );
});

describe('DiskSpace', () => {
  it('refuses puts below the limit, and takes them when there is space again, by itself', async () => {
    const { state, space, messages } = await watch();
    space.admit('blob', MIB);
    state.free = MIN_FREE + margin - 1;
    vi.advanceTimersByTime(1000);
    for (let at = 0; at < 5; at++) {
      expect(() => space.admit('blob', 1)).toThrow(StorageFull);
      expect(() => space.admit('record', 1)).toThrow(StorageFull);
      expect(() => space.take('record', 1)).toThrow(StorageFull);
    }
    expect(space.report()).toMatchObject({ state: 'full', minFree: MIN_FREE, total: TOTAL });
    // A little more is not enough: it would be refused again at once.
    state.free = MIN_FREE + 2 * margin - 1;
    vi.advanceTimersByTime(5000);
    expect(() => space.admit('blob', 1)).toThrow(StorageFull);
    state.free = MIN_FREE + 2 * margin;
    vi.advanceTimersByTime(1000);
    space.admit('blob', 1);
    expect(messages()).toEqual([
      expect.stringContaining('little space is left'),
      expect.stringContaining('there is space again'),
    ]);
  });

  it('says nothing of its own refusals to the log, and of a body too large for what is left why', async () => {
    const { state, space, messages } = await watch();
    const refusal = (bytes: number): unknown => {
      try {
        space.admit('blob', bytes);
        return undefined;
      } catch (error) {
        return error instanceof StorageFull ? error.cause : error;
      }
    };
    expect(refusal(449 * MIB)).toMatchObject({ message: expect.stringMatching(/are free/) });
    expect(messages()).toEqual([]);
    state.free = MIN_FREE;
    vi.advanceTimersByTime(1000);
    expect(refusal(1)).toBeUndefined();
    expect(() => space.admit('blob', 1)).toThrow(StorageFull);
  });

  it('counts what was taken since it looked, and looks again only when that comes close', async () => {
    const { state, space } = await watch();
    state.free = MIN_FREE + 100 * MIB;
    space.report();
    const before = state.looks;
    // None of it has reached the file system yet.
    for (let at = 0; at < 99; at++) space.take('blob', MIB);
    expect(state.looks).toBe(before);
    space.take('blob', MIB);
    expect(() => space.take('blob', MIB)).toThrow(StorageFull);
    // What is written shows in the free space from then on.
    space.release(50 * MIB);
    state.free -= 50 * MIB;
    expect(() => space.take('blob', MIB)).toThrow(StorageFull);
    space.release(50 * MIB);
    space.take('blob', MIB);
  });

  it('notices what others write', async () => {
    const { state, space } = await watch();
    space.take('blob', 1);
    state.free = 0;
    vi.advanceTimersByTime(150);
    expect(() => space.take('blob', 1)).toThrow(StorageFull);
  });

  it('lets small objects into pages that deletions have freed, as long as the file system has space for commits', async () => {
    const { state, space } = await watch();
    state.free = MIN_FREE;
    state.reusable = 40 * MIB;
    vi.advanceTimersByTime(1000);
    space.admit('record', 4096);
    expect(() => space.admit('blob', 4096)).toThrow(StorageFull);
    expect(() => space.admit('record', 20 * MIB)).toThrow(StorageFull);
    state.free = (MIN_FREE + commitFloor) / 2 - 1;
    expect(() => space.admit('record', 4096)).toThrow(StorageFull);
  });

  it('gives up its reserve when a commit has no other room, and makes it again', async () => {
    const { directory, state, space, reserved, messages } = await watch();
    await reserved();
    const { size, blocks } = await stat(join(directory, 'reserve'));
    expect(size).toBe(reserve);
    expect(blocks * 512).toBeGreaterThanOrEqual(reserve);
    expect(space.beforeCommit()).toBeUndefined();
    expect(space.report().reserved).toBe(reserve);

    state.free = commitFloor;
    expect(space.beforeCommit()).toBeUndefined();
    state.free = lastFloor;
    const ready = space.beforeCommit();
    // Others that come meanwhile wait too.
    await Promise.all([ready, space.beforeCommit()]);
    expect(await readdir(directory)).toEqual([]);
    expect(space.report()).toMatchObject({ reserved: 0, state: 'full' });
    expect(space.beforeCommit()).toBeUndefined();

    state.free = MIN_FREE + 2 * margin + reserve - 1;
    vi.advanceTimersByTime(3000);
    expect(space.report()).toMatchObject({ reserved: 0, state: 'roomy' });
    state.free++;
    vi.advanceTimersByTime(1000);
    await reserved();
    expect(messages().filter((message) => message.includes('given up'))).toHaveLength(1);
  });

  it('refuses every commit when even the reserve was not enough', async () => {
    const { state, space, reserved, messages } = await watch();
    await reserved();
    state.free = lastFloor - 1;
    await expect(space.beforeCommit()).rejects.toThrow(StorageExhausted);
    await expect(space.beforeCommit()).rejects.toThrow(StorageExhausted);
    expect(space.report().state).toBe('exhausted');
    state.free = lastFloor;
    expect(space.beforeCommit()).toBeUndefined();
    expect(space.report().state).toBe('full');
    expect(messages().filter((message) => message.includes('the disk is full'))).toHaveLength(1);
  });

  it('takes over a whole reserve, and makes one anew that is not', async () => {
    const { directory, disk, space, open, reserved } = await watch();
    await reserved();
    await space.close();
    disk.calls.length = 0;
    const second = await open();
    expect(second.report().reserved).toBe(reserve);
    expect(disk.calls.filter(({ operation }) => operation === 'write')).toEqual([]);
    await second.close();

    await truncate(join(directory, 'reserve'), reserve - 4096);
    await writeFile(join(directory, 'reserve.new'), 'left by a crash');
    await open();
    await vi.waitFor(async () => {
      expect(await readdir(directory)).toEqual(['reserve']);
      expect((await stat(join(directory, 'reserve'))).size).toBe(reserve);
    });
  });

  it.each(['create', 'write', 'flush', 'rename'])(
    'works without a reserve when its %s fails, and leaves nothing of it',
    async (failing) => {
      const { directory, disk, space, log, open } = await watch();
      await space.close();
      await vi.waitFor(async () => expect(await readdir(directory)).not.toContain('reserve.new'));
      await space.beforeCommit();
      for (const name of await readdir(directory)) await truncate(join(directory, name), 0);
      disk.before = ({ operation }) => {
        if (operation === failing) throw systemError('EIO');
      };
      const second = await open();
      await vi.waitFor(() => expect(log.entries.at(-1)?.message).toContain('could not be made'));
      expect(await readdir(directory)).toEqual([]);
      expect(second.report()).toMatchObject({ reserved: 0, state: 'roomy' });
      second.take('blob', MIB);
      disk.before = () => {};
      vi.advanceTimersByTime(61_000);
      await vi.waitFor(async () => expect(await readdir(directory)).toEqual(['reserve']));
    },
  );

  it('goes on with what it saw when the file system does not answer', async () => {
    const { disk, space, messages } = await watch();
    const { measure } = disk;
    disk.measure = () => {
      throw systemError('EIO');
    };
    vi.advanceTimersByTime(3000);
    space.take('blob', MIB);
    expect(space.beforeCommit()).toBeUndefined();
    expect(messages()).toEqual(['the free space cannot be told']);
    disk.measure = measure;
    expect(space.report()).toMatchObject({ state: 'roomy', free: 512 * MIB });
  });

  it('refuses in every process what one of them has seen no room for, and takes it again in all at once', async () => {
    const { state, space, messages, follower } = await watch();
    // When the one who decides hears of it there is a little more again: not enough for puts to return.
    const { following: one, told } = follower(() => {
      state.free = MIN_FREE + 2 * margin - 1;
    });
    const { following: other } = follower();
    one.take('blob', 1);
    other.take('blob', 1);
    state.free = MIN_FREE + margin - 1;
    vi.advanceTimersByTime(150);
    expect(() => one.admit('blob', 1)).toThrow(StorageFull);
    expect(space.report().state).toBe('full');
    expect(() => space.admit('blob', 1)).toThrow(StorageFull);
    expect(() => other.admit('blob', 1)).toThrow(StorageFull);
    state.free = MIN_FREE + 2 * margin;
    // Not before the one who decides has said so.
    expect(() => other.admit('blob', 1)).toThrow(StorageFull);
    vi.advanceTimersByTime(2000);
    one.admit('blob', 1);
    other.admit('blob', 1);
    expect(told).toEqual(['roomy', 'full', 'roomy']);
    expect(messages()).toEqual([
      expect.stringContaining('little space is left'),
      expect.stringContaining('there is space again'),
    ]);
  });

  it('tells a process that comes later how things stand, and one that has gone nothing', async () => {
    const { state, follower } = await watch();
    const early = follower();
    early.untell();
    state.free = MIN_FREE;
    vi.advanceTimersByTime(1000);
    const late = follower();
    expect(late.told).toEqual(['full']);
    expect(early.told).toEqual(['roomy']);
  });

  it('watches nothing and keeps nothing when it is told so', async () => {
    const { directory, state, space, messages } = await watch(0);
    await mkdir(join(directory, 'other'));
    state.free = 0;
    vi.advanceTimersByTime(5000);
    space.take('blob', 2 * TOTAL);
    expect(space.beforeCommit()).toBeUndefined();
    expect(space.report()).toMatchObject({ minFree: 0, reserved: 0, state: 'roomy' });
    expect(await readdir(directory)).toEqual(['other']);
    expect(messages()).toEqual([]);
  });
});
