import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { OssError } from '@openoss/protocol';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { deletionKey } from '../bucket-partition.js';
import { StorageFull } from '../engine/blob-engine.js';
import {
  type CommitOutcome,
  EngineFailed,
  equals,
  put,
  StoreClosed,
} from '../engine/metadata-engine.js';
import { StorageExhausted } from '../engine/storage-space.js';
import type { SpaceState } from '../engines/embedded/disk-space.js';
import { BUCKET, bucketSpecification, openStore } from '../testing/open-store.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import type { CarriedCommit } from './commit-frame.js';
import { PrimaryLink } from './primary-link.js';
import { RecordChanged } from './record-changed.js';
import { WorkerHost, type WorkerHostParts } from './worker-host.js';

/** Both ends of a stream between two that need not be in one process. */
async function socketPair(): Promise<[Socket, Socket]> {
  const path = join(await temporaryDirectory(), 'socket');
  const server = createServer().listen(path);
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const one = connect(path);
  const other = await accepted;
  server.close();
  onTestFinished(() => {
    one.destroy();
    other.destroy();
  });
  return [one, other];
}

interface Linked {
  readonly link: PrimaryLink;
  readonly host: WorkerHost;
  readonly hostStream: Socket;
  readonly lost: () => boolean;
  readonly unnamed: string[];
  /** What the worker was told of the disk. */
  readonly told: string[];
}

async function linked(parts: Partial<WorkerHostParts>): Promise<Linked> {
  const store = await openStore();
  const [workerStream, hostStream] = await socketPair();
  const unnamed: string[] = [];
  const { objects } = store;
  const host = new WorkerHost(hostStream, {
    objects,
    room: (name) => store.room(name),
    onUnnamed: (incarnation, id) => unnamed.push(`${incarnation} ${id}`),
    metadata: committing(async () => 'committed'),
    space: { tell: () => () => {}, followerIsShort() {} },
    ...parts,
  });
  let isLost = false;
  const told: string[] = [];
  const link = new PrimaryLink(workerStream, {
    onLost() {
      isLost = true;
    },
    onSpace: (state) => told.push(state),
  });
  return { link, host, hostStream, lost: () => isLost, unnamed, told };
}

/** An engine of which only commits are asked. */
function committing(
  commit: (commit: CarriedCommit) => Promise<CommitOutcome>,
): WorkerHostParts['metadata'] {
  return {
    commit: (partition, conditions, changes) => commit({ partition, conditions, changes }),
  };
}

const someCommit = (value: string | Buffer): CarriedCommit => ({
  partition: 'p',
  conditions: [equals(Buffer.from('k'), Buffer.from('old'))],
  changes: [put(Buffer.from('k'), Buffer.from(value))],
});

describe('a commit over the link', () => {
  it('reaches the engine as it was asked for, and its outcome comes back to the one who asked', async () => {
    const seen: CarriedCommit[] = [];
    const { link } = await linked({
      metadata: committing(async (commit) => {
        seen.push(commit);
        const [change] = commit.changes;
        const value = change?.kind === 'put' ? change.value : Buffer.alloc(0);
        // Out of order: the answers are told apart by their numbers.
        await new Promise((resolve) => setTimeout(resolve, value[0] === 0 ? 20 : 0));
        return value.length % 2 === 0 ? 'committed' : 'conflict';
      }),
    });
    const asked = Array.from({ length: 200 }, (_, at) =>
      someCommit(Buffer.alloc(at === 7 ? 300_001 : at * 50 + (at % 2), at)),
    );
    const outcomes = await Promise.all(asked.map((commit) => link.commit(commit)));
    expect(outcomes).toEqual(
      asked.map((_, at) => (at === 7 || at % 2 === 1 ? 'conflict' : 'committed')),
    );
    expect(seen).toEqual(asked);
  });

  it('brings back what it failed with', async () => {
    const failures = [
      new EngineFailed(new Error('the disk')),
      new StoreClosed(),
      new StorageFull(new Error('full')),
      new StorageExhausted(undefined),
      new OssError('NoSuchBucket', { details: { BucketName: 'b' }, headers: { 'X-One': '1' } }),
      new RangeError('too long'),
    ];
    for (const failure of failures) {
      const { link } = await linked({ metadata: committing(() => Promise.reject(failure)) });
      const error: unknown = await link.commit(someCommit('x')).catch((caught: unknown) => caught);
      const known = failure instanceof RangeError ? Error : failure.constructor;
      expect(error).toBeInstanceOf(known);
      expect(String(error)).toContain(failure.message);
      if (failure instanceof OssError) {
        expect(error).toMatchObject({
          kind: 'NoSuchBucket',
          details: { BucketName: 'b' },
          headers: { 'X-One': '1' },
        });
      }
    }
  });

  it('tells the sweeper of the blob it unnamed once it is durable, and not of one that conflicted', async () => {
    const outcomes: CommitOutcome[] = ['committed', 'conflict'];
    const { link, unnamed } = await linked({
      metadata: committing(async () => outcomes.shift() ?? 'conflict'),
    });
    const id = '0123456789abcdefghijklmn';
    const commit = (blob: string): CarriedCommit => ({
      partition: 'incarnation',
      conditions: [],
      changes: [
        put(Buffer.from('o-key'), Buffer.from('x')),
        put(deletionKey(blob), Buffer.alloc(0)),
      ],
    });
    await link.commit(commit(id));
    await link.commit(commit('z'.repeat(24)));
    expect(unnamed).toEqual([`incarnation ${id}`]);
  });

  it('whose outcome nobody knows is an engine that failed, and then the worker hears of it', async () => {
    const { link, hostStream, lost } = await linked({
      metadata: committing(() => new Promise(() => {})),
    });
    const asked = link.commit(someCommit('x'));
    setTimeout(() => hostStream.destroy(), 20);
    await expect(asked).rejects.toThrow(EngineFailed);
    expect(lost()).toBe(true);
    await expect(link.commit(someCommit('x'))).rejects.toThrow(EngineFailed);
  });

  it('keeps the session until it is done, though the worker is gone', async () => {
    let finish: (outcome: CommitOutcome) => void = () => {};
    let began: () => void = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const { link, host } = await linked({
      metadata: committing(() => {
        began();
        return new Promise((resolve) => {
          finish = resolve;
        });
      }),
    });
    link.commit(someCommit('x')).catch(() => {});
    await hasBegun;
    let isSettled = false;
    const settled = host.settled().then(() => {
      isSettled = true;
    });
    link.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isSettled).toBe(false);
    finish('committed');
    await settled;
  });
});

describe('a call over the link', () => {
  it('changes a bucket only as it was when it was judged', async () => {
    const { link } = await linked({});
    const name = 'another';
    const { record } = await link.call({
      call: 'createBucket',
      specification: { ...bucketSpecification, name },
    });
    const after = { ...record, acl: 'public-read' as const };
    const update = { call: 'updateBucket' as const, name, before: record, after };
    expect(await link.call(update)).toEqual(after);
    await expect(link.call(update)).rejects.toThrow(RecordChanged);
    const { incarnation } = record;
    await expect(
      link.call({ call: 'deleteBucket', name, incarnation: 'another' }),
    ).rejects.toMatchObject({ kind: 'NoSuchBucket' });
    expect(await link.call({ call: 'deleteBucket', name, incarnation })).toBe(null);
    await expect(link.call({ call: 'deleteBucket', name, incarnation })).rejects.toMatchObject({
      kind: 'NoSuchBucket',
      details: { BucketName: name },
    });
    await expect(
      link.call({ call: 'createBucket', specification: { ...bucketSpecification, owner: '7' } }),
    ).rejects.toMatchObject({ kind: 'BucketAlreadyExists', details: { BucketName: BUCKET } });
  });

  it('commits to a room, bytes and all', async () => {
    const { link } = await linked({});
    const value = Buffer.from([0, 255, 128, 10]).toString('base64');
    const commit = {
      call: 'commitRoom' as const,
      room: 'directory',
      conditions: [{ absent: 'k' }],
      changes: [{ put: 'k', value }],
    };
    expect(await link.call(commit)).toBe('committed');
    expect(await link.call(commit)).toBe('conflict');
    expect(
      await link.call({
        ...commit,
        conditions: [{ equals: 'k', value }],
        changes: [{ delete: 'k' }],
      }),
    ).toBe('committed');
  });
});

describe('the state of the disk', () => {
  it('is told to the worker at the beginning, whenever it changes, and no more when it is gone', async () => {
    const followers = new Set<(state: SpaceState) => void>();
    const { link, told } = await linked({
      space: {
        tell(follower) {
          followers.add(follower);
          follower('full');
          return () => followers.delete(follower);
        },
        followerIsShort() {},
      },
    });
    await vi.waitFor(() => expect(told).toEqual(['full']));
    for (const follower of followers) follower('roomy');
    await vi.waitFor(() => expect(told).toEqual(['full', 'roomy']));
    link.close();
    await vi.waitFor(() => expect(followers.size).toBe(0));
  });

  it('is told to the primary by a worker that sees little left', async () => {
    let reports = 0;
    const space = { tell: () => () => {}, followerIsShort: () => reports++ };
    const { link } = await linked({ space });
    link.reportShort();
    await vi.waitFor(() => expect(reports).toBe(1));
    expect(await link.commit(someCommit('x'))).toBe('committed');
  });
});
