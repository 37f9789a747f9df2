/**
 * Clients that go away in the midst of a transfer, and readers that stand still: nothing half is kept,
 * nothing stays open, memory stays flat, and the service can be stopped at once.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendSigned } from '../support/http.js';
import { scratchDirectory } from '../support/programs.js';
import { RawConnection, signedHead } from '../support/raw-connection.js';

const bucket = 'examplebucket';
const MiB = 1024 * 1024;
const warnings: Error[] = [];
const onWarning = (warning: Error) => warnings.push(warning);
let dataDirectory: string;
let oss: OpenOss;

beforeAll(async () => {
  process.on('warning', onWarning);
  dataDirectory = path.join(await scratchDirectory(), 'data');
  oss = await startOpenOss({ buckets: [bucket], dataDirectory });
});
afterAll(async () => {
  const before = performance.now();
  await oss.close();
  expect(performance.now() - before).toBeLessThan(2000);
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

const blobsDirectory = () => path.join(dataDirectory, 'blobs');
const blobFiles = (): string[] =>
  readdirSync(blobsDirectory(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

/** The blobs that this process has open, where the system tells (Linux). */
function openBlobs(): string[] {
  if (!existsSync('/proc/self/fd')) return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`);
      return file.startsWith(blobsDirectory()) ? [file] : [];
    } catch {
      return [];
    }
  });
}

/** Waits for what takes a moment, or on a busy disk many. */
async function eventually(condition: () => void | Promise<void>): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await condition();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Bytes in use on the heap and beside it, after a collection. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('an upload that is given up', () => {
  const leave = {
    'by closing': (connection: RawConnection) => connection.end(),
    'by a reset': (connection: RawConnection) => connection.socket.resetAndDestroy(),
  };
  const framings = ['Content-Length', 'chunked', 'Expect'] as const;
  const sizes = { inline: 40_000, blob: 3 * MiB };

  describe.each(Object.entries(leave))('%s', (how, goAway) => {
    describe.each(Object.entries(sizes))('as %s', (kind, size) => {
      it.each(framings)('with %s leaves nothing, however far it came', async (framing) => {
        const body = randomBytes(size);
        const stages = [0, 1, size >> 1, size - 1];
        await Promise.all(
          stages.map(async (sent) => {
            const key = `${how}-${kind}-${framing}-${sent}`;
            const connection = await RawConnection.open(oss.endpoint);
            const headers: Record<string, string> =
              framing === 'chunked'
                ? { 'Transfer-Encoding': 'chunked' }
                : {
                    'Content-Length': String(size),
                    ...(framing === 'Expect' ? { Expect: '100-continue' } : {}),
                  };
            await connection.write(signedHead(oss, { method: 'PUT', bucket, key }, headers));
            if (framing === 'Expect') await connection.answers(1);
            const part = body.subarray(0, sent);
            if (framing === 'chunked') {
              await connection.write(`${size.toString(16)}\r\n`);
            }
            await connection.write(part);
            // Let the server take in what was sent; what it has begun, it must undo.
            await new Promise((resolve) => setTimeout(resolve, 30));
            goAway(connection);
            if (how === 'by closing') {
              expect(await connection.ended()).toContain('<Code>IncompleteBody</Code>');
            }
          }),
        );
        await eventually(() => {
          expect(openBlobs()).toEqual([]);
          expect(blobFiles()).toEqual([]);
        });
        for (const sent of stages) {
          const key = `${how}-${kind}-${framing}-${sent}`;
          expect((await sendSigned(oss, { method: 'HEAD', bucket, key })).status).toBe(404);
        }
      });
    });
  });

  it('after its last byte is stored whole or not at all', async () => {
    const body = randomBytes(MiB);
    for (let round = 0; round < 10; round++) {
      const connection = await RawConnection.open(oss.endpoint);
      const head = signedHead(
        oss,
        { method: 'PUT', bucket, key: 'unheard' },
        { 'Content-Length': String(body.length) },
      );
      await connection.write(Buffer.concat([Buffer.from(head), body]));
      await new Promise((resolve) => setTimeout(resolve, round));
      connection.socket.resetAndDestroy();
      await eventually(() => expect(openBlobs()).toEqual([]));
      const stored = await sendSigned(oss, { bucket, key: 'unheard' });
      if (stored.status === 200) expect(stored.body.equals(body)).toBe(true);
      else expect(stored.status).toBe(404);
      await sendSigned(oss, { method: 'DELETE', bucket, key: 'unheard' });
    }
    await eventually(async () => {
      // A blob is closed before the commit that names it: the last one may come after its deletion.
      await sendSigned(oss, { method: 'DELETE', bucket, key: 'unheard' });
      expect(blobFiles()).toEqual([]);
    });
  });

  it('again and again costs no memory', async () => {
    const chunk = randomBytes(200_000);
    const giveUp = async () => {
      const connection = await RawConnection.open(oss.endpoint);
      const head = signedHead(
        oss,
        { method: 'PUT', bucket, key: 'given-up' },
        { 'Content-Length': '1000000' },
      );
      await connection.write(Buffer.concat([Buffer.from(head), chunk]));
      connection.socket.resetAndDestroy();
    };
    const many = async (count: number) => {
      for (let done = 0; done < count; done += 10) {
        await Promise.all(Array.from({ length: 10 }, giveUp));
      }
      await eventually(() => expect(openBlobs()).toEqual([]));
    };
    await many(50);
    const before = memoryInUse();
    await many(200);
    // Anything that stayed behind of each would be some 40 MB by now.
    // What is free may be given back a little later.
    await eventually(() => expect(memoryInUse() - before).toBeLessThan(8 * MiB));
    await eventually(() => expect(blobFiles()).toEqual([]));
  });
});

describe('a download', () => {
  const size = 24 * MiB;
  const body = randomBytes(MiB);
  beforeAll(async () => {
    const large = Buffer.concat(Array.from({ length: size / MiB }, () => body));
    expect(
      (await sendSigned(oss, { method: 'PUT', bucket, key: 'large', body: large })).status,
    ).toBe(200);
  });

  /** A reader that has taken in the beginning and then stands still. */
  async function stalledReader(): Promise<Socket> {
    const { hostname, port } = new URL(oss.endpoint);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => {});
    socket.write(signedHead(oss, { bucket, key: 'large' }, { Connection: 'close' }));
    await new Promise((resolve) => socket.once('readable', resolve));
    return socket;
  }

  it('whose reader stands still waits with it, in little memory, and goes on when it does', async () => {
    const before = memoryInUse();
    const readers = await Promise.all(Array.from({ length: 12 }, stalledReader));
    await new Promise((resolve) => setTimeout(resolve, 300));
    // A few spans of 1 MiB each, of the 288 MiB that they asked for.
    expect(memoryInUse() - before).toBeLessThan(12 * 5 * MiB);
    const [first, ...others] = readers;
    for (const other of others) other.destroy();
    let received = 0;
    for await (const chunk of first ?? []) received += (chunk as Buffer).length;
    expect(received).toBeGreaterThan(size);
    expect(received).toBeLessThan(size + 2048);
    await eventually(() => expect(openBlobs()).toEqual([]));
  });

  it('whose reader goes away lets go of the blob', async () => {
    for (const goAway of ['destroy', 'resetAndDestroy', 'end'] as const) {
      const reader = await stalledReader();
      if (existsSync('/proc/self/fd')) expect(openBlobs()).toHaveLength(1);
      reader[goAway]();
      if (goAway === 'end') reader.resume();
      await eventually(() => expect(openBlobs()).toEqual([]));
    }
  });

  it('of an object that is deleted meanwhile is finished, and then the blob goes', async () => {
    const reader = await stalledReader();
    expect((await sendSigned(oss, { method: 'DELETE', bucket, key: 'large' })).status).toBe(204);
    let received = 0;
    for await (const chunk of reader) received += (chunk as Buffer).length;
    expect(received).toBeGreaterThan(size);
    await eventually(() => {
      expect(openBlobs()).toEqual([]);
      expect(blobFiles()).toEqual([]);
    });
  });
});
