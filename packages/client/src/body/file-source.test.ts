import { execFileSync, spawn } from 'node:child_process';
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BodyReading } from './body-source.js';
import { fileSource } from './file-source.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'openoss-client-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function fileOf(name: string, bytes: Uint8Array | string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

async function readAll(reading: BodyReading): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let chunk = await reading.next(); chunk !== undefined; chunk = await reading.next()) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

describe('a file as a body', () => {
  it('gives its bytes, as often as it is opened', async () => {
    const bytes = Buffer.alloc(700_001, 'openoss');
    const source = await fileSource(await fileOf('whole', bytes));
    expect([source.size, source.replayable]).toEqual([bytes.length, true]);
    // Buffer.equals, for toEqual looks at each byte as an element and takes seconds.
    expect(bytes.equals(await readAll(await source.open()))).toBe(true);
    expect(bytes.equals(await readAll(await source.open()))).toBe(true);
  });

  it('may be empty', async () => {
    const source = await fileSource(await fileOf('empty', ''));
    expect(source.size).toBe(0);
    expect(await readAll(await source.open())).toHaveLength(0);
  });

  it.runIf(process.platform === 'linux')(
    'is a stream where it says that it is empty and is not, as files of /proc do',
    async () => {
      const source = await fileSource('/proc/version');
      expect([source.size, source.replayable]).toEqual([undefined, false]);
      expect((await readAll(await source.open())).toString()).toMatch(/^Linux /);
      // Nobody can read what is at address 0.
      await expect(fileSource('/proc/self/mem')).rejects.toMatchObject({ fault: 'unreadable' });
    },
  );

  it('fails before its last bytes when it grew while being read', async () => {
    const file = await fileOf('grows', Buffer.alloc(600_000));
    const reading = await (await fileSource(file)).open();
    let read = (await reading.next())?.length ?? 0;
    await appendFile(file, 'more');
    const rest = async () => {
      for (;;) read += (await reading.next())?.length ?? 0;
    };
    await expect(rest()).rejects.toThrow(/changed while .* had 600000 bytes and now has 600004/);
    expect(read).toBeLessThan(600_000);
  });

  it('fails when it shrank while being read', async () => {
    const file = await fileOf('shrinks', Buffer.alloc(600_000));
    const reading = await (await fileSource(file)).open();
    await reading.next();
    await truncate(file, 10);
    await expect(readAll(reading)).rejects.toMatchObject({ fault: 'changed' });
  });

  it('fails at a later attempt when it changed between two', async () => {
    const file = await fileOf('between', 'one');
    const source = await fileSource(file);
    await readAll(await source.open());
    await writeFile(file, 'longer');
    await expect(source.open()).rejects.toMatchObject({ fault: 'changed' });
  });

  it('is refused in plain words when it is missing or a directory', async () => {
    const missing = path.join(folder, 'missing');
    await expect(fileSource(missing)).rejects.toThrow(`${missing} cannot be read: no such file`);
    await expect(fileSource(folder)).rejects.toThrow(`${folder} is a directory`);
  });

  it('is a stream that is read once when it is a named pipe', async () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const source = await fileSource(pipe);
    expect([source.size, source.replayable]).toEqual([undefined, false]);
    const writer = spawn('sh', ['-c', 'printf "from a pipe" > "$0"', pipe]);
    expect(String(await readAll(await source.open()))).toBe('from a pipe');
    writer.kill();
  });
});
